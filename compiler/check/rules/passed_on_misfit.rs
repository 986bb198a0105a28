//! What is passed on to Compose, Prometheus and Alertmanager held against the keys that they know: a misspelt one would be
//! told by the program when it starts, on the server.
//!
//! The shapes of their files are data, `check/shapes/`, and read only when something is passed on. Those of Compose follow
//! its specification (github.com/compose-spec/compose-spec, `schema/`).

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics, nearest},
    model::Model,
    source::Span,
    syntax::{Entry, Node, Scalar, mixed},
};

/// The rule.
pub const RULE: Rule = Rule { code: "passed-on-misfit", check, together: None };

static COMPOSE: LazyLock<Value> = LazyLock::new(|| read(include_str!("../shapes/compose.json")));
static PROMETHEUS: LazyLock<Value> = LazyLock::new(|| read(include_str!("../shapes/prometheus.json")));
static ALERTMANAGER: LazyLock<Value> = LazyLock::new(|| read(include_str!("../shapes/alertmanager.json")));

/// A file of shapes; a test reads all of them.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    compose(model, diagnostics);
    let prometheus = model.monitoring.as_ref().map_or(&[][..], |monitoring| &monitoring.raw_prometheus);
    for (program, shapes, nodes) in [
        ("Prometheus", &PROMETHEUS, prometheus),
        ("Alertmanager", &ALERTMANAGER, model.notify.raw_alertmanager.as_slice()),
    ] {
        if !nodes.is_empty() {
            let mut held = Held { program, shapes, diagnostics: &mut *diagnostics };
            held.map(&shapes["file"], nodes.iter().map(Part::Node).collect(), false);
        }
    }
    for receiver in model.notify.receivers.iter().filter(|receiver| !receiver.raw.is_empty()) {
        let mut held =
            Held { program: "Alertmanager", shapes: &ALERTMANAGER, diagnostics: &mut *diagnostics };
        let shape = &ALERTMANAGER[receiver.way.shape()];
        held.map(shape, receiver.raw.iter().map(Part::Node).collect(), false);
    }
}

fn compose(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| !service.raw_compose.is_empty()) {
        let mut held = Held { program: "Compose", shapes: &COMPOSE, diagnostics: &mut *diagnostics };
        held.service(service.raw_compose.iter().map(Part::Node).collect());
    }
    if model.raw_compose.is_empty() {
        return;
    }
    let mut held = Held { program: "Compose", shapes: &COMPOSE, diagnostics };
    let (services, rest): (Vec<&Node>, Vec<&Node>) =
        model.raw_compose.iter().partition(|node| node.name.value == "services");
    held.map(&COMPOSE["file"], rest.into_iter().map(Part::Node).collect(), true);
    for service in services.iter().flat_map(|node| &node.children) {
        held.service(parts(service));
    }
}

/// A key with its value: a node, or a property.
#[derive(Clone, Copy)]
enum Part<'a> {
    Node(&'a Node),
    Property(&'a Entry),
}

impl<'a> Part<'a> {
    fn key(self) -> (&'a str, Span) {
        match self {
            Part::Node(node) => (&node.name.value, node.name.span),
            Part::Property(entry) => {
                entry.name.as_ref().map_or(("", entry.span), |name| (&name.value, name.span))
            }
        }
    }
}

/// What a node has in it, as keys of a map.
fn parts(node: &Node) -> Vec<Part<'_>> {
    let properties = node.entries.iter().filter(|entry| entry.name.is_some()).map(Part::Property);
    properties.chain(node.children.iter().map(Part::Node)).collect()
}

struct Held<'a> {
    program: &'static str,
    shapes: &'a Value,
    diagnostics: &'a mut Diagnostics,
}

