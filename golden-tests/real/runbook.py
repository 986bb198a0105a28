#!/usr/bin/python3
"""The operations guide: its commands, those of checklists and tables too, are shell, name scripts, services and addresses
that there are, and its log queries find what they are for in a log such as the service writes."""

import itertools
import json
import pathlib
import re
import shlex

from guide import Guide, urls
from trial import main, require, run

VALUED = {"--tail", "--since", "--project-directory", "--entrypoint", "--scale"}
# What a service may write; `harmless` is what no query is for.
LINES = [{"level": "INFO", "timestamp": "2026-01-01T00:00:00Z", "status": 200, "msg": "harmless"},
         {"level": "ERROR", "timestamp": "2026-01-01T00:00:01Z", "status": 503, "error": "database: connection refused timeout"},
         {"level": "WARN", "timestamp": "2026-01-01T00:00:02Z", "status": 401, "msg": "auth_failed", "user_id": 7, "ip": "203.0.113.7"}]


def check(tree):
    guide = Guide((tree.home / "runbook.md").read_text())
    require(guide.blocks, "no command in the guide")
    commands = guide.lines
    for command in guide.blocks + guide.inline:
        run("bash", "-n", "-c", command)
    for line in commands:
        require(not re.search(r"\bdocker-compose\b|\bdocker [a-z ]*prune\b", line), f"of yesterday, or a remedy that does harm: {line}")
        for url in urls(line):
            asked(tree, url, line)
    for script in {name for line in commands for name in re.findall(r"(?<![\w/])((?:scripts|ufw)/[\w.-]+\.sh)", line)}:
        require((tree.home / script).exists(), f"the guide names {script}, which is not in the tree")
    for line in commands:
        unknown = {name for name in services(line) if name not in tree.services}
        require(not unknown, f"the guide names services that are not there: {unknown}: {line}")
    for line in commands:
        queried = re.search(r"(/var/log/\S+/[\w.-]+\.log)", line)
        if queried and line.startswith(("jq ", "grep ")):
            queries(pathlib.Path(queried[1]), line)


def asked(tree, url, line):
    """An address is one of the system's, one that the description names, or on this host where a container is published
    or a unit listens."""
    if url.hostname in tree.domains or url.hostname in tree.description or line.startswith("docker compose exec "):
        return
    require(url.hostname in ("127.0.0.1", "localhost"), f"nobody here answers to {url.hostname}: {line}")
    published = {int(port["published"]) for service in tree.services.values() for port in service.get("ports", [])}
    require(url.port in published or tree.units, f"nothing listens there, but at {sorted(published)}: {line}")


def services(line):
    """The services that a `docker compose` command names."""
    if not line.startswith("docker compose "):
        return []
    tokens = shlex.shlex(line, posix=True, punctuation_chars=True)
    tokens.whitespace_split = True
    words = list(itertools.takewhile(lambda word: not set(word) <= set("|&;<>"), tokens))
    names, skip = [], False
    for word in words[3:]:
        if skip or word.startswith("-"):
            skip = word in VALUED
        else:
            names.append(word)
    if words[2:3] and words[2] in ("exec", "run"):
        return names[:1]
    return names if words[2:3] and words[2] in ("ps", "logs", "restart", "up", "stop", "start") else []


def queries(path, line):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("started, not JSON\n" + "".join(json.dumps(entry) + "\n" for entry in LINES))
    found = run("bash", "-o", "pipefail", "-c", line)
    require(found.strip() and "harmless" not in found, f"the query finds the wrong lines:\n{line}\n{found}")


main(check)
