#!/usr/bin/python3
"""Jobs that timers of systemd start: units that systemd accepts, that run what cron would have run with the same lock, limit, log
and metrics, that are installed and taken away again, and whose times are those of the description."""

import pathlib
import re
import subprocess

import unit
from trial import eventually, main, require, run, same

TEXTFILES = pathlib.Path("/var/lib/node_exporter")
INSTALLED = pathlib.Path("/etc/systemd/system")


def check(tree):
    jobs = {re.sub(rf"^ondol-{tree.system}-", "", path.stem): path for path in tree.files(f"systemd/ondol-{tree.system}-*.timer")}
    same("services", sorted(path.stem for path in tree.files(f"systemd/ondol-{tree.system}-*.service")), sorted(path.stem for path in jobs.values()))
    for name, timer in jobs.items():
        accepted(tree, timer)
        started(tree, name, timer)
    stated = re.findall(r'^ +job "([\w-]+)"(?![^\n]*scheduler="cron")', tree.description, re.M)
    require(set(stated) <= set(jobs), f"no timer for {set(stated) - set(jobs)}")
    installed(tree, jobs)


def accepted(tree, timer):
    """systemd knows every word and every time; what is left of root's rights is judged as well."""
    service = timer.with_suffix(".service")
    said = run("systemd-analyze", "verify", "--man=no", service, timer)
    require(not re.search(rf"{timer.stem}|Unknown|Failed", said), said)
    said = run("systemd-analyze", "security", "--offline=yes", "--threshold=85", service)
    print(said.splitlines()[-1])
    parts = unit.parse(timer.read_text())["Timer"]
    zone = re.search(r'^ +timezone "(.*)"', tree.description, re.M)
    for value in parts["OnCalendar"]:
        run("systemd-analyze", "calendar", value)
        require(value.split()[-1] in ("UTC", zone[1] if zone else "UTC"), f"{value} has no zone")
    same("accuracy", parts["AccuracySec"], ["1s"])
    spread = re.search(rf'^ +job "{timer.stem.removeprefix(f"ondol-{tree.system}-")}"[^\n]*spread="(\d+)m"', tree.description, re.M)
    same("spread", parts["RandomizedDelaySec"], [str(60 * int(spread[1]))] if spread else [])


def started(tree, name, timer):
    """What the unit starts, as it starts it: well, badly, and while it still runs."""
    service = unit.parse(timer.with_suffix(".service").read_text())["Service"]
    words = unit.words(service["ExecStart"][0], {})
    same("runner", words[:2], [str(tree.home / "scripts/run-job.sh"), name])
    require(int(service["TimeoutStartSec"][0]) > int(words[2]), "systemd's limit is within the job's")
    script = pathlib.Path(words[3])
    kept = script.read_text()
    def job(text, fails=False):
        script.write_text(f"#!/bin/sh\n{text}\n")
        return run(*words, fails=fails, cwd=service["WorkingDirectory"][0], env={"PATH": "/usr/local/bin:/usr/bin:/bin", **dict(one.split("=") for one in service["Environment"])})
    job("echo done in $HOME")
    require("done in /root" in pathlib.Path(f"/var/log/{tree.system}/{name}.log").read_text(), "the log lacks what the job said")
    same("exit code", metric("last_exit_code", name), 0)
    job("exit 3", fails=True)
    same("exit code", metric("last_exit_code", name), 3)
    require(re.search(r"ondol_job_last_exit_code", " ".join(str(rule["expr"]) for rule in tree.rules())), "no alert tells that a job failed")
    begun = pathlib.Path("/run/begun")
    script.write_text(f"#!/bin/sh\ntouch {begun}\nwhile [ -e {begun} ]; do sleep 0.1; done\n")
    first = subprocess.Popen(words)
    eventually("the first one runs", begun.exists, 60)
    run(*words, fails=True)
    begun.unlink()
    same("status of the first", first.wait(), 0)
    script.write_text(kept)


def metric(name, job):
    for path in TEXTFILES.rglob(f"*.{job}.prom"):
        found = re.search(rf'^ondol_job_{name}\{{[^}}]*job_name="{job}"[^}}]*\}} (\S+)$', path.read_text(), re.M)
        if found:
            return float(found[1])
    raise ValueError(f"no metric {name} of {job}")


def installed(tree, jobs):
    """install.sh puts them in place once, lets go of what another way of starting them left, and tells what it does."""
    install = tree.home / "scripts/install.sh"
    ufw = tree.home / "ufw/apply.sh"
    if ufw.exists():
        ufw.write_text("#!/bin/sh\n")
    left = pathlib.Path("/etc/cron.d", tree.system)
    left.write_text("# from before\n")
    gone = INSTALLED / f"ondol-{tree.system}-gone.service"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    gone.write_text(f"[Service]\nWorkingDirectory={tree.home}\n")
    gone.with_suffix(".timer").write_text("")
    record = pathlib.Path("/var/lib/ondol", f"{tree.system}.installed")
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text("".join(f"{path}\n" for path in (left, gone, gone.with_suffix(".timer"))))
    other = INSTALLED / f"ondol-{tree.system}-two-gone.service"
    other.write_text(f"[Service]\nWorkingDirectory={tree.home}-two\n")
    run(install, "--dry-run")
    require(gone.exists() and left.exists(), "a dry run changes something")
    said = run(install)
    # What it is at goes on to its end.
    require(f"disable --now {gone.stem}.timer" in said and f"disable --now {gone.name}" not in said, said)
    for timer in jobs.values():
        same("installed", (INSTALLED / timer.name).read_text(), timer.read_text())
        require((unit.STATE / timer.name).exists(), f"{timer.name} is not on")
    require(not gone.exists() and not gone.with_suffix(".timer").exists(), "a job that is gone would still run")
    if not tree.files("cron.d/*"):
        require(not left.exists(), "cron would start the jobs as well")
    require(other.exists(), "another system's job is taken away")
    same("a second run", run(install), "")


main(check)
