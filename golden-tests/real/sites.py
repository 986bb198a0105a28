"""The sites of a proxy beside the system's own, and the words of single routes: as the description says them, of no other."""

import collections
import json
import re
import socket
import ssl
import time

from trial import eventually, require, same

# The clients of the trials come from here.
CLIENTS = "203.0.112.0/20"


def others(site):
    """Asks every site of the description; the services that answered."""
    described = site.edge.tree.description
    blocks = list(sites(described))
    found = set()
    for name, text in blocks:
        name = name if "." in name else f"{name}.{site.domain}"
        for also in re.findall(r'^ *also "([^"]+)"$', text.split("route ")[0], re.M):
            also = also.replace("*", "any")
            found |= served(site, also if "." in also else f"{also}.{site.domain}", text)
        found |= served(site, name, text)
    for path, text in re.findall(r'\bnginx-own "location = (\S+) \{ return 200 (\w+); \}"', described):
        same(f"what {site.domain} says of {path}", asked(site, site.domain, path)[2], text)
        elsewhere = next(name for name, _ in blocks if "." not in name)
        require(asked(site, f"{elsewhere}.{site.domain}", path)[2] != text, f"{elsewhere} says of {path} what {site.domain} does")
    own = described
    for _, text in blocks:
        own = own.replace(text, "")
    moved(site, site.domain, own)
    kept(site, site.domain, own)
    pieces(site, site.domain, own, False)
    return found


def sites(described):
    """Name and text of each."""
    for begin in re.finditer(r'^ *site "([^"]+)"([^\n{]*)', described, re.M):
        depth, end = 0, begin.end()
        if described[end] == "{":
            while True:
                depth += {"{": 1, "}": -1}.get(described[end], 0)
                end += 1
                if not depth:
                    break
        yield begin[1], described[begin.start():end]


def asked(site, host, path, *arguments, client=None):
    """Status, headers and body of a request to the site of that name."""
    scheme = "https" if site.secure else "http"
    text = site.curl("-ig", *arguments, f"{scheme}://{host}{path}", client=client)
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    headers = [line.partition(": ") for line in head.splitlines()[1:]]
    return int(head.split()[1]), {name.lower(): value for name, _, value in headers}, body


def served(site, host, text):
    """What its routes lead to."""
    whole = re.search(r'\bmoved-to="([^"]+)"', text)
    if whole:
        rest = "" if re.search(r"[^/:]/[^/]", whole[1]) else "/a/b?c=d"
        status, headers, _ = asked(site, host, "/a/b?c=d")
        same(f"where {host} has moved to", (status, headers["location"]), (308, whole[1].rstrip("/") + rest))
        return set()
    for path, service in re.findall(r'\broute "([^"]+)" to="([^"]+)"', text):
        status, _, body = asked(site, host, path.rstrip("/") + "/probe")
        same(f"status of {host}{path}", status, 200)
        if not re.search(rf'\broute "{path}" [^\n]*\{{\n *also ', text):
            same(f"who answers {host}{path}", json.loads(body)["name"].split("/")[0], service)
    for allowed in re.findall(r"\ballow-from (.*)", text)[:1]:
        require(CLIENTS in allowed, f"no client of the trials may ask {host}")
        same(f"status of {host} from elsewhere", asked(site, host, "/probe", client="198.51.100.1")[0], 403)
    for service in re.findall(r'\broute "/" to="([^"]+)"', text):
        own = re.search(rf'^ *service "{service}".*?^    \}}', site.edge.tree.description, re.M | re.S)
        for private in re.findall(r'\bmetrics "([^"]+)"', own[0]):
            same(f"status of {host}{private}", asked(site, host, private)[0], 404)
    moved(site, host, text)
    kept(site, host, text)
    pieces(site, host, text, True)
    said(site, host, text)
    return {service for _, service in re.findall(r'\broute "([^"]+)" to="([^"]+)"', text)}


def said(site, host, text):
    """Headers and the largest request are those of the site, not of the ingress."""
    _, headers, _ = asked(site, host, "/probe")
    for block in re.findall(r"\bheaders \{([^}]*)\}", text):
        for name, value in re.findall(r'([A-Za-z-]+) (#null|"[^"]*")', block):
            same(f"{name} of {host}", headers.get(name.lower()), None if value == "#null" else value.strip('"'))
    for name, value in re.findall(r"\badd_header (\S+) (\S+) always;", text):
        same(f"{name} of {host}", headers.get(name.lower()), value)
    for limit in re.findall(r'\bbody-limit "(\d+)MiB"', text):
        for size, status in ((int(limit) * 2**20, 200), (int(limit) * 2**20 + 1, 413)):
            with open("/run/body", "wb") as body:
                body.truncate(size)
            same(f"status of {size} bytes to {host}", asked(site, host, "/probe", "-H", "Expect:", "--data-binary", "@/run/body")[0], status)


