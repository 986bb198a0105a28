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
        "repository": "owner/name", "token": "a token",
        "event": {"pull_request": {"number": 7, "base": {"sha": "1" * 40}, "head": {"repo": {"full_name": "owner/name"}}}},
        "needs": {"plan": {"outputs": {"plan": "## a plan\n$(touch /run/ran) `touch /run/ran`"}}}}
FORK = {**PULL, "event": {"pull_request": {**PULL["event"]["pull_request"], "head": {"repo": {"full_name": "stranger/name"}}}}}
TELLS = "tell-plan"


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
        kept(runner)
        told(runner)
        for name, job in workflow["jobs"].items():
            if name == f"deploy-{tree.source.name}":
                delivered(runner, job)


def harmless(workflow):
    """Nothing that a stranger can name is part of a command; nothing may be written to the repository, and comments only by
    the job that has nothing of the request."""
    same("permissions", workflow["permissions"], {"contents": "read"})
    for name, job in workflow["jobs"].items():
        same(f"permissions of {name}", job.get("permissions"), {"pull-requests": "write"} if name == TELLS else None)
        require(name != TELLS or not any("uses" in step for step in job["steps"]), f"{name} fetches something")
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
        others = set(jobs) - set(deliveries) - (set() if event is PULL else {TELLS})
        require(runs - set(deliveries) == others, f"{event['ref']}: only {runs} run")
        went = runs & set(deliveries)
        same(f"deliveries of {event['ref']}", len(went), 0 if event is PULL else 1)
        for name in went:
            same(f"{name} waits for", set(jobs[name]["needs"]), set(jobs) - set(deliveries) - {TELLS})
            require(jobs[name]["environment"] == name.removeprefix("deploy-"), f"{name} has another environment")
            same(f"{name} is cut off", jobs[name]["concurrency"]["cancel-in-progress"], False)
    cancels = workflow["concurrency"]["cancel-in-progress"]
    same("a newer push ends an older run", [value(cancels, event) for event in (PULL, push("refs/heads/main"))], [True, False])


def holds(expression, event):
    """Whether an expression of a workflow is true, for the few things that ours use."""
    text = re.sub(r"\b(?:github|(?=needs))((?:\.?\w+)+)", lambda found: repr(looked_up(event, found[1])), expression)
    text = text.replace("!cancelled()", "True").replace("&&", " and ").replace("true", "True")
    return bool(eval(text, {"__builtins__": {}}, {"startsWith": str.startswith}))  # pylint: disable=eval-used


def looked_up(event, path):
    for name in path.strip(".").split("."):
        event = event.get(name, "") if isinstance(event, dict) else ""
    return event


def value(text, event):
    """A value of a workflow with its expressions replaced; of a comparison, whether it holds."""
    secrets = {"DEPLOY_SSH_KEY": KEY, "DEPLOY_KNOWN_HOSTS": HOSTS}
    text = str(text)
    if "==" in text:
        return holds(text.strip("${ }"), event)
    text = re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: secrets[found[1]], text)
    return re.sub(r"\$\{\{ (?:github\.|(?=needs))([\w.]+) \}\}", lambda found: str(looked_up(event, found[1])), text)


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
                "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(self.home / "output")}
        (self.home / "temp").mkdir(exist_ok=True)
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


def kept(runner):
    """The plan reaches the other job as it is, whatever it says; one too long for a comment without its differences."""
    job = runner.workflow["jobs"]["plan"]
    for text, shown in [("a\nend-0\nplan<<x\n$(id)\n", "a\nend-0\nplan<<x\n$(id)"),
                        ("table\n\n<details><summary>f</summary>\n" + "+ 줄\n" * 30000 + "</details>\n", "table\n\n")]:
        (runner.home / "text").write_text(text)
        runner.pretend("ondol", f"case $* in *markdown*) cat {runner.home}/text ;; esac")
        (runner.home / "output").write_text("")
        runner.run(job, PULL)
        name, _, rest = (runner.home / "output").read_text().partition("<<")
        mark, _, rest = rest.partition("\n")
        same("the output", (name, rest.count(f"\n{mark}\n")), ("plan", 1))
        output = rest.split(f"\n{mark}\n")[0]
        require(output.startswith(shown) and len(output) < 65000, f"the plan is kept as {output[:200]!r}")
        same("the summary has all of it", (runner.home / "summary").read_text(), text)


GH = r"""import json, pathlib, subprocess, sys
store, words = pathlib.Path("COMMENTS"), sys.argv[2:]
comments = json.loads(store.read_text())
if "--jq" in words:
    sys.stdout.write(subprocess.run(["jq", "-r", words[words.index("--jq") + 1]], input=json.dumps(comments), text=True,
                                    check=True, capture_output=True).stdout)
else:
    method, place = words[words.index("--method") + 1], next(word for word in words if word.startswith("repos/"))
    body = pathlib.Path(words[words.index("--field") + 1].removeprefix("body=@")).read_text()
    if method == "POST" and place == "repos/owner/name/issues/7/comments":
        comments.append({"id": len(comments) + 1, "user": {"login": "github-actions[bot]"}, "body": body})
    elif method == "PATCH" and place.startswith("repos/owner/name/issues/comments/"):
        next(one for one in comments if one["id"] == int(place.rsplit("/", 1)[1]))["body"] = body
    else:
        sys.exit(f"{method} {place}")
    store.write_text(json.dumps(comments))
"""


def told(runner):
    """One comment, written anew by each run; what others wrote stays, a request from a fork has none, nothing in it runs."""
    job = runner.workflow["jobs"][TELLS]
    require(not holds(job["if"], FORK), "a fork's request is given a comment")
    store = runner.home / "comments"
    mark = job["steps"][0]["env"]["MARK"]
    theirs = [{"id": 1, "user": {"login": "somebody"}, "body": f"{mark} as a joke"}]
    store.write_text(json.dumps(theirs))
    program(runner.home / "gh.py", GH.replace("COMMENTS", str(store)))
    runner.pretend("gh", f'[ "$GH_TOKEN" = "a token" ] && exec python3 {runner.home}/gh.py "$@"')
    for text in [PULL["needs"]["plan"]["outputs"]["plan"], "## another plan"]:
        runner.run(job, {**PULL, "needs": {"plan": {"outputs": {"plan": text}}}})
        comments = json.loads(store.read_text())
        same("comments", [*comments[:1], len(comments)], [*theirs, 2])
        same("the comment", comments[1]["body"], f"{mark}\n\n{text}\n")
    require(not pathlib.Path("/run/ran").exists(), "a command in a plan was run")


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
