#!/usr/bin/python3
"""An alert travels: a scraped service dies, Prometheus and Alertmanager with the tree's files tell the receiver, and tell
it again when the service is back."""

import json
import re
import time

import yaml
from chain import Chain, is_in, message, received
from trial import Failed, eventually, main, require, run


def check(tree):
    chain = Chain(tree)
    eventually("every target is up", chain.is_whole, 150)
    victim, alerts = watched(chain)
    chain.targets.kill(victim)
    eventually(f"{' or '.join(alerts)} reaches the receiver", lambda: message(alerts, "firing"), 150)
    name, ways = everybody(tree)
    told = lambda: [one for one in received if one.receiver == name and is_in(one.text, "firing")]
    eventually(f"{name} is told in all of its {ways} ways", lambda: len(told()) >= ways, 150)
    chain.targets.start()
    eventually(f"{' or '.join(alerts)} is told to be over", lambda: message(alerts, "resolved"), 150)
    told_once(chain, tree)
    texts = lambda: [one.text for one in received]
    if "heartbeat" in tree.description:
        count = lambda: sum('"Heartbeat"' in text for text in texts())
        eventually("signs of life go out again and again", lambda: count() > 3, 90)
        require(not any('"Heartbeat"' in text and '"channel"' in text for text in texts()), "people get signs of life")
    for channel in re.findall(r'^ +slack "(#[\w-]+)"(?!.*(?:severity|priority|team))', tree.description, re.M):
        require(any(f'"channel":"{channel}"' in text for text in texts()), f"nothing was sent to {channel}: {texts()}")


def told_once(chain, tree):
    """Of a cause and what follows from it only the cause is told; when it is over, what is still wrong is told."""
    config = yaml.safe_load(tree.files("alertmanager/alertmanager.yml")[0].read_text())
    rules = [rule["labels"] | {"alertname": rule["alert"]} for rule in tree.rules() if "escalation" not in rule["labels"]]
    causes = [rule for rule in config["inhibit_rules"] if "equal" not in rule]
    for rule in causes:
        cause = next(labels for labels in rules if matched(rule["source_matchers"], labels))
        symptoms = [labels for labels in rules if matched(rule["target_matchers"], labels)]
        require(symptoms, f"{rule} keeps nothing back")
        symptom = symptoms[0]
        began = time.monotonic()
        fires(chain, cause)
        since = eventually(f"{cause['alertname']} is told", lambda c=cause, b=began: named_in(c, "firing", b), 90).time
        fires(chain, cause, symptom)
        state = lambda s=symptom: chain.state(s["alertname"])
        eventually(f"{symptom['alertname']} is kept back for {cause['alertname']}", lambda: state() == "suppressed", 90)
        for _ in range(4):
            time.sleep(1)
            fires(chain, cause, symptom)
        require(not named_in(symptom, "firing", since), f"{symptom['alertname']} is told beside {cause['alertname']}")
        fires(chain, symptom)
        fires(chain, cause, minutes=0)
        eventually(f"{symptom['alertname']} is told once {cause['alertname']} is over", lambda s=symptom, t=since: named_in(s, "firing", t), 90)
        fires(chain, symptom, minutes=0)
        # What is not told to be over would not be told anew when it fires for the next cause.
        eventually(f"{symptom['alertname']} is told to be over", lambda s=symptom, t=since: named_in(s, "resolved", t), 90)


def fires(chain, *alerts, minutes=5):
    """Alertmanager is told of them, as Prometheus would; with no minutes, that they are over."""
    moment = lambda later: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + later))
    body = [{"labels": labels, "startsAt": moment(-60), "endsAt": moment(60 * minutes)} for labels in alerts]
    run("curl", "-sSf", "-H", "Content-Type: application/json", "-d", json.dumps(body), f"{chain.alerts_at}/api/v2/alerts")


def matched(matchers, labels):
    """Whether labels match, as Alertmanager sees it: what is absent is empty."""
    for matcher in matchers:
        name, operator, value = re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher).groups()
        has = labels.get(name, "")
        same = bool(re.fullmatch(value, has)) if "~" in operator else has == value
        if same == operator.startswith("!"):
            return False
    return True


def named_in(labels, state, since=0.0):
    return message([labels["alertname"]], state, since=since)


def everybody(tree):
    """The receiver of whatever no route takes, and in how many ways it is told, mail aside, which may be encoded."""
    config = yaml.safe_load(tree.files("alertmanager/alertmanager.yml")[0].read_text())
    receiver = next(one for one in config["receivers"] if one["name"] == config["route"]["receiver"])
    return receiver["name"], sum(len(ways) for key, ways in receiver.items() if key not in ("name", "email_configs"))


def watched(chain):
    """A job, and the names of the rules that tell when it is down."""
    for job, alerts in chain.targets.watched():
        return job, alerts
    raise Failed("no rule tells when a target is down")


main(check)
