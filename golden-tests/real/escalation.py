#!/usr/bin/python3
"""An alert that nobody ends is told to one team after the other, each at its time and not before; a silence stops that,
and when the silence is over those are told whose time has come. Real Prometheus and Alertmanager, minutes as seconds."""

import time

from chain import STEPS, Chain, is_in, message, received
from trial import eventually, main, require, run, same


def check(tree):
    steps = {}
    for rule in tree.rules():
        if "escalation" in rule.get("labels", {}):
            step = (int(rule["labels"]["escalation"]), rule["labels"]["escalated_to"])
            steps.setdefault(rule["alert"], []).append(step)
    chain = Chain(tree)
    eventually("every target is up", chain.is_whole, 120)
    victim, alert = next((job, name) for job, names in chain.targets.watched() for name in names if name in steps)
    in_time(chain, victim, alert, steps[alert])
    silenced(chain, victim, alert, steps[alert])


def in_time(chain, victim, alert, steps):
    killed = time.monotonic()
    chain.targets.kill(victim)
    first = eventually(f"{alert} is told", lambda: message([alert], "firing", since=killed), 90)
    told = {}
    for number, team in sorted(steps):
        told[team] = eventually(f"step {number} tells {team}", lambda team=team: to(team, alert, "firing", killed), 90)
        late = told[team].time - first.time
        least = STEPS[number - 2]
        # The scrape that found it down began a second before at most; how much later it is told is up to the machine.
        early = told[team].time - killed
        require(early >= least - 1 and late <= least + 20, f"step {number} tells {team} after {late:.1f} s, not {least}")
        require(team in told[team].text or "escalated" in told[team].text, f"what {team} reads: {told[team].text}")
    same("the order of the teams", [team for _, team in sorted(steps)], sorted(told, key=lambda team: told[team].time))
    once = [one for one in received if one.receiver == first.receiver and alert in one.text and '"resolved"' not in one.text]
    require(len(once) < 4, f"the first team is paged again and again: {len(once)}")
    chain.targets.start()
    for team in told:
        eventually(f"{team} is told that it is over", lambda team=team: to(team, alert, "resolved", killed), 90)
    eventually("nothing fires", lambda: not chain.ask(f'ALERTS{{alertname="{alert}"}}'), 120)


def silenced(chain, victim, alert, steps):
    amtool = ("amtool-sid", f"--alertmanager.url={chain.alerts_at}", "silence")
    silence = run(*amtool, "add", "--duration=1h", "--author=test", "--comment=on it", f"alertname={alert}").strip()
    since = time.monotonic()
    chain.targets.kill(victim)
    last = max(number for number, _ in steps)
    eventually("all steps are due", lambda: chain.ask(f'ALERTS{{alertname="{alert}",escalation="{last}",alertstate="firing"}}'), 150)
    time.sleep(4)
    heard = [one for one in received if one.time > since and alert in one.text and is_in(one.text, "firing")]
    require(not heard, f"silenced, and yet told: {heard}")
    run(*amtool, "expire", silence)
    for number, team in sorted(steps):
        eventually(f"step {number} tells {team} when the silence is over", lambda team=team: to(team, alert, "firing", since), 120)


def to(team, alert, state, since=0.0):
    """The message to one of the team's receivers."""
    names = {one.receiver for one in received if one.receiver.startswith(f"team/{team}")}
    return next(filter(None, (message([alert], state, name, since) for name in names)), None)


main(check)
