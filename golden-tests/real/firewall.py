#!/usr/bin/python3
"""The firewall, applied to a server with the whole project on it, and tried with packets from outside and inside."""

import contextlib
import ipaddress
import json
import re
import socket
import subprocess
import threading
import time

from containers import running
from trial import eventually, main, require, run, same

SERVER, OUTSIDE, INSIDE, BRANCH = "192.0.2.1", "203.0.113.9", "10.20.30.40", "10.1.2.3"
# A second interface of the server, lan0, with the world behind it as well; and dmz0, behind which another machine is.
LAN, NEIGHBOUR, BEYOND = "192.0.3.1", "192.0.3.2", "10.3.0.2"
UNEXPECTED = 8088  # a port that somebody publishes by hand


def check(tree):
    network()
    with running(tree) as project:
        run("docker", "run", "-d", "--rm", "-p", f"{UNEXPECTED}:80", "standin/app", "--port", "80")
        eventually("without a firewall the port is open", lambda: reaches(OUTSIDE, SERVER, UNEXPECTED), 60)
        with Ssh(tree) as ssh:
            apply(tree)
            first = rules()
            apply(tree)
            same("rules after a second run", rules(), first)
            guide(tree)
            packets(tree, project, ssh)
            opened(tree)
            forwarded(tree)
            limited(tree)
            run("ufw", "reload")
            packets(tree, project, ssh)
        ssh.never_cut()


def network():
    """A peer that is the rest of the world: the default route leads there, and it answers for every address."""
    run("ip", "netns", "add", "world")
    run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", "world")
    run("ip", "address", "add", f"{SERVER}/24", "dev", "eth0")
    run("ip", "link", "set", "eth0", "up")
    run("ip", "-n", "world", "link", "set", "lo", "up")
    for address in ("192.0.2.2/24", f"{OUTSIDE}/32", f"{INSIDE}/32", f"{BRANCH}/32"):
        run("ip", "-n", "world", "address", "add", address, "dev", "eth0")
    run("ip", "-n", "world", "link", "set", "eth0", "up")
    run("ip", "-n", "world", "route", "add", "default", "via", SERVER)
    run("ip", "route", "add", "default", "via", "192.0.2.2")
    run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan0", "netns", "world")
    run("ip", "address", "add", f"{LAN}/24", "dev", "lan0")
    run("ip", "-n", "world", "address", "add", f"{NEIGHBOUR}/24", "dev", "lan0")
    run("ip", "netns", "add", "beyond")
    run("ip", "link", "add", "dmz0", "type", "veth", "peer", "name", "eth0", "netns", "beyond")
    run("ip", "address", "add", "10.3.0.1/24", "dev", "dmz0")
    run("ip", "-n", "beyond", "address", "add", f"{BEYOND}/24", "dev", "eth0")
    for space, name in ((None, "lan0"), ("world", "lan0"), (None, "dmz0"), ("beyond", "eth0")):
        run("ip", *(["-n", space] if space else []), "link", "set", name, "up")
    run("ip", "-n", "beyond", "route", "add", "default", "via", "10.3.0.1")


def peer(address):
    """Another machine: an address of the world."""
    run("ip", "-n", "world", "address", "replace", f"{address}/32", "dev", "eth0")


def reaches(source, address, port, expected=False):
    """Whether a TCP connection from the world comes about. One that is expected has time, however busy this machine is."""
    seconds = 10 if expected else 1
    code = f"import socket; socket.create_connection(({address!r}, {port}), {seconds}, ({source!r}, 0))"
    return subprocess.run(["ip", "netns", "exec", "world", "/usr/bin/python3", "-c", code], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def within(address, networks):
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in networks)


def arrives(port):
    """Whether a connection comes about from this machine itself."""
    try:
        socket.create_connection(("127.0.0.1", port), 10).close()
        return True
    except OSError:
        return False


