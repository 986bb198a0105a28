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
from browser import Browser
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
        eventually("nginx answers", lambda: connection.connect() or True, 90)
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


def page():
    with Browser() as browser:
        browser.open(FOLDER / "page.html")
        require(not browser.problems, f"the console says: {browser.problems}")
        same("what the page asks for", browser.requests, [(FOLDER / "page.html").as_uri()])
        same("elements", browser.ask("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))].join(' ')"),
             "html head meta title body i")
        seen = browser.ask("[...document.querySelectorAll('i')].map(e => [e.textContent, e.title, e.attributes.length])")
    # What no page may hold is a blank; a browser leaves out a NUL and makes one line break of two, so they may not be there.
    shown = [re.sub(r"[\0-\x08\x0b-\x1f\x7f-\x9f]", " ", text) for text in TEXTS]
    equal("page", dict(enumerate(seen)), {number: [text, text, 1] for number, text in enumerate(shown)})


BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def systemd():
    """What systemd itself has read, as it tells when it is started to tell only that, as an account's own."""
    home = pathlib.Path("/run/account")
    units = home / ".config/systemd/user"
    wanted = units / "default.target.wants"
    wanted.mkdir(parents=True)
    for unit in FOLDER.glob("*.service"):
        shutil.copy(unit, units)
        (wanted / unit.name).symlink_to(f"../{unit.name}")
    run("chown", "-R", "nobody", home)
    told = run("setpriv", "--reuid=nobody", "--clear-groups", "env", f"HOME={home}", f"XDG_RUNTIME_DIR={home}",
               "/lib/systemd/systemd", "--user", "--test")
    commands = re.findall(r'^\t*Command Line: /bin/echo (\d+) (?:"((?:[^"\\]|\\.)*)"|(.*))$', told, re.M)
    meant = lambda found: ESCAPED.get(found[1], found[1]) if len(found[1]) == 1 else chr(int(found[1], 8))
    # A doubled dollar is one when the command is run.
    words = {int(number): (bare or re.sub(r"\\([0-7]{3}|.)", meant, quoted)).replace("$$", "$") for number, quoted, bare in commands}
    # It passes over lines with what is no character, which no description holds.
    texts = {number: text for number, text in enumerate(TEXTS) if not any(ord(letter) & 0xfffe == 0xfffe for letter in text)}
    equal("words of systemd", words, {number: text.replace("\0", "") for number, text in texts.items()})
    described = {int(number): line for number, line in
                 re.findall(r"^\t-> Unit text-(\d+)\.service:\n\t\tDescription: (.*)$", told, re.M)}
    line = lambda text: re.sub(r"[\0-\x1f\x7f-\x9f\u2028\u2029]", " ", text).rstrip("\\" + BLANKS).lstrip(" ")
    require(len(described) > len(TEXTS) // 25, f"{len(described)} units")
    equal("descriptions", described, {number: line(texts[number]) or f"text-{number}.service" for number in described})


for check in values, compose, prometheus, nginx, cron, page, systemd:
    print(check.__name__)
    check()
