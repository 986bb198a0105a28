#!/usr/bin/python3
"""Schedules against a calendar of our own: what systemd says of every timer, the year round or in the weeks in which clocks are
changed, and what the real cron of a zone does with every line while its clock is changed; where it never is, what cron starts
on each day of a year."""

import collections
import datetime
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import zoneinfo

from daemon import FAKETIME, Cron
from trial import Failed, require, run

UTC = datetime.timezone.utc
YEAR, LEAP = 2026, 2028
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NTH = ["first", "second", "third", "fourth", "fifth"]
# Seconds that pass for cron in one, and by how much it may be late then: what it has slept through for five minutes it leaves out.
SPEED = 60
LATE = datetime.timedelta(minutes=9)
# The same where cron is looked at for two minutes of each day, which is started anew: nobody asks how late it is.
SPEED_OF_DAYS, DAILY_AT = 600, "04:05"
# Lines of cron that say that it has seen the minutes around that time.
AROUND = {"before": -1, "after": 1}

# Zones of which a whole year is asked for: one that never changes its clock, and two that do it on different Sundays.
WHOLE = ["Asia/Seoul", "Europe/Berlin", "America/New_York"]


def check(schedules, part):
    if part == "timers":
        for one in schedules:
            timer(one)
    else:
        mine = [one for one in schedules if one["zone"] == part]
        for change in changes(part):
            cron(part, change, mine)
        if not changes(part):
            days_of_year(part, [one for one in mine if one["at"] == [DAILY_AT]])


@functools.cache
def changes(zone):
    """The instants of the year at which the clock is changed."""
    where, hours = zoneinfo.ZoneInfo(zone), [datetime.datetime(YEAR, 1, 1, tzinfo=UTC) + datetime.timedelta(minutes=30 * n) for n in range(2 * 24 * 365)]
    offset = lambda instant: instant.astimezone(where).utcoffset()
    return [after for before, after in zip(hours, hours[1:]) if offset(before) != offset(after)]


