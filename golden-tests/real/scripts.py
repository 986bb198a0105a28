#!/usr/bin/python3
"""Every script: executable, free of shellcheck's findings at its strictest, read by its own shell without complaint, and
fit to run where nobody looks."""

import os
import re

from trial import main, require, run, same


def check(tree):
    scripts = tree.files("**/*.sh")
    require(scripts, "no script")
    for script in scripts:
        first = script.read_text().splitlines()[0]
        require(first.startswith("#!"), f"{script}: its first line is {first!r}")
        require(os.access(script, os.X_OK), f"{script} is not executable")
        run(*first[2:].split(), "-n", script)
        unattended(script, re.sub(r"^ *#.*\n", "", script.read_text(), flags=re.M))
    same("shellcheck", run("shellcheck", "--severity=style", "--external-sources", *scripts), "")


def unattended(script, text):
    """No terminal is asked for, no failure passes for success, nothing is thrown away wholesale, nothing is of yesterday."""
    require(re.search(r"^set -eu" if "/sh\n" in script.read_text() else r"^set -euo pipefail$", text, re.M), f"{script} goes on after failures")
    for words in re.findall(r"\bcompose (?:exec|run)\b(.*)", text):
        require(re.search(r" -T\b| --no-TTY\b", words), f"{script} asks for a terminal: compose …{words}")
    require(not re.search(r"\bdocker-compose\b", text), f"{script} calls the first version of compose")
    require(not re.search(r"\bdocker [a-z ]*prune\b", text), f"{script} throws away what others may need")


main(check)
