#!/usr/bin/python3
"""A certificate is kept up by the tree's own script, and nginx takes each new one up without a restart. It is issued and
renewed by the real certbot, which asks a real ACME authority (one for tests, on this machine), which asks nginx; or the
operator has one; or the tree signs its own."""

import json
import os
import pathlib
import re
import shutil
import subprocess

from containers import running
from trial import eventually, main, require, run, same

# The authority checks at once, and takes every nonce: it would refuse some by chance, and a client asks only once more.
PROMPT = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}


def check(tree):
    script = tree.home / "scripts/certificate.sh"
    domain = re.search(r"^domain=(\S+)", script.read_text(), re.M)[1]
    # nginx with what it waits for: nothing else has a part in this.
    with running(tree, tree.one("nginx")) as project:
        nginx = project.containers(tree.one("nginx"))[0]
        if "certbot" in script.read_text():
            issued(tree, script, domain, next(iter(nginx["NetworkSettings"]["Networks"].values()))["Gateway"])
        elif tree.given:
            given(tree, script, domain)
        else:
            own(tree, script, domain, project)
        same("start of nginx", project.containers(tree.one("nginx"))[0]["State"]["StartedAt"], nginx["State"]["StartedAt"])
        metrics = "".join(path.read_text() for path in pathlib.Path("/var/lib/node_exporter").rglob("*.prom"))
        require("ondol_certificate_not_after_timestamp_seconds" in metrics or not tree.rules(), "no metric tells when the certificate ends")
        if tree.given:
            exchanged(tree, script, domain)


def issued(tree, script, domain, gateway):
    """An authority's certificate takes the place of the self-signed one, and is renewed when that is due."""
    before = served(domain)
    authority(gateway)
    run(script, "issue", cwd="/")
    first = served(domain)
    require("Pebble" in first["issuer"], f"after `issue` nginx serves a certificate of {first['issuer']}")
    require(first["serial"] != before["serial"], "nginx serves the certificate that it had")
    run(script, "renew", cwd="/")
    same("certificate after a renewal that is not due", served(domain), first)
    with open("/etc/letsencrypt/cli.ini", "a", encoding="ascii") as settings:
        settings.write("renew-by-default = True\n")
    renew(tree, script)
    require(served(domain)["serial"] != first["serial"], "after a renewal nginx serves the old certificate")


def given(tree, script, domain):
    """The operator's certificate is served, and one that is written over it; one that its key does not fit is not."""
    first = served(domain)
    same("certificate", first["serial"], serial(tree.given[0]))
    run(script, "renew", cwd="/")
    same("certificate after a renewal of nothing", served(domain), first)
    tree.certified(*tree.given)
    renew(tree, script)
    second = served(domain)
    same("certificate after it was written over", second["serial"], serial(tree.given[0]))
    key = tree.given[1].read_bytes()
    tree.certified(tree.given[0], "/run/another.key")
    run(script, "renew", cwd="/", fails=True)
    same("certificate after one whose key is another", served(domain), second)
    tree.certified(*tree.given)
    require(tree.given[1].read_bytes() != key, "the key is the old one")
    renew(tree, script)
    same("certificate after its key came too", served(domain)["serial"], serial(tree.given[0]))


def exchanged(tree, script, domain):
    """New files take the place of the old ones: the container goes on with those, until it is restarted."""
    tree.certified("/run/new.pem", "/run/new.key")
    for new, path in zip(("/run/new.pem", "/run/new.key"), tree.given):
        shutil.copy(new, f"{path}.new")
        os.replace(f"{path}.new", path)
    renew(tree, script)
    same("certificate after its files were exchanged", served(domain)["serial"], serial(tree.given[0]))


def serial(path):
    return re.search(r"serial=(\w+)", run("openssl", "x509", "-noout", "-serial", "-in", path))[1]


def own(tree, script, domain, project):
    """A self-signed certificate is kept while it is good, and a new one is made in its last week."""
    first = served(domain)
    run(script, "renew", cwd="/")
    same("certificate after a renewal that is not due", served(domain), first)
    project.compose("exec", "-T", tree.one("nginx"), "sh", "-c",
                    "cd /etc/nginx/tls && openssl req -x509 -key privkey.pem -days 6 -subj /CN=old "
                    f"-addext subjectAltName=DNS:{domain} -out fullchain.pem && nginx -s reload")
    old = eventually("the old certificate is served", lambda: served(domain) != first and served(domain), 60)
    renew(tree, script)
    require(served(domain)["serial"] != old["serial"], "after a renewal nginx serves the old certificate")


def renew(tree, script):
    """As cron does it."""
    run(tree.home / "scripts/run-job.sh", "renew-certificate", "300", script, "renew", cwd="/")


def served(domain):
    """The certificate that a browser gets."""
    shown = run("openssl", "s_client", "-connect", "127.0.0.1:443", "-servername", domain, stdin=subprocess.DEVNULL)
    text = run("openssl", "x509", "-noout", "-serial", "-issuer", "-ext", "subjectAltName", input=shown)
    require(f"DNS:{domain}" in text, f"the certificate is not for {domain}:\n{text}")
    return {"serial": re.search(r"serial=(\w+)", text)[1], "issuer": re.search(r"issuer=(.*)", text)[1]}


def daemon(*command):
    with open(f"/run/{command[0]}.log", "w", encoding="utf-8") as log:
        subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **PROMPT})


def authority(gateway):
    """Starts the authority where containers reach it, and tells certbot of it as an operator would."""
    daemon("pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dnsserver", "127.0.0.1:8053", "-http01", "",
           "-https01", "", "-tlsalpn01", "", "-doh", "")  # the name server: every name is this machine
    eventually("the name server listens", lambda: ":8053 " in run("ss", "-Hlnu"), 60)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
        "/CN=authority", "-keyout", "/run/authority.key", "-out", "/run/authority.pem")
    settings = {"listenAddress": "0.0.0.0:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 80, "tlsPort": 443,
                "certificate": "/run/authority.pem", "privateKey": "/run/authority.key"}
    pathlib.Path("/run/pebble.json").write_text(json.dumps({"pebble": settings}))
    daemon("pebble", "-config", "/run/pebble.json", "-dnsserver", "127.0.0.1:8053")
    os.makedirs("/etc/letsencrypt", exist_ok=True)
    pathlib.Path("/etc/letsencrypt/cli.ini").write_text(f"server = https://{gateway}:14000/dir\nno-verify-ssl = True\n"
                                                        "no-random-sleep-on-renew = True\n")
    eventually("the authority answers", lambda: run("curl", "-sfk", f"https://{gateway}:14000/dir"), 60)


main(check)
