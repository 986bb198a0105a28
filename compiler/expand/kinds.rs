//! All kinds that a system may use: the built-in ones, read when first asked for, and the user's own.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use rayon::prelude::*;

use super::kind::{Kind, Role, kind};
use crate::{
    diagnostic::Diagnostics,
    stdlib,
    syntax::{Fact, Node, Reader, Sink},
    values::Value as _,
};

/// A kind with the facts that its definition states.
pub struct Defined {
    /// The kind.
    pub kind: Kind,
    /// Its facts, under `kind/<name>`.
    pub facts: Arc<[Fact]>,
}

/// Kinds by name.
#[derive(Default)]
pub struct Kinds {
    user: BTreeMap<String, Defined>,
    /// Kinds whose definition is wrong, which has been told.
    faulty: BTreeSet<String>,
    /// Whether something is wrong with one of the user's own.
    wrong: bool,
}

impl Kinds {
    /// Reads the user's `kind` nodes, reporting what is wrong with them.
    pub fn read(nodes: &[Node], diagnostics: &mut Diagnostics) -> Kinds {
        let mut kinds = Kinds::default();
        for node in nodes {
            let (defined, found) = define(node);
            kinds.wrong |= found.has_errors();
            diagnostics.extend(found);
            let name = node.key().unwrap_or_default().into_owned();
            if let Some(first) = kinds.user.get(&name) {
                diagnostics.add(
                    crate::diagnostic::Diagnostic::error(
                        "duplicate",
                        format!("kind `{name}` is defined twice"),
                    )
                    .at(node.span, "defined again here")
                    .at(first.kind.span, "first defined here")
                    .help("rename one of them"),
                );
            } else if let Some(defined) = defined {
                kinds.user.insert(name, defined);
            } else {
                kinds.faulty.insert(name);
            }
        }
        kinds
    }

    /// The kind of that name, with its facts; a user's own before a built-in one.
    pub fn get(&self, name: &str) -> Option<&Defined> {
        self.user.get(name).or_else(|| builtin(name))
    }

    /// Whether there is a kind of that name, but nothing can be made of it.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faulty.contains(name)
    }

    /// Whether something is wrong with one of the user's own, which has been told.
    pub fn any_wrong(&self) -> bool {
        self.wrong
    }

    /// Every name.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.user.keys().map(String::as_str).chain(stdlib::ALL.iter().map(|e| e.kind)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What services are usually made of, by group, for people; what the compiler brings in by itself is left out.
    pub fn of_services(&self) -> String {
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for embedded in stdlib::ALL.iter().filter(|one| matches!(one.role, None | Some("datastore"))) {
            let folder = embedded.file.split('/').nth(1).unwrap_or_default();
            groups.entry(folder).or_default().push(embedded.kind);
        }
        let own: Vec<&str> = self.user.keys().map(String::as_str).collect();
        let groups = groups.into_iter().chain([("your own", own)]).filter(|(_, names)| !names.is_empty());
        let groups: Vec<String> =
            groups.map(|(group, names)| format!("{group}: {}", names.join(", "))).collect();
        groups.join("; ")
    }
}

fn builtin(name: &str) -> Option<&'static Defined> {
    type Read = OnceLock<Option<Defined>>;
    static KNOWN: OnceLock<HashMap<&str, (&stdlib::Embedded, Read)>> = OnceLock::new();
    let all = || stdlib::ALL.iter().map(|embedded| (embedded.kind, (embedded, OnceLock::new()))).collect();
    let (embedded, read) = KNOWN.get_or_init(all).get(name)?;
    // A built-in kind that does not read is a fault of ondol's, which a test of the whole stdlib rules out.
    read.get_or_init(|| define(&embedded.node()?).0).as_ref()
}

/// Reads the built-in kinds that a description of this text is likely to use, on cores that are idle meanwhile. What
/// it does not guess is read when it is asked for.
pub fn read_ahead(text: &str) {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    if rayon::current_num_threads() == 1 || BEGUN.swap(true, Ordering::Relaxed) {
        return;
    }
    let derived =
        |role| !matches!(role, Role::Application | Role::Datastore | Role::Exporter | Role::Certificates);
    let likely = |embedded: &&stdlib::Embedded| {
        text.contains(embedded.kind)
            || embedded.role.and_then(|role| Role::parse(role).ok()).is_some_and(derived)
    };
    stdlib::ALL.par_iter().filter(likely).for_each(|embedded| {
        let exporter = builtin(embedded.kind).and_then(|defined| defined.kind.exporter.as_ref());
        exporter.and_then(|exporter| builtin(exporter.value.as_str()));
    });
}

/// Reads one `kind` node.
pub fn define(node: &Node) -> (Option<Defined>, Diagnostics) {
    let sink = Sink::default();
    let address = format!("kind/{}", node.key().unwrap_or_default());
    let kind = Reader::read(node, &sink, address, kind);
    let (diagnostics, facts) = sink.finish();
    (kind.map(|kind| Defined { kind, facts: facts.into() }), diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_kind_reads_without_complaint() {
        for embedded in stdlib::ALL {
            let node = embedded.node().expect("a tree");
            let (defined, diagnostics) = define(&node);
            let found: Vec<_> = diagnostics
                .iter()
                .map(|d| format!("{}: {} ({:?})", embedded.file, d.message, d.labels))
                .collect();
            assert!(found.is_empty(), "{found:#?}");
            assert!(defined.is_some(), "{}", embedded.file);
        }
    }
}
