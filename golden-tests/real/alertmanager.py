#!/usr/bin/python3
"""Alertmanager's configuration, for two versions of it; every severity that a rule uses reaches a receiver that sends."""

import re

import yaml
from trial import main, require, run


def check(tree):
    file = tree.files("alertmanager/alertmanager.yml")[0]
    config = yaml.safe_load(file.read_text())
    require("${" not in file.read_text(), "Alertmanager expands no variables")
    for path in re.findall(r"(?:_file|_file_path): (\S+)", file.read_text()):
        given = [secret.get("target") or secret["source"] for name in tree.of("alertmanager") for secret in tree.services[name].get("secrets", [])]
        require(path in [*given, *(f"/run/secrets/{name}" for name in given)], f"compose gives Alertmanager no {path}, but {given}")
    sending = {receiver["name"] for receiver in config["receivers"] if len(receiver) > 1}
    rules = {rule["alert"]: rule["labels"] for rule in tree.rules() if "escalation" not in rule["labels"]}
    severities = {labels["severity"] for labels in rules.values()}
    require(severities, "no rule has a severity")
    later = [{**rules[rule["alert"]], **rule["labels"]} for rule in tree.rules() if "escalation" in rule["labels"]]
    for amtool in ("amtool-trixie", "amtool-sid"):
        output = run(amtool, "check-config", file)
        require("FAILED" not in output and "level=WARN" not in output, output)
        for name, labels in sorted(rules.items()):
            if labels["severity"] in severities:
                receivers = routed(amtool, file, {"alertname": name, **labels})
                require(receivers & sending, f"{name} goes to {receivers}, of which none sends anything")
        for route in config["route"].get("routes", []):
            labels, receivers = sample(route), reached(route)
            require(labels is None or routed(amtool, file, labels) & receivers, f"no alert {labels} reaches {receivers}")
        for labels in later:
            receivers = routed(amtool, file, labels)
            teams = {name.split("/")[1] for name in receivers & sending if name.startswith("team/")}
            require(teams == {labels["escalated_to"]}, f"{labels} goes to {receivers}")


def sample(route):
    """Labels of an alert that a route is for; none when its matchers only say what an alert is not."""
    pairs = [re.fullmatch(r'(\w+)(=~?)"(.*)"', matcher) for matcher in route.get("matchers", [])]
    return {pair[1]: pair[3].split("|")[0] for pair in pairs} if all(pairs) else None


def reached(route):
    """The receivers of a route and of those below it."""
    return {route["receiver"]}.union(*(reached(part) for part in route.get("routes", [])))


def routed(amtool, file, labels):
    """The receivers of an alert with these labels."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    output = run(amtool, "config", "routes", "test", f"--config.file={file}", *pairs)
    return {name for line in output.splitlines()[-1:] for name in line.split(",")}


main(check)