def moved(site, host, text):
    """Single paths that have moved, and nothing below them."""
    for path, to, rest in re.findall(r'\bredirect "([^"]+)" to="([^"]+)"(.*)', text):
        status = re.search(r"status=(\d+)", rest)
        found, headers, _ = asked(site, host, f"{path}?c=d")
        wanted = f"{to}?c=d" if to.startswith("/") else to
        same(f"where {host}{path} has moved to", (found, headers["location"]), (int(status[1]) if status else 308, wanted))
        same(f"status of what is below {path}", asked(site, host, f"{path}/below")[0], 200)


def kept(site, host, text):
    """Browsers keep what they may keep, whatever the service says; single paths are for a few."""
    for path, days in re.findall(r'\broute "([^"]+)"[^\n]* cache="(\d+)h"', text):
        _, headers, _ = asked(site, host, path.rstrip("/") + "/probe", "-H", "X-Reply-Cache-Control: no-store")
        same(f"Cache-Control of {host}{path}", headers["cache-control"], f"max-age={int(days) * 3600}")
    for path, allowed in re.findall(r'\broute "([^"]+)"[^\n]*\ballow-from ([^\n}]*)', text):
        require(CLIENTS in allowed, f"no client of the trials may ask {host}{path}")
        for asking in (path, path.rstrip("/") + "/probe"):
            same(f"status of {host}{asking}", asked(site, host, asking)[0], 200)
            same(f"status of {host}{asking} from elsewhere", asked(site, host, asking, client="198.51.100.1")[0], 403)


def pieces(site, host, text, streams):
    """Where replies are passed on as they come, the first piece is there before the last is made; elsewhere it is not."""
    for path in re.findall(r'\broute "([^"]+)"[^\n]* stream=#true' if streams else r'\broute "([^"]+)"[^\n]* cache=', text):
        for seconds in (2, 4, 8) if streams else (2,):  # a busy machine may not be fast enough at once
            start, came = time.monotonic(), b""
            with connected(site, host) as stream:
                stream.sendall(f"GET {path.rstrip('/')}/drip/{seconds} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                while b"first" not in came:
                    came += stream.recv(4096) or b"first"
                first = time.monotonic() - start
                while piece := stream.recv(4096):
                    came += piece
            require(b"last" in came, came)
            if not streams or first < seconds / 2:
                break
        require(first < seconds / 2 if streams else first > 1.5, f"the first of two pieces of {host}{path}, {seconds} s apart, came after {first:.1f} s")


def connected(site, host):
    plain = socket.create_connection(("198.51.100.1", 443 if site.secure else 80), 30, (next(site.clients), 0))
    return ssl._create_unverified_context().wrap_socket(plain, server_hostname=host) if site.secure else plain


def spread(site, backends):
    """Where several answer one route, each gets its part of the requests; a spare gets some when the others are away."""
    for name, text in sites(site.edge.tree.description):
        host = name if "." in name else f"{name}.{site.domain}"
        for service, said, block in re.findall(r'\broute "/" to="([^"]+)"([^\n]*)\{\n((?: *also .*\n)+)', text):
            weight = lambda words: int((re.findall(r"weight=(\d+)", words) or [1])[0])
            also = re.findall(r'also "([^"]+)"(.*)', block)
            parts = {service: weight(said)} | {one: weight(words) for one, words in also if "spare" not in words}
            parts = {one: part * len(backends[one].running) for one, part in parts.items()}
            answers = lambda number: collections.Counter(
                json.loads(asked(site, host, "/probe")[2])["name"].split("/")[0] for _ in range(number))
            rounds = 4
            same(f"who answers {host}", dict(answers(rounds * sum(parts.values()))), {one: rounds * part for one, part in parts.items()})
            for one in parts:
                backends[one].stop()
            spares = {one for one, words in also if "spare" in words}
            eventually(f"a spare answers {host}", lambda: asked(site, host, "/probe")[0] == 200 and set(answers(3)) <= spares, 90)
            for one in parts:
                backends[one].replace()
            eventually(f"the others answer {host} again", lambda: set(answers(sum(parts.values()))) == set(parts), 180, 0.5)
