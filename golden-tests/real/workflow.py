#!/usr/bin/python3
"""The deployment workflow, as actionlint reads it, with shellcheck on its commands; and what its steps do for a pull
request, a push and a tag: in checkouts of a repository that has the description and its trees, with git, ondol and rsync,
and a pretended ssh whose other end is this machine."""

import gzip
import json
import os
import pathlib
import re
import shutil

import yaml
from github import HOSTS, KEY, Runner, holds, pull, push, running, value
from trial import main, program, require, run, same

TELLS = "tell-plan"
# A comment of GitHub's in characters, and the summary of a step in bytes.
COMMENT, SUMMARY = 65_536, 1 << 20
TRICKS = "plan<<x $(touch /run/ran) `touch /run/ran` ${{ secrets.DEPLOY_SSH_KEY }}"


def check(tree):
    workflows = tree.files("ci/*.y*ml")
    require(workflows, "no workflow")
    run("actionlint", "-no-color", *workflows)
    for path in workflows:
        workflow = yaml.safe_load(path.read_text())
        harmless(workflow)
        events(workflow)
        runner = Runner(tree, path, workflow)
        # Every environment has the same workflow: it is tried once, and each delivery of it.
        made = runner.origin / runner.names["MADE"]
        if not tree.described or made.parent.parent.name == tree.source.name:
            tested(runner)
            if tree.described:
                planned(runner)
                applied(runner)
            told(runner)
        else:
            require(made.read_bytes() == path.read_bytes(), f"{made} is another workflow than {path}")
        delivered(runner, workflow["jobs"][f"deploy-{tree.source.name}"])


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
    """Tests run on every event, a plan is made for a request, and what is pushed is applied; each delivery is for one event
    and waits for the tests and for what was applied."""
    jobs, asked = workflow["jobs"], workflow["on"]
    tests = {name for name in jobs if name.startswith("test-")}
    request = pull("0" * 40, "1" * 40, plan="a plan")
    same("jobs for a request", running(jobs, request), tests | {"plan", TELLS})
    branch = asked["push"]["branches"][0]
    tags = [tag.rstrip("*") + "1.4.2" for tag in asked["push"].get("tags", [])]
    for ref in [f"refs/heads/{branch}", *[f"refs/tags/{tag}" for tag in tags]]:
        runs = running(jobs, push(ref, "0" * 40))
        deliveries = {name for name in runs if name.startswith("deploy-")}
        same(f"jobs for {ref}", runs - deliveries, tests | {"apply"})
        same(f"deliveries of {ref}", len(deliveries), 1)
        for name in deliveries:
            same(f"{name} waits for", set(jobs[name]["needs"]), tests | {"apply"})
            require(jobs[name]["environment"] == name.removeprefix("deploy-"), f"{name} has another environment")
            same(f"{name} is cut off", jobs[name]["concurrency"]["cancel-in-progress"], False)
            secret = [step for step in jobs[name]["steps"] if "secrets." in str(step.get("env"))]
            require(len(secret) == 1 and not any("ondol" in step.get("run", "").split() for step in jobs[name]["steps"]),
                    f"{name} shows its secrets to more than what delivers")
    alone = [jobs[name]["concurrency"]["group"] for name in jobs if name.startswith("deploy-")]
    require(all(workflow["name"] in group for group in alone), f"deliveries of another system wait, or are left out: {alone}")
    cancels = workflow["concurrency"]["cancel-in-progress"]
    same("a newer push ends an older run", [value(cancels, event) for event in (request, push("refs/heads/main", ""))], [True, False])


def tested(runner):
    """The commands of a part run in its folder, in their order, and the first that fails ends it."""
    event = pull(runner.base, runner.base)
    for name, job in runner.jobs.items():
        if name.startswith("test-"):
            stated = [step["run"] for step in job["steps"] if "run" in step]
            same(f"{name} runs", runner.run(job, event), stated)
            first = stated[0].split()[0]
            runner.pretend(first, "exit 3")
            same(f"{name} after a failure", runner.run(job, event, fails=True), stated[:1])
            runner.pretend(first, "")


def variables(runner, *values):
    """Adds variables to the description."""
    path = next(path for path in sorted((runner.origin / runner.names["DESCRIPTION"]).glob("*.kdl")))
    stated = "".join(f'    variable "TRIAL_{index}" default=#"{text}"#\n' for index, text in enumerate(values))
    path.write_text(re.sub(r'^system ".*" \{\n', lambda found: found[0] + stated, path.read_text(), flags=re.M))


