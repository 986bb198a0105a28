"""Files that a script archives, as their users see them: in the container that writes them, or on the host."""

import hashlib
import os
import pathlib
import re
import shutil

from trial import run

# What a careless copy loses: names, modes, owners, links, times, emptiness.
NAMES = ["plain.txt", "with space", "-leading", "한글 🚀", "new\nline", ".hidden"]


class Archive:
    """The files of one backup."""

    def __init__(self, project, name):
        self.project = project
        script = (project.tree.home / f"scripts/backup-{name}.sh").read_text()
        members = re.search(r"^members=\((?!\.\))(.*)\)$", script, re.M)
        self.volume = re.search(r"^target=(\S+)$", script, re.M)
        self.paths = [pathlib.Path("/", member) for member in members[1].split()] if members else []
        self.services = [name for name, service in project.tree.services.items() if "profiles" not in service and
                         any(mount["type"] == "volume" for mount in service.get("volumes", [])) and not service.get("build")]
        if self.volume:
            self.services = re.findall(r"compose ps --all --quiet ([\w-]+)\)", script)[:1]
        self.stops = "compose stop" in script

    def roots(self):
        """Where the files are on the host."""
        if not self.volume:
            return self.paths
        (container,) = self.project.containers(*self.services)
        return [pathlib.Path(mount["Source"]) for mount in container["Mounts"] if mount["Destination"] == self.volume[1]]

    def fill(self):
        for root in self.roots():
            if root.name == ".env":
                continue  # the operator's, which is there from the start
            root.mkdir(parents=True, exist_ok=True)
            for number, name in enumerate(NAMES):
                folder = root / f"folder {number}"
                folder.mkdir()
                (folder / name).write_bytes(os.urandom(20_000) + bytes(20_000))
                (folder / name).chmod(0o640 + number)
                os.chown(folder / name, 1000 + number, 2000)
                os.utime(folder / name, (1_700_000_000, 1_700_000_000 + number))
            (root / "link").symlink_to("folder 0/plain.txt")
            (root / "empty").mkdir(mode=0o711)

    def fingerprint(self):
        """All that there is, with owners, modes, times and contents; empty where nobody has put anything."""
        found = []
        for root in self.roots():
            for path in sorted([root, *root.rglob("*")] if root.is_file() else root.rglob("*")):
                stat = path.lstat()
                content = (os.readlink(path) if path.is_symlink() else
                           hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder")
                found.append((str(path.relative_to(root)), oct(stat.st_mode), stat.st_uid, stat.st_gid,
                              int(stat.st_mtime) if path.is_file() else 0, content))
        return "" if all(entry[0] == "." for entry in found) else str(found)

    def spoil(self):
        """One is gone, one is new, one is another; a folder is a file now."""
        for root in (root for root in self.roots() if root.is_dir()):
            shutil.rmtree(root / "folder 1")
            (root / "new one").write_text("new")
            (root / "folder 0" / NAMES[0]).write_text("changed")
            shutil.rmtree(root / "folder 2")
            (root / "folder 2").write_text("a file")

    def lost(self):
        """The server is a new one: its files are gone, but for what an operator puts there again."""
        self.project.compose("down", "--volumes", "-t", "5")
        for path in self.paths:
            if path.is_dir():
                shutil.rmtree(path)
        self.project.up(*self.services)

    def cut(self, size):
        """Programs that lose the end of an archive, and say that all is well."""
        return {"tar": '#!/bin/sh\ncase "$*" in\n    *--create*) /usr/bin/tar "$@" | head -c %d; exit 0 ;;\n'
                       '    *) exec /usr/bin/tar "$@" ;;\nesac\n' % size}

    def broken(self):
        """Nothing can be archived; gives what mends it."""
        if self.volume:
            self.project.compose("rm", "--stop", "--force", *self.services)
            return lambda: self.project.up(*self.services)
        path = self.paths[-1]
        path.rename(f"{path}.away")
        return lambda: run("mv", f"{path}.away", path)
