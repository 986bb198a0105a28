#!/usr/bin/python3
"""An alert travels: a scraped service dies, Prometheus and Alertmanager with the tree's files tell the receiver, and tell
it again when the service is back. Only times are shortened, and receivers that would leave the machine stay on it."""

import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading

import yaml
from nameserver import NameServer
from trial import Failed, eventually, main, require, run

APP = pathlib.Path(__file__).resolve().parent.parent / "tools/image/app"
received = []


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what Alertmanager sends, whichever product it believes to talk to."""

    def do_POST(self):
        received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def check(tree):
    http_receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 9999), Receiver)
    threading.Thread(target=http_receiver.serve_forever, daemon=True).start()
    names = NameServer({}).names
    pathlib.Path("/etc/resolv.conf").write_text("nameserver 127.0.0.11\n")
    for number, service in enumerate(sorted(tree.services)):
        replicas = tree.services[service].get("scale", 1)
        names[service] = [f"127.20.{number}.{replica + 1}" for replica in range(replicas)]
    targets = Targets(tree, names)
    targets.start()
    alertmanager(tree, names)
    prometheus(tree, names)
    expected = len(targets.addresses)
    eventually("every target is up", lambda: len(ask(tree, names, 'up{job!~"probe_.*"} == 1')) == expected, 40)
    victim, alerts = watched(tree, targets)
    targets.kill(victim)
    eventually(f"{' or '.join(alerts)} reaches the receiver", lambda: message(alerts, "firing"), 60)
    targets.start()
    eventually(f"{' or '.join(alerts)} is told to be over", lambda: message(alerts, "resolved"), 60)
    if "heartbeat" in tree.description:
        count = lambda: sum('"Heartbeat"' in text for text in received)
        eventually("signs of life go out again and again", lambda: count() > 3, 30)
        require(not any('"Heartbeat"' in text and '"channel"' in text for text in received), "people get signs of life")
    for channel in re.findall(r'^ +slack "(#[\w-]+)"(?!.*severity)', tree.description, re.M):
        require(any(f'"channel":"{channel}"' in text for text in received), f"nothing was sent to {channel}: {received}")


def watched(tree, targets):
    """A job, and the names of the rules that tell when it is down."""
    for job in sorted({targets.addresses[place][0] for place in targets.running}):
        alerts = [rule["alert"] for rule in tree.rules() if re.search(rf'\bup\{{[^}}]*"{job}"', str(rule["expr"]))]
        if alerts:
            return job, alerts
    raise Failed("no rule tells when a target is down")


class Targets:
    """An application at every address that the configuration scrapes."""

    def __init__(self, tree, names):
        self.tree, self.running = tree, {}
        config = yaml.safe_load(tree.files("prometheus/prometheus.yml")[0].read_text())
        self.addresses, self.labels = {}, {}
        # What lies outside is asked by the prober: golden-tests/real/probes.py.
        for job in [job for job in config["scrape_configs"] if job.get("metrics_path") != "/probe"]:
            for static in job.get("static_configs", []):
                for target in static["targets"]:
                    self.add(job, *target.split(":"), names)
            for lookup in job.get("dns_sd_configs", []):
                for name in lookup["names"]:
                    self.add(job, name, lookup["port"], names)

    def add(self, job, host, port, names):
        for address in names.get(host, ["127.0.0.1"]):
            self.addresses[address, int(port)] = (job["job_name"], host)

    def start(self):
        for address, port in self.addresses:
            # Prometheus and Alertmanager are themselves scraped; they run for real.
            if (address, port) not in self.running and self.addresses[address, port][1] not in self.tree.of("prometheus", "alertmanager"):
                self.running[address, port] = subprocess.Popen([APP, "--host", address, "--port", str(port)])

    def kill(self, job):
        for place in [place for place in self.running if self.addresses[place][0] == job]:
            self.running.pop(place).kill()


def message(alerts, state):
    return next((text for text in received if state in text.lower() and any(alert in text for alert in alerts)), None)


def alertmanager(tree, names):
    config = yaml.safe_load(tree.files("alertmanager/alertmanager.yml")[0].read_text())
    route = config["route"]
    for part in [route, *route.get("routes", [])]:
        part.update(group_wait="1s", group_interval="2s")
        if part["receiver"] == "heartbeat":
            part.update(group_interval="1s", repeat_interval="2s")
    config.setdefault("global", {})["resolve_timeout"] = "5s"
    secret = pathlib.Path("/run/url")
    secret.write_text("http://127.0.0.1:9999/")
    for receiver in config["receivers"]:
        for slack in receiver.get("slack_configs", []):
            slack["api_url_file"] = str(secret)
        for hook in receiver.get("webhook_configs", []):
            hook.pop("url", None)
            hook["url_file"] = str(secret)
    shutil.copytree(tree.home / "alertmanager", "/etc/alertmanager", dirs_exist_ok=True)
    pathlib.Path("/etc/alertmanager/alertmanager.yml").write_text(yaml.safe_dump(config))
    address = names[tree.one("alertmanager")][0]
    daemon("alertmanager", "--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/run/alertmanager",
           "--cluster.listen-address=", f"--web.listen-address={address}:9093")


def prometheus(tree, names):
    shutil.copytree(tree.home / "prometheus", "/etc/prometheus", dirs_exist_ok=True)
    for path in [pathlib.Path("/etc/prometheus/prometheus.yml"), *pathlib.Path("/etc/prometheus/rules").iterdir()]:
        text = re.sub(r"((?:scrape|evaluation|refresh)_interval:) *\w+", r"\1 1s", path.read_text())
        text = re.sub(r"(scrape_timeout:) *\w+", r"\1 1s", text)
        path.write_text(re.sub(r"\b(for|interval|keep_firing_for): *\w+", r"\1: 1s", text))
    address = names[tree.one("prometheus")][0]
    daemon("prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/run/prometheus",
           "--rules.alert.resend-delay=2s", f"--web.listen-address={address}:9090")


def daemon(*command):
    output = open(f"/run/{command[0]}.log", "w", encoding="utf-8")
    subprocess.Popen(command, stdout=output, stderr=output)


def ask(tree, names, query):
    address = names[tree.one("prometheus")][0]
    text = run("curl", "-sf", "-G", f"http://{address}:9090/api/v1/query", "--data-urlencode", f"query={query}")
    return json.loads(text)["data"]["result"]


main(check)
