#!/usr/bin/python3
"""Services of the host itself: units that systemd accepts and calls safe, without a secret in them; their environment, the
same to systemd, to a shell and to compose; a request through nginx; logs that are rotated under a running program; releases
from tags, with one that does not work; and what the watch on them tells."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess

import unit
from edge import Edge
from nameserver import NameServer
from trial import eventually, main, program, require, run, same

# A program that serves, as far as its files and its environment let it: `BROKEN` beside it makes it fail its own check.
PROGRAM = """#!/usr/bin/python3
import http.server, os, pathlib, re, signal, socket, sys

found = re.search(r"(\\d+\\.\\d+\\.\\d+\\.\\d+):(\\d+)", " ".join(sys.argv[1:]))
if not found:
    # A step of a release: it leaves a trace of what it was called with.
    with open("steps", "a") as steps:
        steps.write(" ".join(sys.argv[1:]) + "\\n")
    sys.exit(0)
logs = open("log/production.log", "a", buffering=1)

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if os.path.exists("BROKEN") else 200)
        self.end_headers()
        self.wfile.write(pathlib.Path("VERSION").read_bytes())
        logs.write(f"GET {self.path} {self.headers['Host']}\\n")

    def log_message(self, *_):
        pass

def anew(*_):
    os.execv(sys.argv[0], sys.argv)

signal.signal(signal.SIGUSR2, anew)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
http.server.ThreadingHTTPServer.allow_reuse_address = True
server = http.server.ThreadingHTTPServer((found[1], int(found[2])), Answer)
if "NOTIFY_SOCKET" in os.environ:
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
    except ConnectionRefusedError:
        pass  # told already
server.serve_forever()
"""
# What compose says of what runs: nothing has to be started for these checks.
DOCKER = """#!/bin/sh
case "$*" in
    *'ps --quiet'*) echo none ;;
    *'config --images'*) ;;
    *' config '*json*) exec /usr/local/bin/docker-real "$@" ;;
esac
"""
ODD = ["plain", "with blanks", "it's", 'a "quoted" one', "$HOME and ${PATH}", "back\\slash", "`id`", "a#b", "ends with \\", "한글", "%n %h", "!important"]


def check(tree):
    accepted(tree)
    secrets(tree)
    environment(tree)
    # All of what follows needs a repository and a program, for every unit that is released from tags.
    released = {name: parts for name, parts in tree.units.items() if f"/releases/" in (tree.home / "scripts/deploy.sh").read_text()}
    require(released, "no unit is released from a tag")
    for name in released:
        stage(tree, name)
    deployed(tree)
    for name in released:
        requested(tree, name)
        rotated(tree, name)
    broken(tree)
    watched(tree)
    reverted(tree)
    gone(tree)


def accepted(tree):
    """systemd knows every word, and its judgement of the rights that are left is good."""
    for path in (tree.home / "systemd" / f"{name}.service" for name in tree.units):
        for command in (line for key in ("ExecStart", "ExecStartPre", "ExecReload") for line in tree.units[path.stem]["Service"][key]):
            require(os.access(command.split()[0], os.X_OK), f"there is no {command.split()[0]}")
        said = run("systemd-analyze", "verify", "--man=no", path)
        require(not re.search(rf"{path.name}:|Unknown|Failed", said), said)
        said = run("systemd-analyze", "security", "--offline=yes", "--threshold=25", path)
        print(said.splitlines()[-1])
        service = tree.units[path.stem]["Service"]
        require(service["User"] and service["User"] != ["root"], "it runs as root")
        for limit in ("TasksMax", "LimitNOFILE", "TimeoutStopSec"):
            require(service[limit], f"{path.name} has no {limit}")


def secrets(tree):
    """Everybody on the machine can read a unit."""
    for path in tree.files("systemd/*"):
        for name, value in tree.values.items():
            require(value not in path.read_text() or len(value) < 8, f"the value of {name} is in {path.name}")


def environment(tree):
    """Every value arrives as compose would hand it over, whichever way of quoting it has in .env."""
    script, env = tree.home / "scripts/unit-environment.sh", tree.home / ".env"
    before = env.read_text()
    names = sorted(set(re.findall(r"^    put .*? value (\w+)", script.read_text(), re.M)))
    require(names, "no unit is given a value of .env")
    for number, odd in enumerate(ODD):
        for line in quotings(odd):
            values = {**tree.values, names[0]: None}
            text = "".join(f"{name}='{value}'\n" for name, value in values.items() if value is not None) + f"{names[0]}={line}\n"
            env.write_text(text)
            # The rules for what a secret may be are those of check-env.sh; here any text has to arrive.
            judge = tree.home / "scripts/check-env.sh"
            kept = judge.read_text()
            judge.write_text("#!/bin/sh\n")
            run(script)
            judge.write_text(kept)
            wanted = composed(tree, names[0])
            for name in tree.units:
                file = pathlib.Path("/etc/ondol", f"{name}.env")
                same("mode of an environment file", stat.S_IMODE(file.stat().st_mode), 0o600)
                given = unit.environment(file.read_text())
                shell = sourced(file)
                require(all(shell.get(key) == value for key, value in given.items()), f"a shell reads {shell}, systemd {given}")
                about = [key for key, value in given.items() if wanted in value]
                require(about or names[0] not in script.read_text(), f"{names[0]}={line} (case {number}): {wanted!r} is in none of {given}")
    env.write_text(before)
    run(script)
    same("what a second run changes", run(script), "")
    env.rename(tree.home / ".env.away")
    run(script, fails=True)
    (tree.home / ".env.away").rename(env)


def quotings(text):
    """Ways to write a text in .env."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\0140")
    ways = [f'"{escaped}"']
    if "'" not in text and not text.endswith("\\"):
        ways.append(f"'{text}'")
    if re.fullmatch(r"[\w ]+", text):
        ways.append(text)
    return ways


