#!/usr/bin/python3
"""The calendar of checklists, as a calendar's own library reads it: each entry comes on the days of its rhythm and no
others, and lists what the guide leaves to people."""

import collections
import datetime
import json
import pathlib
import re

from trial import main, require, run, same

# Which days of 2026 and 2027 belong to a rhythm, by the word that both languages of the guide have for it.
RHYTHMS = {
    ("매일", "every day"): lambda day: True,
    ("매주", "every week"): lambda day: day.weekday() == 0,
    ("매월", "every month"): lambda day: day.day == 1,
    ("분기마다", "every quarter"): lambda day: day.day == 1 and day.month in (1, 4, 7, 10),
    ("매년", "every year"): lambda day: (day.month, day.day) == (1, 1),
}
DAYS = [datetime.date(2026, 1, 1) + datetime.timedelta(days=index) for index in range(730)]


def check(tree):
    judge = pathlib.Path(__file__).resolve().parent.parent / "tools/calendar"
    calendar = json.loads(run("python-tools", judge, tree.home / "checklists.ics"))
    stated = asked((tree.home / "runbook.md").read_text())
    require(stated, "the guide has no list with a rhythm, and yet there is a calendar")
    seen = {}
    for entry in calendar["entries"]:
        same(f"faults of {entry['uid']}", entry["faults"], [])
        require(entry["whole_day"], f"{entry['uid']} has an hour")
        rhythm = next((words for words, is_on in RHYTHMS.items() if entry["days"] == [str(day) for day in DAYS if is_on(day)]), None)
        require(rhythm, f"{entry['summary']} comes on days of no rhythm: {entry['days'][:8]} …")
        title = calendar["name"].rsplit(" (", 1)[0]
        name = entry["summary"].removeprefix(f"{title}: ")
        seen[name, rhythm] = [line[2:] for line in entry["description"].splitlines() if line.startswith("- ")]
    same("entries", {key: len(items) for key, items in seen.items()}, {key: len(items) for key, items in stated.items()})
    for key, items in stated.items():
        for item, shown in zip(items, seen[key]):
            require(shown and shown in plain(item), f"{key}: {shown!r} is not {item!r} of the guide")
    uids = collections.Counter(entry["uid"] for entry in calendar["entries"])
    require(max(uids.values()) == 1, f"two entries of one identity: {uids}")


def asked(text):
    """What the guide leaves to people, by list and rhythm."""
    found, name = {}, None
    for line in text.splitlines():
        if line.startswith("#"):
            name = plain(line.strip("# "))
        item = re.match(r"- \[ \] (.*)", line)
        for words in RHYTHMS if item else []:
            if any(f" ({word})" in item[1] for word in words):
                found.setdefault((name, words), []).append(item[1])
    return found


def plain(markdown):
    return re.sub(r"\\([\W_])", r"\1", markdown).replace("&lt;", "<").replace("&amp;", "&").replace("&gt;", ">")


main(check)
