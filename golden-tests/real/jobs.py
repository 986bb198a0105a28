#!/usr/bin/python3
"""Scheduled jobs: started by the real cron at the times that the description says and at no other, one at a time, stopped
when they take too long, and never failing in silence."""

import collections
import datetime
import pathlib
import re
import subprocess
import time

from daemon import FAKETIME, Cron, tables
from trial import Failed, eventually, main, require, run, same

START = datetime.datetime(2026, 11, 2)  # a Monday, the first of its month
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
RAN, LET_GO = pathlib.Path("/run/ran"), pathlib.Path("/run/let-go")
TEXTFILES = pathlib.Path("/var/lib/node_exporter")


def check(tree):
    wrapper(tree)
    jobs = {re.search(r"run-job\.sh (\S+)", line)[1]: line for line in lines(tree)}
    require(len(jobs) == len(lines(tree)), f"two lines of one job, or one without a wrapper: {jobs}")
    moments(tree, jobs)
    watched(tree, jobs)
    rotated(tree)


def lines(tree):
    text = "".join(path.read_text() for path in tree.files(f"cron.d/{tree.system}"))
    return [line for line in text.splitlines() if re.match(r"[\d*@]", line)]


def wrapper(tree):
    """What the wrapper of every job does with one that succeeds, fails, hangs, or still runs."""
    job = lambda name, seconds, *command, **options: run(tree.home / "scripts/run-job.sh", name, seconds, *command, **options)
    began = int(time.time())
    job("fine", 10, "sh", "-c", "echo said by the job")
    require("said by the job" in log(tree, "fine"), "the log lacks what the job said")
    if tree.has("monitoring"):
        success = metric("last_success_timestamp_seconds", "fine")
        require(began <= success <= time.time(), f"last success: {success}")
        same("exit code", metric("last_exit_code", "fine"), 0)
        time.sleep(1)
        job("fine", 10, "sh", "-c", "exit 3", fails=True)
        same("exit code", metric("last_exit_code", "fine"), 3)
        same("last success after a failure", metric("last_success_timestamp_seconds", "fine"), success)
    start = time.monotonic()
    job("slow", 1, "sh", "-c", "sleep 97 & wait", fails=True)
    require(time.monotonic() - start < 30, "the time limit is not kept")
    if tree.has("monitoring"):
        require(metric("last_exit_code", "slow") != 0, "a job that took too long is told as a success")
    require(run("sh", "-c", "pgrep -fx 'sleep 97' || true") == "", "the job's children outlive it")
    first = subprocess.Popen([tree.home / "scripts/run-job.sh", "held", "120", "sh", "-c", f"echo first >> {RAN}; until [ -e {LET_GO} ]; do sleep 0.1; done"])
    eventually("the first one runs", RAN.exists, 60)
    job("held", 120, "sh", "-c", f"echo second >> {RAN}", fails=True)
    LET_GO.touch()
    same("status of the first", first.wait(), 0)
    same("jobs that ran", RAN.read_text(), "first\n")
    job("held", 20, "sh", "-c", f"echo third >> {RAN}")
    if tree.has("monitoring"):
        same("exit code once the lock is free", metric("last_exit_code", "held"), 0)
    else:
        same("metrics where nobody reads them", list(TEXTFILES.rglob("*.prom")), [])


def metric(name, job):
    for path in TEXTFILES.rglob("*.prom"):
        found = re.search(rf'^ondol_job_{name}\{{[^}}]*job_name="{job}"[^}}]*\}} (\S+)$', path.read_text(), re.M)
        if found:
            return float(found[1])
    raise ValueError(f"no metric {name} of {job}")


def log(tree, job):
    found = list(pathlib.Path("/var/log").rglob(f"{job}.log"))
    same(f"logs of {job}", len(found), 1)
    return found[0].read_text()


def moments(tree, jobs):
    """Lets the clock come to every time at which a job is due or just not due, and sees what cron starts."""
    for script in tree.files("scripts/*.sh"):
        if script.name != "run-job.sh":
            script.write_text(f'#!/bin/sh\necho "$0${{1+ $*}}" >> {RAN}\n')
    due = collections.defaultdict(set)
    for name, line in jobs.items():
        times = stated(tree, name) or scheduled(line)
        for moment in sorted(moment for moment in times if moment >= START)[:2] + near_misses(times):
            due[moment] |= {name} if moment in times else set()
    for moment, names in sorted(due.items()):
        names |= {name for name, line in jobs.items() if moment in (stated(tree, name) or scheduled(line))}
        same(f"jobs that start at {moment:%A %Y-%m-%d %H:%M}", started(tree, jobs, moment, len(names)), names)


