#!/usr/bin/python3
"""What somebody from outside may try at the tree's nginx: secrets that end in logs, closed paths in disguise, claims."""

import json
import pathlib
import re
import socket
import ssl
import subprocess
import time

import proxy
from edge import Edge
from nameserver import NameServer
from trial import eventually, main, require, run, same

SECRET = "S3cr3tV4lue"
# Requests that carry a secret, each in another way. None may reach a log.
LEAKS = [
    f"?token={SECRET}", f"?TOKEN={SECRET}", f"?access_token={SECRET}", f"?password={SECRET}", f"?secret={SECRET}",
    f"?key={SECRET}", f"?api_key={SECRET}", f"?apiKey={SECRET}", f"?code={SECRET}", f"?signature={SECRET}",
    f"?X-Amz-Signature={SECRET}", f"?id_token={SECRET}", f"?sessionid={SECRET}", f"?jwt={SECRET}",
    f"?a=1&token={SECRET}", f"?token={SECRET}&a=1", f"?a=1&token={SECRET}&b=2", f"?token=x&token={SECRET}",
    "?" + "&".join([f"token={SECRET}"] * 3), "?" + "&".join([f"token={SECRET}"] * 4),
    "?" + "&".join([f"token={SECRET}"] * 5), "?" + "&".join([f"password={SECRET}{n}" for n in range(40)]),
    f"?%74oken={SECRET}", f"?t%6fken={SECRET}", f"?to%6Be%6E={SECRET}", f"?%74%6f%6b%65%6e={SECRET}",
    f"?token%3D{SECRET}", f"?token%3d{SECRET}&a=1", f"?a=1&amp;token={SECRET}", f"?a=1;token={SECRET}", f"?&&token={SECRET}",
    f"?user[password]={SECRET}", f"?user%5Bpassword%5D={SECRET}", f"?user%5bapi_key%5d={SECRET}", f"?token[]={SECRET}",
    f"?token=***{SECRET}", f"?token=***&token={SECRET}", f"?token=***={SECRET}", f"?token==={SECRET}", f"?token=%00{SECRET}",
    f"?next=/cb?token={SECRET}", f"?next=%2Fcb%3Ftoken%3D{SECRET}", f"?next=%252Fcb%253Ftoken%253D{SECRET}",
    f"?next=https://x.test/%3Fcode%3D{SECRET}", f"?q={{%22token%22:%22{SECRET}%22}}", f'?q={{"password":"{SECRET}"}}',
    f"?q=%7B%22token%22%3A%22{SECRET}%22%7D", f"?token=a+{SECRET}", f"?token=a%26{SECRET}", f"?token=a%20{SECRET}",
    f"?Authorization=Bearer%20{SECRET}", f"?auth={SECRET}", f"?state={SECRET}", f"?reset_password_token={SECRET}",
    f"?x={'a' * 20}{SECRET}{'b' * 20}", f"?x=eyJhbGciOiJIUzI1NiJ9.{SECRET}", f"?eyJhbGciOiJIUzI1NiJ9.{SECRET}", f"?{SECRET}{'a' * 30}",
    f"?{'a=1&' * 600}token={SECRET}", f"?{'token' * 300}={SECRET}", f"?{'t' * 3000}oken={SECRET}", f"?token={'x' * 3000}{SECRET}",
    f"?{'%' * 500}token={SECRET}", f"?비밀번호={SECRET}", f"?%EB%B9%84%EB%B0%80%EB%B2%88%ED%98%B8={SECRET}", f"?pass%77ord={SECRET}",
    f"/x%3Ftoken={SECRET}", f"/x%3ftoken%3D{SECRET}", f"/x;token={SECRET}", f"/x%3Btoken={SECRET}", f"/x&token={SECRET}",
    f"/x%26token={SECRET}", f"/x%253Ftoken={SECRET}", f"/x%23access_token={SECRET}", f"/x;jsessionid={SECRET}?a=1",
]
# Requests without a secret, and what the log says of their query: masking may not cost what operators need.
SHOWN = {
    "?page=2&sort=name&q=hello+world": "page=2&sort=name&q=hello+world",
    "?q=%EC%95%88%EB%85%95&lang=ko": "q=%EC%95%88%EB%85%95&lang=ko",
    "?from=2026-01-01T10:00:00Z&limit=50": "from=2026-01-01T10:00:00Z&limit=50",
    "?id=7f3b1c9e-2d4a-4c5b-9e8f-0a1b2c3d4e5f": "id=7f3b1c9e-2d4a-4c5b-9e8f-0a1b2c3d4e5f",
    "?filter[name]=kim&filter%5Bage%5D=7": "filter[name]=kim&filter%5Bage%5D=7",
    "?author=kim&keyword=a&mode=b&keys=c": "author=kim&keyword=a&mode=b&keys=c",
    "?refresh": "refresh", "?a=&b": "a=&b", "?": "", "": "",
    f"?page=2&token={SECRET}&last=1": "page=2&token=***&last=1",
    f"?code={SECRET}&state={SECRET}&x=1&key={SECRET}&id_token={SECRET}": "code=***&state=***&x=1&key=***&id_token=***",
}
REFERERS = [
    f"https://a.test/p?token={SECRET}", f"https://a.test/p#access_token={SECRET}", f"https://user:{SECRET}@a.test/p",
    f"https://a.test/p;sid={SECRET}", f"https://a.test/p%3Ftoken={SECRET}", f"https://a.test?token={SECRET}",
    f"android-app://x/?token={SECRET}", f"?token={SECRET}", SECRET, f"https://{SECRET}:x@a.test", f"https://a.test\\@{SECRET}",
]