class Ssh:
    """Something on the ssh port, an operator who is connected to it, and others who connect again and again."""

    def __init__(self, tree):
        # Of several hosts, what is stated of this one.
        _, _, here = tree.description.partition(f'host "{tree.source.name}"')
        stated = re.search(r"(?:^|\{) *ssh( [^\n{}]*)?(\{[^}]*\})?", here or tree.description, re.M)
        words = stated[0] if stated else ""
        port = re.search(r" port=(\d+)", words)
        self.port = int(port[1]) if port else 22
        self.tunnel = "tunnel=#true" in words
        sources = re.search(r"from[ =](.*)", words)
        self.sources = re.findall(r'"([^"]+)"', sources[1]) if sources else ["0.0.0.0/0"]
        # Who may come: the operator is one of them. What comes out of a tunnel comes from this machine.
        self.operator = next((one for one in (OUTSIDE, INSIDE) if within(one, self.sources)), None)
        if not self.operator:
            self.operator = str(ipaddress.ip_network(self.sources[0])[99])
            peer(self.operator)

    def lets(self, source):
        return not self.tunnel and within(source, self.sources)

    def __enter__(self):
        self.server = socket.create_server(("0.0.0.0", self.port))
        self.accepted, self.refused, self.running = [], 0, True
        threading.Thread(target=self.serve, daemon=True).start()
        client = ("import socket, sys\ns = socket.create_connection(('%s', %s), 30, ('%s', 0))\n"
                  "for line in sys.stdin: s.sendall(line.encode()); s.settimeout(30); print(s.recv(9).decode(), end='', flush=True)"
                  % (SERVER, self.port, self.operator))
        self.session = subprocess.Popen(["ip", "netns", "exec", "world", "/usr/bin/python3", "-c", client], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.type()
        self.knocking = threading.Thread(target=self.knock)
        self.knocking.start()
        return self

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            self.accepted.append(connection)
            threading.Thread(target=self.echo, args=[connection], daemon=True).start()

    @staticmethod
    def echo(connection):
        while data := connection.recv(100):
            connection.sendall(data)

    def type(self):
        self.session.stdin.write("ls\n")
        self.session.stdin.flush()
        same("echo of the ssh session", self.session.stdout.readline(), "ls\n")

    def knock(self):
        while self.running:
            # A limit on new connections is fine, a closed port is not: one attempt in six seconds stays below any.
            self.refused += not (arrives(self.port) if self.tunnel else reaches(self.operator, SERVER, self.port, True))
            time.sleep(6)

    def __exit__(self, *_):
        self.running = False
        self.knocking.join()

    def never_cut(self):
        self.type()
        self.session.kill()
        same("ssh connections that failed meanwhile", self.refused, 0)


def apply(tree):
    output = run(tree.home / "ufw/apply.sh", cwd="/")
    require(not re.search(r"ERROR|WARN|problem|Could not", output), output)
    require("Status: active" in run("ufw", "status"), "ufw is not active")


def rules():
    """What the kernel filters by, without counters."""
    return re.sub(r"\[\d+:\d+\]|^#.*\n", "", run("iptables-save", "-t", "filter"), flags=re.M)


def openings():
    """What ufw says may come in: (ports, source) pairs, for the host and for containers."""
    found = []
    for line in run("ufw", "status").splitlines():
        match = re.match(r"(?:\S+ )?(\d+)(?::(\d+))?(?:/tcp)?\s+(?:ALLOW|LIMIT)(?: IN)?\s+(\S+)", line)
        if match:
            found.append((range(int(match[1]), int(match[2] or match[1]) + 1), match[3]))
    return found


def allowed(source, port):
    sources = [where for opened, where in openings() if port in opened]
    return any(where == "Anywhere" or within(source, [where]) for where in sources)


def packets(tree, project, ssh):
    published = {int(port["published"]): port for service in tree.services.values() for port in service.get("ports", [])}
    listening = {int(line.split()[3].rsplit(":", 1)[1]) for line in run("ss", "-Hltn").splitlines()}
    # Other hosts of the system, each allowed by its address.
    others = {where for _, where in openings() if re.fullmatch(r"[\d.]+", where)}
    for other in others:
        peer(other)
    for port in sorted(set(published) | {UNEXPECTED}):
        local = published.get(port, {}).get("host_ip") == "127.0.0.1"
        for source in (OUTSIDE, INSIDE, *sorted(others)):
            expected = port in listening and not local and allowed(source, port)
            same(f"{source} reaches port {port}", reaches(source, SERVER, port, expected), expected)
        require(port in (80, 443) or not reaches(OUTSIDE, SERVER, port), f"everybody reaches port {port}")
    proxies = behind(tree)
    for port in (80, 443):
        if port in listening:
            same(f"everybody reaches port {port}", reaches(OUTSIDE, SERVER, port, not proxies), not proxies)
            for proxy in proxies:
                peer(proxy)
                require(reaches(proxy, SERVER, port, True), f"the proxy in front does not reach port {port}")
    for source in (OUTSIDE, INSIDE):
        same(f"{source} reaches ssh", reaches(source, SERVER, ssh.port, ssh.lets(source)), ssh.lets(source))
    refused(tree, listening)
    # Who knows the addresses of containers may send packets there directly.
    inner = {(name, port) for name in tree.services for port in spoken(tree, name) for _ in project.addresses(name)[:1]}
    require(inner or not tree.of("nginx", "prometheus"), "no service speaks to another")
    for name, port in sorted(inner):
        address = project.addresses(name)[0]
        require(answers(address, port), f"{name} does not listen at {address}:{port}")
        require(not reaches(OUTSIDE, address, port), f"the container {name} is reached at {address}:{port}")
    outgoing(tree, project)


def behind(tree):
    """An address of each network of the proxy in front, if nobody is to come past it."""
    stated = re.search(r"^ +behind (.*)", tree.description, re.M)
    if not stated or "direct=#true" in tree.description or re.search(r"^ +direct #true", tree.description, re.M):
        return []
    networks = [ipaddress.ip_network(text) for text in re.findall(r'"([^"]+)"', stated[1])]
    return [str(network[9]) for network in networks if network.version == 4]


def lines(tree, word, indent):
    """What the description says with a word, at this depth: its argument, and its properties with their values."""
    found = []
    for rest in re.findall(rf"^ {{{indent}}}{word} ([^{{}}\n]*)", tree.description, re.M):
        argument = re.match(r'"([^"]*)"|(\d\S*)', rest)
        properties = {name: text or bare for name, text, bare in re.findall(r'([a-z-]+)=(?:"([^"]*)"|(\S+))', rest)}
        here = properties.get("on", tree.source.name)
        if here == tree.source.name:
            found.append(((argument[1] or argument[2]) if argument else None, properties))
    return found


def doors(text, properties):
    """First and last port of each range that a line opens, with their protocols; names as ufw itself knows them."""
    if text is None:
        return []
    if not text[0].isdigit():
        text = "|".join(re.search(r"Ports?:\n((?:  .*\n?)+)", run("ufw", "app", "info", text))[1].split())
    found = []
    for group in text.split("|"):
        numbers, _, behind_it = group.partition("/")
        spoken = {"both": ["tcp", "udp"]}.get(properties.get("protocol"), [properties.get("protocol", "tcp")])
        for one in numbers.split(","):
            first, _, last = one.replace(":", "-").partition("-")
            found.append((int(first), int(last or first), [behind_it] if behind_it else spoken))
    return found


def opened(tree):
    """What else the description opens is open for whom it says, with the protocol that it says, and nothing beside it."""
    stated = lines(tree, "open", 4)
    denials = lines(tree, "deny", 8)
    ranges = [(first, last, spoken) for text, properties in stated for first, last, spoken in doors(text, properties)]
    for text, properties in stated:
        networks = [properties["from"]] if "from" in properties else ["0.0.0.0/0"]
        tried = [(OUTSIDE, SERVER, "eth0"), (INSIDE, SERVER, "eth0")]
        if "from" in properties:
            tried.append((BRANCH, SERVER, "eth0"))
        if "to" in properties or "interface" in properties:
            tried.append((NEIGHBOUR, LAN, "lan0"))
        for first, last, spoken in doors(text, properties):
            for port in {first, last} | ({last + 1} if last > first else set()):
                inside = any(one <= port <= two for one, two, _ in ranges)
                if port > last and inside:
                    continue
                for protocol, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
                    if inside and protocol not in spoken and any(one <= port <= two and protocol in more for one, two, more in ranges):
                        continue
                    with socket.socket(socket.AF_INET, kind) as server:
                        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        server.bind(("0.0.0.0", port))
                        if protocol == "tcp":
                            server.listen()
                        for source, at, by in tried:
                            wanted = (port <= last and protocol in spoken and within(source, networks)
                                      and properties.get("to", at) == at and properties.get("interface", by) == by
                                      and not any(denied(denial, source, port, protocol) for denial in denials))
                            server.settimeout(10 if wanted else 0.5)
                            seen = reaches(source, at, port, wanted) if protocol == "tcp" else told(source, server, port, at)
                            same(f"{source} reaches port {port} by {protocol} at {at}", seen, wanted)


def denied(denial, source, port, protocol):
    """Whether a `deny` of the description is about such a packet."""
    text, properties = denial
    about = text is None or any(first <= port <= last and protocol in spoken for first, last, spoken in doors(text, properties))
    return about and within(source, [properties.get("from", "0.0.0.0/0")]) and "to" not in properties and "interface" not in properties


def refused(tree, listening):
    """What is denied of a port that Docker publishes is denied, although others reach it."""
    for text, properties in lines(tree, "deny", 8):
        for port, _, _ in doors(text, properties):
            if port in listening and "from" in properties:
                source = str(ipaddress.ip_network(properties["from"])[2])
                peer(source)
                require(not reaches(source, SERVER, port), f"{source} reaches port {port}, which is denied")
                require(reaches(INSIDE, SERVER, port, True), f"{INSIDE} does not reach port {port}, which is denied to others only")


def forwarded(tree):
    """What is passed on reaches a machine behind another interface, and nothing else does."""
    stated = lines(tree, "forward", 8)
    for text, properties in stated:
        for port, last, _ in doors(text, properties):
            for tried in (port, last + 1):
                listener = subprocess.Popen(["ip", "netns", "exec", "beyond", "/usr/bin/python3", "-m", "http.server", str(tried)],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    ready = ["ip", "netns", "exec", "beyond", "ss", "-Hltn", f"sport = :{tried}"]
                    eventually("the machine beyond listens", lambda: run(*ready).strip(), 60)
                    for source in (INSIDE, OUTSIDE):
                        wanted = tried == port and within(source, [properties["from"]])
                        same(f"{source} reaches port {tried} beyond", reaches(source, BEYOND, tried, wanted), wanted)
                finally:
                    listener.kill()
                    listener.wait()


def limited(tree):
    """Whoever connects again and again is refused from the sixth time on; another one is not."""
    for text, properties in lines(tree, "open", 4):
        if properties.get("limit") != "#true":
            continue
        port = doors(text, properties)[0][0]
        at, first, other = (LAN, "192.0.3.101", "192.0.3.102") if properties.get("interface") == "lan0" else (SERVER, "10.20.30.41", "10.20.30.42")
        device = "lan0" if at == LAN else "eth0"
        with socket.create_server(("0.0.0.0", port), backlog=32):
            for address in (first, other):
                run("ip", "-n", "world", "address", "replace", f"{address}/{24 if at == LAN else 32}", "dev", device)
            same(f"connections of one address to port {port}", [reaches(first, at, port, n < 5) for n in range(8)], [True] * 5 + [False] * 3)
            require(reaches(other, at, port, True), f"{other} suffers for {first}")
        # What is remembered of them lasts longer than this trial.
        run("ip", "-n", "world", "address", "delete", f"{first}/{24 if at == LAN else 32}", "dev", device)


def guide(tree):
    """What the operations guide says is open is what ufw has, and the other way round."""
    anywhere, containers = ("everywhere", "모든 곳"), ("containers of this host", "이 서버의 컨테이너")
    told_of, made = set(), set()
    section = re.search(r"^## \d+\. (?:Security|보안)\n.*?(?=^## |\Z)", (tree.home / "runbook.md").read_text(), re.M | re.S)
    require(section, "the guide has no section on security")
    table = re.search(r"^\|[^\n]*\|\n\|---\|---\|---\|\n((?:\|.*\n)+)", section[0], re.M)
    for row in table[1].splitlines():
        ports, who = [cell.strip() for cell in row.split("|")[1:3]]
        who, _, limit = who.partition("; ")
        at = re.search(r", at ([\d.a-f:]+)|, ([\d.a-f:]+) 주소로", who)
        interface = re.search(r", by (\S+)|, (\S+) 인터페이스로", who)
        for part in (at, interface):
            who = who.replace(part[0], "") if part else who
        by = (interface[1] or interface[2]) if interface else "br-+" if who in containers else ""
        for network in who.split(", "):
            source = "any" if network in (*anywhere, *containers) else str(ipaddress.ip_network(network))
            told_of.add((ports, source, (at[1] or at[2]) if at else "any", by, bool(limit)))
    pattern = (r"^ufw (allow|limit) (?:in on (\S+) )?(?:from (\S+) )?(?:to (\S+) port (\S+) proto (\w+)|([\d:]+)/(\w+))"
               r" comment 'ondol:[^:']*'$")
    for verb, by, source, at, ports, protocol, plain, spoken in re.findall(pattern, run("ufw", "show", "added"), re.M):
        source = str(ipaddress.ip_network(source)) if source else "any"
        made.add((f"{(ports or plain).replace(':', '-')}/{protocol or spoken}", source, at or "any", by, verb == "limit"))
    same("openings in the guide and in ufw", sorted(told_of), sorted(made))


def told(source, server, port, at=SERVER):
    """Whether a datagram from the world arrives."""
    code = (f"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(({source!r}, 0)); "
            f"s.sendto(b'x', ({at!r}, {port}))")
    run("ip", "netns", "exec", "world", "/usr/bin/python3", "-c", code)
    try:
        return server.recvfrom(9)[1][0] == source
    except TimeoutError:
        return False


def spoken(tree, name):
    """The ports on which other services speak to it."""
    text = json.dumps(tree.compose) + "".join(path.read_text() for path in tree.files("nginx/**/*.conf") + tree.files("prometheus/*.yml"))
    return {int(port) for port in re.findall(rf'[\s/@"]{re.escape(name)}:(\d+)(?=[\s/";])', text)}


def answers(address, port):
    """Whether a TCP connection from the server itself comes about."""
    with contextlib.suppress(OSError), socket.create_connection((address, port), 2):
        return True
    return False


def outgoing(tree, project):
    """What the host and its containers reach in the world: all of it, or what is stated."""
    stated = re.search(r'^ +outgoing "deny" \{(.*?)\}', tree.description, re.M | re.S)
    ports = {int(first) for first in re.findall(r"\bopen (\d+)", stated[1])} if stated else {7000, 7001}
    tried = sorted({7000, 7001} | {port for port in ports if port > 1024})
    # Who answers by HTTP shows it; a deny holds for one of the addresses only.
    denied_to = re.findall(r'\bdeny (\d+) to="([^"]+)"', stated[1]) if stated else []
    world = [subprocess.Popen(["ip", "netns", "exec", "world", "/usr/bin/python3", "-m", "http.server", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for port in tried]
    ways = [("the host", [])]
    if tree.of("nginx"):
        container = project.containers(tree.one("nginx"))[0]
        ways.append((container["Name"], ["docker", "exec", container["Id"]]))
    try:
        for name, way in ways:
            for port in tried:
                for address in (OUTSIDE, BRANCH):
                    wanted = port in ports and (str(port), address) not in denied_to
                    ask = [*way, "curl", "-sf", "--max-time", "2", "--output", "/dev/null", f"http://{address}:{port}/"]
                    if wanted:
                        eventually(f"{name} reaches port {port} of {address}", lambda: run(*ask) == "", 60)
                    else:
                        answer = subprocess.run(ask, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                        require(answer.returncode, f"{name} reaches port {port} of {address}")
    finally:
        for server in world:
            server.kill()
            server.wait()


main(check)
