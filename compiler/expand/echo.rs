//! Findings that only echo another one: what something wrong would have brought is missed by who refers to it.

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity, nearest},
    source::Span,
    syntax::{Node, Table},
    values::{Name, Value as _},
};

/// Codes that say that there is no such thing, and the words by which it would have been stated. What is stated and yet
/// not there was refused.
const MISSED: &[(&str, &[&str])] = &[
    ("overlay-touches-nothing", &[]),
    ("unknown-alert", &["alert"]),
    ("unknown-host", &["host"]),
    ("unknown-measure", &["watch"]),
    ("unmeasured-metric", &["metric"]),
    ("unknown-priority", &["priority"]),
    ("unknown-secret", &["secret", "variable"]),
    // What others run is never a service, whatever is wrong with it.
    ("unknown-service", &["service"]),
    ("unknown-team", &["team"]),
    ("unknown-volume", &["volume"]),
];

/// What a kind that is wrong does not say, and what a system that is wrong does not prove.
const UNSAID: &[&str] = &["invalid-placeholder", "no-backup-method", "no-url"];

/// The findings without echoes. `system` is what is read, `table` the words that it has; `kinds` says whether one of
/// the user's kinds is wrong.
pub fn without(found: Diagnostics, system: &Node, table: fn() -> &'static Table, kinds: bool) -> Diagnostics {
    if !found.has_errors() {
        return found;
    }
    let mut stated = Vec::new();
    within(system, Some(table()), 3, &mut stated);
    // In place of a domain that is refused stands `localhost`, which nobody wrote.
    let domain = stated.iter().find(|it| it.node.name.value == "domain");
    let replaced =
        domain.is_some_and(|it| found.iter().any(|one| one.code == "invalid-value" && it.holds(one)));
    let follows = |one: &Diagnostic| {
        let missed = MISSED.iter().find(|(code, _)| *code == one.code);
        missed.is_some_and(|(_, words)| stated.iter().any(|it| it.is_meant_by(one, words)))
            || one.code == "unproved-item"
            || (replaced && one.code == "certificate-impossible")
            || (kinds && UNSAID.contains(&one.code))
    };
    let causes: Vec<&Diagnostic> =
        found.iter().filter(|one| one.severity == Severity::Error && !follows(one)).collect();
    if !kinds && causes.is_empty() {
        return found;
    }
    let broken: Vec<&Stated> =
        stated.iter().filter(|it| causes.iter().any(|cause| !may_follow(cause) && it.holds(cause))).collect();
    let is_echo = |one: &Diagnostic| follows(one) || broken.iter().any(|it| it.would_bring(one));
    kept(&found, is_echo)
}

/// The findings without all that say that something is not there: the file that could not be read may have it.
pub fn without_missed(found: &Diagnostics) -> Diagnostics {
    let is_echo = |one: &Diagnostic| {
        MISSED.iter().any(|(code, _)| *code == one.code)
            || UNSAID.contains(&one.code)
            || ["unknown-kind", "unproved-item"].contains(&one.code)
    };
    kept(found, is_echo)
}

fn kept(found: &Diagnostics, is_echo: impl Fn(&Diagnostic) -> bool) -> Diagnostics {
    let mut kept = Diagnostics::default();
    found.iter().filter(|one| !is_echo(one)).for_each(|one| kept.add(one.clone()));
    kept
}

/// Whether it misses what is not stated by a name of its own, but comes with what is.
fn may_follow(one: &Diagnostic) -> bool {
    ["unknown-alert", "unmeasured-metric"].contains(&one.code)
}

/// Something with a name of its own.
struct Stated<'a> {
    node: &'a Node,
    /// Its name; one that is refused also as it would have been taken.
    key: String,
    /// Whether the word is another one, so that nothing can have come of it.
    misspelt: bool,
}

impl Stated<'_> {
    /// Whether it is what a finding misses, which would have been stated by one of `words`.
    fn is_meant_by(&self, one: &Diagnostic, words: &[&str]) -> bool {
        (self.misspelt || words.contains(&self.node.name.value.as_str()))
            && one.message.contains(&format!("`{}`", self.key))
    }

    /// Whether a finding misses an alert or a measurement that comes with it.
    fn would_bring(&self, one: &Diagnostic) -> bool {
        let named = match (one.code, Name::parse(&self.key)) {
            ("unknown-alert", Ok(name)) => format!("`{}", name.camel()),
            ("unmeasured-metric", _) => format!("`{}`", self.key),
            _ => return false,
        };
        one.message.contains(&named) && !self.holds(one)
    }

    /// Whether a finding is about it or what is within it.
    fn holds(&self, one: &Diagnostic) -> bool {
        one.labels.first().is_some_and(|at| lies_in(self.node, at.span))
    }
}

