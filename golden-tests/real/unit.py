"""Units of systemd without systemd, which does not run in the sandbox: their text, their environment as systemd reads it,
and a `systemctl` that starts what `ExecStart=` says as the account, in the folder and with the environment of the unit. What
a unit may not do is for systemd-analyze to judge: none of it holds here."""

import collections
import os
import pathlib
import pwd
import re
import shlex
import signal
import socket
import subprocess
import sys
import time

INSTALLED = pathlib.Path("/etc/systemd/system")
STATE = pathlib.Path("/run/units")


def parse(text):
    """Sections with the values of each key, in order; a line that ends with a backslash goes on."""
    sections, section = {}, None
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), collections.defaultdict(list))
        elif line.strip() and line[0] not in "#;":
            key, _, value = line.partition("=")
            section[key].append(value)
    return sections


def environment(text):
    """An environment file, by systemd.exec(5): in double quotes a backslash takes the meaning of `"`, `\\`, `` ` `` and `$` away."""
    values = {}
    for name, value in re.findall(r'^(\w+)="((?:[^"\\]|\\.)*)"$', text, re.M | re.S):
        values[name] = re.sub(r'\\(["\\`$])', r"\1", value)
    return values


def words(command, values):
    """The words of a command line, by systemd.service(5)."""
    plain = [re.sub(r"\$\{(\w+)\}", lambda found: values.get(found[1], ""), word.replace("$$", "\0")) for word in shlex.split(command)]
    return [word.replace("\0", "$").replace("%%", "%") for word in plain]


class Unit:
    """An installed unit."""

    def __init__(self, name):
        self.name = name.removesuffix(".service")
        self.service = parse((INSTALLED / f"{self.name}.service").read_text())["Service"]
        self.pid_file = STATE / f"{self.name}.pid"

    def one(self, key, otherwise=""):
        return self.service[key][-1] if self.service[key] else otherwise

    def pid(self):
        """Its main process, if it runs."""
        try:
            pid = int(self.pid_file.read_text())
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return pid if state != "Z" else None
        except (OSError, ValueError):
            return None

    def start(self):
        account = pwd.getpwnam(self.one("User"))
        file = self.one("EnvironmentFile")
        values = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": account.pw_dir, "USER": account.pw_name}
        values |= environment(pathlib.Path(file).read_text())
        folder = self.one("WorkingDirectory")
        options = {"env": values, "cwd": folder, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        for before in self.service["ExecStartPre"]:
            subprocess.run(words(before, values), check=True, timeout=120, **options)
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        place = STATE / f"{self.name}.notify"
        place.unlink(missing_ok=True)
        heard.bind(str(place))
        place.chmod(0o777)
        with open(STATE / f"{self.name}.log", "ab") as log:
            process = subprocess.Popen(words(self.one("ExecStart"), values), start_new_session=True, stdout=log, stderr=log,
                                       **{**options, "env": {**values, "NOTIFY_SOCKET": str(place)}})
        self.pid_file.write_text(str(process.pid))
        if self.one("Type") == "notify":
            heard.settimeout(120)
            while b"READY=1" not in heard.recv(4096):
                pass
        time.sleep(0.2)
        return self.pid() is not None

    def stop(self):
        pid = self.pid()
        if pid:
            os.killpg(pid, signal.SIGTERM)
            end = time.monotonic() + 10
            while self.pid() and time.monotonic() < end:
                time.sleep(0.05)

    def reload(self):
        subprocess.run(words(self.one("ExecReload").replace("$MAINPID", str(self.pid())), {}), check=True)


def systemctl(verb, names, options):
    """The status that systemctl would end with."""
    if verb == "daemon-reload":
        return 0
    if verb == "show":
        wanted = next(option.partition("=")[2] for option in options if option.startswith("--property"))
        print({"NRestarts": "0", "MemoryCurrent": "52428800", "CPUUsageNSec": "[not set]"}.get(wanted, ""))
        return 0
    for name in names:
        if name.endswith(".timer"):
            # What they start is tried by golden-tests/real/timers.py: here they are only on or off.
            on = STATE / name
            if verb in ("enable", "start", "restart"):
                on.touch()
            elif verb in ("disable", "stop"):
                on.unlink(missing_ok=True)
            elif not on.exists():
                return 3
            continue
        unit = Unit(name)
        enabled = STATE / f"{unit.name}.enabled"
        if verb == "enable":
            enabled.touch()
        elif verb == "disable":
            enabled.unlink(missing_ok=True)
            if "--now" in options:
                unit.stop()
        elif verb == "is-enabled" and not enabled.exists():
            return 1
        elif verb == "is-active" and not unit.pid():
            return 3
        elif verb in ("stop", "restart"):
            unit.stop()
        elif verb == "reload":
            unit.reload()
        if verb in ("start", "restart") and not unit.start():
            return 1
    return 0


def pretend():
    """Puts this file in place of the machine's systemctl, and what it needs."""
    STATE.mkdir(exist_ok=True)
    pathlib.Path("/run/systemd/system").mkdir(parents=True, exist_ok=True)
    for name, text in {"systemctl": f"exec /usr/bin/python3 {__file__} \"$@\"", "journalctl": "exit 0"}.items():
        path = pathlib.Path("/usr/local/bin", name)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


if __name__ == "__main__":
    given = sys.argv[1:]
    plain = [word for word in given if not word.startswith("-")]
    try:
        sys.exit(systemctl(plain[0], plain[1:], [word for word in given if word.startswith("-")]))
    except (OSError, subprocess.SubprocessError, KeyError) as error:
        sys.exit(f"systemctl: {error}")
