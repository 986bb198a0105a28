#!/usr/bin/python3
"""What a description tunes is what the servers then say of themselves; a slow query is logged; what is meant to be done
in a database by the clock works there, twice; what the guide asks a database is answered, and its password is changed as
the guide says. Servers that are a cluster serve every key, also when one of them is away."""

import contextlib
import json
import pathlib
import re
import time

from containers import running
from guide import Guide
from trial import eventually, main, program, require, run, same

# Units in which PostgreSQL and Redis take and show numbers.
UNITS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "ms": 0.001, "s": 1, "min": 60}


def check(tree):
    tuned = {name: tool for images, tool in ((["postgres"], Postgres), (["redis"], Redis)) for name in tree.of(*images)}
    # What only holds servers of the image together.
    keepers = [name for name in tuned if "--cluster" in " ".join(map(str, tree.services[name].get("command") or []))
               and tree.services[name]["command"][0] != "redis-server"]
    tuned = {name: tool for name, tool in tuned.items() if name not in keepers}
    if not tuned:
        return
    with running(tree, *tuned, *keepers) as project:
        for name, tool in tuned.items():
            server = tool(project, name)
            words = [str(word) for word in tree.services[name]["command"]]
            wanted = server.stated(words)
            require(wanted, f"nothing is tuned in {name}: {words}")
            for setting, value in wanted:
                same(f"{setting} of {name}", number(server.ask(setting)), number(value))
            server.more(tree)
        for keeper in keepers:
            Cluster(tree, project, keeper).all()


def number(text):
    """`256MB`, `256mb` and 268435456 are the same; so are `1s` and 1000 of a setting in milliseconds."""
    found = re.fullmatch(r"([\d.]+) ?([a-zA-Z]*)", text)
    if not found:
        return text
    return float(found[1]) * UNITS.get(found[2].lower(), 1)


class Cluster:
    """Redis servers that share the keys among them."""

    KEYS = 40

    def __init__(self, tree, project, keeper):
        self.tree, self.project, self.keeper = tree, project, keeper
        self.nodes = [str(word) for word in tree.services[keeper]["command"] if str(word) in tree.services and str(word) != keeper]
        require(len(self.nodes) >= 6, f"nodes of {keeper}: {self.nodes}")

    def cli(self, node, *words):
        return self.project.compose("exec", "-T", node, "redis-cli", *words).strip()

    def all(self):
        """Keys go to every master and come back; a master is killed, its replica takes over, and nothing is lost; it
        comes back under another address and is a replica. What asks for health sees all of that."""
        eventually("the keeper is healthy", self.healthy, 180, 0.5)
        # On a busy machine a node may have thought others away.
        every = lambda: all(self.info(node)["cluster_state"] == "ok" for node in self.nodes)
        eventually("every node has its part", every, 180, 0.5)
        first = self.nodes[0]
        same("state", self.info(first)["cluster_state"], "ok")
        same("slots", self.info(first)["cluster_slots_ok"], "16384")
        same("masters", self.info(first)["cluster_size"], "3")
        for number in range(self.KEYS):
            same("set", self.cli(first, "-c", "set", f"key-{number}", f"value-{number}"), "OK")
        for node in self.nodes:
            eventually("every replica follows", lambda node=node: "role:master" in self.cli(node, "info", "replication")
                       or "master_link_status:up" in self.cli(node, "info", "replication"), 180, 0.5)
        eventually("every node has keys", self.held, 180, 0.5)
        master = next(node for node in self.nodes[1:] if "role:master" in self.cli(node, "info", "replication"))
        lost = self.cli(master, "cluster", "myid")
        require(lost in self.masters(first), f"{master} is no master")
        self.project.compose("kill", master)
        eventually("a replica is master in its place", lambda: len(self.masters(first) - {lost}) == 3
                   and lost not in self.masters(first) and self.info(first)["cluster_state"] == "ok", 180, 0.5)
        self.reads(first)
        eventually("the keeper sees it", self.healthy, 180, 0.5)
        # Somebody else has its address when it comes back.
        with self.address_taken(master):
            self.project.compose("up", "-d", "--no-deps", "--pull", "never", master)
            eventually("it is a replica now", lambda: "role:slave" in self.cli(master, "info", "replication")
                       and "master_link_status:up" in self.cli(master, "info", "replication"), 180, 0.5)
        # All at once, as when the machine starts.
        self.project.compose("restart", "--timeout", "5", *self.nodes)
        eventually("the cluster is whole again", every, 240, 0.5)
        self.reads(first)

    def held(self):
        """The keys of each node."""
        found = {node: int(self.cli(node, "dbsize").split()[-1]) for node in self.nodes}
        require(all(found.values()), f"keys of the nodes: {found}")
        return found

    def reads(self, node):
        """Every key is there; who has it, each node learns by and by."""
        def key(number):
            same(f"key {number}", self.cli(node, "-c", "get", f"key-{number}"), f"value-{number}")
            return True

        for number in range(self.KEYS):
            eventually(f"key {number} is read", lambda number=number: key(number), 60, 0.5)

    def info(self, node):
        return dict(line.split(":", 1) for line in self.cli(node, "cluster", "info").splitlines() if ":" in line)

    def masters(self, node):
        lines = [line.split() for line in self.cli(node, "cluster", "nodes").splitlines()]
        return {words[0] for words in lines if "master" in words[2] and "fail" not in words[2] and len(words) > 8}

    def healthy(self):
        """What the engine would find, if it asked now."""
        kind, *words = self.project.containers(self.keeper)[0]["Config"]["Healthcheck"]["Test"]
        return self.project.compose("exec", "-T", self.keeper, *(words if kind == "CMD" else ["sh", "-c", *words])) is not None

    @contextlib.contextmanager
    def address_taken(self, service):
        """A container that is made now gets the address that was left."""
        name, network = f"taken-{int(time.time())}", f"{self.tree.system}_default"
        run("docker", "run", "-d", "--rm", "--name", name, "--network", network, "standin/app", "--port", "80")
        try:
            yield
        finally:
            run("docker", "rm", "-f", name)


