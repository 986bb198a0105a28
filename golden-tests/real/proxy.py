#!/usr/bin/python3
"""Requests through the tree's nginx to several running backends of every service, as clients from outside send them."""

import base64
import collections
import ipaddress
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

from edge import ROOTS, Edge
from guide import Guide, urls
from nameserver import NameServer
from sites import others, spread
from trial import Failed, eventually, main, require, run, same

SERVER = "198.51.100.1"
APP = pathlib.Path(__file__).resolve().parent.parent / "tools/image/app"
REPLICAS = 3
LOCATION = re.compile(r"location\s+(?:(?:\^~|~\*?|=)\s+)?(\S+)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
LIMIT = re.compile(r"limit_req\s+zone=(\w+)\s+burst=(\d+)")
ADDED = re.compile(r"""add_header (\S+) ("[^"]*"|\S+) always;""")
HEADERS = ["x-content-type-options", "x-frame-options", "referrer-policy"]


def network():
    """A network of their own for the backends, which may use nginx's ports; nginx reaches 172.16.0.0/12 there."""
    run("ip", "netns", "add", "backends")
    run("ip", "link", "add", "edge", "type", "veth", "peer", "name", "backends", "netns", "backends")
    run("ip", "address", "add", "192.0.2.1/30", "dev", "edge")
    run("ip", "link", "set", "edge", "up")
    for words in ("link set lo up", "address add 192.0.2.2/30 dev backends", "link set backends up",
                  "route add local 172.16.0.0/12 dev lo"):
        run("ip", "-n", "backends", *words.split())
    run("ip", "route", "add", "172.16.0.0/12", "via", "192.0.2.2")


class Backends:
    """Applications of one service, each at an address of its own, and their entry in the name server."""

    def __init__(self, names, service, port, number):
        self.names, self.service, self.port, self.number, self.running = names, service, port, number, {}
        self.generation = 0

    def replace(self):
        """Every replica comes back at a new address, as after `docker compose up --force-recreate`."""
        old, self.generation, self.running = self.running, self.generation + 1, {}
        for replica in range(1, REPLICAS + 1):
            address = f"172.{16 + self.number}.{self.generation}.{replica}"
            self.running[address] = self.started(address, f"{self.generation}.{replica}")
        self.listen()
        self.names[self.service] = list(self.running)
        for process in old.values():
            process.kill()

    def give_way(self, *command):
        """Other programs, told address and port, take the place of the service: where, and which."""
        addresses = [f"172.{16 + self.number}.200.{n}" for n in (1, 2, 3)]
        processes = [subprocess.Popen(["ip", "netns", "exec", "backends", *command, address, str(self.port)]) for address in addresses]
        for address in addresses:
            eventually(f"{address} accepts", lambda a=address: socket.create_connection((a, self.port)).close() or True)
        self.names[self.service] = addresses
        return addresses, processes

    def started(self, address, name):
        return subprocess.Popen(["ip", "netns", "exec", "backends", APP, "--host", address, "--port", str(self.port),
                                 "--name", f"{self.service}/{name}"])

    def stop(self):
        for process in self.running.values():
            process.kill()
            process.wait()

    def listen(self):
        for address in self.running:
            eventually(f"{self.service} at {address}", lambda a=address: socket.create_connection((a, self.port)).close() or True)

    def expected(self):
        return {f"{self.service}/{self.generation}.{replica}" for replica in range(1, REPLICAS + 1)}


class OnHost(Backends):
    """A service of the host itself: one program at the address that containers have for it."""

    def __init__(self, service, address, port):
        super().__init__({}, service, port, 0)
        self.address = address

    def replace(self):
        self.stop()
        self.generation += 1
        command = [APP, "--host", self.address, "--port", str(self.port), "--name", f"{self.service}/{self.generation}.1"]
        self.running = {self.address: subprocess.Popen(command)}
        self.listen()

    def give_way(self, *command):
        self.stop()
        process = subprocess.Popen([*command, self.address, str(self.port)])
        eventually(f"{self.address} accepts", lambda: socket.create_connection((self.address, self.port)).close() or True)
        return [self.address], [process]

    def expected(self):
        return {f"{self.service}/{self.generation}.1"}


class Elsewhere(Backends):
    """Applications of one service on other hosts, at the addresses of those."""

    def __init__(self, service, places):
        super().__init__({}, service, places[0][1], 0)
        self.addresses = [address for address, _ in places]
        for address in self.addresses:
            run("ip", "-n", "backends", "route", "add", "local", f"{address}/32", "dev", "lo")
            run("ip", "route", "add", f"{address}/32", "via", "192.0.2.2")

    def replace(self):
        """Each host starts its own anew."""
        self.stop()
        self.running = {address: self.started(address, address) for address in self.addresses}
        self.listen()

    def give_way(self, *command):
        self.stop()
        processes = [subprocess.Popen(["ip", "netns", "exec", "backends", *command, address, str(self.port)]) for address in self.addresses]
        for address in self.addresses:
            eventually(f"{address} accepts", lambda a=address: socket.create_connection((a, self.port)).close() or True)
        return self.addresses, processes

    def expected(self):
        return {f"{self.service}/{address}" for address in self.addresses}


def backends_of(tree, names, edge):
    """What answers for each upstream of nginx; none runs yet."""
    here = {name: OnHost(name, tree.hosts[name], port) if name in tree.hosts else Backends(names, name, port, number)
            for number, (name, port) in enumerate(sorted(edge.upstreams().items()))}
    return here | {name: Elsewhere(name, places) for name, places in edge.elsewhere().items()}


class Site:
    """The site as its users see it, over TLS when nginx offers that."""

    def __init__(self, edge):
        self.edge = edge
        self.secure = bool(re.search(r"listen\s+443", edge.config))
        self.domain = edge.tree.domain
        self.base = f"{'https' if self.secure else 'http'}://{self.domain}"
        # One after the other from another network, by which `ip_hash` tells clients apart.
        # Threads share them, which a generator would not bear.
        self.clients = map(lambda n: f"203.0.{112 + n % 16}.{n // 16 + 1}", range(4000))
        run("ip", "address", "add", f"{SERVER}/32", "dev", "lo")
        # Every address of it is this machine's, so any can be a client.
        run("ip", "route", "add", "local", "203.0.112.0/20", "dev", "lo")

    def curl(self, *arguments, client=None):
        return run("curl", "-sSk", "--no-progress-meter", "-m", "20", "--noproxy", "*", "--interface", client or next(self.clients),
                   "--resolve", f"*:443:{SERVER}", "--resolve", f"*:80:{SERVER}", *arguments)

    def get(self, path, *arguments, client=None, host=None):
        """Status, headers (lower case, every occurrence) and body of a request to the system's own name, or to that one."""
        base = f"{self.base.partition('://')[0]}://{host or self.domain}"
        text = self.curl("-ig", "--path-as-is", *arguments, base + path, client=client)
        head, _, body = text.partition("\n\n") if "\r" not in text else text.partition("\r\n\r\n")
        lines = head.splitlines()
        headers = collections.defaultdict(list)
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()].append(value.strip())
        return int(lines[0].split()[1]), headers, body

    def served_by(self, path):
        status, _, body = self.get(path)
        same(f"status of {path}", status, 200)
        return json.loads(body)["name"]


