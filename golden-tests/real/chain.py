"""The way of an alert, from scraped services over Prometheus and Alertmanager with the tree's files to whoever is told.
Only times are shortened, and receivers that would leave the machine stay on it, each under a path of its own."""

import collections
import http.server
import json
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import threading
import time

import yaml
from nameserver import NameServer
from trial import eventually, run

APP = pathlib.Path(__file__).resolve().parent.parent / "tools/image/app"
# How long an alert fires before the first, the second … later step of an escalation.
STEPS = [7, 14, 21, 28]

Message = collections.namedtuple("Message", "time receiver text")
received = []


def take(receiver, text):
    received.append(Message(time.monotonic(), receiver, text))


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what Alertmanager sends, whichever product it believes to talk to; the path names the receiver."""

    def do_POST(self):
        take(self.path.strip("/").split("~")[0], self.rfile.read(int(self.headers["Content-Length"])).decode())
        # PagerDuty is content with 202 alone, Telegram with this text.
        self.send_response(202 if "~pagerduty" in self.path else 200)
        self.end_headers()
        self.wfile.write(b'{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "group"}}}'
                         if "~telegram" in self.path else b"ok")

    def log_message(self, *_):
        pass


class MailReceiver(socketserver.StreamRequestHandler):
    """Takes mail; the address names the receiver."""

    def handle(self):
        say = lambda text: self.wfile.write(f"{text}\r\n".encode())
        say("220 mail")
        to = ""
        while line := self.rfile.readline().decode(errors="replace").strip():
            if line.upper().startswith("RCPT"):
                to = re.search(r"<(.+?)@", line)[1]
            if line.upper() == "DATA":
                say("354 go on")
                text = ""
                while (part := self.rfile.readline().decode(errors="replace")) not in (".\r\n", ""):
                    text += part
                take(self.server.receivers[to], text)
            say("221 bye" if line.upper() == "QUIT" else "250 ok")
            if line.upper() == "QUIT":
                return


class Chain:
    """All of it, running."""

    def __init__(self, tree):
        self.tree = tree
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 9999), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.mail = socketserver.ThreadingTCPServer(("127.0.0.1", 9925), MailReceiver)
        self.mail.receivers = {}
        threading.Thread(target=self.mail.serve_forever, daemon=True).start()
        self.names = NameServer({}).names
        pathlib.Path("/etc/resolv.conf").write_text("nameserver 127.0.0.11\n")
        for number, service in enumerate(sorted(tree.services)):
            self.names[service] = [f"127.20.{number}.{replica + 1}" for replica in range(tree.replicas(service))]
        self.names |= {name: [address] for name, address in tree.hosts.items()}
        self.targets = Targets(tree, self.names)
        self.targets.start()
        # Prometheus is last: what it finds down at its start it would tell, and that is not what is tried.
        for place in self.targets.running:
            eventually(f"the target at {place} listens", lambda place=place: socket.create_connection(place, 5).close() or True, 90)
        self.alertmanager()
        eventually("Alertmanager is ready", lambda: run("curl", "-sf", f"{self.alerts_at}/-/ready"), 90)
        self.prometheus()

    def alertmanager(self):
        config = yaml.safe_load(self.tree.files("alertmanager/alertmanager.yml")[0].read_text())
        for part in routes(config["route"]):
            part.update(group_wait="1s", group_interval="2s")
            if part.get("receiver") == "heartbeat":
                part.update(group_interval="1s", repeat_interval="2s")
        config.setdefault("global", {})["resolve_timeout"] = "5s"
        for number, receiver in enumerate(config["receivers"]):
            self.stays_here(receiver, number)
        shutil.copytree(self.tree.home / "alertmanager", "/etc/alertmanager", dirs_exist_ok=True)
        pathlib.Path("/etc/alertmanager/alertmanager.yml").write_text(yaml.safe_dump(config))
        self.alerts_at = f"http://{self.names[self.tree.one('alertmanager')][0]}:9093"
        daemon("alertmanager", "--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/run/alertmanager",
               "--cluster.listen-address=", f"--web.listen-address={self.alerts_at.removeprefix('http://')}")

    def stays_here(self, receiver, number):
        """Its messages come to this machine."""
        address = f"http://127.0.0.1:9999/{receiver['name']}"
        secret = pathlib.Path(f"/run/secret-{number}")
        secret.write_text(address)
        for slack in receiver.get("slack_configs", []):
            slack["api_url_file"] = str(secret)
        for hook in receiver.get("webhook_configs", []):
            hook.pop("url", None)
            hook["url_file"] = str(secret)
            if "http_config" in hook:
                hook["http_config"]["authorization"]["credentials_file"] = str(secret)
        for key in ("discord_configs", "msteamsv2_configs"):
            for chat in receiver.get(key, []):
                chat["webhook_url_file"] = str(secret)
        for genie in receiver.get("opsgenie_configs", []):
            genie.update(api_key_file=str(secret), api_url=f"{address}~opsgenie")
        for pager in receiver.get("pagerduty_configs", []):
            pager.update(routing_key_file=str(secret), url=f"{address}~pagerduty")
        for telegram in receiver.get("telegram_configs", []):
            telegram.update(bot_token_file=str(secret), api_url=f"{address}~telegram")
            secret.write_text("1:token")
        for mail in receiver.get("email_configs", []):
            for key in ("auth_username", "auth_password_file"):
                mail.pop(key, None)
            mail.update(smarthost="127.0.0.1:9925", require_tls=False, to=f"receiver-{number}@example.com")
            self.mail.receivers[f"receiver-{number}"] = receiver["name"]

    def prometheus(self):
        shutil.copytree(self.tree.home / "prometheus", "/etc/prometheus", dirs_exist_ok=True)
        for path in [pathlib.Path("/etc/prometheus/prometheus.yml"), *pathlib.Path("/etc/prometheus/rules").iterdir()]:
            text = re.sub(r"((?:scrape|evaluation|refresh)_interval:) *\w+", r"\1 1s", path.read_text())
            text = re.sub(r"(scrape_timeout:) *\w+", r"\1 1s", text)
            rules = yaml.safe_load(text)
            for rule in [rule for group in rules.get("groups", []) for rule in group["rules"]]:
                if "escalation" in rule.get("labels", {}):
                    rule["for"] = f"{STEPS[int(rule['labels']['escalation']) - 2]}s"
                else:
                    rule.update({key: "1s" for key in ("for", "interval", "keep_firing_for") if key in rule})
            path.write_text(yaml.safe_dump(rules))
        self.metrics_at = f"http://{self.names[self.tree.one('prometheus')][0]}:9090"
        daemon("prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/run/prometheus",
               "--rules.alert.resend-delay=2s", f"--web.listen-address={self.metrics_at.removeprefix('http://')}")

    def ask(self, query):
        text = run("curl", "-sf", "-G", f"{self.metrics_at}/api/v1/query", "--data-urlencode", f"query={query}")
        return json.loads(text)["data"]["result"]

    def state(self, alert):
        """What Alertmanager does with an alert: `active`, `suppressed`; None when it knows none of that name."""
        text = run("curl", "-sf", "-G", f"{self.alerts_at}/api/v2/alerts", "--data-urlencode", f'filter=alertname="{alert}"')
        return next((one["status"]["state"] for one in json.loads(text)), None)

    def is_whole(self):
        """Whether every target is scraped."""
        return len(self.ask('up{job!~"probe_.*"} == 1')) == len(self.targets.addresses)


class Targets:
    """An application at every address that the configuration scrapes."""

    def __init__(self, tree, names):
        self.tree, self.running, self.addresses = tree, {}, {}
        config = yaml.safe_load(tree.files("prometheus/prometheus.yml")[0].read_text())
        # What lies outside is asked by the prober: golden-tests/real/probes.py.
        for job in [job for job in config["scrape_configs"] if job.get("metrics_path") != "/probe"]:
            for static in job.get("static_configs", []):
                for target in static["targets"]:
                    self.add(job, *target.split(":"), names)
            for lookup in job.get("dns_sd_configs", []):
                for name in lookup["names"]:
                    self.add(job, name, lookup["port"], names)

    def add(self, job, host, port, names):
        if re.fullmatch(r"[\d.]+", host):
            # Another host of the system: its address is this machine's here.
            run("ip", "address", "replace", f"{host}/32", "dev", "lo")
            names[host] = [host]
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

    def watched(self):
        """Jobs that may be killed, each with the names of the rules that tell when it is down."""
        for job in sorted({self.addresses[place][0] for place in self.running}):
            alerts = [rule["alert"] for rule in self.tree.rules() if re.search(rf'\bup\{{[^}}]*"{job}"', str(rule["expr"]))]
            if alerts:
                yield job, alerts


def routes(route):
    """The route and all below it."""
    yield route
    for part in route.get("routes", []):
        yield from routes(part)


def message(alerts, state, receiver=None, since=0.0):
    """The first message that tells of one of the alerts in that state, to that receiver."""
    return next((one for one in received if one.time >= since and receiver in (None, one.receiver) and is_in(one.text, state)
                 and any(alert in one.text for alert in alerts)), None)


def is_in(text, state):
    """Whether a message tells so; each product has words of its own."""
    words = {"firing": r'\[FIRING|"status":"firing"|"event_action":"trigger"',
             "resolved": r'\[RESOLVED|"status":"resolved"|"event_action":"resolve"'}
    return re.search(words[state], text) is not None


def daemon(*command):
    output = open(f"/run/{command[0]}.log", "w", encoding="utf-8")
    subprocess.Popen(command, stdout=output, stderr=output)
