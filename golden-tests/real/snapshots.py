"""Snapshots of files: each run is a whole tree, of which only what has changed takes room, and any of them comes back."""

import contextlib
import datetime
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from archive import Archive
from elsewhere import Elsewhere
from retention import counted
from trial import eventually, program, require, run, same

METRICS = pathlib.Path("/var/lib/node_exporter")


class Snapshots:
    """The life of the snapshots of one thing."""

    def __init__(self, project, service):
        self.project, self.tree, self.service = project, project.tree, service
        self.home = project.tree.home
        script = (self.home / f"scripts/backup-{service}.sh").read_text()
        for path in re.findall(r"\S+\.conf\b", re.search(r"^members=\((.*)\)$", script, re.M)[1]):
            pathlib.Path("/", path).write_text("a file of the host\n")
        self.data = Archive(project, service)
        self.excluded = [name.replace("*", "something") for name in re.findall(r"--filter='- ([^']*)'", script)]
        self.folder = pathlib.Path(re.search(r"^folder=(\S+)$", script, re.M)[1])
        self.elsewhere = Elsewhere(script)
        self.description = re.search(rf'^    backup "{service}" \{{(.*?)^    \}}', self.tree.description, re.M | re.S)[1]

    def script(self, name, *arguments, **options):
        time.sleep(1.1)  # names are to the second
        return run(self.home / f"scripts/{name}-{self.service}.sh", *arguments, cwd="/", **options)

    def made(self, *arguments):
        return pathlib.Path(self.script("backup", *arguments).splitlines()[-1])

    def names(self):
        return sorted(path.name for path in self.folder.glob(f"{self.service}_*.snapshot"))

    def kept(self, snapshot, root):
        """Where a snapshot has what is live at a root."""
        return snapshot / "files" if self.data.volume else snapshot / "files" / str(root).lstrip("/")

    def fingerprint(self):
        return self.seen({root: root for root in self.data.roots()})

    def of(self, snapshot):
        return self.seen({root: self.kept(snapshot, root) for root in self.data.roots()})

    @staticmethod
    def seen(places):
        """All that there is: contents, owners, modes, times, ACLs and other attributes, and which names are one file."""
        found, files = [], {}
        for root, place in places.items():
            for path in sorted([place, *place.rglob("*")] if place.exists() else []):
                stat, plain = path.lstat(), path.is_file() and not path.is_symlink()
                content = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest() if plain else "folder"
                name = (str(root), str(path.relative_to(place)))
                first = files.setdefault(stat.st_ino, name) if plain else None
                attributes = sorted((a, os.getxattr(path, a, follow_symlinks=False)) for a in os.listxattr(path, follow_symlinks=False))
                if path != place or plain:
                    found.append((name, oct(stat.st_mode), stat.st_uid, stat.st_gid, stat.st_mtime_ns if plain else 0, first, attributes, content))
        return found

    def all(self):
        if self.data.services:
            self.project.up(*self.data.services)
        self.filled()
        first, one, before = self.followed()
        self.comes_back(first, one, before)
        self.parts()
        self.fails_loudly()
        self.damaged()
        self.pruned()
        self.fetched()
        self.before = self.data.fingerprint()
        if self.data.services:
            self.project.compose("rm", "--stop", "--force", *self.data.services)

    def root(self):
        """A folder that it keeps, in which the trial changes things."""
        return next(root for root in self.data.roots() if root.is_dir() or not root.exists())

    def filled(self):
        self.data.fill()
        root = self.root()
        # The server that speaks S3 here knows no names of two lines.
        self.odd = "folder 4/new\nline" if self.elsewhere.folder else "folder 4/one line"
        for folder in [place / "folder 4" for place in self.data.roots() if place.is_dir()]:
            (folder / "new\nline").rename(folder / self.odd.split("/")[1])
        os.link(root / "folder 0/plain.txt", root / "folder 0/same.txt")
        os.setxattr(root / "folder 3/한글 🚀", "user.note", b"kept")
        run("setfacl", "--modify", "u:1234:r", root / "folder 3/한글 🚀")
        (root / "large").write_bytes(os.urandom(3_000_000))
        os.chown(root, 1000, 1000)
        for name in self.excluded:
            (root / "folder 0" / name).write_text("left out")

    def without_excluded(self, seen):
        return [one for one in seen if pathlib.Path(one[0][1]).name not in self.excluded]

    def followed(self):
        """The second run shares what has not changed with the first, and touches nothing of it."""
        root = self.root()
        live = self.without_excluded(self.fingerprint())
        one = self.made()
        same("the first snapshot", self.of(one), live)
        same("what others may do with it", oct(one.stat().st_mode & 0o777), oct(0o700))
        self.metric("ondol_backup_last_success_timestamp_seconds", lambda value: time.time() - 60 < value <= time.time())
        self.metric("ondol_backup_size_bytes", lambda value: value == sum(path.lstat().st_size for path in (one / "files").rglob("*") if path.is_file() and not path.is_symlink()))
        self.summed(one)
        first = self.of(one)
        (root / "folder 1/with space").write_bytes(os.urandom(20_000) + bytes(20_000))
        (root / "folder 2/-leading").unlink()
        (root / "new one").write_text("new")
        (root / "folder 3/한글 🚀").chmod(0o600)  # nothing else of it changes
        live = self.without_excluded(self.fingerprint())
        two = self.made()
        same("the second snapshot", self.of(two), live)
        same("the first one after the second", self.of(one), first)
        self.summed(two)
        place = lambda snapshot, name: self.kept(snapshot, root) / name
        for name in ("large", "folder 0/plain.txt", self.odd):
            same(f"the file {name} in both", place(one, name).stat().st_ino, place(two, name).stat().st_ino)
        for name in ("folder 1/with space", "folder 3/한글 🚀"):
            require(place(one, name).stat().st_ino != place(two, name).stat().st_ino, f"{name} has changed in both")
        require(place(one, "folder 2/-leading").exists() and not place(two, "folder 2/-leading").exists(), "what was deleted is not in the first alone")
        both, alone = (int(run("du", "--summarize", "--block-size=1", "--total", *of).splitlines()[-1].split()[0]) for of in ((one, two), (one,)))
        require(both - alone < 500_000, f"the second takes {both - alone} bytes")
        self.script("verify")
        self.metric("ondol_backup_drill_timestamp_seconds", lambda value: time.time() - 60 < value <= time.time())
        return one, first, live

    @staticmethod
    def summed(snapshot):
        """Each file has its checksum."""
        files = {path for path in (snapshot / "files").rglob("*") if path.is_file() and not path.is_symlink()}
        told = dict(line.split(b"  ./", 1)[::-1] for line in (snapshot / "sums").read_bytes().split(b"\0") if line)
        same("checksums", told, {os.fsencode(path.relative_to(snapshot / "files")): hashlib.sha256(path.read_bytes()).hexdigest().encode() for path in files})

    def metric(self, name, right):
        if self.tree.has("monitoring"):
            found = re.search(rf'^{name}\{{.*backup="{self.service}".*\}} (\S+)', "".join(path.read_text() for path in METRICS.rglob("*.prom")), re.M)
            require(found and right(float(found[1])), f"{name}: {found}")

    def comes_back(self, one, first, live):
        """The older as it was, and the newest; what was there before a restore is kept, and comes back as well."""
        self.script("restore", one.name, "--yes")
        same("what came back of the first", self.fingerprint(), first)
        kept = sorted(self.folder.glob(f"before-restore_{self.service}_*.snapshot"))[-1]
        same("what was there before", self.without_excluded(self.of(kept)), live)
        self.script("restore", "latest", "--yes")
        same("what came back of the newest", self.fingerprint(), live)
        require(not self.data.services or self.project.containers(*self.data.services), f"{self.data.services} do not run after the restore")
        # What is damaged where it is live looks the same from outside.
        self.damage(self.root() / "large")
        self.script("restore", "latest", "--yes")
        same("what came back of what was damaged", self.fingerprint(), live)
        # A new server.
        self.project.compose("down", "--volumes", "-t", "5")
        for path in self.data.paths:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if self.data.services:
            self.project.up(*self.data.services)
        self.script("restore", "latest", "--yes")
        same("what came back on an empty server", self.fingerprint(), live)

    def parts(self):
        """What alone was lost comes back alone, and what else has changed meanwhile stays."""
        before, root = self.fingerprint(), self.root()
        as_named = (lambda name: name) if self.data.volume else (lambda name: f"{root}/{name}")
        (root / "folder 0/plain.txt").unlink()
        (root / "folder 0/same.txt").unlink()
        shutil.rmtree(root / "folder 4")
        (root / "meanwhile").write_text("written since")
        for name in ("folder 0", self.odd):
            self.script("restore", "latest", "--part", as_named(name), "--yes")
        require((root / "meanwhile").read_text() == "written since", "a restore of a part has taken what is beside it")
        (root / "meanwhile").unlink()
        contents = lambda seen: [(one[0], one[-1]) for one in seen]
        same("what came back in parts", contents(self.fingerprint()), contents(before))
        require("nothing was changed" in self.script("restore", "latest", "--part", as_named("no such thing"), "--yes", fails=True), "a part that is not there")
        # Above what is kept lies what no snapshot has: it is not to go.
        for above in (".", "/", as_named("./folder 0"), *([] if self.data.volume else [root.parent, root.parent.parent])):
            said = self.script("restore", "latest", "--part", above, "--yes", fails=True)
            require("below what is kept" in said or "not within what is kept" in said, said)
        self.script("restore", "latest", "--yes")

    def fails_loudly(self):
        """What is killed, cannot be read, changes meanwhile or has no room leaves nothing that counts as a backup, and an
        older success stays the last."""
        before, root = self.names(), self.root()
        success = []
        self.metric("ondol_backup_last_success_timestamp_seconds", lambda value: success.append(value) or True)
        rsync = shutil.which("rsync")
        (root / "new two").write_bytes(os.urandom(2_000_000))
        # Killed when all of it has been copied, and before it counts.
        program("/run/slow/rsync", f'#!/bin/sh\n{rsync} "$@" || exit\ncase "$*" in *--dry-run*) ;; *) touch /run/slow/now; exec sleep 600 ;; esac\n')
        backup = subprocess.Popen([self.home / f"scripts/backup-{self.service}.sh"], env={**os.environ, "PATH": f"/run/slow:{os.environ['PATH']}"}, start_new_session=True)
        eventually("it copies", pathlib.Path("/run/slow/now").exists, 180)
        os.killpg(backup.pid, signal.SIGKILL)
        backup.wait()
        shutil.rmtree("/run/slow")
        same("snapshots after one that was killed", self.names(), before)
        require(list(self.folder.glob(f".{self.service}.*.partial")), "nothing was killed in the middle")
        if self.data.services:
            self.project.up(*self.data.services)
        # Files that this account must not read.
        program("/run/barred/rsync", f'#!/bin/sh\nexec setpriv --bounding-set=-dac_override,-dac_read_search {rsync} "$@"\n')
        (root / "new two").chmod(0)
        os.chown(root / "new two", 1000, 1000)
        said = self.script("backup", fails=True, env={**os.environ, "PATH": f"/run/barred:{os.environ['PATH']}"})
        require("Permission denied" in said and "not all files could be read" in said, said)
        same("snapshots after files that cannot be read", self.names(), before)
        # No room: as it is found beforehand, and as it is found by whoever writes.
        program("/run/blind/df", '#!/bin/sh\necho Avail\necho 1000000000000\n')
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.folder)
        with contextlib.ExitStack() as stack:
            stack.callback(run, "umount", self.folder)
            require("MiB left" in self.script("backup", fails=True), "no room is not found beforehand")
            said = self.script("backup", fails=True, env={**os.environ, "PATH": f"/run/blind:{os.environ['PATH']}"})
            require("No space left" in said, said)
            same("snapshots on a full disk", [path for path in self.folder.iterdir() if "lock" not in path.name], [])
        if "stopped" not in self.description:
            with self.data.changing():
                require("while they were read" in self.script("backup", fails=True), "a tree of no moment is a snapshot")
        same("snapshots after failures", self.names(), before)
        self.metric("ondol_backup_last_success_timestamp_seconds", lambda value: value == success[0])
        (root / "new two").unlink()
        newest = self.made()
        same("what is left of those that failed", list(self.folder.glob(f".{self.service}.*.partial")), [])
        same("the snapshot after failures", self.of(newest), self.without_excluded(self.fingerprint()))

    @staticmethod
    def damage(path):
        """A disk tells nobody."""
        with path.open("r+b") as file:
            stat = os.fstat(file.fileno())
            file.write(b"damaged")
            file.flush()
            os.utime(file.fileno(), ns=(stat.st_atime_ns, stat.st_mtime_ns))

    def damaged(self):
        """What the disk has damaged is found by the drill and by a restore, though each later run links to it; and a run
        that copies everything anew mends it."""
        damaged, live = self.made(), self.fingerprint()
        self.damage(self.kept(damaged, self.root()) / "large")
        for name, arguments in (("verify", ()), ("restore", ("latest", "--yes"))):
            said = self.script(name, *arguments, fails=True)
            require("large" in said, said)
        self.made()
        require("--whole" in self.script("verify", fails=True), "the next one has it anew")
        same("data after refused restores", self.fingerprint(), live)
        self.made("--whole")
        self.script("verify")
        if "check" in self.description:
            (self.root() / "damaged").write_text("by its owner's own question")
            self.made()
            require("is not whole" in self.script("verify", fails=True), "the question is not asked")
            require("nothing was changed" in self.script("restore", "latest", "--yes", fails=True), "the question is not asked")
            (self.root() / "damaged").unlink()
            self.made()

    def rules(self, text):
        return {tier: int(count) for tier, count in re.findall(r"keep-(\w+)[ =](\d+)", text)}

    def pruned(self):
        """Exactly those go that nothing asks for, here and elsewhere, and nothing else that lies there."""
        here, _, there = self.description.partition("offsite")
        now = datetime.datetime.now()
        times = [(now - datetime.timedelta(days=days, hours=hours)).strftime("%Y%m%d_%H%M%S") for days in range(1, 400, 3) for hours in (0, 5)]
        for moment in times:
            (self.folder / f"{self.service}_{moment}.snapshot/files").mkdir(parents=True)
            (self.folder / f"{self.service}_{moment}.snapshot/sums").touch()
        others = [self.folder / name for name in (f"other_{times[-1]}.snapshot", f"{self.service}_notes.snapshot", f"{self.service}-2_{times[-1]}.snapshot")]
        for other in others:
            other.mkdir()
        known = set(self.names())
        copies = {name.split("/")[0] for name in self.elsewhere.names()}
        newest = self.made().name
        known.add(newest)
        age = re.search(r'keep "(\d+)d"', here)
        young = {name for name in known if age and name.split("_", 1)[1] >= (now - datetime.timedelta(days=int(age[1]))).strftime("%Y%m%d_%H%M%S") + "."}
        kept = counted({name for name in known if re.search(r"_\d{8}_\d{6}\.", name)}, self.rules(here)) | young
        same("snapshots that stay", sorted(name for name in self.names() if "notes" not in name), sorted(name for name in kept if "notes" not in name))
        same("what else should have stayed", [other for other in others if not other.exists()], [])
        elsewhere = {name.split("/")[0] for name in self.elsewhere.names() if name.endswith("/sums")}
        here_now = {name for name in self.names() if "notes" not in name}
        wanted = (counted(copies | here_now, self.rules(there)) if self.rules(there) else copies) | here_now
        same("snapshots that stay elsewhere", sorted(elsewhere), sorted(wanted))
        same("what is left there of those that went", sorted({name.split("/")[0] for name in self.elsewhere.names()} - elsewhere), [])
        for other in others:
            other.rmdir()
        for moment in times:
            shutil.rmtree(self.folder / f"{self.service}_{moment}.snapshot", ignore_errors=True)

    def fetched(self):
        """On a new server the newest comes from elsewhere: sent with what had changed alone, and back with all that the place
        can hold."""
        one = self.made()
        (self.root() / "new three").write_text("three")
        two = self.made()
        live = self.fingerprint()
        if self.elsewhere.folder:
            at = lambda snapshot: self.elsewhere.folder / snapshot.name / "files" / str(self.root() / "large").lstrip("/")
            same("the unchanged file there", at(one).stat().st_ino, at(two).stat().st_ino)
        else:
            # A store has neither hard links nor attributes of its own.
            live = self.poorer(live)
        for path in [path for path in self.folder.iterdir() if self.service in path.name and path.is_dir()]:
            shutil.rmtree(path)
        shutil.rmtree(self.root() / "folder 5")
        (self.root() / "large").unlink()
        require("fetching" in self.script("restore", "latest", "--yes"), "nothing is fetched")
        same("what was fetched", self.names(), [two.name])
        came = self.fingerprint()
        same("what came back from elsewhere", came if self.elsewhere.folder else self.poorer(came), live)
        self.script("verify")
        require("there is no snapshot" in self.script("restore", f"{self.service}_19990101_000000.snapshot", "--yes", fails=True), "one that is nowhere")

    @staticmethod
    def poorer(seen):
        return [(name, mode, uid, gid, time // 10**9, content) if content not in ("folder",) else (name, mode, uid, gid, content)
                for name, mode, uid, gid, time, _, attributes, content in seen if not mode.startswith("0o12")]