def spoilt(runner):
    """What a commit may have forgotten, or done by hand."""
    compose = runner.origin / runner.place / "compose.yaml"
    installed = runner.origin / runner.names["INSTALLED"]

    def ignored():
        (runner.origin / ".gitignore").write_text("*.ics\n")
        runner.git("rm", "--quiet", "--cached", "*.ics")

    def more():
        manifest = runner.origin / runner.place / "manifest.json"
        known = json.loads(manifest.read_text())
        known["files"]["scripts/of-before.sh"] = known["files"]["compose.yaml"]
        manifest.write_text(json.dumps(known, indent=2))
        shutil.copy(compose, runner.origin / runner.place / "scripts/of-before.sh")

    return {
        "a description that was not applied": lambda: variables(runner, "forgotten"),
        "a file that was edited by hand": lambda: compose.write_text(compose.read_text() + "# edited\n"),
        "a file that is gone": compose.unlink,
        "a file that is kept out of the repository": ignored,
        "a file that is no longer wanted": more,
        "another workflow": lambda: installed.write_text(installed.read_text() + "# edited\n"),
    }


def planned(runner):
    """What a request changes is shown as ondol says it, whatever it says and however much; a request whose trees or workflow
    are not what its description makes fails, and is told all the same."""
    job = runner.jobs["plan"]

    def changed(*values):
        def change():
            variables(runner, *values)
            runner.compile()
        runner.run(job, pull(runner.committed(change), runner.base))
        same("the summary", runner.summary.strip(), runner.outputs["plan"].strip())
        require(len(runner.summary.encode()) < SUMMARY, "the summary is too long")
        return runner.outputs["plan"]

    runner.run(job, pull(runner.committed(lambda: None), runner.base))
    require("No changes" in runner.outputs["plan"], f"a request that changes nothing: {runner.outputs['plan']}")
    text = changed("one", TRICKS)
    require(f"### {runner.tree.system} / {runner.tree.source.name}" in text and "TRIAL\\_1" in text and "touch /run/ran" in text
            and "<details>" in text, f"the plan of two variables: {text}")
    for letter in ("w", "값", "🔥"):
        text = changed(*[letter * 20] * 1500)
        require(COMMENT * 0.4 < len(text) < COMMENT - 1000 and re.search(r"more (lines|differences) do not fit", text),
                f"a long plan has {len(text)} characters")
        telling(runner, text)
    for what, change in spoilt(runner).items():
        runner.run(job, pull(runner.committed(change), runner.base), fails=True)
        require(runner.outputs["plan"], f"{what} is not told")


def applied(runner):
    """What is pushed is applied, which changes nothing; where it would, nothing is delivered."""
    job, trees = runner.jobs["apply"], runner.names["TREES"]
    runner.committed(lambda: None)

    def change():
        variables(runner, "another")
        runner.compile()
    for ref in ("refs/heads/main", "refs/tags/v1.4.2"):
        calls = runner.run(job, push(ref, runner.committed(change)))
        same("calls of ondol", [call for call in calls if call.startswith("ondol")],
             [f"ondol apply {runner.names['DESCRIPTION']} --out {trees} --overwrite-edited --yes"])
        same("changes", run("git", "status", "--short", "--ignored", cwd=runner.home / "checkout"), "")
        for what, spoil in spoilt(runner).items():
            runner.run(job, push(ref, runner.committed(spoil)), fails=True)
            require("workflow" in what or "::error::apply changed" in runner.failure, f"{what}: {runner.failure}")


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


def telling(runner, *plans):
    """Tells plans one after the other; what comments there are then."""
    store, job = runner.home / "comments", runner.jobs[TELLS]
    mark = job["steps"][0]["env"]["MARK"]
    theirs = {"id": 1, "user": {"login": "somebody"}, "body": f"{mark} as a joke"}
    store.write_text(json.dumps([theirs]))
    program(runner.home / "gh.py", GH.replace("COMMENTS", str(store)))
    runner.pretend("gh", f'[ "$GH_TOKEN" = "a token" ] && exec python3 {runner.home}/gh.py "$@"')
    for text in plans:
        runner.run(job, pull(runner.base, runner.base, plan=text))
        comments = json.loads(store.read_text())
        same("comments", [*comments[:1], len(comments)], [theirs, 2])
        same("the comment", comments[1]["body"], f"{mark}\n\n{text}\n")
        require(len(comments[1]["body"]) <= COMMENT, "the comment is too long")


def told(runner):
    """One comment, written anew by each run; what others wrote stays, a request from a fork has none, nothing in it runs."""
    telling(runner, f"## a plan\n{TRICKS}", "## another plan")
    fork = pull(runner.base, runner.base, repository="stranger/name", plan="## a plan")
    require(not holds(runner.jobs[TELLS]["if"], fork), "a fork's request is given a comment")
    require(not pathlib.Path("/run/ran").exists(), "a command in a plan was run")