fn lies_in(node: &Node, at: Span) -> bool {
    let span = node.span;
    span.source == at.source && span.start <= at.start && at.start <= span.end
        || node.children.iter().any(|child| lies_in(child, at))
}

fn within<'a>(node: &'a Node, table: Option<&'static Table>, depth: usize, found: &mut Vec<Stated<'a>>) {
    for child in &node.children {
        let written = child.name.value.as_str();
        let block = table.and_then(|table| table.blocks.iter().find(|block| block.name == written));
        let asked = table.is_none_or(|table| table.asks.iter().any(|ask| ask.name == written));
        let blocks = table.iter().flat_map(|table| &table.blocks).map(|block| block.name);
        // Deeper, a word that the table does not have may be one of a kind.
        let misspelt =
            block.is_none() && !asked && (node.name.value == "system" || nearest(written, blocks).is_some());
        let named = child.args().next().is_some_and(|entry| entry.annotation.is_none());
        if let Some(key) = child.key().filter(|key| named && !key.is_empty()) {
            let refused = Name::parse(&key).is_err();
            let keys = [key.to_lowercase(), key.into_owned()];
            let keys = keys.into_iter().skip(usize::from(!refused));
            found.extend(keys.map(|key| Stated { node: child, key, misspelt }));
        }
        if depth > 1 {
            within(child, block, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    fn of(content: &str) -> Vec<&'static str> {
        codes(&format!("system \"shop\" {{\n{content}\n}}"))
    }

    #[test]
    fn who_refers_to_a_misspelt_thing_is_right() {
        assert_eq!(
            of(
                "secrets \"TOKEN\"\nservice \"app\" kind=\"worker\" { build \".\"; env { T (secret)\"TOKEN\" } }"
            ),
            ["unknown-node"]
        );
        assert_eq!(
            of(
                "container \"db\" kind=\"redis\"\nservice \"app\" kind=\"worker\" { build \".\"; needs \"db\" }"
            ),
            ["unknown-node"]
        );
        assert_eq!(
            of("servce \"db\" kind=\"redis\"\nservice \"app\" kind=\"worker\" { build \".\"; needs \"db\" }"),
            ["unknown-node"]
        );
        assert_eq!(
            of(
                "service \"DB\" kind=\"worker\" { build \".\" }\nservice \"app\" kind=\"worker\" { build \".\"; needs \"db\" }"
            ),
            ["invalid-value"]
        );
    }

    #[test]
    fn a_refused_domain_is_not_taken_for_localhost() {
        let ingress = "service \"web\" kind=\"static-site\" { build \".\" }
            ingress { tls \"letsencrypt\" email=\"a@example.com\"; route \"/\" to=\"web\" }";
        assert_eq!(of(&format!("domain \"https://shop.example.com\"\n{ingress}")), ["invalid-value"]);
        assert_eq!(of(&format!("domain \"localhost\"\n{ingress}")), ["certificate-impossible"]);
    }

    #[test]
    fn within_blocks_as_well() {
        let monitor = "service \"app\" kind=\"worker\" { build \".\" }\nmonitor { watchs \"cpu\" warn=\">70%\"; board \"main\" { panel \"cpu\" { watch \"cpu\" } } }";
        assert_eq!(of(monitor), ["unknown-node"]);
    }

    #[test]
    fn what_comes_with_a_broken_thing() {
        let without = |alert: &str| {
            of(&format!(
                "service \"app\" kind=\"workr\" {{ build \".\" }}\nmonitor {{ without \"{alert}\" }}"
            ))
        };
        assert_eq!(without("AppDown"), ["unknown-kind"]);
        assert_eq!(without("WebDown"), ["unknown-kind", "unknown-alert"]);
    }

    #[test]
    fn what_others_run_is_no_service() {
        let watched = |word: &str| {
            of(&format!(
                "{word} \"pay\" port=0\nmonitor {{ watch \"load\" max=\"load\" of=\"pay\" warn=\">1\" }}"
            ))
        };
        assert_eq!(watched("external"), ["invalid-value", "unknown-service"]);
        assert_eq!(watched("externl"), ["unknown-node"]);
    }

    #[test]
    fn who_refers_to_nothing_is_not() {
        assert_eq!(of("service \"app\" kind=\"worker\" { build \".\"; needs \"db\" }"), ["unknown-service"]);
        assert_eq!(
            of(
                "secrets \"TOKEN\"\nservice \"app\" kind=\"worker\" { build \".\"; env { T (secret)\"OTHER\" } }"
            ),
            ["unknown-node", "unknown-secret"]
        );
    }
}
