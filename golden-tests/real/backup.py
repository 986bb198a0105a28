#!/usr/bin/python3
"""Backups made, verified, pruned and brought back by the tree's own scripts, of databases and files that are destroyed."""

import datetime
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import time

import elsewhere
import yaml
from archive import Archive
from containers import Project
from datastore import datastore
from elsewhere import Elsewhere
from retention import counted
from snapshots import Snapshots
from store import Store
from trial import Failed, main, program, require, run, same

METRICS = pathlib.Path("/var/lib/node_exporter")


def check(tree):
    elsewhere.ready()
    project = Project(tree)
    try:
        # Bases, which come back to a time, have a check of their own: point_in_time.py.
        found = [re.match(r"backup-(.*)\.sh", path.name)[1] for path in tree.files("scripts/backup-*.sh")
                 if "/scripts/archive-" not in path.read_text()]
        require(found, "no backup")
        keyed(tree)
        stores = [name for name in found if "--backup-dir" in (tree.home / f"scripts/backup-{name}.sh").read_text()]
        followed(project, stores)
        linked = [name for name in found if "--link-dest" in (tree.home / f"scripts/backup-{name}.sh").read_text()]
        trials = incremental(project, linked)
        trials += [Trial(project, service) for service in found if service not in stores + linked]
        for trial in trials[len(linked):]:
            trial.all()
        recovered(tree, project, trials)
    finally:
        project.down()


def followed(project, stores):
    """Objects of stores come back as they were at each run."""
    for name in stores:
        Store(project, name).all()


def incremental(project, names):
    """Snapshots share what has not changed, and each comes back as it was."""
    trials = [Snapshots(project, name) for name in names]
    for trial in trials:
        trial.all()
    return trials


