#!/usr/bin/python3
"""Whether a compiled tree means what the original of a real stack means, by the programs that read both.

    compare.py ORIGINALS STACK TREE

ORIGINALS is the folder with the originals, STACK the folder of the description with its `original.toml`, TREE what the
description compiles to. It runs inside golden-tests/tools/sandbox, where it may put files in place."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import yaml

import nginx

# What may differ, and why. Nothing else is passed over.
IGNORED = {
    "name": "the project's name is the caller's: both are given the same one",
    "x-": "extensions are for the reader of the file: compose does nothing with them",
}
# Lists of a compose file that are read from the first entry to the last. The others say what there is, in no order.
IN_ORDER = {"command", "entrypoint", "test", "dns", "dns_search", "post_start", "pre_stop"}


def main(originals, stack, tree):
    described = tomllib.loads((stack / "original.toml").read_text())
    original = originals / described["folder"]
    for path, text in described.get("files", {}).items():
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_text(text)
    problems = []
    if "compose" in described:
        files = [original / name for name in described["compose"]]
        theirs = config(original, files, described)
        ours = config(original, [tree / "compose.yaml"], described)
        problems += differences(meaning(theirs), meaning(ours), in_order=IN_ORDER.__contains__)
    for theirs, ours in described.get("nginx", {}).items():
        both = [nginx.directives((folder / name).read_text()) for folder, name in ((original, theirs), (tree, ours))]
        if both[0] != both[1]:
            problems.append(f"{theirs}: {first_difference(*both)}")
    for theirs, ours in described.get("yaml", {}).items():
        both = [yaml.safe_load((folder / name).read_text()) for folder, name in ((original, theirs), (tree, ours))]
        problems += differences(*both, theirs)
    for theirs, ours in described.get("lines", {}).items():
        both = [lines((folder / name).read_text()) for folder, name in ((original, theirs), (tree, ours))]
        problems += differences(*both, theirs)
    for theirs, ours in described.get("logrotate", {}).items():
        problems += verdicts(["logrotate", "--debug"], original / theirs, tree / ours)
    for theirs, ours in described.get("nginx-test", {}).items():
        problems += verdicts(["nginx", "-t", "-c"], original / theirs, tree / ours)
    for check, name in described.get("promtool", {}).items():
        problems += verdicts(["promtool", "check", check], original / name, tree / name)
    for check, name in described.get("amtool", {}).items():
        problems += verdicts(["amtool", check], original / name, tree / name)
    if problems:
        sys.exit("\n".join(problems))


def config(folder, files, described):
    """What compose understands, with paths from the folder of the original on and the same values."""
    command = ["docker", "compose", "--project-name", "practice", "--project-directory", folder, "--profile", "*"]
    for name in described.get("env-files", []):
        command += ["--env-file", folder / name]
    for file in files:
        command += ["--file", file]
    values = {**os.environ, "SOURCE_DIR": str(folder), **described.get("values", {})}
    done = subprocess.run([*map(str, command), "config", "--format", "json"], capture_output=True, text=True,
                          check=False, env=values)
    if done.returncode or "level=" in done.stderr:
        sys.exit(f"{files}: {done.stderr}")
    return json.loads(done.stdout)


def verdicts(command, *files):
    """What a program says of both files, without their names."""
    said = []
    for file in files:
        done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
        text = re.sub(r"\d+", "N", (done.stdout + done.stderr).replace(str(file.parent), ""))
        said.append((done.returncode, text))
    return [] if said[0] == said[1] else [f"{command}: {said[0]} of the original, {said[1]} here"]


def lines(text):
    """The lines that a program of the host reads: no comments, no blank ones, no blanks around them."""
    stripped = (line.strip() for line in text.splitlines())
    return {number: line for number, line in enumerate(line for line in stripped if line and not line.startswith("#"))}


def first_difference(theirs, ours):
    for one, other in zip(theirs, ours):
        if one != other:
            if one[1] is not None and other[1] is not None and one[0] == other[0]:
                return first_difference(one[1], other[1])
            return f"{one} in the original, {other} here"
    return f"{len(theirs)} directives in the original, {len(ours)} here"


def meaning(document):
    return {key: value for key, value in document.items() if key != "name" and not key.startswith("x-")}


def differences(theirs, ours, path="", in_order=lambda name: True):
    """Every place in which two values differ. Of a list whose name is not `in_order`, only what it holds counts: routes of
    Alertmanager, relabelling and the rules of a group mean something else in another order."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for key in sorted({*theirs, *ours}):
            found += differences(theirs.get(key), ours.get(key), f"{path}.{key}" if path else key, in_order)
        return found
    if isinstance(theirs, list) and isinstance(ours, list):
        if in_order(path.rsplit(".", 1)[-1]):
            return in_turn(theirs, ours, path, in_order)
        rest = list(ours)
        missing = [one for one in theirs if one not in rest or rest.remove(one)]
        return [f"{path}: {one!r} is in the original only" for one in missing] + [
            f"{path}: {one!r} is not in the original" for one in rest]
    return [] if theirs == ours else [f"{path}: {theirs!r} in the original, {ours!r} here"]


def in_turn(theirs, ours, path, in_order):
    """Each entry beside the one at its place."""
    if len(theirs) != len(ours):
        return [f"{path}: {len(theirs)} entries in the original, {len(ours)} here: {theirs!r}, {ours!r}"]
    pairs = enumerate(zip(theirs, ours))
    return [problem for index, both in pairs for problem in differences(*both, f"{path}[{index}]", in_order)]


main(*map(pathlib.Path, sys.argv[1:4]))
