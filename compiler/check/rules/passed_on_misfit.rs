//! What is passed on to Prometheus and Alertmanager held against the keys that they know: a misspelt one would be told by
//! the program when it starts, on the server.
//!
//! The shapes of both files are data, `check/shapes/`, and read only when something is passed on.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics, nearest},
    model::Model,
    source::Span,
    syntax::{Entry, Node, Scalar},
};

/// The rule.
pub const RULE: Rule = Rule { code: "passed-on-misfit", check, together: None };

static PROMETHEUS: LazyLock<Value> = LazyLock::new(|| read(include_str!("../shapes/prometheus.json")));
static ALERTMANAGER: LazyLock<Value> = LazyLock::new(|| read(include_str!("../shapes/alertmanager.json")));

/// A file of shapes; a test reads all of them.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn check(model: &Model, diagnostics: &mut Diagnostics) {
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
    /// Keys of a map. `new` says that nothing is generated there which they would be merged into.
    fn map(&mut self, shape: &Value, parts: Vec<Part>, new: bool) {
        let Some(known) = shape.as_object() else { return };
        for (index, part) in parts.iter().enumerate() {
            let (key, span) = part.key();
            let Some(shape) = known.get(key) else {
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
        let shape = named.unwrap_or(shape);
        match (shape, part) {
            (Value::Object(_), Part::Property(entry)) => {
                self.misfit(key, entry.span, "a map", "its keys stand within braces");
            }
            (Value::Object(_), Part::Node(node)) if node.args().next().is_some() => {
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
            match &shape {
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
            ("duration", Scalar::Text(text)) => is_duration(text),
            ("duration", value) => matches!(value, Scalar::Integer(0)),
            _ => true,
        };
        if fits {
            return;
        }
        let (what, help) = match kind {
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
    use super::{ALERTMANAGER, PROMETHEUS, is_duration};
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
        for shapes in [&*PROMETHEUS, &*ALERTMANAGER] {
            let mut found = Vec::new();
            names(shapes, &mut found);
            assert!(found.len() > 100);
            for name in found {
                let scalar = ["any", "text", "bool", "int", "number", "duration"].contains(&name);
                assert!(scalar || shapes[name].is_object(), "{name}");
            }
        }
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
