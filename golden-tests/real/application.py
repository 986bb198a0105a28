#!/usr/bin/python3
"""Application servers take the command that the tree starts them with: they listen where health is asked, with as many
workers as the description says."""

import os
import pathlib
import re
import signal
import subprocess

from trial import eventually, main, require, run, same

APPLICATION = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})
"""


def check(tree):
    commands = {name: [str(word) for word in service.get("command") or []] for name, service in tree.services.items()}
    served = {name: command for name, command in commands.items() if command[:1] == ["uvicorn"]}
    stated = set(re.findall(r'^ +service "([^"]+)" .*kind="fastapi"', tree.description, re.M))
    same("FastAPI applications", set(served), stated & set(tree.services))
    for name, command in served.items():
        uvicorn(tree, name, command, tree.services[name])


def uvicorn(tree, name, command, service):
    folder = pathlib.Path("/run", name)
    folder.mkdir()
    module, _, _ = command[1].partition(":")
    path = folder / f"{module.replace('.', '/')}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(APPLICATION)
    stated = re.search(rf'^    service "{name}" .*?^ +workers (\d+)', tree.description, re.M | re.S)
    wanted = int(stated[1]) if stated else int(command[command.index("--workers") + 1])
    if "--reload" in command:
        # While it watches the sources, uvicorn serves with one process.
        require("--workers" not in command, f"uvicorn ignores one of {command}")
        wanted = 1
    with open(f"/run/{name}.log", "w", encoding="utf-8") as log, subprocess.Popen(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, stdout=log, stderr=log) as server:
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+(/[^'\"\s]*)", str(service["healthcheck"]["test"]))
            require(found, f"the health of {name} is asked nowhere: {service['healthcheck']}")
            same("what health is asked for", eventually("health", lambda: run("curl", "-sf", found[0]), 90), found[1])
            eventually(f"{wanted} workers", lambda: workers(server.pid) == wanted, 90, 0.5)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(90)


def workers(parent):
    """Processes that the server has made of itself."""
    return int(run("sh", "-c", f"pgrep -P {parent} -fc spawn_main || true"))


main(check)
