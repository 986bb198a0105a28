"""Objects of a store, whose copy follows them: what was there at each run comes back, with what was replaced and deleted
since, and without what came later."""

import datetime
import pathlib
import re
import time

from elsewhere import remote
from trial import require, run, same

NAMES = ["plain.txt", "folder/with space.pdf", "folder/한글 🚀.txt", "-leading", "a=b, c", "quo'te\"s", "[brackets]*.txt"]


class Store:
    """The life of the backups of one store."""

    def __init__(self, project, name):
        self.home, self.name = project.tree.home, name
        script = (self.home / f"scripts/backup-{name}.sh").read_text()
        self.source, self.copy = re.search(r"^source=(\S+) copy=(\S+)$", script, re.M).groups()
        self.folder = pathlib.Path(re.search(r"^folder=(\S+)$", script, re.M)[1])
        self.keep = int(re.search(r"^keep_seconds=(\d+)$", script, re.M)[1]) // 86400
        self.metrics = pathlib.Path(re.search(r"^textfiles=(\S+)$", script, re.M)[1])
        for place in (self.source, self.copy):
            remote(place.split(":")[0], place.split(":")[1].split("/")[0])

    def script(self, verb, *arguments, **options):
        time.sleep(1)  # names are to the second
        return run(self.home / f"scripts/{verb}-{self.name}.sh", *arguments, cwd="/", **options)

    def put(self, **texts):
        work = pathlib.Path("/run/store")
        run("rm", "-rf", work)
        for name, text in texts.items():
            path = work / NAMES[int(name[1:])]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run("rclone", "copy", "--checksum", work, self.source)

    def contents(self, place=None):
        """What is there: names and texts."""
        work = pathlib.Path("/run/contents")
        run("rm", "-rf", work)
        run("rclone", "copy", place or self.source, work)
        return {str(path.relative_to(work)): path.read_text() for path in work.rglob("*") if path.is_file()}

    def made(self):
        return pathlib.Path(self.script("backup").splitlines()[-1])

    def all(self):
        success = f"{self.name}.prom"
        self.put(**{f"n{n}": f"first {n}" for n in range(len(NAMES))})
        first, one = self.contents(), self.made()
        same("names", sorted(first), sorted(NAMES))
        same("the copy", self.contents(f"{self.copy}/now"), first)
        # Of one size, so that only what is in it tells; one goes; one is new.
        self.put(n0="again 0", n1="longer than before")
        run("rclone", "deletefile", f"{self.source}/{NAMES[2]}")
        second, two = self.contents(), self.made()
        same("what the second run replaced", sorted(self.contents(f"{self.copy}/changed")),
             sorted(f"{two.name[-20:-5]}/{NAMES[n]}" for n in (0, 1, 2)))
        self.put(n0="third 0")
        run("rclone", "rcat", f"{self.source}/new.txt", input="new")
        third, three = self.contents(), self.made()
        same("the copy", self.contents(f"{self.copy}/now"), third)
        self.drilled()
        for wanted, told in ((first, one), (third, three), (second, two), (third, "latest")):
            self.script("restore", told, "--yes", "--to", "/run/beside")
            same(f"objects of {told}", self.contents("/run/beside"), wanted)
            run("rm", "-rf", "/run/beside")
        same("the store after restores beside it", self.contents(), third)
        # Into the store itself: as it was, and what goes is kept.
        stamp = datetime.datetime.strptime(two.name[-20:-5], "%Y%m%d_%H%M%S")
        self.script("restore", str(stamp), "--yes")
        same("the store", self.contents(), second)
        kept = self.contents(f"{self.copy}/before-restore")
        same("what went", sorted((name.split("/", 1)[1], text) for name, text in kept.items()), [("new.txt", "new"), (NAMES[0], "third 0")])
        self.script("restore", "latest", "--yes")
        same("the store", self.contents(), third)
        self.refused(one, third)
        self.moved(first, one)
        self.fails_loudly(success)
        self.pruned(one)

    def drilled(self):
        before = sorted(self.folder.iterdir())
        self.script("verify")
        left = [path for path in self.folder.iterdir() if path not in before and "lock" not in path.name]
        same("what a drill leaves", left, [])
        require("ondol_backup_drill_duration_seconds" in "".join(path.read_text() for path in self.metrics.glob(f"*.drill.{self.name}.prom")), "no metric of the drill")

    def refused(self, one, third):
        """What the copy has lost, and a list that was damaged, are found before anything is touched."""
        text = one.read_text()
        one.write_text(text[:-9])
        require("checksum differs" in self.script("restore", one, "--yes", fails=True), "a damaged list is believed")
        one.write_text(text)
        run("rclone", "moveto", f"{self.copy}/now/{NAMES[3]}", f"{self.copy}/aside")
        require("nothing was changed" in self.script("restore", "latest", "--yes", fails=True), "a copy that is not whole is believed")
        self.script("verify", fails=True)
        same("the store", self.contents(), third)
        run("rclone", "moveto", f"{self.copy}/aside", f"{self.copy}/now/{NAMES[3]}")

    def moved(self, first, one):
        """On a new server, which has no lists, the next run does not take what they need for old."""
        lists = sorted(path.name for path in self.folder.glob(f"{self.name}_*"))
        for path in self.folder.glob(f"{self.name}_*"):
            path.unlink()
        self.script("restore", "latest", "--yes", "--to", "/run/beside")
        run("rm", "-rf", "/run/beside")
        for path in self.folder.glob(f"{self.name}_*"):
            path.unlink()
        self.script("backup")
        same("lists that came back", [name for name in lists if not (self.folder / name).exists()], [])
        self.script("restore", one, "--yes", "--to", "/run/beside")
        same("objects of the first run", self.contents("/run/beside"), first)
        run("rm", "-rf", "/run/beside")

    def fails_loudly(self, success):
        """A store that is empty or away leaves the copy, the lists and the last success as they are."""
        state = lambda: (sorted(path.name for path in self.folder.glob(f"{self.name}_*")), self.contents(f"{self.copy}/now"),
                         [path.read_text() for path in self.metrics.glob(f"*.backup.{success}")])
        before, all_of_it = state(), self.contents()
        run("rclone", "delete", self.source)
        require("the copy is left as it is" in self.script("backup", fails=True), "an empty store is believed")
        run("rclone", "purge", self.source)
        require("cannot be read" in self.script("backup", fails=True), "a store that is away is believed")
        same("copy, lists and metrics", state(), before)
        run("rclone", "mkdir", self.source)
        self.script("restore", "latest", "--yes")
        same("the store, brought back", self.contents(), all_of_it)

    def pruned(self, one):
        """Lists beyond their time go, here and there, and what only they needed; all that is left still comes back."""
        ago = lambda days: (datetime.datetime.now() - datetime.timedelta(days=days)).strftime("%Y%m%d_%H%M%S")
        old, young = ago(self.keep + 3), ago(self.keep - 1)
        for stamp in (old, young):
            for suffix in ("list", "list.sha256"):
                source = one if suffix == "list" else one.with_name(one.name + ".sha256")
                (self.folder / f"{self.name}_{stamp}.{suffix}").write_bytes(source.read_bytes())
                run("rclone", "copy", self.folder / f"{self.name}_{stamp}.{suffix}", f"{self.copy}/lists")
        for stamp in (ago(self.keep + 2), ago(self.keep - 1.5), ago(self.keep - 2)):
            run("rclone", "rcat", f"{self.copy}/changed/{stamp}/gone.txt", input=stamp)
        self.script("backup")
        lists = {path.name for path in self.folder.glob(f"{self.name}_*.list")}
        same("old and young lists", [f"{self.name}_{stamp}.list" in lists for stamp in (old, young)], [False, True])
        same("lists there", {name for name in self.contents(f"{self.copy}/lists") if name.endswith(".list")}, lists)
        changed = {name.split("/")[0] for name in self.contents(f"{self.copy}/changed")}
        same("what was replaced before the oldest list", sorted(stamp for stamp in changed if stamp <= young), [])
        require(any(young < stamp for stamp in changed), "what lists need is gone")
        self.script("restore", one, "--yes", "--to", "/run/beside")
        same("objects of the first run", self.contents("/run/beside")["plain.txt"], "first 0")