def expected(one, start, end):
    """The instants at which it is to run, by the words of the description alone."""
    where = zoneinfo.ZoneInfo(one["zone"])
    span = re.fullmatch(r"(\d*)(m|minute|h|hour)", one["every"][0])
    stated = [tuple(map(int, at.split(":"))) for at in one["at"]] or [(0, 0)]
    hour, minute = stated[0]
    if "between" in one:
        return windowed(one, where, span, start, end)
    if span and (span[2] in ("m", "minute") or span[1] in ("", "1")):
        # Evenly, whatever the clock does: it tells the minutes of an hour.
        every = int(span[1] or 1)
        due = (lambda local: local.minute % every == 0) if span[2] in ("m", "minute") else (lambda local: local.minute == minute)
        minutes = (start + datetime.timedelta(minutes=n) for n in range(int((end - start).total_seconds()) // 60))
        return [instant for instant in minutes if due(instant.astimezone(where))]
    times = [(h, minute) for h in range(hour, 24, int(span[1]))] if span else stated
    found, day = set(), start.astimezone(where).date() - datetime.timedelta(days=1)
    while day <= end.astimezone(where).date() + datetime.timedelta(days=1):
        if span or any(falls(day, every, on) for every in one["every"] for on in one["on"] or [""]):
            found |= {instant(where, datetime.datetime(day.year, day.month, day.day, *at)) for at in times}
        day += datetime.timedelta(days=1)
    return sorted(one for one in found if start <= one < end)


def windowed(one, where, span, start, end):
    """What is within a part of the day or on weekdays: more often than each hour, or each hour of whole days, it follows the
    clock, also in an hour that is told twice; what is rarer is a list of times, each of which comes once."""
    minutes = lambda text: int(text[:2]) * 60 + int(text[3:])
    begin, until = map(minutes, (one["between"] or "00:00-24:00").split("-"))
    length = (until - begin) % 1440 or 1440
    step = int(span[1] or 1) * (60 if span[2] in ("h", "hour") else 1)
    times = {(begin + after) % 1440 for after in range(0, length, step)}
    on = [name for word in one["on"] or DAYS for name in (DAYS[:5] if word == "weekday" else [word])]
    if step < 60 or (step, length, begin) == (60, 1440, 0):
        instants = (start + datetime.timedelta(minutes=n) for n in range(int((end - start).total_seconds()) // 60))
        local = ((instant, instant.astimezone(where)) for instant in instants)
        return [instant for instant, there in local if DAYS[there.weekday()] in on and there.hour * 60 + there.minute in times]
    day, last = start.astimezone(where).date() - datetime.timedelta(days=1), end.astimezone(where).date() + datetime.timedelta(days=1)
    days = (day + datetime.timedelta(days=n) for n in range((last - day).days + 1))
    found = {instant(where, datetime.datetime(day.year, day.month, day.day, *divmod(time, 60))) for day in days if DAYS[day.weekday()] in on for time in times}
    return sorted(one for one in found if start <= one < end)


def instant(where, local):
    """Once, the first time, when the clock tells it twice; the end of the gap when it never tells it."""
    found = local.replace(tzinfo=where, fold=0).astimezone(UTC)
    if found.astimezone(where).replace(tzinfo=None) == local:
        return found
    while found.astimezone(where).utcoffset() == (found - datetime.timedelta(minutes=1)).astimezone(where).utcoffset():
        found -= datetime.timedelta(minutes=1)
    return found


def falls(day, every, on):
    weekday = DAYS[day.weekday()]
    if every in ("month", "quarter"):
        tomorrow, week = day + datetime.timedelta(days=1), day + datetime.timedelta(days=7)
        ordinal, _, name = on.partition(" ")
        from_end = ordinal == "last"
        if every == "quarter" and day.month % 3 != (0 if from_end else 1):
            return False
        if name:
            return weekday == name and (week.month != day.month if from_end else (day.day - 1) // 7 == NTH.index(ordinal))
        return tomorrow.day == 1 if from_end else day.day == int(on or 1)
    if every == "year":
        return f"{day.month:02}-{day.day:02}" == (on or "01-01")
    return every in ("day", weekday) or every == "weekday" and day.weekday() < 5 or every == "week" and weekday == (on or "monday")


def timer(one):
    """What systemd says: of what is frequent, hours around the changes; of the rest, weeks, or the whole year."""
    frequent = re.fullmatch(r"\d*m|minute|hour", one["every"][0]) and (one["every"] != ["hour"] or not one.get("between"))
    begin = datetime.datetime(YEAR, 1, 1, tzinfo=UTC)
    spans = [(begin, begin + datetime.timedelta(days=366))]
    if frequent or one["zone"] not in WHOLE:
        around = datetime.timedelta(hours=4) if frequent else datetime.timedelta(days=10)
        spans = [(change - around, change + around) for change in changes(one["zone"])] or [(begin, begin + around * 4)]
    for start, end in spans:
        wanted = expected(one, start, end)
        seen = set()
        for value in one["timer"]:
            said = run("systemd-analyze", "calendar", f"--iterations={len(wanted) + 2}", f"--base-time={start - datetime.timedelta(seconds=1):%Y-%m-%d %H:%M:%S} UTC", value,
                       env={**os.environ, "TZ": "UTC"})
            # In UTC the instants stand behind `Next elapse` and `Iter.`; of a named zone in a line of their own.
            stamps = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ (\d+-\d+-\d+ \d+:\d+:\d+) UTC", said)
            seen |= {datetime.datetime.fromisoformat(stamp).replace(tzinfo=UTC) for stamp in stamps}
        seen = sorted(stamp for stamp in seen if start <= stamp < end)
        differ(f"{one['zone']} {one['every']} {one['on']} {one['at']} {one.get('between', '')}: timer {one['timer']}", seen, wanted)


def differ(what, seen, wanted):
    show = lambda stamps: [f"{stamp:%m-%d %H:%M}" for stamp in sorted(stamps)][:8]
    require(seen == wanted, f"{what} runs at {show(set(seen) - set(wanted))} and not at {show(set(wanted) - set(seen))} (UTC)")


def tabled(schedules, *others):
    """Makes their lines, and others, the only ones of cron; each schedule by the name that its line says when it is started."""
    named = {f"schedule-{number}": one for number, one in enumerate(schedules)}
    shutil.rmtree("/etc/cron.d", ignore_errors=True)
    os.mkdir("/etc/cron.d")
    pathlib.Path("/etc/crontab").write_text("")
    table = pathlib.Path("/etc/cron.d/schedules")
    lines = [*others, *(f"{fields} root true {name}" for name, one in named.items() for fields in one["fields"])]
    table.write_text("".join(f"{line}\n" for line in lines))
    table.chmod(0o644)
    return named


def days_of_year(zone, schedules):
    """What the real cron starts on each day of a year, and around the last of a February that has 29: cron is started shortly
    before the time that all of these schedules have, and is left two minutes."""
    time_of_day = datetime.time.fromisoformat(DAILY_AT)
    tried = tabled(schedules, *(f"{time_of_day.minute + after} {time_of_day.hour} * * * root true {name}" for name, after in AROUND.items()))
    require(len(tried) > 20, f"{len(tried)} schedules")
    began = [datetime.date(YEAR, 1, 1), datetime.date(LEAP, 2, 27)]
    days = [first + datetime.timedelta(days=n) for first, many in zip(began, (365, 4)) for n in range(many)]
    guards = functools.cache(lambda guard, stamp: allowed({"guard": guard}, zone, stamp))
    ran, due = collections.defaultdict(list), collections.defaultdict(list)
    for day in days:
        stamp = instant(zoneinfo.ZoneInfo(zone), datetime.datetime.combine(day, time_of_day))
        minute = datetime.timedelta(minutes=1)
        wanted = {name for name, one in tried.items() if expected(one, stamp, stamp + minute)}
        for name in wanted:
            due[name].append(stamp)
        for name in started(zone, stamp, wanted):
            if name in tried and guards(tried[name]["guard"], stamp):
                ran[name].append(stamp)
    for name, one in tried.items():
        require(due[name], f"{one['every']} {one['on']} is never due")
        require(len(ran[name]) == len(set(ran[name])), f"{one['every']} {one['on']} runs twice")
        differ(f"{zone} {one['every']} {one['on']} {one['at']}: cron {one['fields']}", ran[name], due[name])


def started(zone, stamp, wanted):
    """What cron starts in the minutes around an instant; it ends as soon as all of that has been seen, which it waits for."""
    for _ in range(20):
        with Cron(f"{stamp - datetime.timedelta(seconds=140):%Y-%m-%d %H:%M:%S}", SPEED_OF_DAYS, zone) as daemon:
            seen = lambda: re.findall(r"CMD \(true ([\w-]+)\)", "\n".join(daemon.log))  # pylint: disable=cell-var-from-loop
            end = time.monotonic() + 30
            while time.monotonic() < end and not {*AROUND, *wanted} <= set(seen()):
                if "after" in seen() and "before" not in seen():
                    break
                time.sleep(0.02)
            # Otherwise this machine was busy, and cron came too late to see that minute.
            if "before" in seen():
                return seen()
    raise Failed(f"cron has not begun in time for {stamp}")


def cron(zone, change, schedules):
    """What the real cron starts around a change of the clock, whose hours pass in minutes."""
    start, end = change - datetime.timedelta(minutes=75), change + datetime.timedelta(minutes=80)
    tried = tabled([one for one in schedules if one["every"] != ["minute"]])
    with Cron(f"{start:%Y-%m-%d %H:%M:%S}", SPEED, zone) as daemon:
        time.sleep((end - start).total_seconds() / SPEED)
        log = list(zip(daemon.times, daemon.log))
    found = collections.defaultdict(list)
    for seconds, line in log:
        told = re.search(r"CMD \(true (schedule-\d+)\)", line)
        if told:
            stamp = start + datetime.timedelta(seconds=seconds)
            if allowed(tried[told[1]], zone, stamp):
                found[told[1]].append(stamp)
    require(found, f"cron said nothing: {log[:5]}")
    for name, one in tried.items():
        wanted = [stamp for stamp in expected(one, start + LATE, end - LATE)]
        seen = [stamp for stamp in found[name] if start + LATE <= stamp < end - LATE]
        close = len(seen) == len(wanted) and all(stamp <= run < stamp + LATE for stamp, run in zip(wanted, seen))
        if not close:
            differ(f"{zone} {one['every']} {one['on']} {one['at']} {one.get('between', '')}: cron {one['fields']}", seen, wanted)


def allowed(one, zone, stamp):
    """Whether the line's guard lets the command run at that time."""
    environment = {**os.environ, "TZ": zone, "LD_PRELOAD": FAKETIME, "FAKETIME": f"@{stamp.astimezone(zoneinfo.ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"}
    return not one["guard"] or subprocess.run(["sh", "-c", one["guard"]], env=environment, check=False).returncode == 0


def main():
    try:
        check(json.loads(pathlib.Path(sys.argv[1]).read_text()), sys.argv[2])
    except Failed as failure:
        sys.exit(str(failure))


main()
