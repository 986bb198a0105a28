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
UNEXPECTED = 8088  # a port that somebody publishes by hand


def check(tree):
    network()
    with running(tree) as project:
        run("docker", "run", "-d", "--rm", "-p", f"{UNEXPECTED}:80", "standin/app", "--port", "80")
        eventually("without a firewall the port is open", lambda: reaches(OUTSIDE, SERVER, UNEXPECTED), 10)
        with Ssh(tree) as ssh:
            apply(tree)
            first = rules()
            apply(tree)
            same("rules after a second run", rules(), first)
            packets(tree, project, ssh)
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


def peer(address):
    """Another machine: an address of the world."""
    run("ip", "-n", "world", "address", "replace", f"{address}/32", "dev", "eth0")


def reaches(source, address, port, seconds=1):
    """Whether a TCP connection from the world comes about."""
    code = f"import socket; socket.create_connection(({address!r}, {port}), {seconds}, ({source!r}, 0))"
    return subprocess.run(["ip", "netns", "exec", "world", "/usr/bin/python3", "-c", code], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def within(address, networks):
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in networks)


def arrives(port):
    """Whether a connection comes about from this machine itself."""
    try:
        socket.create_connection(("127.0.0.1", port), 3).close()
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
        client = ("import socket, sys\ns = socket.create_connection(('%s', %s), 3, ('%s', 0))\n"
                  "for line in sys.stdin: s.sendall(line.encode()); s.settimeout(3); print(s.recv(9).decode(), end='', flush=True)"
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
            self.refused += not (arrives(self.port) if self.tunnel else reaches(self.operator, SERVER, self.port, 3))
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
    """What ufw says may come in: (port, source) pairs, for the host and for containers."""
    found = []
    for line in run("ufw", "status").splitlines():
        match = re.match(r"(?:\S+ )?(\d+)(?:/tcp)?\s+(?:ALLOW|LIMIT)(?: IN| FWD)?\s+(\S+)", line)
        if match:
            found.append((int(match[1]), match[2]))
    return found


def allowed(source, port):
    sources = [where for opened, where in openings() if opened == port]
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
            same(f"{source} reaches port {port}", reaches(source, SERVER, port), expected)
        require(port in (80, 443) or not reaches(OUTSIDE, SERVER, port), f"everybody reaches port {port}")
    for port in (80, 443):
        require(port not in listening or reaches(OUTSIDE, SERVER, port), f"nobody reaches port {port}")
    for source in (OUTSIDE, INSIDE):
        same(f"{source} reaches ssh", reaches(source, SERVER, ssh.port), ssh.lets(source))
    opened(tree)
    # Who knows the addresses of containers may send packets there directly.
    inner = {(name, port) for name in tree.services for port in spoken(tree, name) for _ in project.addresses(name)[:1]}
    require(inner or not tree.of("nginx", "prometheus"), "no service speaks to another")
    for name, port in sorted(inner):
        address = project.addresses(name)[0]
        require(answers(address, port), f"{name} does not listen at {address}:{port}")
        require(not reaches(OUTSIDE, address, port), f"the container {name} is reached at {address}:{port}")
    if tree.of("nginx"):
        outgoing(tree, project)


def opened(tree):
    """What else the description opens is open for whom it says, with the protocol that it says."""
    for port, words in re.findall(r"^ *open (\d+)(.*)", tree.description, re.M):
        networks = re.findall(r'"([\d.]+/\d+)"', words) or ["0.0.0.0/0"]
        here = re.search(r' on="([^"]+)"', words)
        if here and here[1] != tree.source.name:
            networks = []
        for protocol, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
            with socket.socket(socket.AF_INET, kind) as server:
                server.bind(("0.0.0.0", int(port)))
                if protocol == "tcp":
                    server.listen()
                server.settimeout(1)
                for source in (OUTSIDE, INSIDE, BRANCH):
                    wanted = (f'protocol="{protocol}"' in words or protocol == "tcp" and "protocol=" not in words) and within(source, networks)
                    seen = reaches(source, SERVER, port) if protocol == "tcp" else told(source, server, port)
                    same(f"{source} reaches port {port} by {protocol}", seen, wanted)


def told(source, server, port):
    """Whether a datagram from the world arrives."""
    code = (f"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(({source!r}, 0)); "
            f"s.sendto(b'x', ({SERVER!r}, {port}))")
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
    """Containers still reach the world."""
    world = subprocess.Popen(["ip", "netns", "exec", "world", "/usr/bin/python3", "-m", "http.server", "7000"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    container = project.containers(tree.one("nginx"))[0]
    try:
        eventually(f"{container['Name']} reaches the world", lambda: run(
            "docker", "exec", container["Id"], "curl", "-sf", "--max-time", "3", f"http://{OUTSIDE}:7000/"), 15)
    finally:
        world.kill()


main(check)
