#!/usr/bin/python3
"""What a description tunes is what the servers then say of themselves; a slow query is logged; what is meant to be done
in a database by the clock works there, twice."""

import re

from containers import running
from trial import eventually, main, require, run, same

# Units in which PostgreSQL and Redis take and show numbers.
UNITS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "ms": 0.001, "s": 1, "min": 60}


def check(tree):
    tuned = {name: tool for images, tool in ((["postgres"], Postgres), (["redis"], Redis)) for name in tree.of(*images)}
    if not tuned:
        return
    with running(tree, *tuned) as project:
        for name, tool in tuned.items():
            server = tool(project, name)
            words = [str(word) for word in tree.services[name]["command"]]
            wanted = server.stated(words)
            require(wanted, f"nothing is tuned in {name}: {words}")
            for setting, value in wanted:
                same(f"{setting} of {name}", number(server.ask(setting)), number(value))
            server.more(tree)


def number(text):
    """`256MB`, `256mb` and 268435456 are the same; so are `1s` and 1000 of a setting in milliseconds."""
    found = re.fullmatch(r"([\d.]+) ?([a-zA-Z]*)", text)
    if not found:
        return text
    return float(found[1]) * UNITS.get(found[2].lower(), 1)


class Postgres:
    def __init__(self, project, service):
        self.project, self.service = project, service

    def sql(self, text):
        return self.project.compose("exec", "-T", self.service, "sh", "-c",
                                    'psql -X -q -At -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"', input=text).strip()

    def stated(self, words):
        pairs = [word.split("=", 1) for option, word in zip(words, words[1:]) if option == "-c"]
        return [(name, value + "ms" if name == "log_min_duration_statement" else value) for name, value in pairs]

    def ask(self, setting):
        return self.sql(f"show {setting}")

    def more(self, tree):
        """A query slower than the bound is in the log of the container."""
        bound = re.search(r"log_min_duration_statement=(\d+)", " ".join(tree.services[self.service]["command"]))
        if bound:
            self.sql(f"select pg_sleep({int(bound[1]) / 1000 + 0.1}), 'the slow one'")
            eventually("the slow query is logged", lambda: re.search(
                r"duration: [\d.]+ ms.*the slow one", self.project.compose("logs", self.service)), 10)
        for script in tree.files("scripts/job-*.sh"):
            if f"exec -T {self.service} " in script.read_text() and "CREATE INDEX" in script.read_text():
                self.maintained(script)

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
