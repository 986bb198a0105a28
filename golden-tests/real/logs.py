#!/usr/bin/python3
"""Logs whose lines are described: the schemas are what another validator takes them for, every line is judged as it judges,
through rotation and half-written lines none is lost or counted twice, the node exporter serves what the lines say, and each
alert that reads them fires for lines that should raise it, and for quiet ones not."""

import collections
import copy
import json
import math
import pathlib
import re
import shlex
import subprocess
import urllib.request

import jsonschema
import yaml
from tree import formed
from trial import eventually, main, require, run, same

TEXTFILES = pathlib.Path("/var/lib/node_exporter/textfile_collector")
FORMATS = {"date-time": "2025-01-21T12:34:56.789Z", "date": "2025-01-21", "uri": "https://example.test/a", "email": "a@example.test",
           "uuid": "123e4567-e89b-12d3-a456-426614174000", "ipv4": "192.0.2.1"}
EXPORTER = "127.0.0.1:9111"

Log = collections.namedtuple("Log", "service path file schema metrics judge")


def check(tree):
    logs = [described(tree, log) for log in sorted((tree.home / "logs").glob("*/*.schema.json"))]
    if not tree.has("monitoring"):
        return  # nobody collects what would be drawn
    script = (tree.home / "scripts/log-metrics.sh").read_text()
    # It reads on for so long in one run; on a busy machine that may be less than what is tried here takes.
    patient = script.replace('[ "$SECONDS" -lt 30 ]', '[ "$SECONDS" -lt 300 ]')
    require(patient != script, "log-metrics.sh reads without an end")
    (tree.home / "scripts/log-metrics.sh").write_text(patient)
    called = {shlex.split(line)[4]: shlex.split(line)[1:4] for line in script.splitlines() if line.startswith("follow ")}
    same("logs that are read", sorted(called), sorted(str(log.relative_to(tree.home)).removesuffix(".schema.json") for log in (tree.home / "logs").glob("*/*.schema.json")))
    exporter = subprocess.Popen(["node_exporter", "--collector.disable-defaults", "--collector.textfile",
                                 f"--collector.textfile.directory={TEXTFILES}", f"--web.listen-address={EXPORTER}"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for place, (service, path, file) in sorted(called.items()):
        log = next(log for log in logs if log.file == place)
        log = log._replace(service=service, path=path, file=pathlib.Path(file))
        log.file.parent.mkdir(parents=True, exist_ok=True)
        counted(tree, log)
        followed(tree, log)
        alerts(tree, log)
    exporter.kill()


def described(tree, path):
    """The schema as another validator reads it."""
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    metrics = path.with_name(path.name.replace(".schema.", ".metrics."))
    return Log(path.parent.name, "", str(path.relative_to(tree.home)).removesuffix(".schema.json"), schema,
               json.loads(metrics.read_text()) if metrics.exists() else [], jsonschema.Draft202012Validator(schema))


def sample(schema):
    """A value that is as the schema says."""
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if "enum" in schema:
        return schema["enum"][0]
    match kind:
        case "object":
            return {name: sample(inner) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"])] * 2
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", min(1, schema.get("maximum", 1)))
    if "pattern" in schema:
        return formed(re._parser.parse(schema["pattern"][1:-1]), 3)
    return FORMATS.get(schema.get("format") or schema.get("anyOf", [{}])[0].get("format"), 'a "text" with \\ and 한글')


def variants(schema):
    """Whole lines, each with one thing changed: right ones and wrong ones, which the validator tells apart."""
    good = sample(schema)
    yield good
    yield {**good, "not_described": 1}
    for path, inner in fields(schema):
        for value in ("text", "", -1, 1.5, 10**12, True, None, [], ["a", 1], {}, "ERROR", "a\nb"):
            line = copy.deepcopy(good)
            place(line, path)[path[-1]] = value
            yield line
        line = copy.deepcopy(good)
        del place(line, path)[path[-1]]
        yield line
        for choice in inner.get("enum", []):
            line = copy.deepcopy(good)
            place(line, path)[path[-1]] = choice
            yield line


def fields(schema, path=()):
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
        yield from fields(inner, (*path, name))


def place(line, path):
    for name in path[:-1]:
        line = line[name]
    return line


def is_right(log, line):
    """Whether a line is as described; formats of texts are judged here, since the validator passes over them."""
    def formats(value, schema):
        if isinstance(value, dict):
            return all(formats(inner, schema.get("properties", {}).get(name, {})) for name, inner in value.items())
        wanted = [one.get("format") for one in schema.get("anyOf", [schema])]
        return not isinstance(value, str) or not any(wanted) or FORMATS[wanted[0]] == value
    return log.judge.is_valid(line) and formats(line, log.schema)


def write(log, lines):
    with log.file.open("a") as file:
        for line in lines:
            file.write(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) + "\n")


def draw(tree):
    return run(tree.home / "scripts/run-job.sh", "log-metrics", 400, tree.home / "scripts/log-metrics.sh")


def served():
    """What Prometheus would be told: series with their values."""
    text = eventually("the exporter answers", lambda: urllib.request.urlopen(f"http://{EXPORTER}/metrics", timeout=5).read().decode())
    require("node_textfile_scrape_error 0" in text, "the exporter cannot read what was drawn")
    found = re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.M)
    return {(name, frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))): float(value) for name, labels, value in found}


