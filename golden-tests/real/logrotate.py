#!/usr/bin/python3
"""The rotation rules, read by logrotate as they would lie in /etc, then run on real log files as often as they keep."""

import glob
import os
import pathlib
import re
import shutil

from trial import main, require, run, same


def check(tree):
    for source in tree.files("logrotate.d/*"):
        rule = pathlib.Path("/etc/logrotate.d", source.name)
        shutil.copy(source, rule)
        rule.chmod(0o644)
        require(re.fullmatch(r"[\w.-]+", source.name) and not source.suffix, f"logrotate passes over {source.name}")
        text = source.read_text()
        stanzas = re.findall(r"^([^#\n{}]*/[^{}]*)\{(.*?)^\}", text, re.M | re.S)
        same("braces opened and stanzas read", len(re.findall(r"\{\s*$", text, re.M)), len(stanzas))
        for patterns, body in stanzas if source.name == tree.system else []:
            agreed(tree, patterns, body)
        logs = [(sample(pattern), body) for patterns, body in stanzas for pattern in re.findall(r'"[^"]+"|/\S+', patterns)]
        clean(run("logrotate", "-d", rule))
        for turn in range(3):
            for log, _ in logs:
                with open(log, "ab") as file:
                    file.write(b"a line of the log\n" * 300)
            clean(run("logrotate", "-f", "-s", "/run/logrotate.state", rule))
            if turn == 0:
                for log, body in logs:
                    rotated(log, body)


def agreed(tree, patterns, body):
    """Words that make each other void, and logs that stay where logrotate of the host never sees them."""
    for words in (("copytruncate", "create"), ("size", "daily"), ("size", "weekly"), ("size", "monthly")):
        require(not all(re.search(rf"^\s*{word}\b", body, re.M) for word in words), f"{' beside '.join(words)}: {patterns}")
    sources = {source for name in tree.services for source in tree.mounts(name).values()}
    for log in re.findall(r'"?(/[^"\s]+)"?', patterns):
        folder = pathlib.Path(log).parent
        jobs = folder == pathlib.Path("/var/log", tree.system)
        units = [writable for parts in tree.units.values() for writable in parts["Service"]["ReadWritePaths"]]
        stated = f'log "{log}"' in tree.description
        require(jobs or stated or str(folder) in units or folder in sources or pathlib.Path(log) in sources, f"nobody writes to {log} on the host")


def clean(output):
    """logrotate reports unknown words and files that it ignores, and exits with 0."""
    found = [line for line in output.splitlines() if re.match(r"error:|warning: (?!logrotate in debug mode)|Ignoring", line)]
    require(not found, "\n".join(found))


def sample(pattern):
    """A log file that the pattern matches."""
    log = pattern.strip('"').replace("*", "sample")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    pathlib.Path(log).touch()
    if os.path.dirname(log).startswith("/home/"):  # the folder of an account, which writes there
        for path in (os.path.dirname(log), log):
            shutil.chown(path, *2 * [log.split("/")[2]])
    return log


def rotated(log, body):
    stem = os.path.splitext(log)[0]
    require(glob.glob(glob.escape(log) + "?*") + glob.glob(glob.escape(stem) + "-*"), f"{log} was not rotated")
    if re.search(r"^\s*(copytruncate|create)\b", body, re.M):
        same(f"size of {log} after the rotation", os.path.getsize(log), 0)


main(check)
