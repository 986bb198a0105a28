"""A runner of GitHub's, as far as our workflow needs one: expressions, a checkout for each job, and its `run:` steps."""

import os
import pathlib
import re
import shutil
import subprocess

from trial import program, require, run

KEY, HOSTS = "a private key\nof two lines", "203.0.113.1 ssh-ed25519 AAAA"
COMMON = {"workflow": "w", "repository": "owner/name", "token": "a token"}


def pull(sha, base, repository="owner/name", plan=""):
    """A request, after its job `plan` when there is a plan."""
    request = {"number": 7, "base": {"sha": base}, "head": {"repo": {"full_name": repository}}}
    return {**COMMON, "event_name": "pull_request", "ref": "refs/pull/7/merge", "ref_name": "7/merge", "sha": sha,
            "event": {"pull_request": request}, "needs": {"plan": {"outputs": {"plan": plan}}}}


def push(ref, sha):
    return {**COMMON, "event_name": "push", "ref": ref, "ref_name": ref.split("/", 2)[2], "sha": sha, "event": {}, "needs": {}}


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


def running(jobs, event):
    """The jobs that run on an event: one whose need was left out is left out, unless it says that it is not."""
    runs = set()
    for name, job in jobs.items():
        condition = str(job.get("if", "true"))
        if holds(condition, event) and ("!cancelled()" in condition or set(job.get("needs", [])) <= runs):
            runs.add(name)
    return runs


class Runner:
    """`origin` is a repository with a description, its trees and the workflow; a job has a checkout of it, and a PATH of
    programs that note how they were called."""

    def __init__(self, tree, path, workflow):
        self.tree, self.jobs = tree, workflow["jobs"]
        self.home = pathlib.Path("/run/runner")
        self.origin, self.calls, self.outputs = self.home / "origin", self.home / "calls", {}
        self.names = self.jobs["plan"]["env"]
        made = pathlib.Path(self.names["MADE"])
        self.place = made.parent.parent.parent / tree.source.name
        for job in self.jobs.values():
            for step in job["steps"]:
                program(self.origin / step.get("working-directory", ".") / "of-the-project", "")
                if "run" in step and "name" not in step:
                    self.pretend(step["run"].split()[0], "")
        if tree.described:
            shutil.copytree(tree.described, self.origin / self.names["DESCRIPTION"], dirs_exist_ok=True)
            self.pretend("ondol", f'exec {tree.ondol} "$@"')
            self.compile()
        else:
            shutil.copytree(tree.source, self.origin / self.place, symlinks=True)
        installed = self.origin / self.names["INSTALLED"]
        installed.parent.mkdir(parents=True)
        shutil.copy(path, installed)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.base = self.committed(lambda: None)

    def compile(self):
        names = self.names
        run(self.tree.ondol, "apply", "--yes", "--quiet", "--out", names["TREES"], names["DESCRIPTION"], cwd=self.origin)

    def git(self, *words):
        return run("git", "-c", "user.name=Somebody", "-c", "user.email=somebody@example.test", *words, cwd=self.origin).strip()

    def committed(self, change):
        """The commit that a change of what was there at first comes to."""
        if hasattr(self, "base"):
            self.git("reset", "--quiet", "--hard", self.base)
        change()
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git("rev-parse", "HEAD")

    def pretend(self, name, does):
        program(self.home / "bin" / name, f'#!/bin/bash\nprintf \'%s\\n\' "{name} $*" >>{self.calls}\n{does}\n')

    def run(self, job, event, fails=False):
        """Runs the steps of a job; what was called, one line each, in order. `outputs` and `summary` are what it leaves."""
        temp, checkout = self.home / "temp", self.home / "checkout"
        for folder in (temp, checkout):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        told = {"GITHUB_OUTPUT": temp / "output", "GITHUB_STEP_SUMMARY": temp / "summary"}
        for path in (self.calls, *told.values()):
            path.write_text("")
        base = {"PATH": f"{self.home}/bin:{os.environ['PATH']}", "HOME": str(self.home), "RUNNER_TEMP": str(temp),
                **{name: str(path) for name, path in told.items()}}
        failed = None
        for step in job["steps"]:
            if "uses" in step:
                whole = step["with"].get("fetch-depth") == 0
                run("git", "clone", "--quiet", *([] if whole else ["--depth", "1"]), f"file://{self.origin}", checkout)
                run("git", "checkout", "--quiet", "--detach", event["sha"], cwd=checkout)
            elif holds(step.get("if", "true"), event):
                names = {**job.get("env", {}), **step.get("env", {})}
                done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=checkout / step.get("working-directory", "."),
                                      check=False, capture_output=True, text=True,
                                      env={**base, **{name: value(text, event) for name, text in names.items()}})
                if done.returncode:
                    failed = f"{step['run']}\n{done.stdout}{done.stderr}"
                    break
        require(bool(failed) == fails, failed or "no step failed")
        self.outputs, self.summary, self.failure = outputs(told["GITHUB_OUTPUT"]), told["GITHUB_STEP_SUMMARY"].read_text(), failed
        return [line.rstrip() for line in self.calls.read_text().splitlines()]


def outputs(path):
    """What steps told, read as GitHub reads it: `NAME<<MARK`, lines, `MARK`."""
    found, lines = {}, path.read_text().split("\n")
    while any(lines):
        name, mark = lines[0].split("<<")
        require(mark in lines[1:], f"{name} has no end")
        end = lines.index(mark, 1)
        found[name], lines = "\n".join(lines[1:end]), lines[end + 1:]
    return found
