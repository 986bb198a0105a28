//! Findings that only echo another one: what something wrong would have brought is missed by who refers to it.

use std::collections::BTreeSet;

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity, nearest},
    syntax::{Node, Table},
    values::{Name, Value as _},
};

/// Codes that say that there is no such thing, and the words by which it would have been stated.
const MISSED: &[(&str, &[&str])] = &[
    ("overlay-touches-nothing", &[]),
    ("unknown-host", &["host"]),
    ("unknown-measure", &["watch"]),
    ("unmeasured-metric", &["metric"]),
    ("unknown-priority", &["priority"]),
    ("unknown-secret", &["secret", "variable"]),
    ("unknown-service", &["service", "external"]),
    ("unknown-team", &["team"]),
    ("unknown-volume", &["volume"]),
];

/// What a kind that is wrong does not say, and what a system that is wrong does not prove.
const UNSAID: &[&str] = &["invalid-placeholder", "no-backup-method", "no-url"];

/// The findings without echoes. `system` is what is read, `table` the words that it has; `kinds` says whether one of
/// the user's kinds is wrong.
pub fn without(found: Diagnostics, system: &Node, table: &'static Table, kinds: bool) -> Diagnostics {
    let mut stated = BTreeSet::new();
    within(system, Some(table), 3, &mut stated);
    let is_echo = |one: &Diagnostic| {
        let missed = MISSED.iter().find(|(code, _)| *code == one.code).is_some_and(|(_, words)| {
            stated.iter().any(|stated| {
                (words.contains(&stated.word) || (words.is_empty() && stated.misspelt))
                    && one.message.contains(&format!("`{}`", stated.key))
            })
        });
        missed || one.code == "unproved-item" || (kinds && UNSAID.contains(&one.code))
    };
    let cause = |one: &Diagnostic| one.severity == Severity::Error && !is_echo(one);
    if !kinds && !found.iter().any(cause) {
        return found;
    }
    let mut kept = Diagnostics::default();
    found.iter().filter(|one| !is_echo(one)).for_each(|one| kept.add(one.clone()));
    kept
}

/// The findings without all that say that something is not there: the file that could not be read may have it.
pub fn without_missed(found: Diagnostics) -> Diagnostics {
    let is_echo = |one: &Diagnostic| {
        MISSED.iter().any(|(code, _)| *code == one.code)
            || UNSAID.contains(&one.code)
            || ["unknown-kind", "unproved-item"].contains(&one.code)
    };
    let mut kept = Diagnostics::default();
    found.iter().filter(|one| !is_echo(one)).for_each(|one| kept.add(one.clone()));
    kept
}

/// Something with a name of its own.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Stated<'a> {
    /// The word by which it is stated, or is meant to be.
    word: &'a str,
    /// Its name; one that is refused also as it would have been taken.
    key: String,
    /// Whether the word is another one.
    misspelt: bool,
}

fn within<'a>(node: &'a Node, table: Option<&'static Table>, depth: usize, found: &mut BTreeSet<Stated<'a>>) {
    for child in &node.children {
        let written = child.name.value.as_str();
        let block = table.and_then(|table| table.blocks.iter().find(|block| block.name == written));
        let asked = table.is_none_or(|table| table.asks.iter().any(|ask| ask.name == written));
        let blocks = table.iter().flat_map(|table| &table.blocks).map(|block| block.name);
        let (word, misspelt) = match nearest(written, blocks) {
            Some(near) if block.is_none() && !asked => (near, true),
            _ => (written, false),
        };
        let named = child.args().next().is_some_and(|entry| entry.annotation.is_none());
        if let Some(key) = child.key().filter(|_| named) {
            if Name::parse(&key).is_err() {
                found.insert(Stated { word, key: key.to_lowercase(), misspelt });
            }
            found.insert(Stated { word, key: key.into_owned(), misspelt });
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
    fn within_blocks_as_well() {
        let monitor = "service \"app\" kind=\"worker\" { build \".\" }\nmonitor { watchs \"cpu\" warn=\">70%\"; board \"main\" { panel \"cpu\" { watch \"cpu\" } } }";
        assert_eq!(of(monitor), ["unknown-node"]);
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
