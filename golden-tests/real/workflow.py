#!/usr/bin/python3
"""The deployment workflow, as actionlint reads it, with shellcheck on its commands; and what its steps do for a pull
request, a push and a tag, with real rsync, and a pretended ssh whose other end is this machine."""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess

import yaml
from trial import main, program, require, run, same

KEY, HOSTS = "a private key\nof two lines", "203.0.113.1 ssh-ed25519 AAAA"
PULL = {"event_name": "pull_request", "ref": "refs/pull/7/merge", "ref_name": "7/merge", "sha": "0" * 40, "workflow": "w",
        "event": {"pull_request": {"base": {"sha": "1" * 40}}}}


def push(ref):
    return {**PULL, "event_name": "push", "ref": ref, "ref_name": ref.split("/", 2)[2], "event": {}}


def check(tree):
    workflows = tree.files("ci/*.y*ml")
    require(workflows, "no workflow")
    run("actionlint", "-no-color", *workflows)
    for path in workflows:
        workflow = yaml.safe_load(path.read_text())
        harmless(workflow)
        events(workflow)
        runner = Runner(tree, path, workflow)
        tested(runner)
        planned(runner)
        for name, job in workflow["jobs"].items():
            if name == f"deploy-{tree.source.name}":
                delivered(runner, job)


def harmless(workflow):
    """Nothing that a stranger can name is part of a command, and nothing may be written to the repository."""
    same("permissions", workflow["permissions"], {"contents": "read"})
    for name, job in workflow["jobs"].items():
        require("permissions" not in job, f"{name} takes permissions of its own")
        require(0 < job["timeout-minutes"] <= 360, f"{name} may run without an end")
        for step in job["steps"]:
            require("${{" not in step.get("run", ""), f"an expression in a command: {step}")
            if "uses" in step:
                require(re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", step["uses"]), f"not pinned: {step['uses']}")
                same("checkout keeps a token", step["with"]["persist-credentials"], False)


def events(workflow):
    """Tests run on every event; each delivery on the one that it is for."""
    jobs, asked = workflow["jobs"], workflow["on"]
    deliveries = {name: job for name, job in jobs.items() if name.startswith("deploy-")}
    branch = asked["push"]["branches"][0]
    tags = [tag.rstrip("*") + "1.4.2" for tag in asked["push"].get("tags", [])]
    for event in [PULL, push(f"refs/heads/{branch}"), *[push(f"refs/tags/{tag}") for tag in tags]]:
        runs = {name for name, job in jobs.items() if holds(job.get("if", "true"), event)}
        require(runs - set(deliveries) == set(jobs) - set(deliveries), f"{event['ref']}: only {runs} run")
        went = runs & set(deliveries)
        same(f"deliveries of {event['ref']}", len(went), 0 if event is PULL else 1)
        for name in went:
            same(f"{name} waits for", set(jobs[name]["needs"]), set(jobs) - set(deliveries))
            require(jobs[name]["environment"] == name.removeprefix("deploy-"), f"{name} has another environment")
            same(f"{name} is cut off", jobs[name]["concurrency"]["cancel-in-progress"], False)
    cancels = workflow["concurrency"]["cancel-in-progress"]
    same("a newer push ends an older run", [value(cancels, event) for event in (PULL, push("refs/heads/main"))], [True, False])


def holds(expression, event):
    """Whether an expression of a workflow is true, for the few things that ours use."""
    text = re.sub(r"github((?:\.\w+)+)", lambda found: repr(looked_up(event, found[1])), expression)
    text = text.replace("&&", " and ").replace("true", "True")
    return bool(eval(text, {"__builtins__": {}}, {"startsWith": str.startswith}))  # pylint: disable=eval-used


def looked_up(event, path):
    for name in path.strip(".").split("."):
        event = event[name]
    return event


def value(text, event):
    """A value of a workflow with its expressions replaced; of a comparison, whether it holds."""
    secrets = {"DEPLOY_SSH_KEY": KEY, "DEPLOY_KNOWN_HOSTS": HOSTS}
    text = str(text)
    if "==" in text:
        return holds(text.strip("${ }"), event)
    text = re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found[1]], text)
    return re.sub(r"\$\{\{ github((?:\.\w+)+) \}\}", lambda found: looked_up(event, found[1]), text)


class Runner:
    """A checkout of a repository with the tree in it, and a PATH of programs that note how they were called."""

    def __init__(self, tree, path, workflow):
        self.tree, self.workflow = tree, workflow
        self.home = pathlib.Path("/run/runner")
        self.repository, self.calls = self.home / "repository", self.home / "calls"
        made = pathlib.Path(workflow["jobs"]["plan"]["env"]["MADE"])
        self.place = made.parent.parent.parent / tree.source.name
        shutil.copytree(tree.source, self.repository / self.place, symlinks=True)
        for target in (made, pathlib.Path(workflow["jobs"]["plan"]["env"]["INSTALLED"])):
            (self.repository / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, self.repository / target)
        steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
        for name in {step.split()[0] for step in steps} - {"cmp"}:
            if "/" not in name:
                self.pretend(name, "")
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                (self.repository / step.get("working-directory", ".")).mkdir(parents=True, exist_ok=True)

    def pretend(self, name, does):
        program(self.home / "bin" / name, f'#!/bin/bash\nprintf \'%s\\n\' "{name} $*" >>{self.calls}\n{does}\n')

    def run(self, job, event, fails=False):
        """Runs the steps of a job; what was called, one line each, in order."""
        self.calls.write_text("")
        summary = self.home / "summary"
        summary.write_text("")
        base = {"PATH": f"{self.home}/bin:{os.environ['PATH']}", "HOME": str(self.home), "RUNNER_TEMP": str(self.home / "temp"),
                "GITHUB_STEP_SUMMARY": str(summary)}
        failed = False
        for step in job["steps"]:
            if "run" not in step or not holds(step.get("if", "true"), event):
                continue
            names = {**job.get("env", {}), **step.get("env", {})}
            where = self.repository / step.get("working-directory", ".")
            done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=where, check=False, capture_output=True, text=True,
                                  env={**base, **{name: value(text, event) for name, text in names.items()}})
            if done.returncode:
                failed = True
                require(fails, f"{step['run']}: {done.stdout}{done.stderr}")
                break
        require(failed == fails, "no step failed")
        return [line.rstrip() for line in self.calls.read_text().splitlines()]