def check(tree):
    edge = Edge(tree)
    network()
    names = NameServer({}).names
    backends = backends_of(tree, names, edge)
    for backend in backends.values():
        backend.replace()
    with open("/run/nginx.out", "w", encoding="utf-8") as output:
        edge.start(output)
    site = Site(edge)
    for path in locations(edge, "proxy_pass"):
        # Its workers look the names up while they serve already.
        eventually(f"{path} is passed on", lambda p=path: site.get(p)[0] < 500, 60)
    routes = reachable(site, backends, others(site))
    spread(site, backends)
    guided(site)
    redirect(site)
    protocols(site)
    http3(site, next(iter(routes.values())))
    asked(site)
    for service, path in routes.items():
        balanced(site, backends[service], path)
        forwarded(site, path)
    believed = re.findall(r"set_real_ip_from (\d[\d.]+)/", edge.config)
    require(site.secure or believed, "without TLS somebody is in front, and nobody is believed")
    for private in believed[:1]:
        in_front(site, next(iter(routes.values())), private)
    websocket(site)
    closed(site, tree)
    headers(site, routes)
    cookies(site, routes)
    masked(site, routes)
    too_large(site, routes)
    rate_limits(site)
    for service, path in routes.items():
        moves(site, backends[service], path)


def http3(site, path):
    """A browser is told of HTTP/3, and is then served by it, by the site that it asks for."""
    told = site.get(path)[1]["alt-svc"]
    asked = bool(re.search(r"^\s*http3\b", site.edge.tree.description, re.M))
    same("what browsers are told of HTTP/3", told, ['h3=":443"; ma=86400'] if asked else [])
    if not asked:
        return
    sid = f"{ROOTS}/sid/usr"
    libraries = f"{sid}/lib/x86_64-linux-gnu"
    curl = [f"{libraries}/ld-linux-x86-64.so.2", "--library-path", libraries, f"{sid}/bin/curl", "--http3-only", "-sSk", "-m", "20",
            "--noproxy", "*", "--interface", next(site.clients), "--resolve", f"*:443:{SERVER}", "-w", "\n%{http_version} %{http_code}"]
    *_, body, told = run(*curl, site.base + path).splitlines()
    same("HTTP/3", (told, json.loads(body)["name"].split("/")[0]), ("3 200", site.served_by(path).split("/")[0]))
    run(*curl, "https://nobody.example.com/", fails=True)