def composed(tree, name):
    """What compose reads."""
    folder = pathlib.Path("/run/composed")
    folder.mkdir(exist_ok=True)
    (folder / "compose.yaml").write_text(f"services: {{a: {{image: a, environment: {{VALUE: '${{{name}}}'}}}}}}\n")
    text = run("docker", "compose", "--project-directory", folder, "--env-file", tree.home / ".env", "config", "--format", "json")
    # `config` doubles dollar signs, so that its output can be read again.
    return json.loads(text[text.index("{"):])["services"]["a"]["environment"]["VALUE"].replace("$$", "$")


def sourced(file):
    text = run("env", "-i", "/bin/bash", "-c", f"set -a; . {file}; /usr/bin/env -0")
    return dict(entry.partition("=")[::2] for entry in text.split("\0") if entry)


def stage(tree, name):
    """A repository with releases v1, v2 and a v3 that does not work, where the unit's source leads; and its program."""
    parts = tree.units[name]["Service"]
    user = parts["User"][0]
    work, bare = pathlib.Path("/run/source"), pathlib.Path("/srv/source.git")
    work.mkdir()
    git = lambda *words: run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", work, *words)
    git("init", "--quiet")
    for version in ("v1", "v2", "v3"):
        (work / "VERSION").write_text(version)
        (work / "log").mkdir(exist_ok=True)
        (work / "log/.keep").touch()
        if version == "v3":
            (work / "BROKEN").touch()
        git("add", "-A")
        git("commit", "--quiet", "-m", version)
        git("tag", version)
    run("git", "clone", "--quiet", "--bare", work, bare)
    run("git", "config", "--system", "safe.directory", "*")
    run("git", "config", "--system", "protocol.file.allow", "always")
    source = re.search(rf"check_out {user} \S+ (\S+)", (tree.home / "scripts/deploy.sh").read_text())[1]
    run("git", "config", "--system", f"url.file://{bare}.insteadOf", source)
    values = unit.environment(pathlib.Path("/etc/ondol", f"{name}.env").read_text())
    first = unit.words(parts["ExecStart"][0], {})
    word = first[1] if first[0] == "/usr/bin/env" else first[0]
    folder = values.get("PATH", "/usr/local/bin").split(":")[0]
    program(f"{folder}/{word}" if "/" not in word else word, PROGRAM)
    shutil.move("/usr/local/bin/docker", "/usr/local/bin/docker-real") if os.path.exists("/usr/local/bin/docker") else None
    program("/usr/local/bin/docker", DOCKER)
    # What the unit waits for at its start.
    for wait in parts["ExecStartPre"]:
        found = re.search(r"/dev/tcp/([\d.]+)/(\d+)", wait)
        subprocess.Popen(["/usr/bin/python3", "-c", "import socket, sys, time\ns = socket.create_server((sys.argv[1], int(sys.argv[2])))\n"
                          "while True: s.accept()[0].close()", *found.groups()])