def check(tree):
    edge = Edge(tree)
    proxy.network()
    names = NameServer({}).names  # no service resolves yet
    with open("/run/nginx.out", "w", encoding="utf-8") as output:
        edge.start(output)
    site = proxy.Site(edge)
    same("status while no service resolves", site.get("/")[0], 502)
    health = re.search(r"http://127\.0\.0\.1:\d+\S*healthz", json.dumps(tree.services[edge.service]["healthcheck"]))[0].rstrip('"]')
    same("nginx's own health, which asks no service", run("curl", "-sf", health), "ok\n")
    backends = proxy.backends_of(tree, names, edge)
    for backend in backends.values():
        backend.replace()
    paths = sorted({path for path in proxy.locations(edge, "proxy_pass") if path.endswith("/")}, key=lambda p: (bool(tree.cut_off(p)), p))
    for path in paths:
        eventually(f"{path} is served as soon as its service resolves", lambda p=path: site.get(p + "probe")[0] == 200, 120)
    if tree.has("closed paths"):
        private(site)
    names_of_others(site)
    claims(site, paths[0])
    upgrades(site, paths[0])
    shown(site, paths[0])
    hidden(site, paths)
    repeated(site, backends, paths[0])


def log():
    return pathlib.Path("/run/nginx.out").read_text(errors="replace")


def lines(path):
    found = [json.loads(line) for line in log().splitlines() if line.startswith("{")]
    return [line for line in found if line["path"] == path]


def shown(site, prefix):
    for number, (query, expected) in enumerate(SHOWN.items()):
        path = f"{prefix}shown-{number}"
        same(f"status of {path}{query}", site.get(path + query)[0], 200)
        found = eventually(f"{path} in the access log", lambda p=path: lines(p), 60)
        same(f"query in the log for {query}", found[0]["query"], expected)


