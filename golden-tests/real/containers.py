"""The tree's project on the sandbox's engine, with stand-ins for its images."""

import contextlib
import json
import os
import pathlib

from trial import Failed, eventually, run

STANDINS = pathlib.Path(__file__).resolve().parent.parent / "tools/standins"


class Project:
    """The compose project of a tree. What the trial itself asks of Compose it asks without docker before it, which would
    start twice as much; the tree's own scripts say `docker compose`."""

    def __init__(self, tree):
        self.tree = tree
        run(STANDINS, tree.home / "compose.yaml")
        # Health is asked every other second until it is well, and then hardly: asking is most of what a machine with many
        # containers does; so two failures are enough. Nothing else differs from the server.
        more = {name: {"healthcheck": {"interval": "30s", "retries": 2, "start_period": "240s", "start_interval": "2s"}}
                for name, service in tree.services.items() if service.get("healthcheck")}
        # The engine refuses bounds that the machine does not have: this one may be smaller than the server.
        for name, service in tree.services.items():
            limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
            if float(limits.get("cpus", 0)) > os.cpu_count():
                more.setdefault(name, {})["deploy"] = {"resources": {"limits": {"cpus": str(os.cpu_count())}}}
        (tree.home / "compose.override.yaml").write_text(json.dumps({"services": more}))

    def compose(self, *words, **options):
        return run("docker-compose", "--ansi", "never", "--progress", "quiet", *words, cwd=self.tree.home, **options)

    def up(self, *services):
        try:
            self.compose("up", "-d", "--wait", "--wait-timeout", "480", "--pull", "never", "--no-build", *services)
        except Failed as failure:
            raise Failed(f"{failure}\n{self.troubles()}") from failure

    def troubles(self):
        """What the containers that are not well have to say."""
        text = []
        for container in json.loads(run("docker", "inspect", *run("docker", "ps", "-aq").split())):
            state = container["State"]
            if not state["Running"] or state.get("Health", {}).get("Status", "healthy") != "healthy":
                checks = [check["Output"] for check in state.get("Health", {}).get("Log") or []]
                text += [f"{container['Name']}: {state['Status']}, exit code {state['ExitCode']}", *checks[-1:],
                         run("docker", "logs", "--tail", "8", container["Id"])]
        return "\n".join(text)

    def containers(self, *services):
        """What `docker inspect` knows of each running container, in the order of their names."""
        mine = [f"label=com.docker.compose.{label}" for label in (f"project={self.tree.system}", "oneoff=False")]
        listed = run("docker", "ps", "--format", '{{.ID}} {{.Label "com.docker.compose.service"}}', "--filter", mine[0], "--filter", mine[1])
        ids = [number for number, service in map(str.split, listed.splitlines()) if not services or service in services]
        found = json.loads(run("docker", "inspect", *ids)) if ids else []
        return sorted(found, key=lambda container: container["Name"])

    def addresses(self, service):
        return [network["IPAddress"] for container in self.containers(service)
                for network in container["NetworkSettings"]["Networks"].values()]

    def json(self, service, url):
        """A JSON answer, asked for inside a container."""
        return json.loads(self.compose("exec", "-T", service, "wget", "-qO-", url))

    def down(self):
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "2", "--remove-orphans")


@contextlib.contextmanager
def running(tree, *services):
    """The project while it is up."""
    project = Project(tree)
    try:
        project.up(*services)
        yield project
    finally:
        project.down()


def healthy(project, *services):
    """Waits until every container of the services is running, and healthy where it has a check."""
    def ready():
        states = [container["State"] for container in project.containers(*services)]
        return states and all(state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy"
                              for state in states)
    return eventually(f"{', '.join(services) or 'the project'} is healthy", ready, 300, 0.5)
