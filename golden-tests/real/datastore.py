"""Databases as their users see them: put something in, and say in a few letters what is in there.

What a datastore is tells the program that dumps it, so that one of a kind that nobody here has heard of is known too.
"""

import re

from trial import require


# A docker that loses the end of every dump, and says that all is well, as a pipe without `pipefail` would.
CUT = """#!/bin/sh
case "$*" in
    *exec*{service}*) /usr/local/bin/docker "$@" | head -c {bytes}; exit 0 ;;
    *) exec /usr/local/bin/docker "$@" ;;
esac
"""


class Datastore:
    """What all have in common: a service that is in the way when it is down."""

    def __init__(self, project, service):
        self.project, self.service, self.services = project, service, [service]

    def lost(self):
        """The server is a new one."""
        self.project.compose("down", "--volumes", "-t", "5")
        self.project.up(self.service)

    def cut(self, size):
        """Programs that lose the end of a dump."""
        return {"docker": CUT.format(service=self.service, bytes=size)}

    def broken(self):
        """Nothing can be dumped; gives what mends it."""
        self.project.compose("stop", "-t", "5", self.service)
        return lambda: None


class Postgres(Datastore):
    def sql(self, text):
        """Runs statements as the owner of the database, in the container; one value comes back."""
        return self.project.compose("exec", "-T", self.service, "sh", "-c",
                                    'psql -X -q -At -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-$POSTGRES_USER}"',
                                    input=text).strip()

    def fill(self):
        self.sql("""
            create table orders (id bigserial primary key, customer text not null, total numeric(12, 2), meta jsonb);
            insert into orders (customer, total, meta)
                select md5(n::text) || ' 고객 $1 ''"\\', (n % 1000) / 7.0, jsonb_build_object('n', n, 'ü', '회의')
                from generate_series(1, 5000) n;
            create index on orders (customer);
            create view large as select * from orders where total > 100;
            create function twice(n int) returns int language sql as 'select n * 2';
            create table notes (id int primary key, text text);
            insert into notes select n, 'Notiz ' || n from generate_series(1, 100) n;
            create unique index notes_by_text on notes (text);
        """)

    def losses(self):
        """Loses one table in two ways, and gives its name each time."""
        for how in ("delete from notes", "drop table notes"):
            self.sql(how)
            yield "notes"

    def fingerprint(self):
        """Rows, structure and sequences; empty for a database in which nothing is."""
        if self.sql("select to_regclass('orders') is null") == "t":
            return ""
        if self.sql("select to_regclass('notes') is null") == "t":
            return "no notes"
        return self.sql("""
            select md5(string_agg(n::text, '|' order by id)) from notes n;
            select md5(string_agg(o::text, '|' order by id)) from orders o;
            select count(*), twice(21), (select last_value from orders_id_seq) from large;
            select string_agg(indexdef, '|' order by indexname) from pg_indexes where tablename in ('orders', 'notes');
        """)


class Mariadb(Datastore):
    client, names = "mariadb", "MARIADB"

    def sql(self, text):
        """Runs statements as root in the database, in the container; what comes back is one text."""
        ask = (f'MYSQL_PWD="${self.names}_ROOT_PASSWORD" exec {self.client} --user=root --default-character-set=utf8mb4 '
               f'--batch --raw --skip-column-names "${self.names}_DATABASE"')
        return self.project.compose("exec", "-T", self.service, "sh", "-c", ask, input=text).strip()

    def fill(self):
        """Rows with what is easily lost on the way, and everything that a dump leaves out unless it is asked for."""
        self.sql("""
            create table orders (id bigint auto_increment primary key, customer varchar(100) not null, total decimal(12, 2), meta json,
                                 seal varbinary(40), twice decimal(13, 2) as (total * 2) stored, at timestamp not null default '2026-01-02 03:04:05', key (customer));
            insert into orders (customer, total, meta, seal)
                with recursive n (n) as (select 1 union all select n + 1 from n where n < 900)
                select concat(sha2(n, 256), ' 고객 `$1` ''"\\\\ ', char(10), '🙂'), (n % 1000) / 7.0, json_object('n', n, 'ü', '회의'), unhex(left(sha2(n, 256), 40)) from n;
            create table notes (id int primary key, text varchar(50), of_order bigint, unique key (text), foreign key (of_order) references orders (id));
            insert into notes select id, concat('Notiz ', id), id from orders where id <= 100;
            create table emptied (of_order bigint primary key);
            create view large as select * from orders where total > 100;
            create function tripled(n int) returns int deterministic return n * 3;
            create trigger trimmed before insert on notes for each row set new.text = trim(new.text);
            create event sweep on schedule every 1 day starts '2040-01-01 00:00:00' do delete from emptied;
        """)

    def losses(self):
        """Loses one table in two ways, and gives its name each time."""
        for how in ("delete from notes", "drop table notes"):
            self.sql(how)
            yield "notes"

    def fingerprint(self):
        """Rows, structure and programs; empty for a database in which nothing is."""
        tables = self.sql("select table_name from information_schema.tables where table_schema = database() order by 1").split()
        if not tables:
            return ""
        rows = "".join(f"select '{table}', sha2(group_concat(concat_ws('|', {columns}) order by {key} separator ';'), 256) from {table};"
                       for table, columns, key in (("orders", "id, customer, total, meta, hex(seal), twice, at", "id"), ("notes", "id, text, of_order", "id"))
                       if table in tables)
        shown = "".join(f"show create table {table};" for table in tables)
        programs = "".join(f"select {name}, sha2({text}, 256) from information_schema.{kind} where {schema} = database() order by 1;" for kind, name, text, schema in (
            ("routines", "routine_name", "routine_definition", "routine_schema"), ("triggers", "trigger_name", "action_statement", "trigger_schema"),
            ("events", "event_name", "event_definition", "event_schema")))
        return self.sql(f"set group_concat_max_len = 100000000; {rows} {shown} {programs} select count(*) from large; select tripled(14);")