def hidden(site, paths):
    """Answers of every kind: by a service, by nginx, none at all."""
    for prefix in [*paths, "/metrics/", "/.well-known/acme-challenge/"]:
        for leak in LEAKS:
            site.get(prefix.rstrip("/") + leak if leak.startswith("/") else prefix + leak)
    for referer in REFERERS:
        site.get(paths[0] + "referred", "-H", f"Referer: {referer}")
    site.curl("-o", "/dev/null", f"http://{site.domain}/{LEAKS[0]}")  # on its way to https
    for text in (f"GET http://user:{SECRET}@{site.domain}/?token={SECRET} HTTP/1.1", f"GET /?token={SECRET}",
                 f"GET /\x01?token={SECRET} HTTP/1.1", f"BREW /?token={SECRET} HTTP/1.1", f"GET ?token={SECRET} HTTP/1.1",
                 f"GET /{'x' * 40000}?token={SECRET} HTTP/1.1"):
        raw(site, f"{text}\r\nHost: {site.domain}\r\nConnection: close\r\n\r\n")
    # What goes wrong is what an error log would quote.
    client = next(site.clients)
    site.curl("-Z", "--parallel-max", "50", "-o", "/dev/null", f"{site.base}{paths[0]}?token={SECRET}&n=[1-900]", client=client)
    limit = proxy.bytes_of(re.search(r"client_max_body_size\s+(\d+)([kmg]?);", site.edge.config))
    same("status of a body that is too large", proxy.posted(site, f"{paths[0]}?token={SECRET}", limit + 1), 413)
    time.sleep(0.5)
    leaking = [line for line in log().splitlines() if SECRET in line]
    require(not leaking, f"{len(leaking)} lines of the log show a secret: " + "\n".join(leaking[:5])[:3000])
    same("lines of a referred request", len(lines(paths[0] + "referred")), len(REFERERS))
    require(any(line["referer"] == "https://a.test/p" for line in lines(paths[0] + "referred")), "no referer is left")


def raw(site, text):
    """The answer to what no client library would send."""
    with socket.create_connection((proxy.SERVER, 443 if site.secure else 80), 10, (next(site.clients), 0)) as plain:
        stream = plain
        if site.secure:
            stream = ssl._create_unverified_context().wrap_socket(plain, server_hostname=site.domain)
        stream.settimeout(30)
        answer = b""
        try:
            stream.sendall(text.encode())
            while part := stream.recv(65536):
                answer += part
        except OSError:
            pass  # refused, or nothing more to say
        return answer.decode(errors="replace")


def private(site):
    """Closed paths answer 404 in every disguise that a service could see through; what only resembles them is served."""
    closed = re.findall(r"location ~\* \^(\S+)\(\?!\[\\w-\]\) \{", site.edge.config)
    require("/metrics" in closed, f"closed are {closed}")
    for path in closed:
        first, rest = path[1], path[2:]
        disguises = [
            path, path + "/", path + "?x=1", path + "/x", "/" + path, "//" + path + "//", path + "/.", path + "/./", "/." + path,
            f"/x/..{path}", f"/x/%2e%2e{path}", f"/%2e{path}", f"/%2F{path}", f"/x%2F..%2F{path[1:]}", f"/{path[1:]}%2F", f"/%{ord(first):02x}{rest}",
            f"/%{ord(first):02X}{rest}", "/" + "".join(f"%{ord(c):02x}" for c in path[1:]), path.upper(), path.title(), path + "%0a", path + "%0d%0a",
            path + "%20", path + "%09", path + ";x=1", path + "%3b", path + "%3f", path + "%23", path + ".json", path + ".", path + "%5c",
            path + "&x", path + "%c2%a0", path + "\\", path + "%ff", path + "%2e",
        ]
        for disguise in disguises:
            status, _, body = site.get(disguise)
            same(f"status of {disguise}", status, 404)
            require("http_requests_total" not in body, f"{disguise} shows metrics")
        same(f"status of {path}%00", site.get(path + "%00")[0], 400)
        same(f"status of {path}x", site.get(path + "x")[0], 200)
    health = {"/" + "/".join(path.split("/")[1:-1]) for path in closed if path.count("/") > 1}
    for path in health:
        same(f"status of {path}, which is no secret", site.get(path)[0], 200)