impl Held<'_> {
    /// Keys of a service of Compose. What is said as one item is made a list where Compose wants one; within a key nothing
    /// is generated but for a build.
    fn service(&mut self, parts: Vec<Part>) {
        let (list, map): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| {
            part.key().0 == "build" || matches!(part, Part::Node(node) if node.args().next().is_some())
        });
        let shapes = self.shapes;
        self.map(&shapes["service"], list, false);
        self.map(&shapes["service"], map, true);
    }

    /// Keys of a map. `new` says that nothing is generated there which they would be merged into.
    fn map(&mut self, shape: &Value, parts: Vec<Part>, new: bool) {
        let Some(known) = shape.as_object() else { return };
        for (index, part) in parts.iter().enumerate() {
            let (key, span) = part.key();
            // Every key of this sort is free to Compose.
            if self.program == "Compose" && key.starts_with("x-") {
                continue;
            }
            let Some(shape) = known.get(key).or_else(|| known.get("*")) else {
                self.unknown(key, span, known);
                continue;
            };
            let alone = !parts.iter().enumerate().any(|(other, part)| other != index && part.key().0 == key);
            self.value(key, shape, *part, new && alone);
        }
    }

    fn value(&mut self, key: &str, shape: &Value, part: Part, new: bool) {
        // The name of a shape, or of a scalar.
        let shapes = self.shapes;
        let named = shape.as_str().and_then(|name| shapes.get(name));
        let mut shape = named.unwrap_or(shape);
        if let Some(Value::Array(several)) = shape.get("|") {
            shape = meant(several, part).unwrap_or(shape);
        }
        match (shape, part) {
            // What is removed has no value; what is two things at once was told when it was read.
            (_, Part::Node(node))
                if node.annotation.as_deref() == Some("reset") || !mixed(node).is_empty() => {}
            (Value::Object(_), Part::Property(entry)) => {
                self.misfit(key, entry.span, "a map", "its keys stand within braces");
            }
            (Value::Object(_), Part::Node(node)) if node.is_list() || node.args().next().is_some() => {
                self.misfit(key, node.span, "a map", "its keys stand within braces");
            }
            (Value::Object(_), Part::Node(node)) => self.map(shape, parts(node), new),
            (Value::Array(inner), part) => self.list(key, inner.first().unwrap_or(&Value::Null), part, new),
            (Value::String(kind), Part::Property(entry)) => self.scalar(key, kind, entry),
            (Value::String(kind), Part::Node(node)) if kind != "any" => match node.entries.as_slice() {
                [only] if only.name.is_none() && node.children.is_empty() => self.scalar(key, kind, only),
                _ => self.misfit(key, node.span, "one value", "write it behind the name"),
            },
            _ => {}
        }
    }

    fn list(&mut self, key: &str, inner: &Value, part: Part, new: bool) {
        let Part::Node(node) = part else {
            let Part::Property(entry) = part else { return };
            return self.misfit(
                key,
                entry.span,
                "a list",
                "write it as a node, with `(list)` before its name",
            );
        };
        let shape = inner.as_str().and_then(|name| self.shapes.get(name)).unwrap_or(inner).clone();
        let items: Vec<&Node> = node.children.iter().filter(|child| child.name.value == "-").collect();
        let listed =
            node.annotation.as_deref() == Some("list") || node.args().count() > 1 || !items.is_empty();
        if new && !listed {
            return self.misfit(
                key,
                node.span,
                "a list",
                "write `(list)` before its name, or its items as `- …`",
            );
        }
        for entry in node.args() {
            // An argument is a scalar, where items may be that or something else.
            let scalar = shape["|"].as_array().and_then(|several| several.iter().find(|one| one.is_string()));
            match scalar.unwrap_or(&shape) {
                Value::Object(_) => {
                    self.misfit(key, entry.span, "a list of maps", "write its items as `- key=…`")
                }
                Value::String(kind) => self.scalar(key, kind, entry),
                _ => {}
            }
        }
        for item in items {
            self.value(key, &shape, Part::Node(item), true);
        }
    }

    fn scalar(&mut self, key: &str, kind: &str, entry: &Entry) {
        let fits = match (kind, &entry.scalar) {
            ("bool", value) => matches!(value, Scalar::Bool(_)),
            ("int", value) => matches!(value, Scalar::Integer(_)),
            ("number", value) => matches!(value, Scalar::Integer(_) | Scalar::Decimal(_)),
            // Compose puts the value of a variable there.
            (_, Scalar::Text(text)) if self.program == "Compose" && text.contains('$') => true,
            ("string", value) => matches!(value, Scalar::Text(_)),
            (several, value) if several.contains('|') => one_of(several, &value.text()),
            ("duration", Scalar::Text(text)) => is_duration(text),
            ("duration", value) => matches!(value, Scalar::Integer(0)),
            _ => true,
        };
        if fits {
            return;
        }
        if kind.contains('|') {
            let known: Vec<String> =
                kind.split('|').map(|one| format!("`{}`", one.replace('*', "5"))).collect();
            return self.misfit(
                key,
                entry.span,
                "one of a few words",
                &format!("write {}", known.join(", ")),
            );
        }
        let (what, help) = match kind {
            "string" => ("a text", "write it in quotes"),
            "bool" => ("a boolean", "write `#true` or `#false`"),
            "int" => ("a whole number", "write it without quotes"),
            "number" => ("a number", "write it without quotes"),
            _ => ("a duration with its unit", "write for example `\"30s\"`, `\"5m\"` or `\"1h30m\"`"),
        };
        self.misfit(key, entry.span, what, help);
    }

    fn misfit(&mut self, key: &str, span: Span, what: &str, help: &str) {
        self.diagnostics.add(
            Diagnostic::error("passed-on-misfit", format!("`{key}` is {what} to {}", self.program))
                .at(span, "this is something else")
                .help(help),
        );
    }

    /// What is nearly a known key is misspelt; what is none may be one of a version that is newer than this list.
    fn unknown(&mut self, key: &str, span: Span, known: &Map<String, Value>) {
        let message = format!("{} knows no `{key}` here", self.program);
        let label = "it would refuse the whole file";
        self.diagnostics.add(match nearest(key, known.keys().map(String::as_str)) {
            Some(near) => Diagnostic::error("passed-on-misfit", message)
                .at(span, label)
                .help(format!("did you mean `{near}`?")),
            None => Diagnostic::warning("passed-on-misfit", message)
                .at(span, label)
                .help("if its version is one that does, say `allow \"passed-on-misfit\" because=\"…\"`"),
        });
    }
}