def started(tree, jobs, moment, expected):
    """Names of the jobs that cron starts in that minute."""
    start = (moment - datetime.timedelta(seconds=15)).strftime("%Y-%m-%d %H:%M:%S")
    # The job itself asks for the time as well (a `first Tuesday` may), so it shares the clock.
    clock = f"LD_PRELOAD={FAKETIME}\nFAKETIME={moment:@%Y-%m-%d %H:%M:05}\nTZ=UTC\n"
    tables(tree, lambda text: clock + text)
    # It says that cron has come to that minute, also where nothing else is due in it.
    pathlib.Path("/etc/cron.d/witness").write_text("* * * * * root true\n")
    done = lambda: {name for name, line in jobs.items() if re.search(r"run-job\.sh \S+ \d+ (.*)", line)[1] in RAN.read_text().splitlines()}
    for _ in range(20):
        RAN.write_text("")
        with Cron(start, 30) as cron:
            time.sleep(1.2)  # half a second until the minute begins; it is over at two and a half
            while time.monotonic() < cron.begun + 2.3 and sum(") CMD (" in line for line in cron.log) <= expected:
                time.sleep(0.05)
        # Otherwise this machine was busy: cron has begun behind that minute, slept through it, or gone on to the next.
        in_time = any("@reboot" in line and at < 15 for at, line in zip(cron.times, cron.log))
        if in_time and sum("CMD (true)" in line for line in cron.log) == 1:
            return done()
    raise Failed(f"cron has not begun in time for {moment}")


def stated(tree, name):
    """The times of eight weeks at which the description wants the job, read without cron's notation; none if derived."""
    kind, _, service = name.partition("-")
    stanza = f'backup "{service}"' if kind in ("backup", "verify") else f'job "{name}"'
    begins = re.search(rf'^ +{stanza}[^\n{{]*\{{', tree.description, re.M)
    word = "drill" if kind == "verify" else "every"
    found = begins and re.search(rf'{word} "(\w+)"(?: on="([\w ]+)")?(?: at="(\d+):(\d+)")?', block(tree.description[begins.end():]))
    if not found:
        return set()
    rhythm, which, hour, minute = found.groups()
    span = re.fullmatch(r"(\d*)(hour|h|m)", rhythm)
    if span:
        every = int(span[1] or 1) * (1 if span[2] == "m" else 60)
        return {moment for moment in moments_of([divmod(minutes, 60) for minutes in range(0, 1440, every)])}
    return {moment for moment in moments_of([(int(hour), int(minute))]) if falls(moment, rhythm, which)}


def block(text):
    """What stands in a block that is open, up to its end."""
    depth = 1
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}]', text):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return text[:found.start()]
    return text


def falls(moment, rhythm, which):
    """Whether a day is one of the rhythm."""
    weekday, nth = DAYS[moment.weekday()], (moment.day - 1) // 7
    if rhythm in ("month", "quarter"):
        month = rhythm == "month" or moment.month % 3 == (0 if which == "last" else 1)
        last = (moment + datetime.timedelta(days=1)).day == 1
        return month and (which == str(moment.day) or which == "last" and last or
                          which == f"{['first', 'second', 'third', 'fourth', 'fifth'][nth]} {weekday}")
    return rhythm == "day" or rhythm == weekday or rhythm == "weekday" and moment.weekday() < 5


def moments_of(times):
    """Those times of every day that is looked at: nine weeks, and one before them in which nothing is tried."""
    return {START + datetime.timedelta(days=day, hours=hour, minutes=minute) for day in range(-8, 63) for hour, minute in times}


def scheduled(line):
    """The times that the five fields mean."""
    fields = [field(text, low, high) for text, (low, high) in zip(line.split(), ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)))]
    minutes, hours, days, months, weekdays = fields
    return {moment for moment in moments_of([(hour, minute) for hour in hours for minute in minutes])
            if moment.day in days and moment.month in months and {moment.isoweekday(), moment.isoweekday() % 7} & weekdays}


def field(text, low, high):
    values = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        values |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return values


def near_misses(times):
    """The same time of day on the days around, and the hour before: moments at which nothing of it is due."""
    first = min(moment for moment in times if moment >= START)
    around = [first + datetime.timedelta(days=days) for days in (1, 7)] + [first - datetime.timedelta(hours=1)]
    return [moment for moment in around if moment not in times][:1]


def watched(tree, jobs):
    """Some rule fires when a job fails, and some when it does not run."""
    if not tree.of("prometheus"):
        return  # nobody is told, or the rules are on another host
    expressions = [str(rule["expr"]) for rule in tree.rules()]
    for kind in ("last_exit_code", "last_success"):
        about = [text for text in expressions if f"ondol_job_{kind}" in text]
        for name in jobs:
            require(
                any("job_name=" not in text or f'job_name="{name}"' in text for text in about) or by_its_product(tree, name, kind, expressions),
                f"no alert by {kind} for {name}",
            )


def by_its_product(tree, name, kind, expressions):
    """A backup, its drill and its log are watched by what they leave behind: an old dump is worse than a job that did not run."""
    made, _, service = name.partition("-")
    metric = {"backup": "ondol_backup_last_success", "verify": "ondol_backup_drill", "archive": "ondol_backup_log"}.get(made)
    if made == "archive":
        service = re.search(r"^backup=(\S+)", (tree.source / f"scripts/{name}.sh").read_text(), re.M)[1]
    return kind == "last_success" and metric and any(metric in text and f'backup="{service}"' in text for text in expressions)


def rotated(tree):
    """Every log that the wrapper wrote is one that logrotate knows."""
    rules = tree.files("logrotate.d/*")
    require(rules, "logrotate has no rule")
    output = run("logrotate", "-d", *rules)
    known = set(re.findall(r"considering log (\S+)", output))
    written = {str(path) for path in pathlib.Path("/var/log").rglob("*.log") if tree.system in str(path)}
    require(written and written <= known, f"logs that grow for ever: {written - known}")


main(check)