def names_of_others(site):
    """Who comes under another name learns nothing, over http and by the name in TLS; unless the system has no name."""
    if "return 444;" not in site.edge.config:
        for name in ("elsewhere.test", proxy.SERVER):
            address = f"{'https' if site.secure else 'http'}://{name}/"
            same(f"status of {address}", site.curl("-o", "/dev/null", "-w", "%{http_code}", "--connect-to", f"::{proxy.SERVER}:", address), "200")
        return
    for scheme in ("http", "https") if site.secure else ("http",):
        for name in ("elsewhere.test", proxy.SERVER):
            done = subprocess.run(["curl", "-sSk", "-m", "5", "--connect-to", f"::{proxy.SERVER}:", f"{scheme}://{name}/"],
                                  capture_output=True, text=True, check=False)
            require(done.returncode and not done.stdout, f"{scheme}://{name} answers: {done.stdout[:200]}")
    answer = raw(site, f"GET / HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n")
    require(not answer or " 421 " in answer, f"another Host is served: {answer[:200]}")


def claims(site, prefix):
    """What a client says about itself does not reach a service; its own headers do."""
    client = next(site.clients)
    forged = {"X-Forwarded-For": "1.2.3.4", "X-Real-IP": "1.2.3.4", "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.test",
              "X-Forwarded-Prefix": "/evil", "Forwarded": "for=1.2.3.4", "Proxy": "http://evil.test", "X-Request-ID": "evil", "X_Real_IP": "1.2.3.4"}
    words = [word for name, value in forged.items() for word in ("-H", f"{name}: {value}")]
    _, _, body = site.get(prefix + "claims", "-H", "X-Mine: kept", *words, client=client)
    seen = {name.lower(): value for name, value in json.loads(body)["headers"].items()}
    same("X-Forwarded-For", seen["x-forwarded-for"], client)
    same("X-Real-IP", seen["x-real-ip"], client)
    same("X-Forwarded-Host", seen["x-forwarded-host"], site.domain)
    same("a header of its own", seen.get("x-mine"), "kept")
    require(re.fullmatch(r"[0-9a-f]{32}", seen["x-request-id"]), f"X-Request-ID is {seen['x-request-id']}")
    for value in ("1.2.3.4", "evil", "gopher"):
        require(value not in body, f"a forged header reaches the service: {body}")
    require(not {"forwarded", "proxy", "x-forwarded-prefix", "connection"} & set(seen), f"headers at the service: {sorted(seen)}")


def upgrades(site, prefix):
    """An upgrade to cleartext HTTP/2 would be a way around every location."""
    for path in {prefix + "h2c", *proxy.locations(site.edge, "$http_upgrade")}:
        answer = raw(site, f"GET {path} HTTP/1.1\r\nHost: {site.domain}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n"
                           "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
        require(answer.startswith("HTTP/1.1 200"), f"h2c on {path}: {answer[:200]}")
        seen = {name.lower() for name in json.loads(answer[answer.index("\r\n\r\n{"):])["headers"]}
        require("http2-settings" not in seen or "connection" not in seen, f"h2c on {path} reaches the service: {seen}")


def repeated(site, backends, prefix):
    """A request that may have had its effect is not sent a second time."""
    service = site.served_by(prefix + "probe").split("/")[0]
    backend = backends[service]
    dying = "/run/dying.py"
    pathlib.Path(dying).write_text(
        "import socket, sys\nserver = socket.create_server((sys.argv[1], int(sys.argv[2])))\n"
        "while True:\n    connection, _ = server.accept()\n    text = connection.recv(65536)\n"
        "    open('/run/received', 'ab').write(text.split(b' ')[0] + b'\\n')\n    connection.close()\n")
    addresses, processes = backend.give_way("/usr/bin/python3", dying)
    time.sleep(6)  # each worker may remember the old ones for five seconds
    eventually("nginx asks the new ones", lambda: site.get(prefix + "gone")[0] == 502, 60, 0.5)
    for method, times in (("POST", 1), ("PATCH", 1), ("GET", min(2, len(addresses)))):
        pathlib.Path("/run/received").write_bytes(b"")
        same(f"status of {method}", site.get(prefix + "gone", "-X", method)[0], 502)
        received = pathlib.Path("/run/received").read_text().split()
        require(len(received) == 1 if times == 1 else len(received) >= times, f"one {method} was sent {len(received)} times")
    for process in processes:
        process.kill()


if __name__ == "__main__":
    main(check)
