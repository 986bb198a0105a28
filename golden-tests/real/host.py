#!/usr/bin/python3
"""The machine itself: it is looked at before anything is started, and each thing that it lacks is named; then what the
host runs is put into place, once, and nothing that is broken takes the place of what works."""

import os
import pathlib
import re
import shutil
import socket
import stat
import subprocess

from trial import main, program, require, run, same

# What the programs of the machine would say; the tree's own scripts are as they are.
PROGRAMS = {
    "docker": """
        case "$*" in
            info) exit "$(cat /run/machine/engine)" ;;
            'compose version --short') cat /run/machine/compose ;;
        esac""",
    "nproc": "cat /run/machine/cpus",
    "df": """
        case "$*" in
            *output=size*) printf 'size\\n%s\\n' "$(cat /run/machine/disk)" ;;
            *) printf 'used\\n %s%%\\n' "$(cat /run/machine/full)" ;;
        esac""",
    "timedatectl": "case $* in *Timezone*) cat /run/machine/zone ;; *) echo yes ;; esac",
    "rclone": "", "rsync": "", "age": "", "sqlite3": "",
}
UNITS = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}


def check(tree):
    machine(tree)
    preflight(tree)
    stranded(tree)
    contradicted(tree)
    installed(tree)


def machine(tree):
    """A machine that has just what the description asks for."""
    for name, text in PROGRAMS.items():
        program(f"/run/programs/{name}", f"#!/bin/sh\n{text}\n")
    pathlib.Path("/run/machine").mkdir()
    pathlib.Path("/run/machine/meminfo").write_text("")
    run("mount", "--bind", "/run/machine/meminfo", "/proc/meminfo")
    # The bridge of the engine, on which programs of the host are reached by containers.
    run("ip", "link", "add", "docker0", "type", "bridge")
    run("ip", "address", "add", "172.17.0.1/16", "dev", "docker0")
    least = required(tree)
    zone = re.search(r'^ *timezone "([^"]+)"', tree.description, re.M)
    be(engine=0, compose="2.20.0", cpus=least["cpus"], disk=least["disk"] * 92 // 100, full=40, zone=zone[1] if zone else "UTC",
       meminfo=f"MemTotal: {least['memory'] * 1024 * 92 // 100} kB", system=least["system"])


def be(**facts):
    for name, value in facts.items():
        if name == "system":
            os.remove("/etc/os-release")
            pathlib.Path("/etc/os-release").write_text("ID={}\nVERSION_ID=\"{}\"\n".format(*value))
        else:
            pathlib.Path("/run/machine", name).write_text(f"{value}\n")


def required(tree):
    """What the description asks of the machine; a small one, if it asks for nothing."""
    stated = re.search(r'^ +require cpus=(\d+) memory="(\d+)(\wiB)" disk="(\d+)(\wiB)" \{(.*?)\}', tree.description, re.M | re.S)
    if not stated:
        return {"cpus": 1, "memory": 1024, "disk": 10240, "system": ("debian", "12"), "stated": False}
    cpus, memory, unit, disk, other, rest = stated.groups()
    systems = re.findall(r'system "(\w+)" from="([\d.]+)"', rest)
    require(systems, "the description names no operating system")
    return {"cpus": int(cpus), "memory": int(memory) * UNITS[unit], "disk": int(disk) * UNITS[other], "system": systems[0], "stated": True}