def quiet_proxy(tree):
    """The proxy is asked by another check: here the script's questions to it are answered."""
    program("/usr/local/bin/curl", "#!/bin/sh\ncase \"$*\" in *--resolve*) exit 0 ;; esac\nexec /usr/bin/curl \"$@\" --retry 1\n")


def deploy(tree, release, fails=False):
    return run(tree.home / "scripts/deploy.sh", release, fails=fails)


def versions(tree):
    """What answers at each unit's address."""
    said = {}
    for name in tree.units:
        url = look(tree, name)
        said[name] = run("/usr/bin/curl", "-sS", "-m", "5", url)
    return set(said.values())


def look(tree, name):
    return re.search(rf"^look {name} .*?(http://\S+)", (tree.home / "scripts/watch-host.sh").read_text(), re.M)[1]


def deployed(tree):
    """A tag is checked out beside what runs, made ready as the account, and takes over."""
    quiet_proxy(tree)
    run(tree.home / "scripts/deploy.sh", fails=True)  # without a tag
    deploy(tree, "v9", fails=True)
    require(not list(unit.STATE.glob("*.pid")), "a tag that is not there was started")
    run("ufw", "--force", "reset")
    run(tree.home / "scripts/install.sh")
    for release in ("v1", "v2"):
        deploy(tree, release)
        same("what answers", versions(tree), {release})
    for name, parts in tree.units.items():
        current = pathlib.Path(parts["Service"]["WorkingDirectory"][0])
        same("the current release", os.readlink(current), "releases/v2")
        user = parts["Service"]["User"][0]
        same("owner of a release", (current / "VERSION").owner(), user)
        steps = (current / "steps").read_text()
        require("install" in steps and "migrate" in steps, f"steps that were run: {steps}")
        state = pathlib.Path(f"/proc/{unit.Unit(name).pid()}")
        same("account of the running program", state.owner(), user)
        require((current / "log").is_symlink(), "logs would go with the release")
    require("v2 deployed" in (tree.home / "releases.log").read_text(), "the release is not recorded")


def requested(tree, name):
    """A request from outside reaches the unit through nginx."""
    NameServer({})
    edge = Edge(tree)
    with open("/run/nginx.out", "w", encoding="utf-8") as output:
        server = edge.start(output)
    path = re.sub(r"^https?://[^/]+", "", look(tree, name))
    scheme, port = ("https", 443) if "listen 443" in edge.config else ("http", 80)
    answer = run("/usr/bin/curl", "-sSk", "-m", "10", "--resolve", f"{tree.domain}:{port}:127.0.0.1", f"{scheme}://{tree.domain}{path}")
    same("the answer through nginx", answer, "v2")
    server.terminate()
    server.wait()
    directory = pathlib.Path(tree.units[name]["Service"]["WorkingDirectory"][0])
    require(f"GET {path} {tree.domain}" in (directory / "log/production.log").read_text(), "the program does not log the name that was asked for")


