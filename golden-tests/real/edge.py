"""The tree's nginx on the sandbox's server, as its container would have it: files, user, certificate, names."""

import os
import pathlib
import re
import shutil
import subprocess

from trial import Failed, eventually, require, run

ADDRESS = re.compile(r"[\d.]+")
ROOTS = os.environ["ONDOL_TEST_CACHE"] + "/roots"


class Edge:
    """`service` is the name of the service that runs nginx; `config` all of its configuration as one text."""

    def __init__(self, tree):
        self.tree, self.service = tree, tree.one("nginx")
        version = re.search(r":(\d+)\.(\d+)", tree.services[self.service]["image"])
        old = version and (int(version[1]), int(version[2])) <= (1, 26)
        # A configuration for an old nginx has to work in a new one as well; not the other way round.
        self.programs = ["nginx-trixie", "nginx-sid"] if old else ["nginx-sid"]
        with open("/etc/passwd", "a", encoding="ascii") as users, open("/etc/group", "a", encoding="ascii") as groups:
            users.write("nginx:x:901:901::/nonexistent:/usr/sbin/nologin\n")
            groups.write("nginx:x:901:\n")
        for folder in ("/var/lib/nginx", "/var/log/nginx", "/var/cache/nginx", "/etc/nginx/conf.d"):
            os.makedirs(folder, exist_ok=True)
        shutil.copy(f"{ROOTS}/sid/etc/nginx/mime.types", "/etc/nginx/mime.types")
        for volume in tree.services[self.service].get("volumes", []):
            if volume["type"] == "volume":
                os.makedirs(volume["target"], exist_ok=True)
        tree.mounted(self.service, "/etc/nginx")
        with open("/etc/hosts", "a", encoding="ascii") as hosts:
            hosts.writelines(f"{address} {name}\n" for name, address in tree.hosts.items())
        environment = {**os.environ, **{k: v or "" for k, v in tree.services[self.service].get("environment", {}).items()}}
        for hook in self.hooks():
            run(hook, env=environment)
        text = subprocess.run(["nginx-sid", "-T"], capture_output=True, text=True, check=False).stdout
        whole = re.sub(r"^\s*#.*\n", "", text, flags=re.M)
        # The servers of other sites are tried by themselves; what is asked of the system's own is asked of its server.
        def mine(server):
            names = re.search(r"server_name ([a-z0-9][^;]*);", server[0])
            return not names or tree.domain in names[1].split()

        self.config = re.sub(r"^server \{\n(?:.*\n)*?\}\n", lambda server: server[0] if mine(server) else "", whole, flags=re.M)

    def hooks(self):
        """What the image runs before nginx."""
        mounts = self.tree.mounts(self.service).items()
        return [script for target, source in sorted(mounts) if target.startswith("/docker-entrypoint.d")
                for script in (sorted(source.glob("*.sh")) if source.is_dir() else [source])]

    def upstreams(self):
        """`name: port` of every server that requests are passed to."""
        found = re.findall(r"\bserver\s+([\w.-]+):(\d+)[ ;]", self.config)
        found += re.findall(r"(?:proxy_pass\s+http://|set \$\w+ \"?(?:http://)?)([\w.-]+):(\d+)", self.config)
        require(found, "nginx passes requests to nobody")
        return {name: int(port) for name, port in found if not ADDRESS.fullmatch(name)}

    def elsewhere(self):
        """`name: [(address, port)]` of services on other hosts."""
        found = {}
        for name, block in re.findall(r"\bupstream\s+([\w-]+?)(?:_least_conn|_ip_hash)?\s*\{([^}]*)\}", self.config):
            places = [(host, int(port)) for host, port in re.findall(r"\bserver\s+([\w.-]+):(\d+)[ ;]", block)]
            if places and all(ADDRESS.fullmatch(host) for host, _ in places):
                found[name] = places
        return found

    def start(self, output):
        server = subprocess.Popen([self.programs[0], "-g", "daemon off;"], stdout=output, stderr=output)
        eventually("nginx listens", lambda: self.listens(server), 90)
        return server

    def listens(self, server):
        if server.poll() is not None:
            raise Failed("nginx ended")
        ports = set(re.findall(r"^\s*listen (\d+)", self.config, re.M))
        heard = set(re.findall(r":(\d+) ", run("ss", "-Hltn")))
        return pathlib.Path("/run/nginx.pid").exists() and ports and ports <= heard
