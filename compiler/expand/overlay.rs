//! Environments: the same description with some things said otherwise.
//!
//! An overlay addresses what it changes by the same names. What it addresses must exist, so that a misspelt name is
//! an error and not a second thing; to bring in something new it says `add { … }`, to take something away `remove`.

use std::sync::OnceLock;

use super::{kinds::Kinds, read::system::system};
use crate::{
    diagnostic::{Diagnostic, meant, nearest},
    syntax::{Entry, Node, Place, Scalar, Sink, Table, describe, shown_entry},
};

/// The table of everything that may stand in a `system`.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table = describe("system", "the whole description of one system", |r| {
            r.example("system \"shop\" {\n    domain \"shop.example.com\"\n    service \"web\" kind=\"static-site\" { build \"./web\" }\n    ingress {\n        tls \"self-signed\"\n        route \"/\" to=\"web\"\n    }\n}");
            system(r, &Kinds::default());
        });
        Table { keyed: true, many: true, ..table }
    })
}

/// The system with `overlay` laid over it. Both keep their places.
pub fn overlaid(system: &Node, overlay: &Node, sink: &Sink) -> Node {
    let mut merged = base(system);
    Merge { sink, depth: 0, under: false }.children(&mut merged, &overlay.children, Some(table()));
    merged
}

/// The system without its `environment` nodes.
pub fn base(system: &Node) -> Node {
    let mut node = system.clone();
    node.children.retain(|child| child.name.value != "environment");
    node
}

/// The system with what kinds say laid under their services, which keep what they say themselves.
pub fn with_kinds(system: &mut Node, kinds: &Kinds, sink: &Sink) {
    let Some(table) = table().blocks.iter().find(|block| block.name == "service") else { return };
    for service in system.children.iter_mut().filter(|child| child.name.value == "service") {
        let kind = service.prop("kind").map(|entry| entry.scalar.text().into_owned()).or_else(|| {
            let stated = service.children.iter().find(|child| child.name.value == "kind")?;
            stated.key().map(|key| key.into_owned())
        });
        let defined = kind.and_then(|kind| kinds.get(&kind));
        let Some(says) = defined.and_then(|defined| defined.kind.says.as_ref()) else { continue };
        let own = std::mem::replace(service, says.clone());
        service.name = own.name.clone();
        service.span = own.span;
        service.has_block = true;
        let merge = Merge { sink, depth: 1, under: true };
        merge.entries(service, &own, 0);
        merge.children(service, &own.children, Some(table));
    }
}

struct Merge<'a> {
    sink: &'a Sink,
    depth: usize,
    /// Whether the base only says what holds when nothing is said: there is nothing that must exist in it.
    under: bool,
}