def rotated(tree, name):
    """After a rotation the running program writes into the new file, whose owner and mode are as stated."""
    rules = (tree.home / "logrotate.d" / tree.system).read_text()
    require(f"systemctl reload {name}" in rules, "no rotation tells the unit")
    log = pathlib.Path(tree.units[name]["Service"]["WorkingDirectory"][0]).resolve() / "log/production.log"
    log = log.resolve()
    pid = unit.Unit(name).pid()
    rule = pathlib.Path("/etc/logrotate.d", tree.system)
    run("logrotate", "-f", "-s", "/run/logrotate.units", rule)
    mode, user, group = re.search(r"create (\d+) (\S+) (\S+)", rules).groups()
    same("owner of the new log", (log.owner(), log.group()), (user, group))
    same("mode of the new log", stat.S_IMODE(log.stat().st_mode), int(mode, 8))

    def written():
        run("/usr/bin/curl", "-sS", "-m", "5", look(tree, name))
        return log.stat().st_size > 0

    eventually("the new log is written to", written, 90)
    same("the process, which was told and not restarted", unit.Unit(name).pid(), pid)


def broken(tree):
    """A release that does not answer goes, and what ran before it comes back."""
    said = run(tree.home / "scripts/deploy.sh", "v3", fails=True)
    require("going back to v2" in said, said)
    same("what answers after a release that failed", versions(tree), {"v2"})
    record = [line.split()[1:3] for line in (tree.home / "releases.log").read_text().splitlines()]
    same("the end of the record", record[-2:], [["v3", "failed"], ["v2", "rolled-back"]])


def watched(tree):
    """What the alerts look at, while it runs, and after it was stopped."""
    metrics = pathlib.Path("/var/lib/node_exporter/textfile_collector", f"{tree.system}.services.prom")

    def told(name):
        run(tree.home / "scripts/watch-host.sh")
        values = dict(re.findall(rf'^(ondol_service_\w+)\{{[^}}]*service="{name}"\}} (\S+)$', metrics.read_text(), re.M))
        return values["ondol_service_running"], values["ondol_service_healthy"]

    for name in tree.units:
        same("while it runs", told(name), ("1", "1"))
        run("promtool", "check", "metrics", stdin=open(metrics, encoding="utf-8"))
        unit.Unit(name).stop()
        same("when it is down", told(name), ("0", "0"))
        alerts = {rule["alert"] for rule in tree.rules() if f'service="{name}"' in str(rule["expr"]) and "ondol_service_" in str(rule["expr"])}
        same("alerts on it", {re.sub(".*(?=Down|Unhealthy|Restarting)", "", alert) for alert in alerts}, {"Down", "Unhealthy", "Restarting"})


def reverted(tree):
    """Back to the release before, by hand, without building anything."""
    shutil.rmtree("/srv/source.git")
    run(tree.home / "scripts/rollback.sh")
    same("what answers", versions(tree), {"v1"})


def gone(tree):
    """A service that the tree no longer has is stopped and does not come back at the next start; others run on."""
    name = f"{tree.system}-of-before"
    service = unit.INSTALLED / f"{name}.service"
    service.write_text("[Service]\nUser=nobody\nEnvironmentFile=/dev/null\nWorkingDirectory=/\nExecStart=/bin/sleep 300\n")
    run("systemctl", "enable", service.name)
    run("systemctl", "start", service.name)
    left = unit.Unit(name)
    require(left.pid(), "what is to be stopped does not run")
    with pathlib.Path("/var/lib/ondol", f"{tree.system}.installed").open("a") as record:
        record.write(f"{service}\n")
    said = run(tree.home / "scripts/install.sh")
    require(f"+ systemctl --quiet disable --now {service.name}" in said and left.pid() is None and not service.exists(), said)
    for other in tree.units:
        require((unit.INSTALLED / f"{other}.service").exists() and f"disable --now {other}.service" not in said, said)
    same("what a run behind it does", re.findall(r"^\+.*", run(tree.home / "scripts/install.sh"), re.M), [])


main(check)
