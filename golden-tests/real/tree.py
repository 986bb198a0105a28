"""A generated tree, put on the sandbox's server where it belongs, and the facts that can be read from it."""

import functools
import json
import os
import pathlib
import re
import shutil

import yaml
from trial import Failed, require, run


class Tree:
    """`source` is the tree as generated; `home` is where it lies on the server."""

    def __init__(self, source):
        self.source = pathlib.Path(source).resolve()
        self.system = self.source.parent.name
        self.home = self._home()
        shutil.copytree(self.source, self.home, symlinks=True, dirs_exist_ok=True)
        run("chown", "-R", "root:root", self.home)
        self.values = self._environment()

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
                if found[1].endswith("URL") and not found[2]:
                    values[found[1]] = f"http://{found[1].lower().replace('_', '-')}.test/hook"
        (self.home / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
        (self.home / ".env").chmod(0o600)
        return values

    @functools.cached_property
    def description(self):
        """The text that the tree was made from with what it imports, if the tree lies beside its example."""
        folder = self.source.parents[2] / "examples" / self.system
        return "".join(path.read_text() for path in sorted(folder.rglob("*.kdl"), key=lambda path: len(path.parts)))

    @functools.cached_property
    def compose(self):
        """The compose file as Docker Compose understands it."""
        text = run("docker", "compose", "--project-directory", self.home, "--profile", "*", "config", "--format", "json")
        return json.loads(text[text.index("{"):])

    @property
    def services(self):
        return self.compose["services"]

    @functools.cached_property
    def domain(self):
        """The first name that nginx answers to."""
        text = "".join(path.read_text() for path in self.files("nginx/**/*.conf"))
        names = [name for line in re.findall(r"server_name\s+([^;]+);", text) for name in line.split()]
        return next(name for name in names if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name))

    def files(self, pattern):
        return sorted(path for path in self.home.glob(pattern) if path.is_file())

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
            if target.startswith(under) and str(source).startswith(str(self.home)):
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
