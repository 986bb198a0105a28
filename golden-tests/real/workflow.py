#!/usr/bin/python3
"""The deployment workflow, as actionlint reads it, with shellcheck on its commands."""

from trial import main, require, run


def check(tree):
    workflows = tree.files("ci/*.y*ml")
    require(workflows, "no workflow")
    run("actionlint", "-no-color", *workflows)


main(check)
