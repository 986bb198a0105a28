#!/usr/bin/python3
"""Every script: executable, free of shellcheck's findings at its strictest, read by its own shell without complaint."""

import os

from trial import main, require, run, same


def check(tree):
    scripts = tree.files("**/*.sh")
    require(scripts, "no script")
    for script in scripts:
        first = script.read_text().splitlines()[0]
        require(first.startswith("#!"), f"{script}: its first line is {first!r}")
        require(os.access(script, os.X_OK), f"{script} is not executable")
        run(*first[2:].split(), "-n", script)
    same("shellcheck", run("shellcheck", "--severity=style", "--external-sources", *scripts), "")


main(check)
