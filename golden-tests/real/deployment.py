#!/usr/bin/python3
"""Releases: each is recorded and answers through the proxy, a changed configuration is taken up, one that does not work
goes back by itself to the one before, and an operator goes back by hand; of nothing else than releases is anything lost.
Tasks end well before what needs them starts, or nothing of the release does. An image that has one name for all releases
is that of the release all the same. Where two releases stand side by side, no request fails while they change places, and
one that is not well gets none."""

import contextlib
import fcntl
import json
import re
import subprocess
import sys
import threading

import elsewhere
import yaml
from containers import Project, healthy
from datastore import known
from traffic import Traffic
from trial import Failed, eventually, main, require, run, same

MARK = "X-Trial"


def check(tree):
    project = Project(tree)
    try:
        if any("build" in service for service in tree.services.values()):
            kind = SideBySide if tree.files("nginx/upstreams/*.conf") else Releases
            kind(tree, project).all()
        else:
            pulled(tree, project)
    finally:
        project.down()


def pulled(tree, project):
    """Nothing is built here: what is stated comes up, and it is on record that it did."""
    run(tree.home / "scripts/deploy.sh", "--no-build", cwd="/")
    healthy(project)
    same("deployments on record", [line.split()[2] for line in (tree.home / "releases.log").read_text().splitlines()], ["deployed"])


