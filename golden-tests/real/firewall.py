#!/usr/bin/python3
"""The firewall, applied to a server with the whole project on it, and tried with packets from outside and inside."""

import re
import socket
import subprocess
import threading
import time

from containers import running
from trial import eventually, main, require, run, same

SERVER, OUTSIDE, INSIDE = "192.0.2.1", "203.0.113.9", "10.20.30.40"
UNEXPECTED = 8088  # a port that somebody publishes by hand


def check(tree):
    network()
    with running(tree) as project:
        run("docker", "run", "-d", "--rm", "-p", f"{UNEXPECTED}:80", "standin/app", "--port", "80")
        eventually("without a firewall the port is open", lambda: reaches(OUTSIDE, SERVER, UNEXPECTED), 10)
        with Ssh() as ssh:
            apply(tree)
            first = rules()
            apply(tree)
            same("rules after a second run", rules(), first)
            packets(tree, project)
            run("ufw", "reload")
            packets(tree, project)
        ssh.never_cut()


def network():
    """A peer that is the rest of the world: the default route leads there, and it answers for every address."""
    run("ip", "netns", "add", "world")
    run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", "world")
    run("ip", "address", "add", f"{SERVER}/24", "dev", "eth0")
    run("ip", "link", "set", "eth0", "up")
    run("ip", "-n", "world", "link", "set", "lo", "up")
    for address in ("192.0.2.2/24", f"{OUTSIDE}/32", f"{INSIDE}/32"):
        run("ip", "-n", "world", "address", "add", address, "dev", "eth0")
    run("ip", "-n", "world", "link", "set", "eth0", "up")
    run("ip", "-n", "world", "route", "add", "default", "via", SERVER)
    run("ip", "route", "add", "default", "via", "192.0.2.2")


def reaches(source, address, port, seconds=1):
    """Whether a TCP connection from the world comes about."""
    code = f"import socket; socket.create_connection(({address!r}, {port}), {seconds}, ({source!r}, 0))"
    return subprocess.run(["ip", "netns", "exec", "world", "/usr/bin/python3", "-c", code], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


class Ssh:
    """Something on the ssh port, an operator who is connected to it, and others who connect again and again."""

    def __enter__(self):
        self.server = socket.create_server(("0.0.0.0", 22))
        self.accepted, self.refused, self.running = [], 0, True
        threading.Thread(target=self.serve, daemon=True).start()
        client = ("import socket, sys\ns = socket.create_connection(('%s', 22), 3, ('%s', 0))\n"
                  "for line in sys.stdin: s.sendall(line.encode()); s.settimeout(3); print(s.recv(9).decode(), end='', flush=True)"
                  % (SERVER, OUTSIDE))
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
            self.refused += not reaches(OUTSIDE, SERVER, 22, 3)
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
    return any(where == "Anywhere" or source == INSIDE and where.startswith("10.") for where in sources)


def packets(tree, project):
    published = {int(port["published"]): port for service in tree.services.values() for port in service.get("ports", [])}
    listening = {int(line.split()[3].rsplit(":", 1)[1]) for line in run("ss", "-Hltn").splitlines()}
    for port in sorted(set(published) | {UNEXPECTED, 22}):
        local = published.get(port, {}).get("host_ip") == "127.0.0.1"
        for source in (OUTSIDE, INSIDE):
            expected = port in listening and not local and allowed(source, port)
            same(f"{source} reaches port {port}", reaches(source, SERVER, port), expected)
        require(port in (22, 80, 443) or not reaches(OUTSIDE, SERVER, port), f"everybody reaches port {port}")
    for port in (22, 80, 443):
        require(port not in listening or reaches(OUTSIDE, SERVER, port), f"nobody reaches port {port}")
    # Who knows the addresses of containers may send packets there directly.
    for name, service in tree.services.items():
        for port in {int(str(port).split("/")[0]) for port in service.get("expose", [])}:
            for address in project.addresses(name)[:1]:
                require(not reaches(OUTSIDE, address, port), f"the container {name} is reached at {address}:{port}")
    outgoing(project)


def outgoing(project):
    """Containers still reach the world."""
    world = subprocess.Popen(["ip", "netns", "exec", "world", "/usr/bin/python3", "-m", "http.server", "7000"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    container = next(c for c in project.containers() if c["Config"]["Image"].startswith("prom/"))
    try:
        eventually(f"{container['Name']} reaches the world", lambda: run(
            "docker", "exec", container["Id"], "wget", "-qO-", "-T", "3", f"http://{OUTSIDE}:7000/"), 15)
    finally:
        world.kill()


main(check)