def locations(edge, having=""):
    """Prefix locations of nginx whose block has the text."""
    return [path for path, text in LOCATION.findall(edge.config) if having in text and path.startswith("/") and
            not path.startswith("/.well-known")]


def block(edge, path):
    return next(text for found, text in LOCATION.findall(edge.config) if found == path)


def stated(site, word, found):
    """What the description asks for has to be in the configuration; else there is nothing to try."""
    require(found or not re.search(rf'^\s*{word} "', site.edge.tree.description, re.M), f"the description has {word}, nginx has not")


def reachable(site, backends, elsewhere):
    """A path to each service that other sites do not lead to; a service that no path leads to is a mistake."""
    routes = {}
    for path in locations(site.edge, "proxy_pass"):
        probe = path.rstrip("/") + "/probe"
        routes.setdefault(site.served_by(probe).split("/")[0], probe)
    require({*routes, *elsewhere} == set(backends), f"nginx passes to {sorted(backends)}, but paths lead to {routes} and {elsewhere}")
    return routes


def asked(site):
    """What a service is asked: the path as it came or, where the description cuts the prefix off, the rest of it."""
    prefixes = site.edge.tree.stripped
    require(prefixes <= {path.rstrip("/") for path in locations(site.edge, "proxy_pass")}, f"nginx has not all of {prefixes}")
    for route in sorted({path.rstrip("/") for path in locations(site.edge, "proxy_pass")}):
        cut = site.edge.tree.cut_off(route)
        for rest in ("", "/", "/?a=1&b=%2F", "?x=y", "/a%20b/%ED%9A%8C?q=%20+", "/x//y", "/x/%3Fa=b", "/a;b=c/d@e:f,g!h", "/%25zz", "/x%0Ay", "/./z"):
            if route + rest in ("", "?x=y"):
                continue
            status, _, body = site.get(route + rest)
            same(f"status of {route}{rest}", status, 200)
            seen, headers = json.loads(body)["path"], {k.lower(): v for k, v in json.loads(body)["headers"].items()}
            if not cut:
                same(f"path at the service for {route}{rest}", seen, route + rest)
                continue
            wanted = (route + rest)[len(cut):]
            wanted = "/" + wanted.removeprefix("/")
            path, mark, query = wanted.partition("?")
            plain = lambda text: re.sub(r"/\.?(?=/)", "", urllib.parse.unquote(text, errors="surrogateescape"))
            same(f"path at the service for {route}{rest}", plain(seen.partition("?")[0]), plain(path))
            same(f"query at the service for {route}{rest}", seen.partition("?")[1:], (mark, query))
            same(f"prefix that the service is told for {route}{rest}", headers.get("x-forwarded-prefix"), cut)


