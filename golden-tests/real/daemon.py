"""The real cron daemon on the sandbox's server, its log read from the socket that syslog would have."""

import contextlib
import datetime
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time
import zoneinfo

from trial import eventually

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


class Cron:
    """A cron daemon with the tables that lie in /etc/cron.d, at a time of its own that may pass faster.

    `start` is "2026-11-22 00:00:30", in UTC; `speed` how many seconds pass in one; `zone` the one whose clock it follows."""

    def __init__(self, start, speed=1, zone="UTC"):
        self.start, self.speed, self.zone, self.log = self.on_clock(start, zone), speed, zone, []
        # Seconds of its own clock behind `start` at which it said each line of the log.
        self.times, self.begun = [], time.monotonic()

    @staticmethod
    def on_clock(start, zone):
        """That instant as the clock of the zone tells it, which is what faketime reads."""
        instant = datetime.datetime.fromisoformat(start).replace(tzinfo=datetime.timezone.utc)
        return f"{instant.astimezone(zoneinfo.ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"

    def __enter__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        environment = {**os.environ, "TZ": self.zone, "LD_PRELOAD": FAKETIME, "FAKETIME": f"@{self.start} x{self.speed}"}
        self.begun = time.monotonic()
        self.process = subprocess.Popen(["cron", "-f"], env=environment)
        return self

    def listen(self):
        while said := self.socket.recv(8192):
            line = said.decode(errors="replace").rstrip("\0\n")
            self.times.append((time.monotonic() - self.begun) * self.speed)
            self.log.append(line)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        # What it has forked goes on, and would speak into the log of the next one.
        eventually("what cron has started ends", lambda: not forked(), 60, 0.02)
        os.unlink("/dev/log")
        self.socket.shutdown(socket.SHUT_RD)
        self.listener.join()  # what was said is read
        self.socket.close()


def forked():
    """Processes of cron: itself, and one for each job that runs."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has just ended
            found += [path.parent.name] * (path.read_text() == "cron\n")
    return found


def tables(tree, rewrite=lambda text: text):
    """Makes the tree's tables the only ones, owned and readable as cron demands."""
    shutil.rmtree("/etc/cron.d", ignore_errors=True)
    os.mkdir("/etc/cron.d")
    pathlib.Path("/etc/crontab").write_text("")
    for source in tree.files("cron.d/*"):
        table = pathlib.Path("/etc/cron.d", source.name)
        table.write_text(rewrite(source.read_text()))
        table.chmod(0o644)
