#!/usr/bin/python3
"""The whole project on a Docker engine: it comes up healthy, serves, watches itself, survives crashes and new addresses."""

import json
import pathlib
import re
import socket
import subprocess

from containers import healthy, running
from guide import Guide, words
from trial import eventually, main, require, run, same

TEXTFILES = pathlib.Path("/var/lib/node_exporter/textfile_collector")
APP = pathlib.Path(__file__).resolve().parent.parent / "tools/image/app"


def check(tree):
    on_host(tree)
    with running(tree) as project:
        replicas(tree, project)
        before = [container["Id"] for container in project.containers()]
        project.up()
        same("containers after a second `up`", [container["Id"] for container in project.containers()], before)
        serves(tree, project)
        grows(tree, project)
        watched(tree, project)
        guided(tree)
        seen(tree, project)
        moves(tree, project)
        crashes(project)


def on_host(tree):
    """Where the programs of the host itself listen, an application: their own are tried by another check."""
    for name, parts in tree.units.items():
        address, port = re.search(r"(\d+\.\d+\.\d+\.\d+):(\d+)", parts["Service"]["ExecStart"][0]).groups()
        subprocess.Popen([APP, "--host", address, "--port", port, "--name", name])
        eventually(f"{name} listens", lambda a=address, p=port: socket.create_connection((a, int(p))).close() or True)


def replicas(tree, project):
    for name, service in tree.services.items():
        if not service.get("profiles"):
            same(f"containers of {name}", len(project.containers(name)), tree.replicas(name))


def paths(tree):
    """A path for each prefix that nginx passes on to a container of this host."""
    config = "".join(path.read_text() for path in tree.files("nginx/**/*.conf"))
    away = set(re.findall(r"upstream (\S+) \{[^}]*server [\d.]+:", config))
    found = re.findall(r"location\s+(?:\^~\s+)?(/[\w/-]*)\s*\{[^{}]*proxy_pass +http://([\w$-]+)", config)
    return sorted({path for path, upstream in found if upstream not in away})


def serves(tree, project):
    if not tree.of("nginx"):
        return published(tree, project)
    require(paths(tree), "nginx passes no path on")
    for path in paths(tree):
        answer = eventually(f"an answer to {path}", lambda p=path: request(tree, p), 90)
        same("path at the backend", json.loads(answer)["path"], f"{path.rstrip('/')}/probe".removeprefix(tree.cut_off(path)))


def published(tree, project):
    """Without a proxy, behind every port that the host offers something answers, and of what is built here it is that."""
    ports = [(name, port) for name, service in tree.services.items() if not service.get("profiles") for port in service.get("ports", [])]
    require(ports, "neither a proxy nor a port")
    for name, port in ports:
        at = (port.get("host_ip", "127.0.0.1"), int(port["published"]))
        # Docker itself takes the connection: only an answer tells.
        answer = eventually(f"an answer of {name} at {at}", lambda a=at: said(a), 90)
        if "build" in tree.services[name]:
            names = {container["Config"]["Hostname"] for container in project.containers(name)}
            require(json.loads(answer.partition("\r\n\r\n")[2])["name"] in names, f"not {name} at {at}: {answer}")


def said(address):
    """What is said there to a request of HTTP, which other protocols refuse in their own words."""
    with socket.create_connection(address, 20) as connection:
        connection.sendall(b"GET /probe HTTP/1.0\r\n\r\n")
        answer = connection.recv(65536)
        # Of HTTP the head may come before the rest, which ends with the connection; others say one thing and wait.
        while answer.startswith(b"HTTP/") and (more := connection.recv(65536)):
            answer += more
        return answer.decode()


def grows(tree, project):
    """What the guide has at hand for the night adds containers and leaves the others, nginx passes requests to all of them,
    and what a deployment does takes them away again."""
    guide = tree.files("runbook.md")[0].read_text()
    for command, service, number in set(re.findall(r"^(docker compose up .*--scale ([\w-]+)=(\d+) [\w-]+)$", guide, re.M)):
        before = {container["Id"] for container in project.containers(service)}
        run(*command.split(), cwd=tree.home)
        grown = project.containers(service)
        same(f"containers of {service} after `{command}`", len(grown), int(number))
        require(before <= {container["Id"] for container in grown}, f"`{command}` replaced containers of {service}")
        names = {container["Config"]["Hostname"] for container in grown}
        answer = lambda path: json.loads(request(tree, path))["name"]
        for path in [path for path in paths(tree) if eventually(f"an answer to {path}", lambda p=path: answer(p), 90) in names]:
            eventually(f"{path} is answered by each of {number}", lambda p=path: {answer(p) for _ in range(4 * int(number))} == names, 180, 1)
        project.up()
        same(f"containers of {service} after the next deployment", len(project.containers(service)), len(before))