impl Merge<'_> {
    fn children(&self, base: &mut Node, overlay: &[Node], table: Option<&Table>) {
        let mut replaced: Vec<String> = Vec::new();
        for node in overlay {
            let name = node.name.value.as_str();
            match name {
                "add" if !self.under => self.add(base, node, table),
                "remove" if !self.under => self.remove(base, node),
                _ => match table.and_then(|t| t.blocks.iter().find(|block| block.name == name)) {
                    Some(block) if block.keyed => self.keyed(base, node, block),
                    // What a service mounts at a path takes the place of what its kind mounts there.
                    Some(_) if self.under && name == "volume" => mount(base, node, overlay),
                    Some(block) if block.many => replace(base, node, &mut replaced),
                    Some(block) => self.block(base, node, block),
                    None => match table
                        .and_then(|t| t.asks.iter().find(|ask| ask.name == name))
                        .map(|ask| ask.place)
                    {
                        Some(Place::Map) => self.map(base, node),
                        // Passed on as it is: merged key by key, as a service's own words are.
                        Some(Place::Raw) if self.under => self.map(base, node),
                        _ => replace(base, node, &mut replaced),
                    },
                },
            }
        }
    }

    /// A named thing: merged into the one of that name.
    fn keyed(&self, base: &mut Node, node: &Node, block: &Table) {
        let key = node.key().unwrap_or_default();
        let name = node.name.value.as_str();
        let mut found =
            base.children.iter_mut().filter(|child| child.name.value == name && child.key() == node.key());
        if let Some(existing) = found.next() {
            if let Some(other) = found.next() {
                self.sink.report(
                    Diagnostic::error("duplicate", format!("there are several: {}", spoken(node)))
                        .at(node.span, "which of them is changed?")
                        .at(existing.span, "one of them")
                        .at(other.span, "another one")
                        .help(format!("write `remove {{ {name} {key} }}`, which takes all of them away, and `add` what is to be there")),
                );
                return;
            }
            self.entries(existing, node, 1);
            Merge { depth: self.depth + 1, ..*self }.children(existing, &node.children, Some(block));
            return;
        }
        if self.under {
            base.children.push(node.clone());
            return;
        }
        let known: Vec<String> = base
            .children
            .iter()
            .filter(|c| c.name.value == name)
            .filter_map(|c| c.key())
            .map(Into::into)
            .collect();
        let diagnostic =
            Diagnostic::error("overlay-touches-nothing", format!("there is no {name} `{key}` to change"))
                .at(node.span, "addresses nothing that exists");
        self.sink.report(match nearest(&key, known.iter().map(String::as_str)) {
            Some(near) => diagnostic.help(format!(
                "did you mean `{near}`? To bring in a new one write `add {{ {} }}`",
                typed(node)
            )),
            None => {
                let there = match known.as_slice() {
                    [] => String::new(),
                    known => format!("there are: {}; ", known.join(", ")),
                };
                diagnostic.help(format!("{there}to bring in a new one write `add {{ {} }}`", typed(node)))
            }
        });
    }

    /// A block of which there is one: merged into it.
    fn block(&self, base: &mut Node, node: &Node, block: &Table) {
        let name = node.name.value.as_str();
        match base.children.iter_mut().find(|child| child.name.value == name) {
            Some(existing) => {
                take_back(existing, node, block.alternatives);
                self.entries(existing, node, 0);
                Merge { depth: self.depth + 1, ..*self }.children(existing, &node.children, Some(block));
            }
            // A detail of a thing that exists may be new; a part of the system may not.
            None if self.depth > 0 => base.children.push(node.clone()),
            None => self.sink.report(
                Diagnostic::error("overlay-touches-nothing", format!("there is no `{name}` to change"))
                    .at(node.span, "addresses nothing that exists")
                    .help(format!("to bring in a new one write `add {{ {name} … }}`")),
            ),
        }
    }

    /// Names of the user's own with values: each replaces the one of its name.
    fn map(&self, base: &mut Node, node: &Node) {
        match base.children.iter_mut().find(|child| child.name.value == node.name.value) {
            Some(existing) => {
                for child in &node.children {
                    match existing.children.iter_mut().find(|c| c.name.value == child.name.value) {
                        Some(old) => *old = child.clone(),
                        None => existing.children.push(child.clone()),
                    }
                }
            }
            None => base.children.push(node.clone()),
        }
    }

    fn add(&self, base: &mut Node, node: &Node, table: Option<&Table>) {
        for child in &node.children {
            let block = table.and_then(|t| t.blocks.iter().find(|block| block.name == child.name.value));
            let clashes = |there: &&Node| {
                there.name.value == child.name.value
                    && block.is_some_and(|block| match (block.keyed, block.many) {
                        (true, _) => there.key() == child.key() && !block.tells_apart(there, child),
                        (false, many) => !many,
                    })
            };
            let clash = base.children.iter().find(clashes);
            match clash {
                Some(existing) => self.sink.report(
                    Diagnostic::error("duplicate", format!("{} exists already", spoken(child)))
                        .at(child.span, "added here")
                        .at(existing.span, "exists here")
                        .help("to change it, write it without `add`"),
                ),
                None => base.children.push(child.clone()),
            }
        }
    }

    fn remove(&self, base: &mut Node, node: &Node) {
        for child in &node.children {
            let before = base.children.len();
            base.children.retain(|c| {
                !(c.name.value == child.name.value && (child.key().is_none() || c.key() == child.key()))
            });
            if base.children.len() == before {
                let known: Vec<String> = base
                    .children
                    .iter()
                    .filter(|c| c.name.value == child.name.value)
                    .filter_map(|c| c.key())
                    .map(Into::into)
                    .collect();
                let diagnostic = Diagnostic::error(
                    "overlay-touches-nothing",
                    format!("there is no {} to remove", spoken(child)),
                )
                .at(child.span, "addresses nothing that exists");
                let key = child.key().unwrap_or_default();
                let help = meant(&key, known.iter().map(String::as_str), || match known.as_slice() {
                    [] => "leave it out: it is not there".to_owned(),
                    known => format!("there are: {}", known.join(", ")),
                });
                self.sink.report(diagnostic.help(help));
            }
        }
    }

    /// Properties replace those of their name; arguments behind the first `keep` replace the old ones.
    fn entries(&self, base: &mut Node, overlay: &Node, keep: usize) {
        let arguments: Vec<&Entry> = overlay.args().skip(keep).collect();
        if !arguments.is_empty() {
            let mut index = 0;
            base.entries.retain(|entry| {
                index += usize::from(entry.name.is_none());
                entry.name.is_some() || index <= keep
            });
            base.entries.extend(arguments.into_iter().cloned());
        }
        for entry in &overlay.entries {
            if let Some(name) = &entry.name {
                base.entries.retain(|e| e.name.as_ref().is_none_or(|n| n.value != name.value));
                base.children.retain(|child| child.name.value != name.value);
                base.entries.push(entry.clone());
            }
        }
    }
}

