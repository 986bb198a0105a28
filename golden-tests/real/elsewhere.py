"""The places to which backups are copied. rsync and rclone are the real ones; only what would leave this machine ends here."""

import pathlib
import re
import shutil

from trial import Failed, program, run

# The other machine has the folders of this one.
SSH = """#!/bin/sh
while :; do case $1 in -o | -l | -p) shift 2 ;; *) break ;; esac; done
shift
exec "$@"
"""


def ready():
    """Other machines answer, and every remote that rclone is asked for is a folder of its name."""
    program("/usr/local/sbin/ssh", SSH)


class Elsewhere:
    """Where the copies of one backup are: what a script's last words about it say."""

    def __init__(self, script):
        rsync = re.search(r"could not be copied to\" '?[\w.@-]+:(/[\w./-]+)", script)
        rclone = re.search(r"could not be copied to\" '?(\w+):([\w./-]+)", script)
        self.target = None
        if rsync:
            self.folder = pathlib.Path(rsync[1])
            self.target = self.folder
            self.folder.mkdir(parents=True, exist_ok=True)
        elif rclone:
            self.target = f"{rclone[1]}:{rclone[2]}"
            self.folder = None
            remote(rclone[1])

    def names(self):
        """The names of all files there, with their folders."""
        if self.folder:
            return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
        return set(run("rclone", "lsf", "--recursive", "--files-only", self.target).split("\n")) - {""}

    def back(self, folder):
        """Brings all of it back, as the scripts say when they find nothing here."""
        if self.folder:
            run("rsync", "-a", f"{self.folder}/", f"{folder}/")
        elif self.target:
            run("rclone", "copy", self.target, folder)
        else:
            raise Failed("there is no other place")


def remote(name):
    """A remote of rclone that is a folder."""
    config = pathlib.Path("/root/.config/rclone/rclone.conf")
    config.parent.mkdir(parents=True, exist_ok=True)
    text = config.read_text() if config.exists() else ""
    if f"[{name}]" not in text:
        shutil.rmtree(f"/run/remote-{name}", ignore_errors=True)
        pathlib.Path(f"/run/remote-{name}").mkdir(parents=True)
        config.write_text(f"{text}[{name}]\ntype = alias\nremote = /run/remote-{name}\n")
