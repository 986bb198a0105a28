#!/usr/bin/python3
"""Grafana's provisioning where the container sees it, dashboards of Grafana's own types, and every expression of them as
PromQL."""

import json
import os
import pathlib
import re
import subprocess

from trial import eventually, main, require, run

# What Grafana puts in place of its own variables.
VARIABLES = [(r"\$\{?__(rate_)?interval\}?", "5m"), (r"\$\{?__range\}?", "1h"), (r"\$\{?(\w+)(:\w+)?\}?", r"\1")]

# Mistakes that the types must find.
FAULTS = {"a field that is not there": ('"gridPos"', '"gridpos"'), "a word that is none of its kind": ('"absolute"', '"relative"'),
          "a text for a number": ('"graphTooltip": 1', '"graphTooltip": "1"')}


def check(tree):
    grafana = tree.one("grafana", "grafana-oss")
    tree.mounted(grafana, "/etc/grafana")
    tree.mounted(grafana, "/var/lib/grafana")
    os.makedirs("/var/lib/grafana", exist_ok=True)
    boards = [json.loads(path.read_text()) for path in tree.files("grafana/**/*.json")]
    require(boards, "no dashboard")
    environment = {**os.environ, **{k: v for k, v in tree.services[grafana].get("environment", {}).items() if v},
                   "GF_SECURITY_ADMIN_PASSWORD": "not the default"}
    environment.pop("GF_SECURITY_ADMIN_PASSWORD__FILE", None)
    stub = pathlib.Path(__file__).resolve().parent.parent / "tools/image/grafana"
    with subprocess.Popen([stub], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            health = eventually("Grafana reads its provisioning", lambda: asked(server), 60)
            missing = {board["uid"] for board in boards} - set(health["dashboards"])
            require(not missing, f"dashboards that no provider finds: {missing}")
        finally:
            server.kill()
    typed(tree.files("grafana/**/*.json"))
    expressions(boards)


def typed(boards):
    """Nothing in a dashboard is unknown to Grafana's types or of another type; a fault that is put in is found."""
    judge = pathlib.Path(__file__).resolve().parent.parent / "tools/boards"
    run("python-tools", judge, *boards)
    for name, (old, new) in FAULTS.items():
        text = boards[0].read_text()
        require(old in text, f"{boards[0]} has no {old}")
        faulty = pathlib.Path("/run/faulty.json")
        faulty.write_text(text.replace(old, new, 1))
        run("python-tools", judge, faulty, fails=True)


def asked(server):
    if server.poll() is not None:
        raise SystemExit(server.stdout.read())
    return json.loads(run("curl", "-sf", "http://127.0.0.1:3000/api/health"))


def expressions(boards):
    rules = []
    for board in boards:
        for panel in [inner for panel in board["panels"] for inner in [panel, *panel.get("panels", [])]]:
            for target in panel.get("targets", []):
                text = target["expr"]
                for variable, value in VARIABLES:
                    text = re.sub(variable, value, text)
                rules.append({"record": f"panel:{len(rules)}", "expr": text})
    require(rules, "no panel asks anything")
    file = pathlib.Path("/run/panels.yml")
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    run("promtool-sid", "check", "rules", "--lint=none", file)


main(check)