def in_front(site, path, network):
    """A proxy on that network is believed, what somebody else says is not."""
    proxy = str(ipaddress.ip_address(network) + 7)
    run("ip", "route", "add", "local", f"{proxy}/32", "dev", "lo")
    said = ["-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-For: 198.51.100.200"]
    ours = "https" if site.secure else "http"
    for client, address, scheme in ((proxy, "198.51.100.200", "https"), (next(site.clients), None, ours)):
        _, _, body = site.get(path, *said, client=client)
        seen = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
        same(f"X-Forwarded-For from {client}", seen["x-forwarded-for"], address or client)
        same(f"X-Forwarded-Proto from {client}", seen["x-forwarded-proto"], scheme)


def guided(site):
    """Every address of the site that the guide has asked is answered, and what it calls the health of a service by that
    service."""
    guide = Guide((site.edge.tree.home / "runbook.md").read_text())
    lines = [(line, url) for line in guide.lines if line.startswith("curl ") for url in urls(line)
             if url.hostname in site.edge.tree.domains]
    for line, url in lines:
        status, _, body = site.get(url.path or "/", host=url.hostname)
        same(f"status of {line!r}", status, 200)
        health = re.search(r"# health of (\S+)$|# (\S+) 헬스체크$", line)
        if health:
            # As often as it takes for everybody who may answer there to have their turn.
            seen = {json.loads(site.get(url.path, host=url.hostname)[2])["name"].split("/")[0] for _ in range(8)}
            same(f"who answers {line!r}", seen, {health[1] or health[2]})
    # As many in the recovery as in the chapter on the state.
    asked = [url for line, url in lines if re.search("# health of|헬스체크$", line)]
    require(not asked or min(collections.Counter(asked).values()) > 1 or not site.edge.tree.has("backups"),
            f"the recovery asks not all of {asked}")


def redirect(site):
    if site.secure:
        status, _, where = site.curl("-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", f"http://{site.domain}/a/b?c=d").partition(" ")
        require(status in ("301", "308"), f"http answers {status}")
        same("http leads to", where, f"https://{site.domain}/a/b?c=d")
    if "acme-challenge" in site.edge.config:
        root = re.search(r"acme-challenge[^{]*\{[^}]*?(?:root|alias)\s+(\S+);", site.edge.config)[1]
        folder = pathlib.Path(root, ".well-known/acme-challenge")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "token").write_text("challenge")
        same("the ACME challenge over http", site.curl(f"http://{site.domain}/.well-known/acme-challenge/token"), "challenge")


def protocols(site):
    """TLS in its versions of today, with a certificate that is for the name, or the address, that clients ask by."""
    if not site.secure:
        return
    certificate = re.search(r"ssl_certificate (\S+);", site.edge.config)[1]
    run("curl", "-sS", "-m", "20", "--noproxy", "*", "--cacert", certificate, "--resolve", f"*:443:{SERVER}", "-o", "/dev/null", site.base + "/")
    same("protocol", site.curl("-o", "/dev/null", "-w", "%{http_version}", site.base + "/"), "2")
    for version in ("1.2", "1.3"):
        site.curl("-o", "/dev/null", f"--tlsv{version}", "--tls-max", version, site.base + "/")
    try:
        site.curl("-o", "/dev/null", "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", site.base + "/")
    except Failed:
        return
    raise Failed("TLS 1.1 is accepted")


def balanced(site, backend, path):
    """Every replica works; when one dies, its clients are served by the others before any name changes."""
    seen = {site.served_by(path) for _ in range(30)}
    require(seen == backend.expected(), f"served by {seen} of {backend.expected()}")
    if re.search(rf"upstream {backend.service}_ip_hash ", site.edge.config):
        client = next(site.clients)
        same("containers that serve one client", len({json.loads(site.get(path, client=client)[2])["name"] for _ in range(9)}), 1)
    if re.search(rf"upstream {backend.service}_least_conn ", site.edge.config):
        idle(site, path, len(backend.running) - 1)
    if len(backend.running) == 1:
        return
    address = list(backend.running)[0]
    backend.running.pop(address).kill()
    for _ in range(10):
        site.served_by(path)