class Server:
    """A host that is delivered to: where it is reached, where its tree is to lie, and its disk, a folder of this machine that
    has an earlier release."""

    def __init__(self, home, tree):
        script = (tree / "scripts/deliver.sh").read_text()
        self.tree, self.address = tree, re.search(r" host=(\S+)", script)[1]
        self.directory = pathlib.Path(re.search(r" directory=(\S+)", script)[1])
        services = yaml.safe_load((tree / "compose.yaml").read_text())["services"]
        self.built = [service for service in services.values() if "build" in service]
        self.disk, self.loaded = home / "disks" / self.address, home / f"loaded-{self.address}"
        shutil.copytree(tree, self.disk, symlinks=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        manifest = json.loads((tree / "manifest.json").read_text())
        manifest["files"]["scripts/of-before.sh"] = manifest["files"]["compose.yaml"]
        (self.disk / "manifest.json").write_text(json.dumps(manifest, indent=2))
        (self.disk / "compose.yaml").write_text("old\n")
        for kept in (".env", "releases.log", ".releases/read/x", "scripts/of-before.sh", "of-the-host.txt"):
            program(self.disk / kept, self.address)

    @property
    def old(self):
        """Whether nothing was brought yet."""
        return (self.disk / "compose.yaml").read_text() == "old\n" and not self.loaded.exists()

    def has(self, release):
        """Whether what the host was brought is the release, beside what the host keeps."""
        text = lambda name: (self.disk / name).read_text()
        same(f"the tree of {self.address}", text("compose.yaml"), (self.tree / "compose.yaml").read_text())
        same(f"what {self.address} keeps", {text(name) for name in (".env", "of-the-host.txt", ".releases/read/x", "releases.log")},
             {self.address})
        require(not (self.disk / "scripts/of-before.sh").exists(), "a file of an earlier release stays")
        if self.built:
            loaded = gzip.decompress(self.loaded.read_bytes()).decode()
            same(f"images that {self.address} loads, of {release}", loaded.split(), [release] * len(self.built))


# What nobody may name a release, and what a shell would make of it.
STRANGE_TAGS = ["v1;reboot", "v$(touch${IFS}/run/ran)", "v`touch${IFS}/run/ran`", "v1'\"&touch${IFS}/run/ran", "v" + "1" * 128]


def delivered(runner, job):
    """Images and tree reach each host, what the host keeps stays, what is no longer wanted goes, and it is deployed, one host
    after the other."""
    home, docker = runner.home, shutil.which("docker")
    servers = [Server(home, tree) for tree in runner.tree.of_hosts]
    runner.pretend("docker", f"""case $* in
        compose*build) PATH=${{PATH#*:}} {docker} "${{@:1:$#-1}}" config --quiet && printf '%s' "$RELEASE" >{home}/built ;;
        save*) [ "$RELEASE" = "$(cat {home}/built)" ] && shift && printf '%s\n' "${{@##*:}}" ;;
        load*) cat >{home}/loaded-"$REACHED" ;;
        *) exit 9 ;;
    esac""")
    # The other end is this machine with the disk of that host.
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
    export REACHED=${{1#*@}}
    shift
    case $* in *deploy.sh*) exit "$(cat {home}/status)" ;; esac
    exec unshare --mount sh -c 'mount --bind {home}/disks/"$REACHED" {servers[0].directory} && exec sh -c "$1"' sh "$*\"""")
    commit = runner.committed(lambda: None)
    tagged = "tags" in job["if"]
    event, release = (push("refs/tags/v1.4.2", commit), "v1.4.2") if tagged else (push("refs/heads/main", commit), commit)

    def deployed(calls):
        asked = [call.split() for call in calls if "/scripts/deploy.sh " in call]
        require(all(call[-2:] == ["--no-build", release] for call in asked), f"not this release: {asked}")
        return [call[-4].split("@")[1] for call in asked]
    # A deployment that fails fails the job, and the next host keeps what it has.
    (home / "status").write_text("1")
    same("deployed until a failure", deployed(runner.run(job, event, fails=True)), [servers[0].address])
    require(all(server.old for server in servers[1:]), "a host was brought a release that failed elsewhere")
    (home / "status").write_text("0")
    same("deployed", deployed(runner.run(job, event)), [server.address for server in servers])
    for server in servers:
        server.has(release)
    # So does what no tag of an image can be, before anything is reached.
    for tag in STRANGE_TAGS if tagged else []:
        same(f"calls for {tag}", runner.run(job, push(f"refs/tags/{tag}", commit), fails=True), [])
    require(not pathlib.Path("/run/ran").exists(), "a command in a tag was run")


def shell(text):
    return "'" + text + "'"


main(check)