/// Of several shapes that a value may have the one that it is written as.
fn meant<'v>(several: &'v [Value], part: Part) -> Option<&'v Value> {
    let of = |wanted: fn(&Value) -> bool| several.iter().find(|shape| wanted(shape));
    let found = match part {
        Part::Property(_) => of(Value::is_string),
        Part::Node(node) if node.is_list() => of(Value::is_array),
        Part::Node(node) if node.args().next().is_some() => {
            of(Value::is_string).or_else(|| of(Value::is_array))
        }
        Part::Node(_) => of(Value::is_object),
    };
    found.or(several.first())
}

/// Whether a text is one of several, of which `*` at the end of one stands for a number.
fn one_of(several: &str, text: &str) -> bool {
    several.split('|').any(|one| match one.strip_suffix('*') {
        Some(start) => text.strip_prefix(start).is_some_and(|rest| rest.parse::<u64>().is_ok()),
        None => one == text,
    })
}

/// Whether it is a duration as Prometheus writes it: units in falling order, each once.
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 7] = ["y", "w", "d", "h", "m", "s", "ms"];
    if text == "0" {
        return true;
    }
    let (mut rest, mut from) = (text, 0);
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let tail = &rest[digits..];
        let unit = &tail[..tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_lowercase()).len()];
        let Some(place) = UNITS.iter().skip(from).position(|known| *known == unit) else { return false };
        if digits == 0 {
            return false;
        }
        from += place + 1;
        rest = &tail[unit.len()..];
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{ALERTMANAGER, COMPOSE, PROMETHEUS, is_duration};
    use crate::check::testing::raised;

    fn prometheus(nodes: &str) -> Vec<String> {
        raised("passed-on-misfit", &format!("monitor {{ prometheus {{ {nodes}; }}; }}"))
    }

    fn alertmanager(nodes: &str) -> Vec<String> {
        raised("passed-on-misfit", &format!("monitor\nnotify {{ alertmanager {{ {nodes}; }}; }}"))
    }

    /// Every name of a shape is one, or a kind of scalar.
    #[test]
    fn shapes_refer_to_shapes() {
        fn names<'a>(value: &'a serde_json::Value, found: &mut Vec<&'a str>) {
            match value {
                serde_json::Value::String(name) => found.push(name),
                serde_json::Value::Array(items) => items.iter().for_each(|item| names(item, found)),
                serde_json::Value::Object(map) => map.values().for_each(|item| names(item, found)),
                _ => {}
            }
        }
        for shapes in [&*PROMETHEUS, &*ALERTMANAGER, &*COMPOSE] {
            let mut found = Vec::new();
            names(shapes, &mut found);
            assert!(found.len() > 100);
            for name in found {
                let scalar = ["any", "text", "string", "bool", "int", "number", "duration"].contains(&name);
                let scalar = scalar || name.contains('|');
                assert!(scalar || shapes[name].is_object() || shapes[name].is_array(), "{name}");
            }
        }
    }

    fn of_a_service(nodes: &str) -> Vec<String> {
        raised(
            "passed-on-misfit",
            &format!("service \"web\" kind=\"node\" {{ build \".\"; compose {{ {nodes}; }}; }}"),
        )
    }

    #[test]
    fn keys_of_compose() {
        assert_eq!(of_a_service("mem_limt \"1g\""), ["Compose knows no `mem_limt` here"]);
        assert_eq!(of_a_service("restart \"sometimes\""), ["`restart` is one of a few words to Compose"]);
        assert_eq!(of_a_service("hostname 5"), ["`hostname` is a text to Compose"]);
        assert_eq!(of_a_service("logging { drivr \"local\"; }"), ["Compose knows no `drivr` here"]);
        assert_eq!(of_a_service("mem_limit { a 1; }"), ["`mem_limit` is one value to Compose"]);
        assert_eq!(of_a_service("ports { - target=80 publishd=1; }"), ["Compose knows no `publishd` here"]);
        assert_eq!(of_a_service("logging { - driver=\"local\"; }"), ["`logging` is a map to Compose"]);
        assert_eq!(
            of_a_service("deploy { placement { constraints \"node.role==manager\"; }; }"),
            ["`constraints` is a list to Compose"]
        );
        assert_eq!(
            raised("passed-on-misfit", "compose { netwoks { a; }; services { db { imag \"x\"; }; }; }"),
            ["Compose knows no `netwoks` here", "Compose knows no `imag` here"]
        );
    }

    #[test]
    fn what_fits_compose() {
        for nodes in [
            "mem_limit \"1g\"; restart \"on-failure:3\"; x-own { a 1; }; dns_opt \"use-vc\"; dns \"1.1.1.1\"",
            "restart \"${RESTART}\"; mem_swappiness 0; (reset)restart; (reset)security_opt",
            "healthcheck { test \"CMD\" \"true\"; interval \"5s\"; x-why \"y\"; }; ulimits { nofile soft=1 hard=2; nproc 5; }",
            "networks { back { (list)aliases \"db\"; priority 5; }; other; }; depends_on \"cache\"; environment \"A=b\"",
            "ports \"80:80\" 81; devices \"/dev/a\"; secrets \"s\"; env_file \"a\" \"b\"; volumes \"a:/b\"; volumes { - type=\"volume\" source=\"a\" target=\"/c\" { volume nocopy=#true; }; }; tmpfs \"/tmp\"",
            "deploy { resources { reservations { devices { - driver=\"nvidia\" count=1 { (list)capabilities \"gpu\"; }; }; }; }; }",
            "build { args A=\"b\"; (list)tags \"x\"; cache_from \"y\"; }; storage_opt size=\"1g\"; gpus \"all\"; init #true",
        ] {
            assert!(of_a_service(nodes).is_empty(), "{nodes}: {:?}", of_a_service(nodes));
        }
        let shared = "compose { name \"x\"; x-a 1; networks { a { ipam { config { - subnet=\"10.0.0.0/8\"; }; }; }; b; }; volumes { v { driver_opts type=\"nfs\"; }; }; services { db { image \"x:1\"; }; }; }";
        assert!(raised("passed-on-misfit", shared).is_empty());
    }

    #[test]
    fn misspelt_keys() {
        assert_eq!(
            prometheus("scrape_konfigs { - job_name=\"x\"; }"),
            ["Prometheus knows no `scrape_konfigs` here"]
        );
        assert_eq!(alertmanager("rout { receiver \"x\"; }"), ["Alertmanager knows no `rout` here"]);
        assert_eq!(
            alertmanager("route { routes { - reciever=\"x\"; }; }"),
            ["Alertmanager knows no `reciever` here"]
        );
        assert_eq!(prometheus("entirely_new { a 1; }").len(), 1);
    }

    #[test]
    fn keys_of_one_receiver() {
        let slack = |keys: &str| {
            raised(
                "passed-on-misfit",
                &format!(
                    "secret \"S\"\nmonitor\nnotify {{ slack \"#a\" webhook=(secret)\"S\" {{ alertmanager {{ {keys} }} }} }}"
                ),
            )
        };
        assert_eq!(slack("icon_emojy \":fire:\""), ["Alertmanager knows no `icon_emojy` here"]);
        assert_eq!(slack("send_resolved \"no\""), ["`send_resolved` is a boolean to Alertmanager"]);
        assert!(
            slack("icon_emoji \":fire:\"; send_resolved #false; actions { - type=\"button\" }").is_empty()
        );
    }

    #[test]
    fn values_of_another_sort() {
        assert_eq!(
            prometheus(
                "scrape_configs { - job_name=\"x\" scrape_interval=\"5\" { static_configs { - targets=\"x:1\"; }; }; }"
            ),
            [
                "`scrape_interval` is a duration with its unit to Prometheus",
                "`targets` is a list to Prometheus"
            ]
        );
        assert_eq!(prometheus("global { evaluation_interval 15; }").len(), 1);
        assert_eq!(alertmanager("inhibit_rules { - { source_matchers \"a=b\"; }; }").len(), 1);
    }

    #[test]
    fn what_fits() {
        for nodes in [
            "scrape_configs { - job_name=\"x\" { static_configs { - { (list)targets \"x:1\"; labels a=\"b\"; }; }; }; }",
            "remote_write { - url=\"https://m\" { basic_auth username=\"1\" password_file=\"/x\"; queue_config capacity=10; }; }",
            "(list)rule_files \"/x/*.yml\"\n global { external_labels { region \"eu\"; }; scrape_timeout \"10s\"; }",
        ] {
            assert!(prometheus(nodes).is_empty(), "{nodes}: {:?}", prometheus(nodes));
        }
        assert!(
            alertmanager(
                "route { group_by \"alertname\"; routes { - receiver=\"x\" { (list)matchers \"a=b\"; }; }; }"
            )
            .is_empty()
        );
    }

    #[test]
    fn durations() {
        for text in ["0", "5s", "1h30m", "15d", "500ms", "1m30s"] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["", "5", "s", "5 s", "30m1h", "1.5h", "5S", "-5s"] {
            assert!(!is_duration(text), "{text}");
        }
    }
}
