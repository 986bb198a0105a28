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
    severities = {rule["labels"]["severity"] for rule in tree.rules()}
    require(severities, "no rule has a severity")
    for amtool in ("amtool-trixie", "amtool-sid"):
        output = run(amtool, "check-config", file)
        require("FAILED" not in output and "level=WARN" not in output, output)
        for severity in sorted(severities):
            output = run(amtool, "config", "routes", "test", f"--config.file={file}", f"severity={severity}")
            receivers = {name for line in output.splitlines()[-1:] for name in line.split(",")}
            require(receivers & sending, f"severity={severity} goes to {receivers}, of which none sends anything")


main(check)
