"""A generated tree, put on the sandbox's server where it belongs, and the facts that can be read from it; of several hosts,
what they share."""

import functools
import json
import os
import pathlib
import re
import shlex
import shutil

import unit
import yaml
from trial import Failed, require, run


# What checks are about and not every tree has.
PROPERTIES = {
    "tls": lambda tree: "listen 443" in tree.nginx,
    "closed paths": lambda tree: re.search(r"location ~\* \^/", tree.nginx),
    "monitoring": lambda tree: tree.of("node-exporter"),
    "variables": lambda tree: tree.values,
    "backups": lambda tree: tree.files("scripts/backup-*.sh"),
}


SAMPLES = {"integer": "60", "number": "1.5", "port": "8080", "boolean": "true", "url": "https://example.test/path",
           "host": "host.example.test", "email": "ops@example.test", "duration": "15m"}


def sample(rules):
    """A value that the rules of a variable ask for; none when anything will do."""
    stated = [rule.split("=", 1) for rule in rules if "=" in rule]
    last = dict(stated)
    if "form" in last:
        return formed(re._parser.parse(last["form"]), int(rules[0]))
    return next((value for name, value in stated if name == "is"), None) or last.get("min") or SAMPLES.get(last.get("type"))


def formed(parts, least):
    """A text that a parsed expression matches, repetitions without an end as long as `least`."""
    text = ""
    for kind, what in parts:
        match str(kind):
            case "LITERAL":
                text += chr(what)
            case "IN":
                kind, what = what[0]
                text += chr(what if str(kind) == "LITERAL" else what[0])
            case "MAX_REPEAT":
                fewest, most, what = what
                text += formed(what, 0) * (max(fewest, least) if most > least else fewest)
            case "SUBPATTERN":
                text += formed(what[-1], least)
            case "BRANCH":
                text += formed(what[1][0], least)
            case other:
                raise Failed(f"no sample of {other}")
    return text


class Environment:
    """What is generated for an environment of several hosts: a folder for each of them, and beside those what they share.
    `described` is the folder of its description, unknown for a tree from elsewhere; `ondol` is the program that made it."""

    def __init__(self, source, described=None, ondol=None):
        self.source, self.described, self.ondol = pathlib.Path(source).resolve(), described, ondol
        # It lies on no server: each host has its own folder.
        self.home = self.source

    @functools.cached_property
    def description(self):
        """The text that the tree was made from with what it imports; nothing for a tree from elsewhere."""
        paths = pathlib.Path(self.described).rglob("*.kdl") if self.described else []
        return "".join(path.read_text() for path in sorted(paths, key=lambda path: len(path.parts)))

    @property
    def of_hosts(self):
        """The generated trees of its hosts, in the order in which they are delivered."""
        alone = (self.source / "compose.yaml").exists()
        return [self.source] if alone else sorted(path.parent for path in self.source.glob("*/compose.yaml"))

    def files(self, pattern):
        return sorted(path for path in self.home.glob(pattern) if path.is_file())