def value(series, name, **labels):
    found = [value for (one, has), value in series.items() if one == name and labels.items() <= dict(has).items()]
    same(f"series of {name} {labels}", len(found), 1)
    return found[0]


def counted(tree, log):
    """The lines, the wrong ones among them, and what every metric makes of them."""
    lines = list(variants(log.schema))
    odd = ["Traceback (most recent call last):\n", '{"half": \n', "\n", "[1, 2]\n", '"text"\n', "\x01\x02\xff\n"]
    write(log, lines + odd)
    draw(tree)
    series = served()
    wrong = sum(not is_right(log, line) for line in lines)
    require(wrong and wrong < len(lines), "the lines tell nothing apart")
    about = {"service": log.service, "log": log.path, "system": tree.system}
    same("lines", value(series, "ondol_log_lines_total", **about), len(lines) + len(odd))
    same("wrong lines", value(series, "ondol_log_wrong_lines_total", **about), wrong + len(odd))
    for metric in log.metrics:
        expected = collections.Counter({labels: 0 for labels in products(metric["labels"])})
        numbers = collections.defaultdict(list)
        for line in lines:
            taken = reading(metric, line)
            if taken:
                numbers[taken[0]].append(taken[1])
        for labels in expected:
            has = {**about, **dict(labels)}
            del has["log"]
            seen = numbers[labels]
            match metric["type"]:
                case "counter":
                    close(metric["name"], value(series, metric["name"], **has), sum(one for one in seen if one >= 0))
                case "gauge" if seen:
                    close(metric["name"], value(series, metric["name"], **has), seen[-1])
                case "histogram":
                    close(metric["name"], value(series, metric["name"] + "_sum", **has), sum(seen))
                    same(metric["name"], value(series, metric["name"] + "_count", **has), len(seen))
                    for bound in [*metric["buckets"], math.inf]:
                        le = "+Inf" if bound == math.inf else str(bound)
                        same(f"{metric['name']} up to {le}", value(series, metric["name"] + "_bucket", le=le, **has), sum(one <= bound for one in seen))


def close(what, seen, expected):
    require(math.isclose(seen, expected, rel_tol=1e-9, abs_tol=1e-9), f"{what}: {seen}, expected {expected}")


def products(labels):
    found = [frozenset()]
    for label in labels:
        found = [one | {(label["name"], value)} for one in found for value in label["values"]]
    return found


def at(line, path):
    for name in path:
        line = line.get(name) if isinstance(line, dict) else None
    return line


def text(value):
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def reading(metric, line):
    """The labels and the number that a line gives a metric, if any."""
    if any(text(at(line, one["field"])) not in one["values"] for one in metric["where"]):
        return None
    labels = [(label["name"], text(at(line, label["field"]))) for label in metric["labels"]]
    number = 1 if metric["of"] is None else at(line, metric["of"])
    if any(value not in label["values"] for (_, value), label in zip(labels, metric["labels"])):
        return None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return None
    return frozenset(labels), number * metric["scale"]


