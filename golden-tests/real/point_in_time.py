#!/usr/bin/python3
"""A database that comes back to chosen seconds: after a mistake, to a past that a restore gave up, and after all was lost."""

import pathlib
import re
import shutil
import time

import elsewhere
from containers import Project
from datastore import Postgres
from elsewhere import Elsewhere
from trial import main, require, run, same


def check(tree):
    elsewhere.ready()
    project = Project(tree)
    try:
        names = [re.match(r"backup-(.*)\.sh", path.name)[1] for path in tree.files("scripts/backup-*.sh")
                 if "/scripts/archive-" in path.read_text()]
        require(names, "no base")
        for name in names:
            PointInTime(project, name).all()
    finally:
        project.down()


class PointInTime:
    """The life of the bases and the log of one database."""

    def __init__(self, project, name):
        self.project, self.home, self.name = project, project.tree.home, name
        script = (self.home / f"scripts/backup-{name}.sh").read_text()
        self.service = re.search(r"service=(\S+)", script)[1]
        self.data = Postgres(project, self.service)
        self.folder = pathlib.Path(re.search(r"^folder=(\S+)", script, re.M)[1])
        self.log = self.folder / f"{self.service}-log"
        self.elsewhere = Elsewhere(script)

    def script(self, verb, *arguments, **options):
        return run(self.home / f"scripts/{verb}.sh", *arguments, cwd="/", **options)

    def restore(self, at, **options):
        """Restores to a second, said as an operator would."""
        text = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(at)) if isinstance(at, int) else at
        return self.script(f"restore-{self.name}", text, "--yes", **options)

    def ticks(self):
        return self.data.sql("select string_agg(n::text, ' ' order by n) from ticks")

    def tick(self, *numbers):
        """Writes each row in a later second than the one before, by the database's own clock; the second after which each is there."""
        clock = "extract(epoch from clock_timestamp())"
        rows = "".join(f"select pg_sleep(1.2 - {clock} % 1);\ninsert into ticks values ({n});\nselect 'by ' || floor({clock});\n"
                       for n in numbers)
        ended = re.findall(r"^by (\d+)$", self.data.sql(rows), re.M)
        return {number: int(second) + 1 for number, second in zip(numbers, ended, strict=True)}

    def bases(self):
        return sorted(self.folder.glob(f"{self.name}_*.tgz"))

    def until(self):
        return int((self.log / "until").read_text())

    def all(self):
        self.project.up(self.service)
        self.data.fill()
        self.data.sql("create table ticks (n int primary key)")
        whole = self.data.fingerprint()
        self.first()
        self.fails_loudly()
        after = self.tick(1, 2, 3)
        self.script(f"backup-{self.name}")
        same("bases", len(self.bases()), 2)
        after |= self.tick(4, 5)
        self.drilled()
        self.mistake(after, whole)
        self.given_up(after)
        self.refused()
        self.lost(whole)
        self.pruned()

    def first(self):
        """A log without a base would be of no use: the first run makes one. What is written is there and elsewhere."""
        before = int(time.time())
        self.script(f"archive-{self.service}")
        same("bases", len(self.bases()), 1)
        require(before <= self.until() <= time.time(), f"the log is there until {self.until()}, began {before}")
        segments = [path.name for path in self.log.glob("0*.gz")]
        require(segments, "nothing is archived")
        log = {f"{self.log.name}/{name}" for name in [*segments, "until"]}
        base = {self.bases()[0].name + suffix for suffix in ("", ".sha256", ".from")}
        missing = (log | base) - self.elsewhere.names()
        require(not missing or not self.elsewhere.target, f"not copied elsewhere: {missing}")
        same("modes", {oct(path.stat().st_mode & 0o077) for path in [self.log, *self.log.glob("0*")]}, {"0o0"})

    def fails_loudly(self):
        """A log that cannot be archived fails the job, and until when it goes stays as it was. Nothing is written over
        a file that is there: it is noticed when another one has its name."""
        until = self.until()
        self.data.sql("create table begun ()")  # something is in the file that is written now
        path = self.data.sql("select pg_walfile_name(pg_current_wal_lsn())")
        other = self.log / f"{path}.gz"
        other.write_bytes(b"another one")
        failure = self.script(f"archive-{self.service}", fails=True, timeout=200)
        require("failed: " in failure, f"the archiver's own count is not told:\n{failure}")
        same("the file that was there", other.read_bytes(), b"another one")
        same("until when the log goes", self.until(), until)
        other.unlink()
        self.data.sql("select pg_reload_conf()")  # the archiver tries again at once, and not within a minute
        self.script(f"archive-{self.service}")
        require(self.until() > until, "the log does not go on after the failure")
        # What PostgreSQL asks for again is there already: no failure.
        self.data.sql("select pg_stat_reset_shared('archiver')")
        self.project.compose("exec", "-T", self.service, "sh", "-c", f'touch "$PGDATA/pg_wal/archive_status/{path}.ready"; rm -f "$PGDATA/pg_wal/archive_status/{path}.done"')
        self.script(f"archive-{self.service}")
        same("failures when it is asked for again", self.data.sql("select failed_count from pg_stat_archiver"), "0")

    def drilled(self):
        """Base and log come back in a scratch container; the log that is in use gets nothing from there."""
        self.script(f"archive-{self.service}")
        before = {path.name for path in self.log.iterdir()}
        output = self.script(f"verify-{self.name}")
        require("recovery stopping" in output, f"the drill did not reach its time:\n{output}")
        new = {path.name for path in self.log.iterdir()} - before
        same("history files after a drill", [name for name in new if "history" in name], [])

    def mistake(self, after, whole):
        """A row and two tables are lost at a known second; the second before has them all, and nothing of later."""
        self.data.sql("delete from ticks where n = 1; drop table notes; truncate orders")
        self.restore(after[2])
        same("rows of the second second", self.ticks(), "1 2")
        same("what was lost by the mistake", self.data.fingerprint(), whole)

    def given_up(self, after):
        """Bases and seconds of what a restore gave up: still there for who asks for them, and in nobody's way."""
        on = self.tick(101, 102)
        time.sleep(1)  # the log goes to the beginning of a second
        # The newest base is of rows that are given up; from it this second cannot be reached.
        self.restore(on[101])
        same("rows after the first restore", self.ticks(), "1 2 101")
        self.restore(after[4])
        same("rows that the first restore gave up", self.ticks(), "1 2 3 4")
        self.restore(on[102])
        same("rows that the second restore gave up", self.ticks(), "1 2 101 102")

    def refused(self):
        """A time that is not kept, a text that is none and a base that is damaged touch nothing."""
        before = self.ticks()
        # The last restore began after the log ended, and took its time: of that there is nothing.
        restored = int((self.log / "restores").read_text().splitlines()[-1].split()[0])
        for at in (restored - 1, int(time.time()) + 3600, 1_700_000_000, "yesterdayish"):
            self.restore(at, fails=True)
        base = self.bases()[-1]
        text = base.read_bytes()
        base.write_bytes(text[:-1000])
        self.script(f"verify-{self.name}", fails=True)
        base.write_bytes(text)
        same("rows after refused restores", self.ticks(), before)

    def lost(self, whole):
        """The machine is a new one: what is elsewhere brings the last second back that was told to be there."""
        self.tick(201)
        time.sleep(1)  # the log goes to the beginning of a second
        self.script(f"archive-{self.service}")
        before = self.ticks()
        self.project.compose("down", "--volumes", "-t", "5")
        if not self.elsewhere.target:
            return
        shutil.rmtree(self.folder)
        self.project.up(self.service)
        # A new machine has begun a log of its own, which is not that of the data.
        self.project.compose("down", "--volumes", "-t", "5")
        shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        self.elsewhere.back(self.folder)
        self.restore("latest")
        same("rows on a new machine", self.ticks(), before)
        same("data on a new machine", self.data.fingerprint(), whole)
        self.script(f"archive-{self.service}")

    def pruned(self):
        """The last base before the time stays, older ones go, and with them the log that only they need."""
        # The bases that are there become as old as their names say.
        for number, base in enumerate(self.bases()):
            for path in self.folder.glob(base.name + "*"):
                path.rename(path.with_name(path.name.replace(base.name, f"{self.name}_2020010{number + 1}_000000.tgz")))
        before = {path.name for path in self.log.glob("0*.gz")}
        time.sleep(1)
        self.script(f"backup-{self.name}")
        names = [path.name for path in self.bases()]
        same("old bases", names[:-1], [f"{self.name}_20200102_000000.tgz"])
        needed = min((self.folder / f"{name}.from").read_text().split()[0][8:] for name in names)
        left = {path.name for path in self.log.glob("0*.gz")}
        wanted = {name for name in before if "history" in name or name[8:24] >= needed or "backup" in name}
        same("log that is needed no more", sorted(name for name in left & before if name not in wanted), [])
        same("log that is needed and gone", sorted(wanted - left), [])
        require(before - left, "nothing of the log went")


main(check)
