#!/usr/bin/python3
"""nginx's configuration: accepted without a warning, safe as far as an analyser sees, and every upstream is a service, on the port of its health check."""

import json
import re

from edge import Edge
from trial import main, require, run, same


def check(tree):
    # Only names of the compose file resolve, so that an upstream that is no service is found.
    with open("/etc/hosts", "w", encoding="ascii") as hosts:
        hosts.write("127.0.0.1 localhost\n")
        hosts.writelines(f"127.1.0.{number} {name}\n" for number, name in enumerate(tree.services, 1))
    edge = Edge(tree)
    for program in edge.programs:
        output = run(program, "-t")
        require(not re.search(r"\[(warn|error|alert)\]", output), output)
    # A path that is cut off leaves `proxy_pass` with a path of its own, as it has to be. Browsers that once saw HSTS
    # would never again take a certificate that nobody vouches for.
    skipped = ["proxy_pass_normalized", *([] if tree.vouched_for else ["hsts_header"])]
    output = run("gixy", "-ll", "--skips", ",".join(skipped), "--format", "json", "/etc/nginx/nginx.conf")
    same("what gixy finds", json.loads(output), [])
    for name, port in edge.upstreams().items():
        if name in tree.hosts:
            started = "".join(parts["Service"]["ExecStart"][0] for parts in tree.units.values())
            require(f"{tree.hosts[name]}:{port}" in started, f"no unit listens at {name}:{port}: {started}")
            continue
        require(name in tree.services, f"upstream {name} is no service of the compose file")
        ports = re.findall(r"://[^/:]+:(\d+)", str(tree.services[name].get("healthcheck", "")))
        require(str(port) in ports or not ports, f"upstream {name}:{port}, but its health is asked on {ports}")


main(check)