class Tree(Environment):
    """The tree of one host. `source` is the tree as generated; `home` is where it lies on the server. `lacks` is what is
    stated that it has nothing of, unknown for a tree from elsewhere."""

    def __init__(self, source, described=None, lacks=None, ondol=None):
        super().__init__(source, described, ondol)
        self.lacks = None if lacks is None else set(filter(None, lacks.split(",")))
        self.system = yaml.safe_load((self.source / "compose.yaml").read_text())["name"]
        self.home = self._home()
        shutil.copytree(self.source, self.home, symlinks=True, dirs_exist_ok=True)
        run("chown", "-R", "root:root", self.home)
        # What a timer starts is a job, and no service of the host.
        services = [path for path in self.files("systemd/*.service") if not path.with_suffix(".timer").exists()]
        self.units = {path.stem: unit.parse(path.read_text()) for path in services}
        self.values = self._environment()
        self._certificate()
        if self.files("systemd/*.timer") or self.files("systemd/*.d/*"):
            unit.pretend()
        if self.units:
            self._prepared()
        for name in PROPERTIES:
            self.has(name)

    def has(self, name):
        """Whether the tree has what a part of a check is about. What it has not is stated, or else a mistake of the
        compiler could silence the check."""
        found = bool(PROPERTIES[name](self))
        where = "`LACKS` in golden-tests/trials.rs"
        require(self.lacks is None or found != (name in self.lacks),
                f"the tree has {name}, though {where} states that it has not" if found
                else f"the tree has no {name}: state it in {where}")
        return found

    def _home(self):
        """The folder that the tree's own cron lines and scripts name."""
        for path in sorted(self.source.glob("cron.d/*")):
            found = re.search(r"(/[\w./-]+)/scripts/", path.read_text())
            if found:
                return pathlib.Path(found[1])
        return pathlib.Path("/opt", self.system)

    def _environment(self):
        """Fills in `.env` as an operator would: a value for every variable that the example leaves empty."""
        values = {}
        for line in (self.home / "env/.env.example").read_text().splitlines():
            found = re.match(r"([A-Za-z_]\w*)=(.*)", line)
            if found:
                values[found[1]] = found[2].strip("'\"") or f"test-{found[1].lower()}-0123456789abcdefghijklmnopqrstuvwxyz"
                values[found[1]] = sample(self.asked.get(found[1], [])) or values[found[1]]
                if found[1].endswith("URL") and not found[2]:
                    values[found[1]] = f"http://{found[1].lower().replace('_', '-')}.test/hook"
        (self.home / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
        (self.home / ".env").chmod(0o600)
        return values

    @functools.cached_property
    def asked(self):
        """What check-env.sh asks of each variable: its least length, and rules."""
        lines = re.findall(r"^check (.*)$", (self.home / "scripts/check-env.sh").read_text(), re.M)
        return {words[0]: words[1:] for words in map(shlex.split, lines)}

    def _prepared(self):
        """Makes of the sandbox a server on which units can run: accounts, the address of Docker's bridge, a systemctl."""
        unit.pretend()
        with open("/etc/passwd", "a", encoding="ascii") as users, open("/etc/group", "a", encoding="ascii") as groups:
            for number, user in enumerate(sorted({parts["Service"]["User"][0] for parts in self.units.values()}), 950):
                users.write(f"{user}:x:{number}:{number}::/home/{user}:/bin/bash\n")
                groups.write(f"{user}:x:{number}:\n")
                os.makedirs(f"/home/{user}", exist_ok=True)
                os.chown(f"/home/{user}", number, number)
        for address in sorted(set(self.hosts.values())):
            run("ip", "address", "add", f"{address}/32", "dev", "lo")

    def _certificate(self):
        """Puts a certificate where the description says that one lies, as the operator would."""
        self.given = []
        if "/etc/nginx/given/" in (self.home / "compose.yaml").read_text():
            given = {target: source for service in self.services for target, source in self.mounts(service).items()
                     if target.startswith("/etc/nginx/given/")}
            self.given = [given[f"/etc/nginx/given/{name}.pem"] for name in ("fullchain", "privkey")]
            for path in self.given:
                path.parent.mkdir(parents=True, exist_ok=True)
            self.certified(*self.given)

    @property
    def vouched_for(self):
        """Whether browsers trust the certificate: an authority issues it, or the operator has one."""
        return bool(self.of("certbot") or self.given)

    def certified(self, certificate, key):
        """Makes a new certificate for every name of the system."""
        names = ",".join(f"DNS:{name}" for name in self.domains)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90", "-subj",
            "/CN=given", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", certificate)

    @functools.cached_property
    def compose(self):
        """The compose file as Docker Compose understands it."""
        text = run("docker-compose", "--project-directory", self.home, "--profile", "*", "config", "--format", "json")
        return json.loads(text[text.index("{"):])

    @functools.cached_property
    def hosts(self):
        """Services of the host itself that containers reach: their names in the hosts files of those, and the address."""
        found = {}
        for service in self.services.values():
            entries = service.get("extra_hosts", [])
            found |= entries if isinstance(entries, dict) else dict(re.split("[=:]", entry, maxsplit=1) for entry in entries)
        return found

    @property
    def services(self):
        return self.compose["services"]

    def replicas(self, name):
        """How many containers a service has, in either way of saying it."""
        service = self.services[name]
        return service.get("scale") or service.get("deploy", {}).get("replicas", 1)

    @functools.cached_property
    def nginx(self):
        """The configuration of nginx as one text."""
        return "".join(path.read_text() for path in self.files("nginx/**/*.conf"))

    @functools.cached_property
    def domains(self):
        """The names that nginx answers to."""
        names = [name for line in re.findall(r"server_name\s+([^;]+);", self.nginx) for name in line.split()]
        return list(dict.fromkeys(name for name in names if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name)))

    @property
    def domain(self):
        return self.domains[0]

    @functools.cached_property
    def stripped(self):
        """The prefixes of paths that nginx cuts off, as the description says."""
        return {path.rstrip("/") for path in re.findall(r'^\s*route "([^"]+)"[^\n]* strip=#true', self.description, re.M)}

    def cut_off(self, path):
        """The prefix of a path that its service does not see."""
        return next((prefix for prefix in self.stripped if (path.rstrip("/") + "/").startswith(prefix + "/")), "")

    def rules(self):
        """The alerting rules."""
        groups = [group for path in self.files("prometheus/rules/*.y*ml")
                  for group in yaml.safe_load(path.read_text())["groups"]]
        return [rule for group in groups for rule in group["rules"] if "alert" in rule]

    def mounts(self, service):
        """Where files of the tree are in a container: path on the host by path in the container."""
        volumes = self.services[service].get("volumes", [])
        return {volume["target"]: pathlib.Path(volume["source"]) for volume in volumes if volume["type"] == "bind"}

    def mounted(self, service, under):
        """Puts the files that a container of the service would see below `under` into that place of this machine."""
        for target, source in self.mounts(service).items():
            ours = source.is_relative_to(self.home)
            if target.startswith(under) and (ours or source.is_file()):
                require(source.exists(), f"compose mounts {source} into {service}, which is not in the tree")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                if source.is_dir():
                    shutil.copytree(source, target, dirs_exist_ok=True)
                else:
                    shutil.copy(source, target)

    def of(self, *images):
        """Names of the services whose image has one of these names: `of("nginx")`."""
        return [name for name, service in self.services.items()
                if re.sub(r"[:@].*", "", service.get("image", "").split("/")[-1]) in images]

    def one(self, *images):
        found = self.of(*images)
        if len(found) != 1:
            raise Failed(f"{len(found)} services of image {' or '.join(images)}")
        return found[0]