def idle(site, path, others):
    """While all containers but one are busy, that one serves."""
    for seconds in (4, 8, 12):  # a busy machine may not ask fast enough at once
        busy = [threading.Thread(target=site.get, args=[path.replace("/probe", f"/sleep/{seconds}")]) for _ in range(others)]
        for thread in busy:
            thread.start()
        time.sleep(seconds / 4)
        served = {site.served_by(path) for _ in range(9)}
        in_time = all(thread.is_alive() for thread in busy)
        for thread in busy:
            thread.join()
        if in_time and len(served) == 1:
            return
    raise Failed(f"while all but one were busy ({'for long enough' if in_time else 'not for long enough'}), {served} have served")


def moves(site, backend, path):
    """New addresses are found without a word to nginx, and old ones left."""
    backend.replace()
    eventually(f"{backend.service} is served from its new addresses",
               lambda: {site.served_by(path) for _ in range(12)} == backend.expected(), 180, 0.5)


def forwarded(site, path):
    client = next(site.clients)
    _, _, body = site.get(path, "-H", "X-Forwarded-Proto: gopher", client=client)
    seen = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
    same("Host at the backend", seen.get("host"), site.domain)
    same("X-Forwarded-Proto", seen.get("x-forwarded-proto"), "https" if site.secure else "http")
    same("the client in X-Forwarded-For", seen.get("x-forwarded-for", "").split(", ")[-1], client)


def websocket(site):
    paths = locations(site.edge, "$http_upgrade")
    stated(site, "websocket", paths)
    for path in paths:
        with socket.create_connection((SERVER, 443 if site.secure else 80), 10, (next(site.clients), 0)) as plain:
            stream = plain
            if site.secure:
                context = ssl._create_unverified_context()
                stream = context.wrap_socket(plain, server_hostname=site.domain)
            key = base64.b64encode(os.urandom(16)).decode()
            stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {site.domain}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += stream.recv(1) or b"\r\n\r\n"
            require(head.startswith(b"HTTP/1.1 101"), f"WebSocket on {path}: {head.splitlines()[0]}")
            stream.sendall(bytes([0x81, 0x85, 0, 0, 0, 0]) + b"hello")
            echoed = b""
            while len(echoed) < 7 and (part := stream.recv(7 - len(echoed))):
                echoed += part
            same(f"WebSocket on {path} echoes", echoed, b"\x81\x05hello")


def closed(site, tree):
    """Metrics and whatever else the description keeps inside: no spelling of the path reaches a service that has it."""
    if not tree.has("closed paths"):
        return
    scraped = "".join(path.read_text() for path in tree.files("prometheus/prometheus.yml"))
    for path in {"/metrics", *re.findall(r'^\s*(?:metrics|metrics-path|health-detail|private) "([^"]+)"', tree.description, re.M)}:
        for spelling in (path, path + "/", "/" + path, path + "?x=1", f"/x/..{path}", path.replace("e", "%65", 1)):
            status, _, body = site.get(spelling)
            if status not in (403, 404) and body.startswith("{"):
                service = json.loads(body)["name"].split("/")[0]
                require(not re.search(rf"\b{service}\b", scraped), f"{spelling} reaches {service}: {body[:200]}")
            require("http_requests_total" not in body, f"{spelling} shows metrics")


def headers(site, routes):
    added = {name.lower(): value.strip('"') for name, value in ADDED.findall(site.edge.config)}
    wanted = sorted({*HEADERS, *added})
    for path in [*routes.values(), routes[min(routes)].replace("/probe", "/boom"), "/metrics"]:
        arguments = [word for name in wanted for word in ("-H", f"X-Reply-{name}: from-the-backend")]
        _, seen, _ = site.get(path, *arguments)
        for name in wanted:
            same(f"number of {name} headers on {path}", len(seen[name]), 1)
            same(f"{name} on {path}", seen[name][0], added.get(name))
        require(not re.search(r"\d", "".join(seen["server"])), f"the version is shown: {seen['server']}")


def cookies(site, routes):
    """Where the configuration says so, a cookie of a service is sent by browsers over TLS and from its own site only."""
    flags = re.search(r"proxy_cookie_flags ~ ([^;]+);", site.edge.config)
    for path in routes.values() if flags else []:
        _, seen, _ = site.get(path, "-H", "X-Reply-Set-Cookie: session=secret; Path=/")
        sent = [word.strip().lower() for word in seen["set-cookie"][0].split(";")]
        same(f"what becomes of a cookie on {path}", sorted(sent), sorted(["session=secret", "path=/", *flags[1].split()]))