def preflight(tree):
    """One line for each thing that is not as it has to be, and a status that says so."""
    script = tree.home / "scripts/preflight.sh"
    path = {"env": {**os.environ, "PATH": f"/run/programs:{os.environ['PATH']}"}}
    said = run(script, **path)
    require("PROBLEM" not in said, said)
    least = required(tree)
    faults = [({"engine": 1}, "the Docker engine does not answer"), ({"compose": "2.19.9"}, "Docker Compose 2.19.9 is too old"),
              ({"compose": ""}, "docker compose is missing"), ({"zone": "Antarctica/Troll"}, "time zone Antarctica/Troll")]
    if least["stated"]:
        faults += [({"cpus": least["cpus"] - 1}, f"{least['cpus']} are needed"), ({"disk": least["disk"] * 8 // 10}, f"{least['disk']} are needed"),
                   ({"meminfo": f"MemTotal: {least['memory'] * 1024 * 8 // 10} kB"}, f"{least['memory']} are needed"),
                   ({"system": (least["system"][0], "1.0")}, f"{least['system'][0]} 1.0"), ({"system": ("plan9", "4")}, "plan9 4")]
    for fault, told in faults:
        before = {name: pathlib.Path("/run/machine", name).read_text().strip() for name in fault if name != "system"}
        be(**fault)
        problems = [line for line in run(script, fails=True, **path).splitlines() if line.startswith("PROBLEM")]
        require(len(problems) == 1 and told in problems[0], f"{fault}: {problems}, expected one with {told!r}")
        be(**{"system": least["system"], **before})
    be(full=95)
    require("warning  the disk of" in run(script, **path), "a disk that is nearly full is not told")
    be(full=40)
    for port in sorted({int(port["published"]) for service in tree.services.values() for port in service.get("ports", [])}):
        with socket.create_server(("0.0.0.0", port)):
            told = re.findall(r"^PROBLEM  port (\d+)(?:-(\d+))? is taken", run(script, fails=True, **path), re.M)
            require(any(int(first) <= port <= int(last or first) for first, last in told), f"port {port} is taken, and nobody says so: {told}")
    if tree.values:
        file = tree.home / ".env"
        file.rename(tree.home / ".env.away")
        require("PROBLEM  .env" in run(script, fails=True, **path), "the environment file is missing, and nobody says so")
        (tree.home / ".env.away").rename(file)


def stranded(tree):
    """An ssh server on another port than the firewall would open is told before anything is closed."""
    script = tree.home / "ufw/apply.sh"
    port = re.search(r"^ssh_port=(\d*)", script.read_text(), re.M)[1]
    if not port:
        return
    shutil.copy(os.path.realpath("/usr/bin/python3"), "/run/sshd")
    code = "import socket, time; server = socket.create_server(('0.0.0.0', 2200)); print('listens', flush=True); time.sleep(99)"
    with subprocess.Popen(["/run/sshd", "-c", code], stdout=subprocess.PIPE, text=True) as server:
        same("the ssh server", server.stdout.readline(), "listens\n")
        said = run(script, fails=True)
        server.kill()
    require(f"the ssh server listens on port 2200, but port {port} is allowed" in said and "nothing was changed" in said, said)
    require("inactive" in run("ufw", "status"), "the firewall is on although ssh is cut off")
    same("rules after the refusal", run("ufw", "show", "added").splitlines()[1:], ["(None)"])


def contradicted(tree):
    """A denial by hand of what the description opens is told, not passed over: ufw takes the first rule that fits."""
    script = tree.home / "ufw/apply.sh"
    rules = re.findall(r"^    'allow (\d+/\w+)' ", script.read_text(), re.M)
    for rule in rules[:1]:
        for denial in (f"deny {rule}", f"reject {rule.split('/')[0]}"):
            run("ufw", *denial.split())
            said = run(script, fails=True)
            require(f"ufw delete {denial}" in said and "inactive" in run("ufw", "status"), f"{denial}: {said}")
            run("ufw", "delete", *denial.split())


def installed(tree):
    """Everything is put where the host looks for it; a second time nothing is left to do."""
    script = tree.home / "scripts/install.sh"
    targets = {pathlib.Path("/etc", folder, source.name): source for folder in ("cron.d", "logrotate.d") for source in tree.files(f"{folder}/*")}
    own = re.findall(r'^ *file "systemd/([^"]+)"', tree.description, re.M)
    targets |= {pathlib.Path("/etc/systemd/system", name): tree.home / "systemd" / name for name in own}
    parts = {pathlib.Path("/etc/systemd/system", source.parent.name, source.name): source for source in tree.files("systemd/*.d/*")}
    targets |= parts
    said = run(script, "--dry-run")
    require(all(f"+ install --mode=644 --owner=root --group=root {source}" in said for source in targets.values()), said)
    require(not [path for path in targets if path.exists()] and "inactive" in run("ufw", "status"), f"--dry-run did something:\n{said}")
    run(script)
    for target, source in targets.items():
        same(f"contents of {target}", target.read_text(), source.read_text())
        same(f"mode of {target}", stat.S_IMODE(target.stat().st_mode), 0o644)
    require("Status: active" in run("ufw", "status"), "the firewall is off")
    expected(tree)
    same("what a second run does", re.findall(r"^\+.*", run(script), re.M), [])
    for target, source in (targets.items() - parts.items()):
        kept, good = target.read_text(), source.read_text()
        source.write_text("this is { no table\n")
        run(script, fails=True)
        same(f"{target}, after one that is broken", target.read_text(), kept)
        source.write_text(good)
    for target in parts:
        # systemd takes the part as it is, with a timer such as the host has.
        timer = target.parent.with_suffix("")
        timer.write_text("[Timer]\nOnCalendar=daily\n")
        timer.with_suffix(".service").write_text("[Service]\nExecStart=/bin/true\n")
        same(f"what systemd says of {target}", run("systemd-analyze", "verify", "--man=no", timer), "")
        timer.unlink()
        timer.with_suffix(".service").unlink()
    taken_away(tree, script, [target for target in targets if target.name != tree.system])
    (tree.home / "scripts").chmod(0o777)
    require("can be written by others" in run(script, fails=True), "root would run what anybody can write")
    (tree.home / "scripts").chmod(0o755)


def taken_away(tree, script, own):
    """What the tree no longer has goes from the host, too, and what somebody else has there stays as it is."""
    record = pathlib.Path("/var/lib/ondol", f"{tree.system}.installed")
    for folder in ("/etc/cron.d", "/etc/logrotate.d"):
        stale, foreign = pathlib.Path(folder, "stale-of-before"), pathlib.Path(folder, "somebody-elses")
        for path in (stale, foreign):
            path.write_text("# of before\n")
        with record.open("a") as file:
            file.write(f"{stale}\n")
        require(f"+ rm --force {stale}" in run(script), f"{stale} stays")
        require(foreign.exists() and not stale.exists() and str(stale) not in record.read_text(), f"{folder} after it")
        foreign.unlink()
    for target in own:
        record.write_text("".join(line for line in record.read_text().splitlines(True) if line.strip() != str(target)))
        kept = target.read_text()
        target.write_text("# of somebody else\n")
        require(f"{target} is there already" in run(script, fails=True), f"{target} of somebody else is written over")
        target.write_text(kept)
    same("what a run behind it does", re.findall(r"^\+.*", run(script), re.M), [])


def expected(tree):
    """A job that never runs is missed, because it is known that it should."""
    started_by = [*tree.files("cron.d/*"), *tree.files("systemd/*.service")]
    jobs = set(re.findall(r"run-job\.sh (\S+) \d", "".join(path.read_text() for path in started_by)))
    known = "".join(path.read_text() for path in pathlib.Path("/var/lib/node_exporter").rglob("*.prom"))
    if tree.rules():
        same("jobs that are expected", set(re.findall(r'expected_since_timestamp_seconds\{.*job_name="([^"]+)"', known)), jobs)


main(check)
