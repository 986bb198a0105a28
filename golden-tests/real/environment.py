#!/usr/bin/python3
"""The environment file: check-env accepts one that is filled in, names each thing that is wrong with another, and shows
no value of any. What it accepts, compose starts with."""

import re

from tree import sample
from trial import main, require, run, same


def check(tree):
    script, file = tree.home / "scripts/check-env.sh", tree.home / ".env"
    good = file.read_text()
    run(script)

    def refuses(text, *expected, mode=0o600):
        file.write_text(text)
        file.chmod(mode)
        said = run(script, fails=True)
        for part in expected:
            require(part in said, f"not said: {part!r}\n{said}")
        # A short one can be a word of the message itself.
        for value in filter(lambda value: len(value) > 11, tree.values.values()):
            require(value not in said, f"it shows the value {value!r}")

    require(sorted(tree.asked) == sorted(declared(tree)), f"it checks {tree.asked}")
    for name, (least, *how) in tree.asked.items():
        without = re.sub(rf"^{name}=.*\n", "", good, flags=re.M)
        if "optional" not in how:
            refuses(without, f"{name}: not set")
            refuses(f"{without}{name}=\n", f"{name}: not set")
            refuses(f"{without}{name}=  # later\n", f"{name}: compose takes this comment for its value")
        if int(least) > 1:
            refuses(f"{without}{name}='{'s' * (int(least) - 1)}'\n", f"{name}: shorter than {least} characters")
        if "secret" in how:
            refuses(f"{without}{name}=<{name.lower()}>\n", f"{name}: still a placeholder")
        if "in-url" in how:
            refuses(f"{without}{name}='{'s' * int(least)}/@'\n", f"{name}: it stands in a URL")
        # Compose takes the dollar sign in this for the beginning of a variable.
        refuses(f"{without}{name}={'s' * int(least)}$x\n", f"{name}: compose would expand")
        kind = dict(rule.split("=", 1) for rule in how if "=" in rule)
        if "type" in kind:
            for wrong in ("not of the type", "12 34", "-x-"):
                refuses(f"{without}{name}='{wrong}'\n", f"{name}: not ")
        if "is" in kind:
            refuses(f"{without}{name}='none of them, so it is refused'\n", f"{name}: none of ")
        if "form" in kind:
            refuses(f"{without}{name}='never of the form, {'s' * int(least)}'\n", f"{name}: not of the form ")
        if kind.get("type") in ("integer", "number", "port"):
            for rule, beyond in (("min", -1), ("max", 1)):
                if rule in kind:
                    refuses(f"{without}{name}={float(kind[rule]) + beyond:g}\n", f"{name}: {'below' if beyond < 0 else 'above'} {kind[rule]}")
        value = tree.values.get(name) or sample(tree.asked[name]) or "in place of the default"
        file.write_text(f"{without}export {name} = \"{value}\" # as compose may read it too\r\n")
        run(script)
        run("docker-compose", "--project-directory", tree.home, "config", "-q")
    if tree.has("variables"):
        first = next(iter(tree.asked))
        refuses(f"{good}{first}='one, and long enough for all'\n{first}='another, and long enough'\n", f"{first}: set twice")
    # A default that is shown in the example is the one that holds without it.
    def resolved(text):
        file.write_text(text)
        return run("docker-compose", "--project-directory", tree.home, "config")

    shown = re.findall(r"^# (\w+=.*)$", (tree.home / "env/.env.example").read_text().split("\n# The release that runs")[0], re.M)
    same("what compose makes of defaults", resolved("\n".join([good, *shown, ""])), resolved(good))
    refuses(f"{good}an accident\n", "not NAME=value")
    refuses(f"{good}X='never closed\n", "X: its quote is never closed")
    refuses(good, "chmod 600", mode=0o640)
    file.unlink()
    require("no such file" in run(script, fails=True), "a missing file is not named")
    # What continuous integration supplies without a file is seen as well.
    run(script, env={"PATH": "/usr/bin:/bin", **tree.values}, fails=True)
    file.touch(0o600)
    run(script, env={"PATH": "/usr/bin:/bin", **tree.values})


def declared(tree):
    return re.findall(r"^(?:# )?(\w+)=", (tree.home / "env/.env.example").read_text().split("\n# The release that runs")[0], re.M)


main(check)
