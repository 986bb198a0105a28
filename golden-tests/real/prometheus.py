#!/usr/bin/python3
"""Prometheus' configuration and rules, read by two versions; each alert is proved to fire and to be silent by the current one."""

import os
import re

import yaml
from trial import main, require, run


def check(tree):
    prometheus = tree.one("prometheus")
    tree.mounted(prometheus, "/etc/prometheus")
    config = config_file(tree, prometheus)
    # A test names its rules by a path of the tree, so tests run there; the configuration where the container has it.
    rules, tests = tree.files("prometheus/rules/*.y*ml"), tree.files("prometheus/tests/*.y*ml")
    for promtool in ("promtool-trixie", "promtool-sid"):
        output = run(promtool, "check", "config", "--lint=all", "--lint-fatal", config, cwd=os.path.dirname(config))
        found = re.search(r"(\d+) rule files found", output)
        require(found and int(found[1]) == len(rules), f"{len(rules)} rule files, but Prometheus says:\n{output}")
        run(promtool, "check", "rules", "--lint=all", "--lint-fatal", *rules)
    run("promtool-sid", "test", "rules", *tests, cwd=tests[0].parent)
    proofs({rule["alert"] for rule in tree.rules()}, tests)
    steps({(rule["alert"], rule["labels"]["escalation"]) for rule in tree.rules() if "escalation" in rule["labels"]}, tests)


def config_file(tree, service):
    """Where the container looks for its configuration."""
    words = [*(tree.services[service].get("command") or []), "--config.file=/etc/prometheus/prometheus.yml"]
    return next(word.split("=", 1)[1] for word in words if word.startswith("--config.file="))


def proofs(alerts, tests):
    """promtool accepts tests for alerts that do not exist, and alerts without tests."""
    firing, silent = set(), set()
    for path in tests:
        for test in yaml.safe_load(path.read_text())["tests"]:
            for case in test.get("alert_rule_test", []):
                (firing if case.get("exp_alerts") else silent).add(case["alertname"])
    require(alerts, "no alert")
    require(alerts == firing, f"no test fires {alerts - firing}; tests fire unknown {firing - alerts}")
    # A sign of life is never silent.
    alerts = alerts - {"Heartbeat"}
    require(alerts == silent, f"no test keeps silent {alerts - silent}; unknown {silent - alerts}")


def steps(raised, tests):
    """Each step of an escalation is proved by itself: it has the name of the alert."""
    cases = [case for path in tests for test in yaml.safe_load(path.read_text())["tests"] for case in test.get("alert_rule_test", [])]
    proved = {(case["alertname"], alert["exp_labels"].get("escalation"))
              for case in cases for alert in case.get("exp_alerts") or []}
    require(raised <= proved, f"no test raises {raised - proved}")


main(check)
