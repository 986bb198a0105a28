"""Databases as their users see them: put something in, and say in a few letters what is in there."""


class Postgres:
    def __init__(self, project, service):
        self.project, self.service = project, service

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
        """)

    def fingerprint(self):
        """Rows, structure and sequences; empty for a database in which nothing is."""
        if self.sql("select to_regclass('orders') is null") == "t":
            return ""
        return self.sql("""
            select md5(string_agg(o::text, '|' order by id)) from orders o;
            select count(*), twice(21), (select last_value from orders_id_seq) from large;
            select string_agg(indexdef, '|' order by indexname) from pg_indexes where tablename = 'orders';
        """)


class Redis:
    def __init__(self, project, service):
        self.project, self.service = project, service

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


KINDS = {"postgres": Postgres, "redis": Redis}