def masked(site, routes):
    """Secrets in query strings stay out of the access log, also in a referer and with a name in disguise."""
    path = next(iter(routes.values()))
    names = ["token", "access_token", "api_key", "password", "SECRET", "code", "%74oken", "my-password"]
    hidden = [f"{name}=hidden{number}value" for number, name in enumerate(names)]
    requests = ["&".join(hidden[:3]), "&".join(hidden[3:6]), "&".join(hidden[6:]), "&".join(hidden)]
    for number, query in enumerate(requests):
        site.get(f"{path}/{number}?page=shown{number}value&{query}&last=1", "-H", f"Referer: {site.base}/?{query}")
    eventually("the access log has the requests", lambda: f"{path}/3" in access_log(), 90)
    lines = [line for line in access_log().splitlines() if path in line]
    for line in lines:
        require("hidden" not in line, f"the access log shows a secret: {line}")
    require(any("shown0value" in line for line in lines), "the access log masks what is no secret")


def access_log():
    paths = [pathlib.Path("/run/nginx.out"), *pathlib.Path("/var/log/nginx").glob("*access*")]
    return "".join(path.read_text() for path in paths if path.exists())


def too_large(site, routes):
    limit = re.search(r"client_max_body_size\s+(\d+)([kmg]?);", site.edge.config, re.I)
    require(limit, "any body is taken")
    for path in routes.values():
        refused(site, path, bytes_of(limit))
    for path in locations(site.edge, "client_max_body_size"):
        least = bytes_of(re.search(r"client_max_body_size\s+(\d+)([kmg]?);", block(site.edge, path)))
        refused(site, path, least)
        same(f"status of {least} bytes for {path}", posted(site, path, least), 200)


def bytes_of(limit):
    return int(limit[1]) * 1024 ** " kmg".index(limit[2].lower() or " ")


def posted(site, path, size):
    """The status of a body of that size."""
    with open("/run/body", "wb") as body:
        body.truncate(size)
    return site.get(path, "-X", "POST", "-H", "Expect:", "-T", "/run/body")[0]


def refused(site, path, least):
    same(f"status of {least + 1} bytes for {path}", posted(site, path, least + 1), 413)


def rate_limits(site):
    """One client beyond its rate and burst is refused, another at the same time is not."""
    rates = {zone: int(number) / {"s": 1, "m": 60}[unit] for zone, number, unit in
             re.findall(r"limit_req_zone\s+\S+\s+zone=(\w+):\S+\s+rate=(\d+)r/([sm])", site.edge.config)}
    found = [(path, *limit) for path in locations(site.edge, "limit_req ")
             for limit in re.findall(LIMIT, block(site.edge, path))]
    found += [("/", *limit) for limit in re.findall(LIMIT, LOCATION.sub("", site.edge.config))]
    stated(site, "rate-limit", found)
    for path, zone, burst in found:
        flood(site, path, rates[zone], int(burst))


def flood(site, path, rate, burst):
    for _ in range(5):  # a busy machine may not send fast enough at once
        flooding, results = next(site.clients), []
        flooder = threading.Thread(target=lambda: results.extend(burst_of(site, path, int(3 * (burst + rate)) + 50, flooding)))
        start = time.monotonic()
        flooder.start()
        same(f"status of {path} for another client", site.get(path.rstrip("/") + "/probe")[0], 200)
        flooder.join()
        took, seen = time.monotonic() - start, collections.Counter(results)
        text = f"{path}: {dict(seen)} in {took:.1f} s, at {rate}/s and {burst} at once"
        print(text)
        require(set(seen) <= {"200", "429", "503"} and seen["200"] <= burst + rate * (took + 1) + 1, text)
        if seen["429"] + seen["503"]:
            require(seen["200"] >= burst, text)
            return
    raise Failed(f"nobody was refused; {text}")


def burst_of(site, path, number, client):
    urls = f"{site.base}{path.rstrip('/')}/burst?n=[1-{number}]"
    output = site.curl("-Z", "--parallel-max", "50", "-o", "/dev/null", "-w", "status=%{http_code};\n", urls, client=client)
    return re.findall(r"status=(\d+);", output)


if __name__ == "__main__":
    main(check)