/// A node as it is typed, without what is in its braces.
fn typed(node: &Node) -> String {
    let entries = node.entries.iter().map(|entry| format!(" {}", shown_entry(entry))).collect::<String>();
    format!("{}{entries}{}", node.name.value, if node.has_block { " { … }" } else { "" })
}

/// A node as one says it: service `web`.
fn spoken(node: &Node) -> String {
    match node.key() {
        Some(key) => format!("{} `{key}`", node.name.value),
        None => format!("`{}`", node.name.value),
    }
}

/// A value (or a list): the overlay's takes the place of all that the base says under that name.
fn replace(base: &mut Node, node: &Node, replaced: &mut Vec<String>) {
    let name = &node.name.value;
    if !replaced.contains(name) {
        base.entries.retain(|entry| entry.name.as_ref().is_none_or(|n| n.value != *name));
        base.children.retain(|child| child.name.value != *name);
        replaced.push(name.clone());
    }
    base.children.push(node.clone());
}

/// Takes out of the base what one value of the overlay stands in place of.
fn take_back(base: &mut Node, overlay: &Node, alternatives: &[&str]) {
    let is_one = |name: &str| alternatives.contains(&name);
    let denied = |entry: &Entry| entry.scalar == Scalar::Bool(false);
    let by_entry =
        |entry: &Entry| entry.name.as_ref().is_some_and(|name| is_one(&name.value)) && !denied(entry);
    let by_child = |child: &Node| is_one(&child.name.value) && !child.args().next().is_some_and(denied);
    if overlay.entries.iter().any(by_entry) || overlay.children.iter().any(by_child) {
        base.entries.retain(|entry| entry.name.as_ref().is_none_or(|name| !is_one(&name.value)));
        base.children.retain(|child| !is_one(&child.name.value));
    }
}

/// A mount: it takes the place of one at the same path that is not its service's own.
fn mount(base: &mut Node, node: &Node, own: &[Node]) {
    fn at(node: &Node) -> Option<String> {
        let child = || node.children.iter().find(|child| child.name.value == "at").and_then(Node::key);
        node.prop("at").map(|entry| entry.scalar.text()).or_else(child).map(|path| path.into_owned())
    }
    let target = at(node);
    let is_own = |child: &Node| own.iter().any(|one| one.span == child.span);
    base.children.retain(|child| {
        child.name.value != "volume" || target.is_none() || at(child) != target || is_own(child)
    });
    base.children.push(node.clone());
}