class Releases:
    """What happens to the images that are built from source, as an operator would have built them."""

    # What the third release is.
    BROKEN = 'ENTRYPOINT ["/bin/sh", "-c", "echo broken; exit 1"]'

    def __init__(self, tree, project):
        self.tree, self.project = tree, project
        self.built = [name for name, service in tree.services.items() if "build" in service]
        self.site = tree.files("nginx/conf.d/*.conf")[0] if tree.of("nginx") else None
        # Where the release is not in an image's name, each build takes the name from the one before.
        stated = yaml.safe_load((tree.home / "compose.yaml").read_text())["services"]
        self.fixed = [name for name in self.built if "RELEASE" not in stated[name]["image"]]
        self.tasks = [name for name, service in tree.services.items() if service.get("restart") == "no" and not service.get("profiles")]
        self.made, self.answered = set(), set()

    def all(self):
        self.forget()
        for release in ("1.0", "2.0"):
            self.make(release)
        self.make("3.0", "--change", self.BROKEN)
        self.refused()
        self.deploy("1.0")
        self.answers("1.0")
        with self.watched():
            self.changes()
        self.back_with_data()

    def watched(self):
        """Whoever looks on while releases change."""
        return contextlib.nullcontext()

    def changes(self):
        self.alone()
        nginx = self.started()
        self.marked("two")
        self.deploy("2.0")
        self.answers("2.0", "two")
        same("start of nginx, whose configuration alone has changed", self.started(), nginx)
        self.marked("three")
        said = self.script("deploy", "--no-build", "3.0", fails=True)
        require("going back to 2.0" in said, f"it does not say that it goes back:\n{said}")
        self.answers("2.0", "two")
        self.script("rollback")
        self.answers("1.0")
        before = self.log()
        self.script("rollback", fails=True)
        self.script("rollback", "4.0", fails=True)
        same("releases after going back to none", self.log(), before)
        self.answers("1.0")
        same("what was done", [line.split()[1:3] for line in before.splitlines()],
             [["1.0", "deployed"], ["2.0", "deployed"], ["3.0", "failed"], ["2.0", "rolled-back"], ["1.0", "rolled-back"]])
        same("what --list shows", self.script("rollback", "--list"), before)
        if self.tasks:
            self.unfinished()

    def unfinished(self):
        """A task that something waits for does not end well: nothing that goes on is of that release, not for a moment."""
        needed = {need for service in self.tree.services.values() for need, how in (service.get("depends_on") or {}).items()
                  if how["condition"] == "service_completed_successfully"}
        require(needed, "nothing waits for a task")
        lasting = [name for name in self.built if name not in self.tasks and name not in self.fixed]
        before = {container["Id"] for container in self.project.containers(*lasting)}
        every, self.built = self.built, sorted(needed)
        Releases.make(self, "5.0", "--change", "ENV BROKEN_MIGRATION=yes")
        self.built = [name for name in every if name not in needed]
        Releases.make(self, "5.0")
        self.built = every
        said = self.script("deploy", "--no-build", "5.0", fails=True)
        require("has ended with the status" in said and "going back to 1.0" in said, said)
        self.answers("1.0")
        same("containers that a release without its migration has touched", {container["Id"] for container in self.project.containers(*lasting)} ^ before, set())

    def every(self, service):
        """Its containers, those that have ended among them."""
        return json.loads(run("docker", "inspect", *self.project.compose("ps", "--all", "--quiet", service).split()))

    def ended(self, task, first):
        """It has ended well; of the first deployment of a release, before what waits for that was started."""
        state = self.every(task)[0]["State"]
        same(f"end of {task}", (state["Status"], state["ExitCode"]), ("exited", 0))
        waits = lambda service: (service.get("depends_on") or {}).get(task, {}).get("condition") == "service_completed_successfully"
        waiting = [name for name, service in self.tree.services.items() if waits(service)]
        for name, need in (self.tree.services[task].get("depends_on") or {}).items():
            late = [container["Name"] for container in self.project.containers(name) if need["condition"] == "service_healthy" and container["State"]["StartedAt"] > state["StartedAt"]]
            if first:
                same(f"what {task} needs, and was started after it", late, [])
        if waiting and first:
            early = [container["Name"] for container in self.project.containers(*waiting) if container["State"]["StartedAt"] < state["FinishedAt"]]
            same(f"what was started before {task} had ended", early, [])

    def back_with_data(self):
        """An operator goes back to the release before, and to the data of a backup that was made before the newer one."""
        scripts = {path.stem.removeprefix("backup-"): path.read_text() for path in self.tree.files("scripts/backup-*.sh")}
        # Any database will do of which something can be lost; what is encrypted needs a key, and others try that.
        kinds = {store: kind for store, text in scripts.items() for kind in [known(text)]
                 if hasattr(kind, "losses") and "recipients=(" not in text and f"{store})" in (self.tree.home / "scripts/rollback.sh").read_text()}
        for store, kind in list(kinds.items())[:1]:
            elsewhere.ready()
            elsewhere.Elsewhere(scripts[store])
            data = kind(self.project, store)
            data.fill()
            before = data.fingerprint()
            self.script(f"backup-{store}")
            self.deploy("2.0")
            lost = next(data.losses())
            require(data.fingerprint() != before, f"{lost} is not lost")
            self.script("rollback", "--restore", "nothing-of-this-name", "latest", fails=True)
            self.script("rollback", "--restore", store, fails=True)
            self.answers("2.0")
            self.script("rollback", "--restore", store, "latest")
            self.answers("1.0")
            same(f"data of {store} after going back with it", data.fingerprint(), before)

    def forget(self):
        """The engine keeps images from trial to trial: none may be taken for one of these releases."""
        stated = [self.tree.services[service]["image"] for service in self.built]
        names = {re.sub(r":[^:/]*$", "", image) for image in stated}
        names |= {f"{owner}/{service}" for owner in (self.tree.system, "built") for service in self.fixed}
        for image in run("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split():
            if image.rsplit(":", 1)[0] in names and image not in stated:
                run("docker", "image", "rm", image)

    def make(self, release, *changes):
        """Images of a release: those of the engine's stand-ins under another tag, or changed."""
        self.made.add(release)
        for service in self.built:
            image = self.tree.services[service]["image"]
            name = re.sub(r":[^:/]*$", f":{release}", image)
            if service in self.fixed:
                name = f"built/{service}:{release}"
                changes = (*changes, "--change", f"LABEL release={release}")
            if changes:
                container = run("docker", "create", image).strip()
                run("docker", "commit", *changes, container, name)
                run("docker", "rm", container)
            else:
                run("docker", "tag", image, name)

    def script(self, name, *arguments, **options):
        # As a build would have left it; a release that ran before is not built again.
        if name == "deploy" and arguments[-1] in self.made and arguments[-1] not in self.log():
            for service in self.fixed:
                run("docker", "tag", f"built/{service}:{arguments[-1]}", self.tree.services[service]["image"])
        return run(self.tree.home / f"scripts/{name}.sh", *arguments, cwd="/", **options)

    def deploy(self, release):
        return self.script("deploy", "--no-build", release)

    def log(self):
        path = self.tree.home / "releases.log"
        return path.read_text() if path.exists() else ""

    def refused(self):
        """What could not work changes nothing: a name that is no tag, an environment file that lacks something."""
        self.script("deploy", "--no-build", "no tag", fails=True)
        if self.tree.values:
            file = self.tree.home / ".env"
            good = file.read_text()
            file.write_text("")
            self.script("deploy", "--no-build", "1.0", fails=True)
            file.write_text(good)
        self.script("rollback", fails=True)
        same("containers after what was refused", self.project.containers(), [])
        same("releases after what was refused", self.log(), "")

    def alone(self):
        """While one deployment runs, another does not start."""
        with (self.tree.home / "releases.log").open() as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            require("another deployment is running" in self.script("deploy", "--no-build", "2.0", fails=True), "two at once")
        self.answers("1.0")

    def marked(self, text):
        """A configuration that can be told from the one before."""
        if self.site:
            plain = re.sub(rf"\n *add_header {MARK} .*", "", self.site.read_text())
            self.site.write_text(re.sub(r"(\n *)(add_header .*)", rf"\1add_header {MARK} {text} always;\1\2", plain, count=1))

    def started(self):
        return [self.project.containers(name)[0]["State"]["StartedAt"] for name in self.tree.of("nginx")]

    def answers(self, release, mark=""):
        """The containers are those of the release, they are well, and so is what people ask for, with the tree of that time."""
        healthy(self.project)
        for service in self.built:
            wanted = re.sub(r":[^:/]*$", f":{release}", self.tree.services[service]["image"])
            found = {container["Config"]["Image"] for container in self.every(service)}
            if service in self.fixed:
                wanted = json.loads(run("docker", "image", "inspect", f"built/{service}:{release}"))[0]["Id"]
                found = {container["Image"] for container in self.every(service)}
            same(f"images of {service}", found, {wanted})
        for task in self.tasks:
            self.ended(task, first=release not in self.answered)
        self.answered.add(release)
        require(f"RELEASE={release}\n" in (self.tree.home / ".env").read_text(), f"the environment file does not say {release}")
        if self.site:
            urls = re.search(r"urls=\((.*)\)", (self.tree.home / "scripts/deploy.sh").read_text())[1].split()
            require(urls, "the deployment asks for nothing")
            for url in urls:
                head = run("curl", "-sSfk", "-o", "/dev/null", "-D", "-", "--resolve", "*:443:127.0.0.1", "--resolve", "*:80:127.0.0.1", url)
                same(f"the mark in the answer of {url}", re.findall(rf"(?im)^{MARK}: (\w+)", head), [mark] if mark else [])


class SideBySide(Releases):
    """The new release of a service is beside the old one until it is well, and gets all requests from then on."""

    # It runs, and would answer; its health check says that it is not well.
    BROKEN = 'ENTRYPOINT ["/usr/bin/python3", "-c", "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8080)"]'
    DRAIN = 4 # seconds, instead of what the description says

    def __init__(self, tree, project):
        super().__init__(tree, project)
        self.switched = [path.stem for path in tree.files("nginx/upstreams/*.conf")]
        self.plain = {path: path.read_text() for path in tree.files("nginx/upstreams/*.conf")}
        script = tree.home / "scripts/deploy.sh"
        text, count = re.subn(r"(?m)( switch_over \S+ \d+) \d+", rf"\1 {self.DRAIN}", script.read_text())
        same("services that are switched over", count, len(self.switched))
        script.write_text(text)
        # That it is not well is known sooner.
        override = tree.home / "compose.override.yaml"
        checks = json.loads(override.read_text())
        for service in self.switched:
            checks["services"][service]["healthcheck"] |= {"start_period": "40s", "interval": "4s"}
        override.write_text(json.dumps(checks))
        self.traffic = Traffic(tree.domain, tree.has("tls"))

    def watched(self):
        return self.traffic

    def changes(self):
        super().changes()
        self.called_back()

    def make(self, release, *changes):
        """Only what is switched over is ever broken: the rest of a release is in place when that is found."""
        every = self.built
        self.built = self.switched if changes else every
        super().make(release, *changes)
        if changes:
            self.built = [name for name in every if name not in self.switched]
            super().make(release)
        self.built = every

    def answers(self, release, mark=""):
        super().answers(release, mark)
        self.seen()
        asked = self.hostnames()
        if self.traffic.clients[0].is_alive():
            seen = eventually("requests are answered", self.seen, 60, 0.5)
            require(seen <= asked, f"{seen - asked} answer, which are not of release {release}: {asked}")
        for path, text in self.plain.items():
            same(f"{path.name} when one release stands", path.read_text(), text)

    def script(self, name, *arguments, **options):
        """Of a release that is not well nobody ever got an answer: only what stood before and what stands now spoke."""
        before = self.hostnames()
        self.seen()
        try:
            return super().script(name, *arguments, **options)
        finally:
            strangers = self.seen() - before - self.hostnames()
            same("containers that answered and were neither there before nor after", strangers, set())

    def seen(self):
        """Who has answered; of requests that failed, what the proxy says about them."""
        try:
            return self.traffic.seen()
        except Failed as failure:
            proxies = [["docker", "logs", "--since", "120s", container["Id"]] for name in self.tree.of("nginx")
                       for container in self.project.containers(name)]
            lines = [line for command in proxies for line in run(*command).splitlines()]
            raise Failed("\n".join([str(failure), *[line for line in lines if '"status":5' in line or "[e" in line][:8]])) from failure

    def alone_answers(self, old):
        """Who has answered, none of the old ones among them."""
        seen = self.seen()
        same("old ones that still answer", seen & old, set())
        return seen

    def hostnames(self):
        """Those that run, asked of the engine: compose says nothing while the environment file is wrong."""
        filters = [["--filter", f"label=com.docker.compose.service={name}"] for name in self.switched]
        ids = [number for words in filters for number in run("docker", "ps", "--quiet", *words).split()]
        return {container["Config"]["Hostname"] for container in json.loads(run("docker", "inspect", *ids))} if ids else set()

    def called_back(self):
        """While both stand somebody asks for the old one."""
        script = self.tree.home / "scripts/deploy.sh"
        script.write_text(re.sub(rf"( switch_over \S+ \d+) {self.DRAIN} ", r"\1 300 ", script.read_text()))
        old = self.hostnames()
        with subprocess.Popen([script, "--no-build", "2.0"], cwd="/", stdout=sys.stderr) as deployment:
            eventually("both stand", (self.tree.home / ".releases/.switched").exists, 300, 0.2)
            self.seen()
            # What was asked before that an old one may still answer.
            eventually("the new one alone answers", lambda: self.alone_answers(old), 60, 1)
            # Whoever started it takes note of its end, as a shell does.
            threading.Thread(target=deployment.wait).start()
            self.script("rollback")
            deployment.wait(300)
        require(deployment.returncode, "a deployment that was called back says that it worked")
        self.answers("1.0")
        same("containers that stand, and stood", self.hostnames(), old)
        same("what was done", [line.split()[1:3] for line in self.log().splitlines()[-2:]], [["2.0", "failed"], ["1.0", "rolled-back"]])


main(check)
