#!/usr/bin/python3
"""An alert travels: a scraped service dies, Prometheus and Alertmanager with the tree's files tell the receiver, and tell
it again when the service is back."""

import re

import yaml
from chain import Chain, is_in, message, received
from trial import Failed, eventually, main, require


def check(tree):
    chain = Chain(tree)
    eventually("every target is up", chain.is_whole, 40)
    victim, alerts = watched(chain)
    chain.targets.kill(victim)
    eventually(f"{' or '.join(alerts)} reaches the receiver", lambda: message(alerts, "firing"), 60)
    name, ways = everybody(tree)
    told = lambda: [one for one in received if one.receiver == name and is_in(one.text, "firing")]
    eventually(f"{name} is told in all of its {ways} ways", lambda: len(told()) >= ways, 60)
    chain.targets.start()
    eventually(f"{' or '.join(alerts)} is told to be over", lambda: message(alerts, "resolved"), 60)
    texts = lambda: [one.text for one in received]
    if "heartbeat" in tree.description:
        count = lambda: sum('"Heartbeat"' in text for text in texts())
        eventually("signs of life go out again and again", lambda: count() > 3, 30)
        require(not any('"Heartbeat"' in text and '"channel"' in text for text in texts()), "people get signs of life")
    for channel in re.findall(r'^ +slack "(#[\w-]+)"(?!.*(?:severity|priority|team))', tree.description, re.M):
        require(any(f'"channel":"{channel}"' in text for text in texts()), f"nothing was sent to {channel}: {texts()}")


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
