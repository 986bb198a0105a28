#!/usr/bin/python3
"""The calendar of checklists, as a calendar's own library reads it: each entry comes on the days that the description says
and no others, at the time that it says in the system's zone, and lists what the guide leaves to people."""

import collections
import datetime
import json
import pathlib
import re

from trial import main, require, run, same

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
COUNTED = ["first", "second", "third", "fourth"]
DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(days=index) for index in range(730)]
SCHEDULE = r' every="(\w+)"(?: on="([^"]+)")?(?: at="([\d:]+)")?'


def check(tree):
    judge = pathlib.Path(__file__).resolve().parent.parent / "tools/calendar"
    calendar = json.loads(run("python-tools", judge, tree.home / "checklists.ics"))
    stated = asked(tree.description)
    without(stated, tree.description, json.loads((tree.home / "manifest.json").read_text())["environment"])
    require(stated, "nothing is stated to be done again, and yet there is a calendar")
    same("hours at which a time zone is wrong", {name: hours for name, hours in calendar["zones"].items() if hours}, {})
    zone = re.search(r'^ *timezone "([^"]+)"', tree.description, re.M)
    guides = [plain((host / "runbook.md").read_text()) for host in tree.of_hosts]
    title = calendar["name"].rsplit(" (", 1)[0]
    seen = {}
    for entry in calendar["entries"]:
        same(f"faults of {entry['uid']}", entry["faults"], [])
        name = entry["summary"].removeprefix(f"{title}: ")
        found = [key for key in stated if key[0] == name and key[3] == entry["at"] and entry["days"] == days(key[1], key[2])]
        require(found, f"{entry['summary']} comes at {entry['at']} on {entry['days'][:8]} …, which nobody stated")
        seen[found[0]] = [line[2:] for line in entry["description"].splitlines() if line.startswith("- ")]
        if entry["at"]:
            same(f"zone of {entry['uid']}", entry["zone"], zone[1] if zone else "UTC")
            require(entry["zone"] in calendar["zones"], f"the file does not say what {entry['zone']} is")
    same("entries", seen, stated)
    for (_, _, _, at), items in stated.items():
        for item in items:
            for guide in guides:
                line = next((line for line in guide.splitlines() if line.startswith(f"- [ ] {item} (")), None)
                require(line and (not at or f"{at})" in line), f"a guide does not say when {item!r} is to be done: {line}")
    uids = collections.Counter(entry["uid"] for entry in calendar["entries"])
    require(max(uids.values()) == 1, f"two entries of one identity: {uids}")


def asked(description):
    """What the description leaves to people, by list and schedule: its items, in their order."""
    found = {}
    for head, body in re.findall(r'^    checklist ([^\n]*) \{\n(.*?)^    \}', description, re.M | re.S):
        name, usual = unquoted(re.match(r'"((?:[^"\\]|\\.)*)"', head)[1]), re.search(SCHEDULE, head)
        for text, rest in re.findall(r'^ *item "((?:[^"\\]|\\.)*)"(.*)$', body, re.M):
            when = re.search(SCHEDULE, re.sub(r' run=.*', "", rest)) or (usual if "proved-by" not in rest else None)
            if when and "proved-by" not in rest:
                found.setdefault((name, when[1], when[2], when[3]), []).append(unquoted(text))
    return found


def without(stated, description, environment):
    """Takes out what an environment leaves away."""
    overlay = re.search(rf'^    environment "{environment}" \{{\n(.*?)^    \}}', description, re.M | re.S)
    for gone in re.findall(r'remove \{ item "((?:[^"\\]|\\.)*)"', overlay[1] if overlay else ""):
        for items in stated.values():
            items[:] = [item for item in items if item != unquoted(gone)]


def unquoted(text):
    return re.sub(r"\\(.)", r"\1", text)


def days(every, on):
    """The days of two years that are meant, by a calendar of our own."""
    return [str(day) for day in DAYS if is_on(day, every, on)]


def is_on(day, every, on):
    if every == "week":
        every, on = on or "monday", None
    if every in WEEKDAYS:
        return WEEKDAYS[day.weekday()] == every
    match every:
        case "day":
            return True
        case "weekday":
            return day.weekday() < 5
        case "year":
            return day.strftime("%m-%d") == (on or "01-01")
        case "quarter":
            # Counted from its end, it is a day of the last month.
            months = (3, 6, 9, 12) if (on or "").startswith("last") else (1, 4, 7, 10)
            return day.month in months and in_month(day, on)
        case "month":
            return in_month(day, on)


def in_month(day, on):
    of_next = (day + datetime.timedelta(days=1)).month != day.month
    match (on or "1").split():
        case ["last"]:
            return of_next
        case ["last", weekday]:
            return WEEKDAYS[day.weekday()] == weekday and (day + datetime.timedelta(days=7)).month != day.month
        case [counted, weekday]:
            return WEEKDAYS[day.weekday()] == weekday and (day.day - 1) // 7 == COUNTED.index(counted)
        case [number]:
            return day.day == int(number)


def plain(markdown):
    return re.sub(r"\\([\W_])", r"\1", markdown).replace("&lt;", "<").replace("&amp;", "&").replace("&gt;", ">")


main(check)
