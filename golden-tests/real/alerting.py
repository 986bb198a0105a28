#!/usr/bin/python3
"""An alert travels: a scraped service dies, Prometheus and Alertmanager with the tree's files tell the receiver, and tell
it again when the service is back."""

import re

from chain import Chain, message, received
from trial import Failed, eventually, main, require


def check(tree):
    chain = Chain(tree)
    eventually("every target is up", chain.is_whole, 40)
    victim, alerts = watched(chain)
    chain.targets.kill(victim)
    eventually(f"{' or '.join(alerts)} reaches the receiver", lambda: message(alerts, "firing"), 60)
    chain.targets.start()
    eventually(f"{' or '.join(alerts)} is told to be over", lambda: message(alerts, "resolved"), 60)
    texts = lambda: [one.text for one in received]
    if "heartbeat" in tree.description:
        count = lambda: sum('"Heartbeat"' in text for text in texts())
        eventually("signs of life go out again and again", lambda: count() > 3, 30)
        require(not any('"Heartbeat"' in text and '"channel"' in text for text in texts()), "people get signs of life")
    for channel in re.findall(r'^ +slack "(#[\w-]+)"(?!.*(?:severity|priority|team))', tree.description, re.M):
        require(any(f'"channel":"{channel}"' in text for text in texts()), f"nothing was sent to {channel}: {texts()}")


def watched(chain):
    """A job, and the names of the rules that tell when it is down."""
    for job, alerts in chain.targets.watched():
        return job, alerts
    raise Failed("no rule tells when a target is down")


main(check)