def followed(tree, log):
    """No line is lost, and none counted twice: written in pieces, read twice, rotated by the real logrotate, replaced."""
    lines = lambda: value(served(), "ondol_log_lines_total", service=log.service, log=log.path)
    good = json.dumps(sample(log.schema), ensure_ascii=False) + "\n"
    before = lines()
    draw(tree)
    same("lines when nothing was written", lines(), before)
    write(log, [good, good[:20]])
    draw(tree)
    same("lines without the half one", lines(), before + 1)
    write(log, [good[20:], good])
    for path in pathlib.Path("/var/log").rglob(log.file.name):
        path.chmod(0o640)
    rotation = next(path for path in tree.files("logrotate.d/*"))
    run("logrotate", "--force", "--state", "/run/logrotate.state", rotation)
    require(log.file.stat().st_size == 0 if log.file.exists() else True, "it was not rotated")
    # Lines of a log differ, if only by their times: by its first ones a file is known.
    write(log, ['{"begins": "anew"}\n', good, good])
    draw(tree)
    same("lines of both sides of a rotation", lines(), before + 6)
    log.file.write_text(json.dumps({"begins": "otherwise"}) + "\n" + good * 50)
    draw(tree)
    same("lines of another file of that name", lines(), before + 57)
    # More than it reads at once; how often it does that in one run is bounded by time.
    write(log, [good] * 2500)
    require(2500 * len(good.encode()) > 1 << 20, "many lines are read at once")
    draw(tree)
    same("many lines", lines(), before + 2557)
    log.file.unlink()
    draw(tree)
    same("lines when the file is gone", lines(), before + 2557)


def alerts(tree, log):
    """Each alert that reads the log fires for some traffic and for the quiet one not."""
    names = {metric["name"] for metric in log.metrics} | {"ondol_log_lines_total"}
    if not tree.of("prometheus"):
        return  # the rules are on another host
    about = [rule["alert"] for rule in tree.rules() if re.search(rf'\b({"|".join(names)})(_bucket)?\{{[^}}]*service="{log.service}"', str(rule["expr"]))]
    require(about, "no rule reads the log")
    quiet = sample(log.schema)
    for metric in log.metrics:
        for one in metric["where"]:
            place(quiet, one["field"])[one["field"][-1]] = one["values"][0]
        if metric["of"]:
            place(quiet, metric["of"])[metric["of"][-1]] = 0
    for label in [label for metric in log.metrics for label in metric["labels"]]:
        calm = [value for value in label["values"] if not re.search("ERR|CRIT|FATAL", value, re.I)]
        place(quiet, label["field"])[label["field"][-1]] = calm[0]
    for alert in fired(tree, log, [quiet]):
        require(alert not in about, f"{alert} fires though nothing is the matter")
    loud = ["no JSON\n"]
    for metric in log.metrics:
        if metric["of"]:
            line = copy.deepcopy(quiet)
            place(line, metric["of"])[metric["of"][-1]] = 10**6
            loud.append(line)
        for label in metric["labels"]:
            for choice in label["values"]:
                line = copy.deepcopy(quiet)
                place(line, label["field"])[label["field"][-1]] = choice
                loud.append(line)
    seen = fired(tree, log, loud)
    require(set(about) <= seen, f"no line raises {set(about) - seen}")


def fired(tree, log, lines):
    """Alerts that fire when such lines are written every minute: what the exporter serves, in promtool."""
    log.file.unlink(missing_ok=True)
    draw(tree)
    first = served()
    write(log, lines * 30)
    draw(tree)
    then = served()
    series = [{"series": "%s{%s}" % (name, ",".join(f'{key}="{text}"' for key, text in sorted(labels))),
               "values": f"{first.get((name, labels), 0):f}{then[name, labels] - first.get((name, labels), 0):+f}x120"}
              for name, labels in then if not name.startswith(("node_", "go_", "process_", "promhttp_"))]
    expr = 'count by (alertname) (ALERTS{alertstate="firing"})'
    names = sorted({rule["alert"] for rule in tree.rules()})
    folder = pathlib.Path("/run/alerts")
    folder.mkdir(exist_ok=True)
    (folder / "test.yml").write_text(yaml.safe_dump({
        "rule_files": [str(path) for path in tree.files("prometheus/rules/*.yml")], "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [{"expr": expr, "eval_time": "100m", "exp_samples": [{"labels": '{alertname="none"}', "value": 1}]}]}]}))
    said = run("promtool-sid", "test", "rules", folder / "test.yml", fails=True)
    require("got:" in said, said[-1500:])
    got = said[said.index("got:"):]
    return {name for name in names if f'alertname="{name}"' in got}


main(check)