class Postgres:
    def __init__(self, project, service):
        self.project, self.service = project, service

    def sql(self, text):
        return self.project.compose("exec", "-T", self.service, "sh", "-c",
                                    'psql -X -q -At -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"', input=text).strip()

    def stated(self, words):
        settings = [word for option, word in zip(words, words[1:]) if option == "-c" and re.match(r"\w+=", word)]
        pairs = [word.split("=", 1) for word in settings]
        return [(name, value + "ms" if name == "log_min_duration_statement" else value) for name, value in pairs]

    def ask(self, setting):
        return self.sql(f"show {setting}")

    def more(self, tree):
        """A query slower than the bound is in the log of the container."""
        bound = re.search(r"log_min_duration_statement=(\d+)", " ".join(tree.services[self.service]["command"]))
        if bound:
            self.sql(f"select pg_sleep({int(bound[1]) / 1000 + 0.1}), 'the slow one'")
            eventually("the slow query is logged", lambda: re.search(
                r"duration: [\d.]+ ms.*the slow one", self.project.compose("logs", self.service)), 90)
        for script in tree.files("scripts/job-*.sh"):
            text = script.read_text().replace("'\\''", "'")  # as the shell reads it
            if f"exec -T {self.service} " not in text:
                continue
            limits = re.findall(r"DELETE FROM (\w+)[^;]*?\bWHERE (\w+) < now\(\) - interval '([^']+)'", text)
            require("DELETE" not in text or limits, f"what {script.name} deletes is not understood here")
            if "CREATE INDEX" in text:
                self.maintained(script)
            elif limits:
                self.expired(script, limits)
            else:
                run(script)

        self.asked(tree)
        self.rotated(tree)

    def expired(self, script, limits):
        """The job deletes what is older than its limits, be it by a minute, and be it more than it takes at a time; what is
        younger by a minute stays. Again it changes nothing."""
        for table, column, limit in limits:
            self.sql(f"create table {table} (id bigserial, {column} timestamptz not null, note text)")
            for age, note in ((f"'{limit}' + interval '1 minute'", "old"), (f"'{limit}' + interval '3 years'", "old"),
                              (f"'{limit}' - interval '1 minute'", "young"), ("'0'", "young"), ("'-1 day'", "young")):
                self.sql(f"insert into {table} ({column}, note) select now() - (interval {age}), '{note}' from generate_series(1, 7000)")
        left = lambda: {table: self.sql(f"select note, count(*) from {table} group by note order by note") for table, _, _ in limits}
        same("rows before", left(), {table: "old|14000\nyoung|21000" for table, _, _ in limits})
        self.rejuvenate(limits)
        run(script)
        same("rows that stay", left(), {table: "young|21000" for table, _, _ in limits})
        self.rejuvenate(limits)
        run(script)
        same("rows after a second run", left(), {table: "young|21000" for table, _, _ in limits})

    def rejuvenate(self, limits):
        """What is younger than a limit by a minute is so again, however long the steps before took."""
        for table, column, limit in limits:
            self.sql(f"update {table} set {column} = now() - (interval '{limit}' - interval '1 minute') where id between 14001 and 21000")

    def asked(self, tree):
        """Everything that the guide asks this server is answered, where the application has made its tables."""
        for line in Guide((tree.home / "runbook.md").read_text()).lines:
            if re.match(rf"docker compose exec (-T )?{self.service} psql ", line):
                for table in re.findall(r"\bFROM (\w+)", line):
                    if not table.startswith("pg_"):
                        self.sql(f"set client_min_messages = error; create table if not exists {table} (email text)")
                run("bash", "-c", line.replace(" exec ", " exec -T ", 1) if " -T " not in line else line, cwd=tree.home)

    def rotated(self, tree):
        """The password is changed as the guide says: the old one is refused then, and the new one accepted."""
        guide = Guide((tree.home / "runbook.md").read_text())
        name = re.search(rf"^\| `(\w+)` .*`sudo scripts/rotate-\1\.sh`", "\n".join(
            line for line in guide.text.splitlines() if self.keeps(tree, line)), re.M)
        require(name, f"the guide does not say how the password of {self.service} is changed")
        name, old, new = name[1], tree.values[name[1]], f"another-{tree.values[name[1]][::-1]}"
        self.accepted(old)
        self.refused(new)
        text = (tree.home / ".env").read_text()
        (tree.home / ".env").write_text(text.replace(f"{name}='{old}'", f"{name}='{new}'"))
        # No unit is deployed here that could be started anew: what is asked for is noted.
        program("/usr/local/bin/systemctl", '#!/bin/sh\necho "$@" >>/run/systemctl.asked\n')
        said = run(tree.home / f"scripts/rotate-{name}.sh")
        for unit in tree.units:
            same("what systemd is asked", pathlib.Path("/run/systemctl.asked").read_text(), f"restart {unit}\n")
            require(new in pathlib.Path(f"/etc/ondol/{unit}.env").read_text(), f"{unit} has not the new password")
        require(old not in said and new not in said, f"a password is shown:\n{said}")
        self.accepted(new)
        self.refused(old)
        same("the password in the container", self.project.compose("exec", "-T", self.service, "sh", "-c", 'printf %s "$POSTGRES_PASSWORD"'), new)
        for user in json.loads(run("docker", "inspect", *run("docker", "ps", "-q").split())):
            require(all(old not in entry for entry in user["Config"]["Env"]), f"{user['Name']} still has the old password")

    def keeps(self, tree, line):
        """Whether a row of the guide leads to a script that tells this service."""
        script = re.search(r"`sudo (scripts/rotate-\w+\.sh)`", line)
        return script and re.search(rf"^tell {self.service} ", (tree.home / script[1]).read_text(), re.M)

    def login(self, password, **options):
        """By the container's own address, where a password is asked for."""
        return self.project.compose("exec", "-T", "-e", f"PGPASSWORD={password}", self.service, "sh", "-c",
                                    'psql -X -At -h "$(hostname -i)" -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "select 1"', **options)

    def accepted(self, password):
        same("who has the password", self.login(password).strip(), "1")

    def refused(self, password):
        require("authentication failed" in self.login(password, fails=True), "not refused for the password")

    def maintained(self, script):
        """The job makes its indexes, also over one that was broken off; again it changes nothing."""
        wanted = re.findall(r"CREATE INDEX [^;]*?(\w+)\s+ON (\w+) ?\(([\w, ]+)\)", script.read_text())
        require(wanted, f"{script.name} makes no index")
        for _, table, columns in wanted:
            self.sql(f"create table {table} ({columns.replace(',', ' text,')} text)")
        name, table, columns = wanted[0]
        self.sql(f"create index {name} on {table} ({columns}); update pg_index set indisvalid = false where indexrelid = '{name}'::regclass"
                 if self.sql("select rolsuper from pg_roles where rolname = current_user") == "t" else "select 1")
        state = lambda: self.sql("select indexrelid::regclass, indrelid::regclass, indisvalid, indexrelid from pg_index "
                                 "where indexrelid::regclass::text ~ '^idx_' order by indexrelid::regclass::text").splitlines()
        run(script)
        made = state()
        same("indexes", [line.split("|")[:3] for line in made], sorted([name, table, "t"] for name, table, _ in wanted))
        run(script)
        same("indexes after a second run", state(), made)


