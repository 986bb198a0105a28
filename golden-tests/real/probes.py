#!/usr/bin/python3
"""What lies outside is asked by the real prober, for the real Prometheus: each external that the tree knows is put on this
machine, answers, breaks, and its alert fires. Only addresses and times are changed."""

import http.server
import json
import pathlib
import re
import threading
import urllib.parse

import yaml
from chain import daemon
from trial import eventually, main, require, run, same

WEB = "http://127.0.0.1:9200"
# What a server that works may answer, and what tells that it does not; the second depends on who asks.
ANSWERS = {"http_answers": ([200, 204, 301, 401, 403, 404], [500, 502, 503]), "http_healthy": ([200, 204], [401, 404, 500, 503])}
broken = False


class External(http.server.BaseHTTPRequestHandler):
    """`/status/NUMBER` answers so; everything else works until it is broken."""

    def do_GET(self):
        stated = re.fullmatch(r"/status/(\d+)", self.path)
        self.send_response(int(stated[1]) if stated else 503 if broken else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def check(tree):
    global broken
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 9200), External)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = tree.home / "blackbox/blackbox.yml"
    run("blackbox_exporter", f"--config.file={config}", "--config.check")
    daemon("blackbox_exporter", f"--config.file={config}", "--web.listen-address=127.0.0.1:9115")
    modules = yaml.safe_load(config.read_text())["modules"]
    eventually("the prober answers", lambda: run("curl", "-sf", "http://127.0.0.1:9115/-/healthy"))
    for module in modules:
        asked(module)
    externals = prometheus(tree)
    require(externals, "nothing is asked")
    up = lambda value: {one["metric"]["external"] for one in query("probe_success") if one["value"][1] == value}
    eventually("everything answers", lambda: up("1") == externals, 180)
    web = {one["metric"]["external"] for one in query("last_over_time(probe_http_status_code[1m])")}
    broken = True
    eventually("what broke is seen", lambda: up("0") == web and up("1") == externals - web, 180)
    firing = lambda: {one["metric"]["external"] for one in query('ALERTS{alertstate="firing",external!=""}')}
    eventually("the alerts fire", lambda: firing() == web, 180)
    server.shutdown()
    server.server_close()
    eventually("all is away", lambda: firing() == externals, 180)


def asked(module):
    """How the module judges."""
    judged = lambda target: int(re.search(r"^probe_success (\d)$", probe(module, target), re.M)[1])
    if module == "tcp":
        same("a port that is open", judged("127.0.0.1:9200"), 1)
        same("a port that is closed", judged("127.0.0.1:9201"), 0)
        return
    good, bad = ANSWERS[module]
    for status in good + bad:
        same(f"{module}: {status}", judged(f"{WEB}/status/{status}"), int(status in good))
    same("nobody there", judged("http://127.0.0.1:9201/"), 0)


def probe(module, target):
    return run("curl", "-sf", "-G", "http://127.0.0.1:9115/probe", "-d", f"module={module}", "--data-urlencode", f"target={target}")


def prometheus(tree):
    """Starts it on the probe jobs of the tree; the names of the externals."""
    config = yaml.safe_load((tree.home / "prometheus/prometheus.yml").read_text())
    config.pop("alerting", None)
    config["global"] |= {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"].startswith("probe_")]
    externals = set()
    for job in config["scrape_configs"]:
        for static in job["static_configs"]:
            externals.add(static["labels"]["external"])
            static["targets"] = [here(target) for target in static["targets"]]
        for rule in job["relabel_configs"]:
            if rule["target_label"] == "__address__":
                service, port = rule["replacement"].split(":")
                require(service in tree.services and port == "9115", f"no prober at {rule['replacement']}")
                rule["replacement"] = "127.0.0.1:9115"
    folder = pathlib.Path("/run/prometheus-probes")
    (folder / "rules").mkdir(parents=True)
    for path in (tree.home / "prometheus/rules").iterdir():
        (folder / "rules" / path.name).write_text(re.sub(r"\b(for|interval): *\w+", r"\1: 1s", path.read_text()))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    daemon("prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", "--web.listen-address=127.0.0.1:9090")
    return externals


def here(target):
    """The same target on this machine."""
    if "://" not in target:
        return "127.0.0.1:9200"
    parts = urllib.parse.urlsplit(target)
    return urllib.parse.urlunsplit(parts._replace(scheme="http", netloc="127.0.0.1:9200"))


def query(text):
    answer = run("curl", "-sf", "-G", "http://127.0.0.1:9090/api/v1/query", "--data-urlencode", f"query={text}")
    return json.loads(answer)["data"]["result"]


main(check)
