"""How a check asks and how it fails: it says what it expected, what it saw, and which command it ran."""

import argparse
import pathlib
import subprocess
import sys
import time
import traceback


class Failed(Exception):
    """An expectation that does not hold; the text is for the reader of the test's output."""


def require(condition, message):
    if not condition:
        raise Failed(message)


def same(what, seen, expected):
    require(seen == expected, f"{what}: {seen!r}, expected {expected!r}")


def run(*command, fails=False, **options):
    """The output of a command, both streams together. It has to succeed, or, with `fails`, it must not."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, errors="replace", **options)
    if bool(done.returncode) != fails:
        raise Failed(f"$ {' '.join(map(str, command))}\n{tail(done.stdout)}\n"
                     f"status {done.returncode}, expected {'a failure' if fails else '0'}")
    return done.stdout


def program(path, text):
    """Puts a program there, with the folder that it is in."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def tail(text, lines=30):
    return "\n".join(text.splitlines()[-lines:])


def eventually(what, probe, seconds=30, pause=0.1):
    """What the probe returns as soon as that is true; errors of the probe count as not yet."""
    last, end = None, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            last = probe()
            if last:
                return last
        except (OSError, Failed, ValueError, KeyError, IndexError) as error:
            last = error
        time.sleep(pause)
    raise Failed(f"{what}: not within {seconds} s; last seen: {last!r}")


def main(check):
    """Runs a check on the tree that the command line names, of one host or what several share:
    `TREE [--described FOLDER --lacks PROPERTY,…] [--ondol PROGRAM]`."""
    from tree import Environment, Tree

    options = argparse.ArgumentParser()
    options.add_argument("tree")
    options.add_argument("--described", help="the folder of its description")
    options.add_argument("--lacks", help="what it has nothing of")
    options.add_argument("--ondol", help="the program that made it")
    given = options.parse_args()
    alone = pathlib.Path(given.tree, "compose.yaml").exists()
    try:
        check(Tree(given.tree, given.described, given.lacks, given.ondol) if alone
              else Environment(given.tree, given.described, given.ondol))
    except Failed as failure:
        where = traceback.extract_tb(failure.__traceback__)
        step = next((frame for frame in where if frame.name != "main"), where[-1])
        for log in sorted(pathlib.Path("/run").glob("*.log")):
            print(f"==> {log} <==\n{tail(log.read_text(errors='replace'), 8)}")
        sys.exit(f"{step.name}: {failure}")
