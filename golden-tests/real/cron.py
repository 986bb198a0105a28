#!/usr/bin/python3
"""The cron table, loaded by the cron daemon itself, and what cron would take in silence and never run."""

import os
import re
import shlex
import time

from daemon import Cron, tables
from trial import eventually, main, require


def check(tree):
    tables(tree)
    with Cron("2024-01-03 12:34:10") as cron:  # far from any minute at which a job would start
        eventually("cron starts", lambda: cron.log, 60)
        time.sleep(0.5)
        wrong = [line for line in cron.log if re.search(r"Error|ERROR|WRONG|INSECURE|BAD|CAN'T|bad ", line)]
    require(not wrong, "\n".join(wrong))
    for table in tree.files("cron.d/*"):
        require(re.fullmatch(r"[A-Za-z0-9_-]+", table.name), f"cron passes over a table named {table.name}")
        for line in table.read_text().splitlines():
            if re.match(r"\s*\w+\s*=", line):
                require("$" not in line, f"cron expands no variable in a setting: {line}")
            elif line.strip() and not line.startswith("#"):
                command(line)


def command(line):
    require(not re.search(r"(?<!\\)%", line), f"a bare % ends the command: {line}")
    parts = line.split(None, 1 if line.startswith("@") else 5)
    user, text = parts[-1].split(None, 1)
    require(not re.fullmatch(r"\S+ \S+ [^*]\S* \S+ [^*]\S*", " ".join(parts[:5])),
            f"day of the month or day of the week, not both, is what this means: {line}")
    program = shlex.split(text.replace("\\%", "%"))[0]
    require(not program.startswith("/") or os.access(program, os.X_OK), f"{user} cannot run {program}")


main(check)