def request(tree, path):
    return run("curl", "-sSfkL", "--max-time", "20", "--resolve", "*:80:127.0.0.1", "--resolve", "*:443:127.0.0.1",
               f"http://{tree.domain}{path.rstrip('/')}/probe")


def watched(tree, project):
    """Prometheus finds every target, Alertmanager is known to it, Grafana has the dashboards."""
    for prometheus in tree.of("prometheus"):
        # Other hosts are not here.
        here = lambda found: [target for target in found if not re.match(r"http://[\d.]+:", target["scrapeUrl"])]
        targets = lambda: project.json(prometheus, "http://127.0.0.1:9090/api/v1/targets")["data"]["activeTargets"]
        eventually("every target is up", lambda: up(here(targets())), 180, 1)
        alerts = project.json(prometheus, "http://127.0.0.1:9090/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
        same("Alertmanagers that Prometheus knows", len(alerts), len(tree.of("alertmanager")))
        rules = project.json(prometheus, "http://127.0.0.1:9090/api/v1/rules")["data"]["groups"]
        same("alerts that Prometheus has", {rule["name"] for group in rules for rule in group["rules"] if "alerts" in rule},
             {rule["alert"] for rule in tree.rules()})
        if len(here(targets())) == len(targets()):
            measured(tree, project, prometheus)
    for grafana in tree.of("grafana", "grafana-oss"):
        boards = {json.loads(path.read_text())["uid"] for path in tree.files("grafana/dashboards/*.json")}
        same("dashboards", set(project.json(grafana, "http://127.0.0.1:3000/api/health")["dashboards"]), boards)


def measured(tree, project, prometheus):
    """What rules and panels ask of exporters, exporters export: an alert on a name that nothing has never fires."""
    boards = [path.read_text() for path in tree.files("grafana/dashboards/*.json")]
    asked = " ".join([str(rule["expr"]) for rule in tree.rules()] + boards)
    names = set(re.findall(r"\b((?:redis|pg|nginx|node|alertmanager|prometheus)_[a-z0-9_]+)(?=[{\[) ])", asked))
    require(names, "nothing is asked of an exporter")
    known = set(project.json(prometheus, "http://127.0.0.1:9090/api/v1/label/__name__/values")["data"])
    same("metrics that are asked for and not there", sorted(names - known), [])


def guided(tree):
    """What the guide has for looking only works as it stands there: of commands that differ in the service or in a number
    alone, the first."""
    looks = r"docker compose (ps\b|logs (?!-f\b)[^|]*$|exec -T \S+ (redis-cli (ping|client list|info)|pg_isready|psql .*'SELECT 1;'))"
    forms = {}
    for line in Guide((tree.home / "runbook.md").read_text()).lines:
        if re.match(looks, line):
            form = " ".join("SERVICE" if word in tree.services else re.sub(r"\d+", "N", word) for word in words(line))
            forms.setdefault(form, line)
    require(len(forms) > 1, f"the guide has nothing for looking but {list(forms)}")
    for line in forms.values():
        said = run("bash", "-o", "pipefail", "-c", line, cwd=tree.home)
        # Redis says so, and leaves with 0.
        require(" redis-cli " not in line or "NOAUTH" not in said, f"$ {line}\n{said}")


def seen(tree, project):
    """What the host sees of its containers, as metrics: all of them, then one that hangs, then one that is stopped; and the
    alerts on that are pending in Prometheus."""
    if not tree.has("monitoring"):
        return
    run("sh", "-c", "ip link add wan0 type veth peer name wan1 && ip link set wan0 up && ip route replace default dev wan0")
    constant = {name for name, service in tree.services.items() if not service.get("profiles")}
    for name in constant:
        same(f"what is told of {name}", told(tree, name), (len(project.containers(name)), len(project.containers(name))))
    require(TEXTFILES.joinpath("ondol.network.prom").read_text().count('{device="wan0"}') == 2, "the traffic is not told")
    for path in TEXTFILES.glob("*.prom"):
        run("promtool", "check", "metrics", stdin=open(path, encoding="utf-8"))
    used = re.findall(r"^ondol_service_(cpu|memory)\w+\{.*container=.*\} ([\d.]+)$", TEXTFILES.joinpath(f"{tree.system}.services.prom").read_text(), re.M)
    require({name for name, value in used if float(value) > 0} == {"cpu", "memory"}, f"nothing is told of what containers use: {used}")
    alerts = {rule["alert"]: rule["labels"]["service"] for rule in tree.rules() if "ondol_service_" in str(rule["expr"])}
    # For one that hangs the kernel still takes connections: who only asks for one does not see it.
    asked = {name for name in constant if "/dev/tcp/" not in json.dumps(tree.services[name].get("healthcheck"))}
    hanging = next((service for alert, service in alerts.items() if alert.endswith("Unhealthy") and service in asked), None)
    if hanging:
        ids = [container["Id"] for container in project.containers(hanging)]
        stopped = [pid for one in ids for pid in run("docker", "top", one, "-eo", "pid").split()[1:]]
        # One of them may be a question about its health, and gone by now.
        run("sh", "-c", 'kill -STOP "$@" || true', "sh", *stopped)
        eventually(f"{hanging} is told to hang", lambda: told(tree, hanging) == (len(ids), 0), 300, 1)
        pending(project, tree, "Unhealthy", hanging)
        run("sh", "-c", 'kill -CONT "$@" || true', "sh", *stopped)
        healthy(project, hanging)
    away = next((service for alert, service in alerts.items() if alert.endswith("Down") and service in constant), None)
    if away:
        project.compose("stop", "-t", "1", away)
        same(f"what is told of {away}", told(tree, away), (0, 0))
        pending(project, tree, "Down", away)
        project.compose("start", away)
        healthy(project, away)


def told(tree, service):
    """How many of its containers run, and how many of those work."""
    run(tree.home / "scripts/watch-host.sh")
    text = TEXTFILES.joinpath(f"{tree.system}.services.prom").read_text()
    return tuple(int(re.search(rf'^ondol_service_{what}\{{.*service="{service}"\}} (\d+)$', text, re.M)[1]) for what in ("running", "healthy"))


def pending(project, tree, alert, service):
    """Prometheus has seen it, on its own way through the exporter of the host."""
    for prometheus in tree.of("prometheus"):
        def waits():
            found = project.json(prometheus, "http://127.0.0.1:9090/api/v1/alerts")["data"]["alerts"]
            return [one for one in found if one["labels"]["alertname"].endswith(alert) and one["labels"]["service"] == service]
        eventually(f"an alert on {service}", waits, 180, 1)


def up(targets):
    require(targets, "no target")
    down = [f"{target['scrapeUrl']}: {target['lastError'] or target['health']}" for target in targets if target["health"] != "up"]
    require(not down, "\n".join(down))
    return True


def moves(tree, project):
    """Containers that nginx passes to come back at other addresses, and nginx finds them by itself."""
    for service in [name for name in tree.services if "build" in tree.services[name] and tree.of("nginx")]:
        before = set(project.addresses(service))
        # Another container takes the first free address, so that none comes back where it was.
        project.compose("stop", "-t", "1", service)
        run("docker", "run", "-d", "--rm", "--network", network(project, tree), "--entrypoint", "sleep",
            project.compose("config", "--images", service).split()[0], "300")
        project.compose("up", "-d", "--force-recreate", "--no-deps", "--pull", "never", "--no-build", service)
        healthy(project, service)
        require(set(project.addresses(service)) != before, f"{service} is where it was: {before}")
    for path in paths(tree):
        eventually(f"{path} is answered from the new addresses", lambda p=path: all(request(tree, p) for _ in range(6)), 180, 1)


def network(project, tree):
    nginx = project.containers(tree.one("nginx"))[0]
    return next(iter(nginx["NetworkSettings"]["Networks"]))


def crashes(project):
    """A process that dies is started again. `docker kill` would count as stopped by hand."""
    crashed = [container for container in project.containers() if container["HostConfig"]["RestartPolicy"]["Name"] != "no"]
    require(crashed, "no service has a restart policy")
    for container in crashed:
        run("kill", "-9", container["State"]["Pid"])

    def again():
        counts = {container["Id"]: container["RestartCount"] for container in project.containers()}
        same("containers that were not restarted", [one["Name"] for one in crashed if counts.get(one["Id"], 0) <= one["RestartCount"]], [])
        return True

    eventually("what was killed is started again", again, 120, 0.5)
    healthy(project)


main(check)