class Redis:
    def __init__(self, project, service):
        self.project, self.service = project, service

    def stated(self, words):
        pairs = [(option[2:], value) for option, value in zip(words, words[1:]) if option.startswith("--")]
        saves = " ".join(value for name, value in pairs if name == "save")
        return [(name, value) for name, value in pairs if name not in ("save", "requirepass")] + ([("save", saves)] if saves else [])

    def ask(self, setting):
        return self.project.compose("exec", "-T", self.service, "redis-cli", "--raw", "config", "get", setting).splitlines()[1]

    def more(self, tree):
        """Full, it lets go of the least used instead of refusing."""
        if "allkeys-lru" in tree.services[self.service]["command"]:
            limit = int(float(self.ask("maxmemory")))
            self.project.compose("exec", "-T", self.service, "redis-cli", "config", "set", "maxmemory", "4mb")
            for _ in range(8):
                same("a write beyond the limit", self.project.compose(
                    "exec", "-T", self.service, "redis-cli", "eval",
                    "for n = 1, 1000 do redis.call('SET', KEYS[1] .. math.random(), string.rep('x', 1000)) end return 'kept'",
                    "1", "k").strip(), "kept")
            evicted = int(re.search(r"evicted_keys:(\d+)", self.project.compose(
                "exec", "-T", self.service, "redis-cli", "info", "stats"))[1])
            require(evicted > 0, f"nothing was evicted, limit {limit}")


main(check)
