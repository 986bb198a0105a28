#!/usr/bin/python3
"""Texts that nobody would write, quoted for every format: their real readers get exactly the text."""

import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml
from daemon import Cron
from trial import eventually, require, run, same

FOLDER = pathlib.Path(sys.argv[1])
TEXTS = json.loads((FOLDER / "texts.json").read_text())


def equal(what, seen, expected):
    """Both by number of the text; the first difference is the failure."""
    same(f"numbers in {what}", sorted(seen), sorted(expected))
    for number, text in expected.items():
        require(seen[number] == text, f"{what} {number}: {seen[number]!r}, expected {text!r}")


def values():
    seen = yaml.safe_load((FOLDER / "values.yaml").read_text())
    require(seen == {text: [[text], text] for text in TEXTS}, "PyYAML reads something else")


def compose():
    text = run("docker", "compose", "--project-directory", FOLDER, "--project-name", "quoted", "config", "--format", "json")
    environment = json.loads(text[text.index("{"):])["services"]["all"]["environment"]
    # No variable of an environment can hold a NUL.
    variables = {number: text.replace("\0", "") for number, text in enumerate(TEXTS)}
    for letter, expected in ("L", dict(enumerate(TEXTS))), ("V", variables), ("D", variables):
        # What compose prints can be read by it again: dollars are doubled.
        seen = {int(name[1:]): value.replace("$$", "$") for name, value in environment.items() if name[0] == letter}
        require(len(seen) > len(TEXTS) // 3, f"{len(seen)} variables named {letter}")
        equal(letter, seen, {number: expected[number] for number in (expected if letter != "D" else seen)})


def prometheus():
    for promtool in ("promtool-trixie", "promtool-sid"):
        run(promtool, "check", "rules", FOLDER / "rules.yml")
        run(promtool, "test", "rules", "rules_test.yml", cwd=FOLDER)


def nginx():
    config = (FOLDER / "nginx.conf").read_text()
    numbers = [int(number) for number in re.findall(r"^location = /(\d+) ", config, re.MULTILINE)]
    require(len(numbers) > len(TEXTS) // 3, f"{len(numbers)} texts")
    os.makedirs("/var/lib/nginx", exist_ok=True)
    server = subprocess.Popen(["nginx", "-c", FOLDER / "nginx.conf", "-g", "daemon off; error_log stderr;"])
    try:
        connection = http.client.HTTPConnection("127.0.0.1", 8080)
        eventually("nginx answers", lambda: connection.connect() or True, 20)
        for number in numbers:
            connection.request("GET", f"/{number}")
            seen = connection.getresponse().read().decode()
            require(seen == TEXTS[number], f"nginx {number}: {seen!r}, expected {TEXTS[number]!r}")
    finally:
        server.terminate()
        server.wait()


def cron():
    shutil.rmtree("/etc/cron.d", ignore_errors=True)
    for folder in "/etc/cron.d", "/run/quoted":
        os.mkdir(folder)
    pathlib.Path("/etc/crontab").write_text("")
    table = (FOLDER / "cron").read_text()
    pathlib.Path("/etc/cron.d/quoted").write_text(table)
    numbers = {int(number) for number in re.findall(r"/run/quoted/(\d+)$", table, re.MULTILINE)}
    require(len(numbers) > len(TEXTS) // 20, f"{len(numbers)} texts")
    expected = {number: TEXTS[number].replace("\0", "") for number in numbers}

    def written():
        seen = {int(path.name): path.read_bytes().decode() for path in pathlib.Path("/run/quoted").iterdir()}
        equal("cron", seen, expected)
        return True

    with Cron("2024-01-03 12:34:58"):
        eventually("the jobs have run", written, 60)


for check in values, compose, prometheus, nginx, cron:
    print(check.__name__)
    check()
