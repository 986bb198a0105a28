#!/usr/bin/python3
"""The security report on a server where something is wrong everywhere: each of it is found, counted, and named with who
is behind it. Only what the machine would be asked about is made up: packages, the journal, the containers."""

import gzip
import os
import pathlib
import re
import time

from trial import main, program, require, run

# What the programs of a neglected server would say.
PROGRAMS = {
    "apt-get": """
        echo 'Inst openssl [3.0.1] (3.0.2 Debian-Security:12/stable-security [amd64])'
        echo 'Inst nano [7.1] (7.2 Debian:12/stable [amd64])'""",
    "journalctl": """
        for n in 1 2 3; do echo "Failed password for root from 198.51.100.7 port 400$n ssh2"; done
        echo 'Invalid user admin from 203.0.113.5 port 4010'
        echo 'Accepted publickey for deploy from 192.0.2.9 port 4011'""",
    "docker": """
        case "$*" in
            *' logs '*) for n in $(seq 1200); do echo '{"client":"198.51.100.8","status":401,"x":""}'; done
                        echo '{"client":"192.0.2.9","status":200,"x":""}' ;;
            *' openssl x509 '*) openssl x509 -noout -enddate -in /run/ending.pem ;;
            *) exit 1 ;;
        esac""",
}
SEARCHES = {"updates": ["ACTION .*install the security updates.*: openssl *$"],
            "failed logins": [r"^4 in the journal", r"^ +3 198\.51\.100\.7$", r"^ +1 203\.0\.113\.5$"],
            "refused": [r"^1201 requests", r"^ +1200 198\.51\.100\.8$", r"ACTION .*look at what 198\.51\.100\.8 with 1200"],
            "certificate": ["ACTION .*the certificate ends in [45] days"]}


def check(tree):
    for name, text in PROGRAMS.items():
        program(f"/run/programs/{name}", f"#!/bin/sh\n{text}\n")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "5",
        "-subj", "/CN=ending", "-keyout", "/run/ending.key", "-out", "/run/ending.pem")
    script = tree.home / "scripts/security-check.sh"
    reports = re.findall(r"^report (\S+) (/\S+) (\S+) (\S+)$", script.read_text(), re.M)
    for folder, file in {(folder, file) for _, folder, file, _ in reports}:
        logs(pathlib.Path(folder), file, [(text, field) for text, where, name, field in reports if (where, name) == (folder, file)])
    said = run(script, fails=True, env={**os.environ, "PATH": f"/run/programs:{os.environ['PATH']}"})
    for section, found in SEARCHES.items():
        if section == "certificate" and not tree.has("tls"):
            require("certificate" not in said, f"it speaks of a certificate where there is none:\n{said}")
            continue
        if section == "refused" and not (tree.home / "nginx").exists():
            require("refused" not in said, f"it speaks of requests where none arrive:\n{said}")
            continue
        for pattern in found:
            require(re.search(pattern, said, re.M), f"{section}: no line like {pattern!r}\n{said}")
    for text, folder, file, field in reports:
        part = said.split(f"in {folder}/{file};")
        section = next((part[n] for n in range(1, len(part)) if text in part[n].split("==")[0]), "")
        require(re.search(r"^ +4 203\.0\.113\.66$", section, re.M) and re.search(r"^ +2 203\.0\.113\.67$", section, re.M),
                f"who is behind {text} (by {field}) is not told:\n{said}")
        require(f"6 in {folder}/{file};" in said, f"not six lines with {text}:\n{said}")
    require("stale" not in said and "harmless" not in said, f"it shows what is old or harmless:\n{said}")
    keys(script, said)


def keys(script, said):
    """The secret key of encrypted backups is missing, is open to others and another one, or is the right one; and dumps
    of before they were encrypted are told."""
    found = re.search(r"^opens (\S+) (age1\w+)", script.read_text(), re.M)
    if not found:
        return
    identity = pathlib.Path(found[1])
    require(f"{identity} is missing" in said, f"the key is missing, and nobody says so:\n{said}")
    identity.parent.mkdir(parents=True, exist_ok=True)
    run("age-keygen", "-o", identity)
    identity.chmod(0o644)
    name, extension, folder = re.search(r"^newest (\S+) (\S+)\.age (\S+)", script.read_text(), re.M).groups()
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for suffix, time in ((f"{extension}.age", "20990101_000000"), (extension, "20200101_000000")):
        pathlib.Path(folder, f"{name}_{time}.{suffix}").write_text("x")
    said = run(script, fails=True)
    for wrong in (f"ACTION .*{identity} has mode 644", f"ACTION .*{identity} opens no backup", f"ACTION .*{name}: dumps of before they were encrypted"):
        require(re.search(wrong, said), f"no line like {wrong!r}:\n{said}")
    pathlib.Path(folder, f"{name}_20200101_000000.{extension}").unlink()
    identity.chmod(0o600)
    script.write_text(script.read_text().replace(found[2], run("age-keygen", "-y", identity).strip()))
    said = run(script, fails=True)
    require(f"{identity} opens the backups" in said and "opens no backup" not in said and "before they were encrypted" not in said, said)


def logs(folder, name, reports):
    """A log of today, one that was rotated this week, and one of last month; a line of another kind beside each."""
    folder.mkdir(parents=True, exist_ok=True)
    line = lambda text, field, who, note: f'{{"msg":"{text}","{field}":"{who}","note":"{note}"}}\n'
    both = lambda n, m, note: '{"msg":"harmless"}\n' + "".join(
        n * line(*report, "203.0.113.66", note) + m * line(*report, "203.0.113.67", note) for report in reports)
    (folder / name).write_text(both(1, 1, "today"))
    (folder / f"{name}.2.gz").write_bytes(gzip.compress(both(3, 1, "this week").encode()))
    old = folder / f"{name}.30.gz"
    old.write_bytes(gzip.compress(both(9, 9, "stale").encode()))
    os.utime(old, (time.time() - 20 * 86400,) * 2)


main(check)