class Mysql(Mariadb):
    client, names = "mysql", "MYSQL"


class Redis(Datastore):
    def cli(self, *words, **options):
        return self.project.compose("exec", "-T", self.service, "redis-cli", *words, **options).strip()

    def fill(self):
        commands = [f'SET key:{n} "value {n} 회의 \\x00\\xff"' for n in range(3000)]
        commands += [f"HSET hash:{n} a {n} b x" for n in range(100)] + [f"RPUSH list:{n} 1 2 3" for n in range(100)]
        commands += [f"ZADD scores {n} member{n}" for n in range(100)] + ["SET session:1 alive EX 86400"]
        self.cli(input="\n".join(commands) + "\n")

    def fingerprint(self):
        """Every key with what Redis would dump of it; empty for a database without keys."""
        script = ("local all = redis.call('KEYS', '*') table.sort(all) if #all == 0 then return '' end local text = '' "
                  "for _, key in ipairs(all) do text = redis.sha1hex(text .. key .. redis.call('DUMP', key)) end "
                  "return #all .. ' keys ' .. text")
        return self.cli("EVAL", script, "0")


class Sqlite(Datastore):
    def __init__(self, project, service):
        super().__init__(project, service)
        script = (project.tree.home / f"scripts/backup-{service}.sh").read_text()
        self.file = re.search(r"sqlite3 (?:-\w+ )*(/\S+)", script)[1]

    def sql(self, text):
        return self.project.compose("exec", "-T", self.service, "sqlite3", "-bail", "-cmd", ".timeout 20000", self.file, input=text).strip()

    def fill(self):
        """In write-ahead mode, and with a reader that holds it open: a copy of the file alone would miss what is there."""
        self.sql("""
            pragma journal_mode = wal;
            create table events (id integer primary key, at text not null, actor text, event text, detail blob);
            insert into events (at, actor, event, detail)
                with recursive n(n) as (select 1 union all select n + 1 from n where n < 5000)
                select datetime(1700000000 + n, 'unixepoch'), '사용자 ' || (n % 97) || ' ''"\', 'auth_failed', zeroblob(n % 50) from n;
            create index events_by_actor on events (actor, at);
        """)
        self.project.compose("exec", "-d", self.service, "sh", "-c",
                             f"(echo 'select count(*) from events;'; sleep 600) | sqlite3 {self.file}")
        self.sql("insert into events (at, actor, event) values ('2026-01-01', 'the last', 'sign_in');")

    def fingerprint(self):
        """Rows and structure; empty for a database in which nothing is."""
        return self.sql(".sha3sum\nselect count(*) from events;") if self.sql("select 1 from sqlite_master limit 1;") else ""


# By the program that dumps.
KINDS = {"pg_dump": Postgres, "mariadb-dump": Mariadb, "mysqldump": Mysql, "redis-cli": Redis, "sqlite3": Sqlite}


def known(script):
    """The class of what a backup script dumps; none for what is no dump of a program that is known here."""
    return next((kind for program, kind in KINDS.items() if program in script), None)


def datastore(script):
    """The class of what a backup script dumps, which must be known."""
    kind = known(script)
    require(kind, "nobody here knows what this dumps")
    return kind
