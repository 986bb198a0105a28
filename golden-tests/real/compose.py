#!/usr/bin/python3
"""The compose file: valid and free of warnings for Docker Compose, refused while a secret has no value, and free of what
only an engine would notice later."""

import re

from trial import main, require, run


def check(tree):
    output = run("docker", "compose", "--project-directory", tree.home, "--profile", "*", "config", "-q")
    require("level=" not in output, output)  # an unset variable is only a warning, and the exit status 0
    if "secret" in (tree.home / "env/.env.example").read_text():
        (tree.home / ".env").rename(tree.home / ".env.away")
        run("docker", "compose", "--project-directory", tree.home, "config", "-q", fails=True)
        (tree.home / ".env.away").rename(tree.home / ".env")
    published, problems = {}, []
    for name, service in tree.services.items():
        if not re.fullmatch(r"[a-z0-9][a-z0-9._/-]*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?", service.get("image", "")):
            problems.append(f"{name}: image {service.get('image')!r}")
        if not re.fullmatch(r"no|always|unless-stopped|on-failure(:\d+)?", service.get("restart", "no")):
            problems.append(f"{name}: restart {service['restart']!r}")
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy" and not tree.services[other].get("healthcheck"):
                problems.append(f"{name}: waits for the health of {other}, which has no check")
        targets = [volume["target"] for volume in service.get("volumes", [])]
        if len(targets) != len(set(targets)) or not all(target.startswith("/") for target in targets):
            problems.append(f"{name}: mounts {targets}")
        for target, source in tree.mounts(name).items():
            if source.is_relative_to(tree.home) and not source.exists():
                problems.append(f"{name}: mounts {source} at {target}, which is not in the tree")
        for port in service.get("ports", []):
            key = (port.get("host_ip", ""), port["published"], port["protocol"])
            if key in published:
                problems.append(f"{name}: port {key} is also published by {published[key]}")
            published[key] = name
        if not service.get("logging", {}).get("options", {}).get("max-size"):
            problems.append(f"{name}: its log grows without bound")
    require(not problems, "\n".join(problems))


main(check)
