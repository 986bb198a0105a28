"""The places to which backups are copied: another machine, which is this one, and a server that speaks S3. rsync and rclone
are the real ones, and so is what passes between them and the server."""

import os
import pathlib
import re
import subprocess
import urllib.request

from trial import Failed, eventually, program, run

S3 = "http://127.0.0.1:5999"

# The other machine has the folders of this one.
SSH = """#!/bin/sh
while :; do case $1 in -o | -l | -p) shift 2 ;; *) break ;; esac; done
shift
exec "$@"
"""


def ready():
    """Other machines answer, and so does S3, empty."""
    program("/usr/local/sbin/ssh", SSH)
    server = pathlib.Path(os.environ["ONDOL_TEST_CACHE"], "venv/bin/moto_server")
    with open("/run/s3.log", "w", encoding="utf-8") as log:
        subprocess.Popen([server, "-H", "127.0.0.1", "-p", "5999"], stdout=log, stderr=log)  # ends with the sandbox
    eventually("S3 answers", lambda: urllib.request.urlopen(S3).status == 200, 180)


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
            remote(rclone[1], rclone[2].split("/")[0])

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


def remote(name, bucket):
    """A remote of rclone, as an operator configures one, with a bucket."""
    config = pathlib.Path("/root/.config/rclone/rclone.conf")
    config.parent.mkdir(parents=True, exist_ok=True)
    text = config.read_text() if config.exists() else ""
    if f"[{name}]" not in text:
        config.write_text(f"{text}[{name}]\ntype = s3\nprovider = Other\nendpoint = {S3}\nregion = us-east-1\n"
                          "access_key_id = backup\nsecret_access_key = opens-nothing\n")
    run("rclone", "mkdir", f"{name}:{bucket}")
