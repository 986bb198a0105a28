"""Files that a script archives, as their users see them: in the container that writes them, or on the host."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import sqlite3
import threading

from trial import program

# What a careless copy loses: names, modes, owners, links, times, emptiness.
NAMES = ["plain.txt", "with space", "-leading", "한글 🚀", "new\nline", ".hidden"]

# What the trial itself puts there.
OURS = ("folder ", "link", "empty", "new one")


class Archive:
    """The files of one backup."""

    def __init__(self, project, name):
        self.project = project
        script = (project.tree.home / f"scripts/backup-{name}.sh").read_text()
        members = re.search(r"^members=\((?!\.\))(.*)\)$", script, re.M)
        self.volume = re.search(r"^target=(\S+)$", script, re.M)
        self.paths = [pathlib.Path("/", member) for member in members[1].split()] if members else []
        # What an operator has put on the new server already.
        self.operators = {path: path.read_bytes() for path in self.paths if path.is_file()}
        # What is left out, and a database that is asked whether it is whole.
        self.excluded = [word.strip("'") for line in re.findall(r"tar --create (.*)", script)[:1]
                         for word in re.findall(r"--exclude=(\S+)", line)]
        verify = (project.tree.home / f"scripts/verify-{name}.sh").read_text()
        self.database = re.search(r"sqlite3 (?:-\w+ )*(\S+\.sqlite3) .*integrity_check", verify)
        # Who has the files mounted; nobody, for files that only the host reads.
        restore = (project.tree.home / f"scripts/restore-{name}.sh").read_text()
        self.services = re.search(r"^users=\((.*)\)$", restore, re.M)[1].split()

    def roots(self):
        """Where the files are on the host."""
        if not self.volume:
            return self.paths
        (container,) = self.project.containers(*self.services)
        return [pathlib.Path(mount["Source"]) for mount in container["Mounts"] if mount["Destination"] == self.volume[1]]

    def fill(self):
        for root in self.roots():
            if root in self.operators:
                root.write_bytes(self.operators[root] + b"# changed since\n")
                continue
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
            if self.database:
                with contextlib.closing(sqlite3.connect(root / self.database[1])) as database:
                    database.execute("create table documents (id integer primary key, text text)")
                    database.executemany("insert into documents (text) values (?)", ((f"문서 {n} " * 50,) for n in range(500)))
                    database.execute("create index by_text on documents (text)")
                    database.commit()

    def fingerprint(self):
        """All that there is, with owners, modes, times and contents; empty where nobody has put anything."""
        found = []
        for root in self.roots():
            if root in self.operators and root.read_bytes() == self.operators[root]:
                continue
            # Others write there too: logs of the jobs themselves, folders that are made at a start.
            ours = [path for path in root.rglob("*") if path.relative_to(root).parts[0].startswith(OURS)]
            for path in sorted([root] if root.is_file() else ours):
                stat = path.lstat()
                content = (os.readlink(path) if path.is_symlink() else
                           hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder")
                found.append((str(path.relative_to(root)), oct(stat.st_mode), stat.st_uid, stat.st_gid,
                              int(stat.st_mtime) if path.is_file() else 0, content))
        return str(found) if found else ""

    def left_out(self):
        """Puts files of the names that are left out there, and gives their paths."""
        names = [pattern.replace("*", "something") for pattern in self.excluded]
        paths = [root / folder / name for root in self.roots() if not root.is_file() for folder in (".", "folder 0") for name in names]
        for path in paths:
            path.write_text("left out")
        return paths

    @contextlib.contextmanager
    def changing(self):
        """Somebody writes to a file all the time, however often it is read."""
        root = next(root for root in self.roots() if not root.is_file())
        path, ended = root / "folder 0" / "busy", threading.Event()
        path.write_bytes(os.urandom(8_000_000))

        def write():
            with path.open("r+b") as file:
                while not ended.is_set():
                    file.seek(0)
                    file.write(os.urandom(64))
                    file.flush()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            yield
        finally:
            ended.set()
            writer.join()
            path.unlink()

    def damage(self):
        """A database that is damaged on its disk: a copy of it is whole as a file, and of no use."""
        for root in self.roots():
            with (root / self.database[1]).open("r+b") as file:
                file.seek(8192)
                file.write(bytes(range(256)) * 64)

    def spoil(self):
        """One is gone, one is new, one is another; a folder is a file now."""
        for root in self.roots():
            if root.is_file():
                root.write_text(root.read_text() + "# spoilt\n")
                continue
            shutil.rmtree(root / "folder 1")
            (root / "new one").write_text("new")
            (root / "folder 0" / NAMES[0]).write_text("changed")
            shutil.rmtree(root / "folder 2")
            (root / "folder 2").write_text("a file")

    def lost(self):
        """The server is a new one: its files are gone, but for what an operator puts there again."""
        self.project.compose("down", "--volumes", "-t", "5")
        for path in self.paths:
            if path in self.operators:
                path.write_bytes(self.operators[path])
            else:
                shutil.rmtree(path)
        if self.services:
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
        # A disk that cannot be read.
        return program("/usr/local/sbin/tar", "#!/bin/sh\nexit 2\n").unlink