def key():
    """A new key, as it stands in its file."""
    return subprocess.run(["age-keygen"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout


def keyed(tree):
    """Makes the keys of encrypted backups, as an operator would: the first public key of the description is that of the
    file on the host. The secret keys of the others nobody here has."""
    made = {}
    stated = {re.search(r"^identity=(\S+)\nrecipients=\(--recipient (age1\w+)", path.read_text(), re.M)
              for path in tree.files("scripts/restore-*.sh")} - {None}
    for identity, public in {found.groups() for found in stated}:
        if public not in made:
            made[public] = key()
        os.makedirs(os.path.dirname(identity), exist_ok=True)
        pathlib.Path(identity).write_text(made[public])
    for script in tree.files("scripts/*.sh"):
        text = script.read_text()
        for public, secret in made.items():
            text = text.replace(public, re.search(r"public key: (age1\w+)", secret)[1])
        script.write_text(text)


def recovered(tree, project, trials):
    """The guide's recovery of everything, typed as it stands there on a server without any data, brings all of it back."""
    guide = (tree.home / "runbook.md").read_text()
    section = re.search(r"^### (?:전체 복구|Recovery of everything)\n(.*?)^##", guide, re.M | re.S)
    require(section, "the guide does not say how everything is recovered")
    _, *steps = re.split(r"^\*\*\d\. ", section[1], flags=re.M)
    same("steps of the recovery", re.findall(r"^\*\*(\d)\. ", section[1], re.M), ["1", "2", "3", "4", "5"])
    # Of each the first block; behind it is what only other circumstances ask for.
    first = [line for step in steps for block in re.findall(r"^```bash\n(.*?)^```", step, re.M | re.S)[:1] for line in block.splitlines()]
    elsewhere_too(tree, trials, steps)
    # What comes back with its log needs a base; what is restored is the same.
    bases = [path for path in tree.files("scripts/backup-*-base.sh") if "/scripts/archive-" in path.read_text()]
    for base in bases:
        service = re.search(r"service=(\S+)", base.read_text())[1]
        log = re.search(r" log=(\S+)", (tree.home / f"scripts/archive-{service}.sh").read_text())[1]
        # What is archived is the log of data that the trials before have destroyed: a new one begins, and its files have the
        # same names.
        project.compose("rm", "--stop", "--force", service)
        shutil.rmtree(log, ignore_errors=True)
        project.up(service)
        run(base, timeout=600)
    project.compose("down", "--volumes", "--timeout", "2")
    # What is on the host itself is restored too, and checked; whether it is right the trials before have shown.
    destroyed = [trial for trial in trials if not isinstance(trial.data, Archive) or trial.data.volume]
    for line in first:
        # Not units, since there is no systemd, nor addresses, since the host's name leads nowhere: proxy.py asks those. Other
        # hosts are not here.
        if not line.startswith(("sudo systemctl", "curl", "ssh ")):
            run("bash", "-c", line.removeprefix("sudo ") + (" --yes" if "/restore-" in line else ""), cwd=tree.home)
    for trial in destroyed:
        same(f"data of {trial.service} after the recovery", trial.data.fingerprint(), trial.before)


def elsewhere_too(tree, trials, steps):
    """What on other hosts connects to the data stops first, and starts when everything is back: on each of the hosts whose
    own compose file leads there, as that host's own guide says how to get to it."""
    stopped = {name for line in re.findall(r"^docker compose stop (.*)$", steps[0], re.M) for name in line.split()}
    kept = {service for trial in trials for service in trial.data.services} - stopped
    for verb, step in (("stop", steps[0]), ("start", steps[3])):
        needed = set()
        for compose in sorted(tree.source.parent.glob("*/compose.yaml")):
            services = yaml.safe_load(compose.read_text())["services"] if compose.parent != tree.source else {}
            users = {name for name, service in services.items() if kept & set(service.get("extra_hosts", []))}
            if users:
                way, folder = re.search(r"^(ssh .*)\ncd (.*)$", (compose.parent / "runbook.md").read_text(), re.M).groups()
                needed.add((way, folder, *sorted(users)))
        said = re.findall(rf"^(ssh .*) 'cd (\S+) && docker compose {verb} (.*)'$", step, re.M)
        same(f"what is to {verb} on other hosts", {(way, folder, *sorted(names.split())) for way, folder, names in said}, needed)


class Trial:
    """The life of the backups of one thing."""

    def __init__(self, project, service):
        self.project, self.tree, self.service = project, project.tree, service
        script = (self.tree.home / f"scripts/backup-{service}.sh").read_text()
        self.data = (Archive if "tar --create" in script else datastore(script))(project, service)
        self.extension = "." + re.search(r"^two=.* extension=(\S+)$", script, re.M)[1]
        stated = re.search(rf'^    backup "{service}" \{{(.*?)^    \}}', self.tree.description, re.M | re.S)
        self.stated = stated[1] if stated else ""
        self.elsewhere = Elsewhere(script)
        found = re.search(r"^identity=(\S+)$", (self.tree.home / f"scripts/restore-{service}.sh").read_text(), re.M)
        self.identity = found and pathlib.Path(found[1])
        require(bool(self.identity) == self.extension.endswith(".age"), f"{self.extension} and {self.identity}")
        age = re.search(r'keep "(\d+)d"', self.stated)
        self.keep = int(age[1]) if age else 30

    def script(self, name, *arguments, **options):
        self.began = time.time()
        return run(self.tree.home / f"scripts/{name}-{self.service}.sh", *arguments, cwd="/", **options)

    def all(self):
        if self.data.services:
            self.project.up(*self.data.services)
        same("data on an empty server", self.data.fingerprint(), "")
        self.data.fill()
        self.before = before = self.data.fingerprint()
        dump = self.made()
        self.sealed(dump)
        self.drilled()
        self.pruned()
        self.fails_loudly(dump)
        self.consistent()
        self.restored(dump, before)
        self.part(dump, before)
        self.replaced(dump, before)
        self.refused(dump, before)
        if self.data.services:
            self.project.compose("rm", "--stop", "--force", *self.data.services)

    def dumps(self):
        return {path for path in self.folder.iterdir() if re.fullmatch(rf"{self.service}_\d{{8}}_\d{{6}}{re.escape(self.extension)}", path.name)}

    def made(self):
        """A dump that only root can read, with its checksum, its metrics, and a copy elsewhere."""
        output = self.script("backup")
        self.folder = pathlib.Path(re.search(rf"(/\S+)/{self.service}_\d+_\d+\.", output)[1])
        dump = self.dumps().pop()
        same("mode of the dump", oct(dump.stat().st_mode & 0o777), oct(0o600))
        require(not self.elsewhere.target or dump.name in self.elsewhere.names(), "no copy elsewhere")
        require(self.elsewhere.target or "offsite" not in self.stated, "a copy elsewhere is stated")
        self.just_now("ondol_backup_last_success_timestamp_seconds")
        if self.tree.has("monitoring"):
            same("size in the metrics", self.metric("ondol_backup_size_bytes"), dump.stat().st_size)
        return dump

    def sealed(self, dump):
        """Where encryption is stated nothing of what is kept can be read without the key, neither here nor elsewhere, and
        nothing of it comes back with another key or with none: it is refused before anything is touched."""
        require(bool(self.identity) == ("encrypt" in self.stated or "\n    encrypt" in self.tree.description), "encryption is stated or is not")
        if not self.identity:
            return
        there = pathlib.Path(f"/run/there-{self.service}")
        there.mkdir()
        self.elsewhere.back(there)
        plain = self.plain(dump)
        require(len(plain) > 64, "nothing is in it")
        # Its beginning, its middle, and what is in it: an archive is unpacked for that.
        inside = gzip.decompress(plain) if plain.startswith(b"\x1f\x8b") else plain
        samples = [plain[:64], plain[len(plain) // 2:][:64], *(inside[at:at + 64] for at in range(0, len(inside) - 64, len(inside) // 20 + 64))]
        copies = [*self.folder.rglob(f"*{self.service}*"), *there.rglob("*")]
        require(sum(path.name == dump.name for path in copies) == 2, f"not here and there: {copies}")
        for path in copies:
            if path.name == dump.name:
                require(path.read_bytes().startswith(b"age-encryption.org/v1\n"), f"{path} is not encrypted")
            text = path.read_bytes() if path.is_file() else b""
            for sample in samples:
                require(len(set(sample)) < 8 or sample not in text, f"{path} holds {sample} as it is")
        right = self.identity.read_text()
        for wrong in (key(), None):
            self.identity.unlink()
            if wrong:
                self.identity.write_text(wrong)
            before = self.data.fingerprint()
            said = self.script("restore", dump, "--yes", fails=True)
            require("nothing was changed" in said and str(self.identity) in said, said)
            same("data after a restore without the key", self.data.fingerprint(), before)
            self.script("verify", fails=True)
            if wrong is None:
                self.identity.write_text(right)
        same("what a restore without the key has left", [path for path in self.folder.iterdir() if "unpacked" in path.name or "before" in path.name], [])
        require(not list(METRICS.rglob(f"*.drill.{self.service}.prom")), "a drill without the key has succeeded")

    def plain(self, dump):
        """What is in a dump, decrypted with the key where it is encrypted."""
        if not self.identity:
            return dump.read_bytes()
        return subprocess.run(["age", "--decrypt", "--identity", self.identity, dump], capture_output=True, check=True).stdout

    def just_now(self, name):
        """A metric is the time of what was just done."""
        if self.tree.has("monitoring"):
            require(int(self.began) <= self.metric(name) <= time.time(), f"{name}: {self.metric(name)}")

    def metric(self, name):
        """Its value, from the files that the node exporter reads; each has to be what Prometheus accepts. Where nobody
        reads metrics there are none."""
        if not self.tree.has("monitoring"):
            return same("metrics where nobody reads them", list(METRICS.rglob("*.prom")), [])
        for path in METRICS.rglob("*.prom"):
            with path.open() as file:  # status 3 is a matter of style
                parsed = subprocess.run(["promtool-sid", "check", "metrics"], stdin=file, capture_output=True, check=False)
            require(parsed.returncode in (0, 3), f"{path}: {parsed.stderr.decode()}")
            found = re.search(rf'^{name}\{{.*backup="{self.service}".*\}} (\S+)', path.read_text(), re.M)
            if found:
                same(f"mode of {path}", oct(path.stat().st_mode & 0o777), oct(0o644))
                return float(found[1])
        raise Failed(f"no metric {name} of {self.service}")

    def drilled(self):
        """The newest dump comes back in a scratch container, of which nothing is left, and the live one is untouched."""
        everything = lambda: (sorted(run("docker", "ps", "-aq").split()), sorted(run("docker", "volume", "ls", "-q").split()))
        before = everything()
        self.script("verify")
        same("containers and volumes after the drill", everything(), before)
        self.just_now("ondol_backup_drill_timestamp_seconds")

    def pruned(self):
        """Dumps beyond their time go; younger ones stay, and so does everything else that lies there."""
        if self.rules():
            return self.retained()
        stamp = lambda days: (datetime.datetime.now() - datetime.timedelta(days=days)).strftime("%Y%m%d_%H%M%S")
        kind = self.extension
        old = [f"{self.service}_{stamp(days)}{kind}" for days in (self.keep + 1, self.keep + 40, 4000)]
        young = [f"{self.service}_{stamp(days)}{kind}" for days in {self.keep - 1, 1}]
        others = [f"other_{stamp(4000)}{kind}", f"{self.service}_{stamp(4000)}{kind}.keep", f"{self.service}_notes{kind}",
                  f"old {self.service}_{stamp(4000)}{kind}", f"{self.service}-2_{stamp(4000)}{kind}"]
        for name in old + young + others:
            (self.folder / name).write_text("x")
            os.utime(self.folder / name, (1, 1) if name in young else None)  # the name tells the age, not the file
        (self.folder / old[0]).with_name(old[0] + ".sha256").write_text("x")
        time.sleep(1)  # names are to the second
        self.script("backup")
        left = {path.name for path in self.folder.iterdir()}
        same("old dumps that are still there", [name for name in left for gone in old if name.startswith(gone) and not name.endswith(".keep")], [])
        same("files that should have stayed", [name for name in young + others if name not in left], [])
        for name in young + others:
            (self.folder / name).unlink()

    def rules(self):
        """What the description counts: `keep-daily 7` by `daily`, here and elsewhere."""
        here, _, there = self.stated.partition("offsite")
        found = [{tier: int(count) for tier, count in re.findall(r"keep-(\w+)[ =](\d+)", part)} for part in (here, there)]
        return found if any(found) else None

    def retained(self):
        """Of two dumps on each day of three years the ones that are counted stay: here, and what is not here, there."""
        here, there = self.rules()
        now = datetime.datetime.now()
        times = [(now - datetime.timedelta(days=days, hours=hours)).strftime("%Y%m%d_%H%M%S") for days in range(1, 1096) for hours in (0, 5)]
        made = {f"{self.service}_{time}{self.extension}" for time in times}
        for name in made:
            (self.folder / name).write_text("x")
            (self.folder / (name + ".sha256")).write_text("x")
        run("rclone", "copy", self.folder, self.elsewhere.target, "--include", f"{self.service}_*")
        time.sleep(1)  # names are to the second
        self.script("backup")
        left = {path.name for path in self.dumps()}
        known = made | left  # two are new
        same("dumps that stay", sorted(left), sorted(counted(known | {name for name in self.elsewhere.names() if name in left}, here)))
        same("dumps that stay elsewhere", sorted(name for name in self.elsewhere.names() if not name.endswith(".sha256")), sorted(counted(known, there) | left))
        same("checksums", sorted(path.name[:-7] for path in self.folder.glob(f"{self.service}_*.sha256")), sorted(left))
        for name in made:
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / (name + ".sha256")).unlink(missing_ok=True)

    def fails_loudly(self, dump):
        """What is no dump leaves no file, no metric of success, and a status that is not 0."""
        before = self.dumps()
        success = self.metric("ondol_backup_last_success_timestamp_seconds")
        for name, text in self.data.cut(len(self.plain(dump)) * 2 // 3).items():
            program(f"/run/cut-{self.service}/{name}", text)
        self.script("backup", fails=True, env={**os.environ, "PATH": f"/run/cut-{self.service}:{os.environ['PATH']}"})
        same("dumps after one that was cut off", self.dumps(), before)
        mend = self.data.broken()
        self.script("backup", fails=True)
        run(self.tree.home / "scripts/run-job.sh", f"backup-{self.service}", "60",
            self.tree.home / f"scripts/backup-{self.service}.sh", fails=True)
        same("dumps after the service was down", self.dumps(), before)
        same("last success after failures", self.metric("ondol_backup_last_success_timestamp_seconds"), success)
        jobs = "".join(path.read_text() for path in METRICS.rglob("*.prom"))
        require(not self.tree.has("monitoring") or re.search(rf'ondol_job_last_exit_code\{{.*"backup-{self.service}".*\}} [^0]', jobs), f"no metric tells of the failure:\n{jobs}")
        for left in [path for path in self.folder.iterdir() if "partial" in path.name]:
            raise Failed(f"{left} is left")
        mend()

    def consistent(self):
        """What changes while it is read is no backup, unless it is a log, which only grows; what is left out is not in it;
        and a copy of what was damaged before is found by the question that the description asks of it."""
        if not isinstance(self.data, Archive):
            return
        if all(root.is_file() for root in self.data.roots()):
            return
        rotated = "".join(path.read_text() for path in self.project.tree.files("logrotate.d/*"))
        logs = all(str(path).startswith("/var/log") or f"{path}/" in rotated for path in self.data.paths) and self.data.paths
        before = self.dumps()
        success = self.metric("ondol_backup_last_success_timestamp_seconds")
        time.sleep(1)  # names are to the second
        with self.data.changing():
            said = self.script("backup", fails=not logs)
        require("while they were read" in said, said)
        same("archives after files that changed", bool(self.dumps() - before), bool(logs))
        require(logs or success == self.metric("ondol_backup_last_success_timestamp_seconds"), "an archive of no moment is a success")
        time.sleep(1)  # names are to the second
        left_out = self.data.left_out()
        self.script("backup")
        newest = max(self.dumps())
        plain = run("age", "--decrypt", "--identity", self.identity, "--output", "/run/plain", newest) if self.identity else None
        listed = run("tar", "--list", "--gzip", "--file", newest if plain is None else "/run/plain").splitlines()
        pathlib.Path("/run/plain").unlink(missing_ok=True)
        require(listed, "an empty archive")
        same("what is left out", [path for path in left_out if any(name.endswith("/" + path.name) for name in listed)], [])
        for path in left_out:
            path.unlink()
        if self.data.database:
            fingerprint = self.data.fingerprint()
            self.script("verify")
            whole = {root: (root / self.data.database[1]).read_bytes() for root in self.data.roots()}
            self.data.damage()
            time.sleep(1)
            self.script("backup")
            require("is not whole" in self.script("verify", fails=True), "a damaged database passes the drill")
            require("nothing was changed" in self.script("restore", "latest", "--yes", fails=True), "a damaged database is restored")
            same("data after a restore that was refused", self.data.fingerprint(), fingerprint)
            for root, content in whole.items():
                (root / self.data.database[1]).write_bytes(content)
        for path in self.dumps() - before:
            path.unlink()
            path.with_name(path.name + ".sha256").unlink()

    def restored(self, dump, before):
        """An empty server has its data again."""
        self.data.lost()
        same("data of the empty server", self.data.fingerprint(), "")
        self.script("restore", dump, "--yes")
        same("data after the restore", self.data.fingerprint(), before)

    def replaced(self, dump, before):
        """Files that were changed meanwhile are as they were; who uses them runs again, and what was there is kept."""
        if not isinstance(self.data, Archive):
            return
        self.data.spoil()
        spoilt = self.data.fingerprint()
        require(spoilt != before, "nothing is spoilt")
        self.script("restore", dump, "--yes")
        same("data after the restore", self.data.fingerprint(), before)
        require(not self.data.services or self.project.containers(*self.data.services), f"{self.data.services} do not run after the restore")
        kept = sorted(self.folder.glob(f"before-restore_{self.service}_*{self.extension}"))[-1]
        self.script("restore", kept, "--yes")
        same("what was there before the restore", self.data.fingerprint(), spoilt)
        self.script("restore", dump, "--yes")

    def part(self, dump, before):
        """What alone was lost comes back alone."""
        if "--part" not in (self.tree.home / f"scripts/restore-{self.service}.sh").read_text():
            return
        for lost in self.data.losses():
            require(self.data.fingerprint() != before, f"{lost} is not lost")
            self.script("restore", dump, "--part", lost, "--yes")
            same(f"data after {lost} came back", self.data.fingerprint(), before)
        self.script("restore", dump, "--part", "nothing of this name", "--yes", fails=True)
        same("data after a part that is not in the dump", self.data.fingerprint(), before)

    def refused(self, dump, before):
        """A dump that is damaged is refused before anything is touched, by the restore and by the drill."""
        damaged = dump.with_name(f"{self.service}_20990101_000000{self.extension}")
        damaged.write_bytes(dump.read_bytes()[:-len(dump.read_bytes()) // 3])
        drill = self.metric("ondol_backup_drill_timestamp_seconds")
        for name, arguments in (("restore", [damaged, "--yes"]), ("verify", [])):
            self.script(name, *arguments, fails=True)
        checksum = damaged.with_name(damaged.name + ".sha256")
        checksum.write_text((dump.with_name(dump.name + ".sha256")).read_text().replace(dump.name, damaged.name))
        for name, arguments in (("restore", ["latest", "--yes"]), ("verify", [])):
            self.script(name, *arguments, fails=True)
        same("data after refused restores", self.data.fingerprint(), before)
        same("the metric of the drill", self.metric("ondol_backup_drill_timestamp_seconds"), drill)
        damaged.unlink()
        checksum.unlink()


main(check)