def tested(runner):
    """The commands of a part run in its folder, in their order, and the first that fails ends it."""
    for name, job in runner.workflow["jobs"].items():
        if name.startswith("test-"):
            stated = [step["run"] for step in job["steps"] if "run" in step]
            same(f"{name} runs", runner.run(job, PULL), stated)
            first = stated[0].split()[0]
            runner.pretend(first, "exit 3")
            same(f"{name} after a failure", runner.run(job, PULL, fails=True), stated[:1])
            runner.pretend(first, "")


def planned(runner):
    """A pull request is planned against what was merged before; a tree or a workflow that is stale fails."""
    job = runner.workflow["jobs"]["plan"]
    calls = runner.run(job, PULL)
    require(f"git worktree add --detach {runner.home}/temp/base {'1' * 40}" in calls, f"no base: {calls}")
    require(any(call.startswith("ondol plan") and f"--out {runner.home}/temp/base/" in call and "markdown" in call for call in calls),
            f"no plan against the base: {calls}")
    calls = runner.run(job, push("refs/heads/main"))
    require(not any(call.startswith("git") for call in calls), f"a push has no base: {calls}")
    runner.pretend("ondol", "case $* in *--detailed-exitcode*) exit 2 ;; esac")
    runner.run(job, PULL, fails=True)
    runner.pretend("ondol", "echo '## a plan'")
    runner.run(job, PULL)
    same("the summary", (runner.home / "summary").read_text(), "## a plan\n")
    installed = runner.repository / job["env"]["INSTALLED"]
    text = installed.read_text()
    installed.write_text(text + "# edited\n")
    runner.run(job, PULL, fails=True)
    installed.write_text(text)


def delivered(runner, job):
    """Images and tree reach the host, what the host keeps stays, what is no longer wanted goes, and it is deployed."""
    tree, home, docker = runner.tree, runner.home, shutil.which("docker")
    runner.pretend("docker", f"""case $* in
        compose*build) PATH=${{PATH#*:}} {docker} "${{@:1:$#-1}}" config --quiet && printf '%s' "$RELEASE" >{home}/built ;;
        save*) printf 'images' ;;
        load*) cat >{home}/loaded ;;
        *) exit 9 ;;
    esac""")
    runner.pretend("ssh", f"""key='' hosts='' strict=''
    while [[ $1 == -* ]]; do
        case $2 in
            StrictHostKeyChecking=yes) strict=1 ;;
            UserKnownHostsFile=*) hosts=$(cat "${{2#*=}}") ;;
        esac
        [[ $1 != -i ]] || {{ key=$(cat "$2"); [ "$(stat -c %a "$2")" = 600 ]; }} || exit 9
        shift 2
    done
    [ -n "$strict" ] && [ "$key" = {shell(KEY)} ] && [ "$hosts" = {shell(HOSTS)} ] || exit 255
    [ -z "${{DEPLOY_SSH_KEY:-}}" ] || exit 9
    shift
    case $* in *deploy.sh*) exit "$(cat {home}/status)" ;; esac
    exec sh -c "$*\"""")
    (home / "status").write_text("0")
    manifest = json.loads((tree.home / "manifest.json").read_text())
    manifest["files"]["scripts/of-before.sh"] = manifest["files"]["compose.yaml"]
    (tree.home / "manifest.json").write_text(json.dumps(manifest, indent=2))
    for kept in ("releases.log", ".releases/read/x", "scripts/of-before.sh", "of-the-host.txt"):
        program(tree.home / kept, "kept")
    (tree.home / "compose.yaml").write_text("old\n")
    env = (tree.home / ".env").read_text()
    event = push("refs/tags/v1.4.2") if "tags" in job["if"] else push("refs/heads/main")
    release = "v1.4.2" if "tags" in job["if"] else "0" * 40
    calls = runner.run(job, event)
    require(calls[-1].endswith(f"/scripts/deploy.sh --no-build {release}"), f"not deployed: {calls}")
    same("the tree", (tree.home / "compose.yaml").read_text(), (tree.source / "compose.yaml").read_text())
    same("what the host keeps", [(tree.home / ".env").read_text(), (tree.home / "of-the-host.txt").exists(),
                                 (tree.home / ".releases/read/x").exists(), (tree.home / "releases.log").read_text()],
         [env, True, True, "kept"])
    require(not (tree.home / "scripts/of-before.sh").exists(), "a file of an earlier release stays")
    same("the release that is built", (home / "built").read_text(), release)
    same("what the engine of the host loads", gzip.decompress((home / "loaded").read_bytes()), b"images")
    saved = next(call for call in calls if call.startswith("docker save"))
    built = [service for service in tree.services.values() if "build" in service]
    same("images", len(saved.split()) - 2, len(built))
    # A deployment that fails fails the job, and so does what no tag of an image can be.
    (home / "status").write_text("1")
    runner.run(job, event, fails=True)
    if "tags" in job["if"]:
        calls = runner.run(job, push("refs/tags/v1;reboot"), fails=True)
        same("calls for a strange tag", calls, [])


def shell(text):
    return "'" + text + "'"


main(check)
