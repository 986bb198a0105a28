//! What a description says, flat: so that a plan can name whatever changed in it.

use std::sync::Arc;

use super::node::{Entry, Node};
use crate::source::Span;

/// One thing that a description (or the kind of a service) says, flat: `service/backend`, `replicas`, `3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The thing that it is said of: `system`, `service/backend`, `route//api`.
    pub address: String,
    /// What is said, with the blocks in which it stands: `limits.memory`.
    pub field: String,
    /// The value as text. Secrets are names here, never values.
    pub value: String,
    /// Where it is said; for a default, the thing that has it.
    pub span: Span,
}

/// Facts in the order in which they are said, in parts that may be shared: what a kind says is the same for all systems
/// that use it.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<Arc<[Fact]>>);

impl Facts {
    /// Adds facts behind the others.
    pub fn push(&mut self, part: Arc<[Fact]>) {
        self.0.push(part);
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.0.iter().flat_map(|part| part.iter())
    }

    /// Those that are said of one thing in one go, together.
    pub fn runs(&self) -> impl Iterator<Item = &[Fact]> {
        self.0.iter().flat_map(|part| part.chunk_by(|one, next| one.address == next.address))
    }
}

impl From<Vec<Fact>> for Facts {
    fn from(facts: Vec<Fact>) -> Facts {
        Facts(vec![facts.into()])
    }
}

/// An entry as a fact shows it: `(secret)TOKEN`, `30s`.
pub(super) fn shown(entry: &Entry) -> String {
    match &entry.annotation {
        Some(annotation) => format!("({annotation}){}", entry.scalar.text()),
        None => entry.scalar.text().into_owned(),
    }
}

/// A passed-through node on one line, so that any change in it is a changed fact.
pub(super) fn outline(node: &Node) -> String {
    let mut text = node.annotation.as_ref().map(|annotation| format!("({annotation})")).unwrap_or_default();
    text.push_str(&node.name.value);
    for entry in &node.entries {
        text.push(' ');
        if let Some(name) = &entry.name {
            text.push_str(&name.value);
            text.push_str(entry.apart.sign());
        }
        text.push_str(&shown(entry));
    }
    if !node.children.is_empty() {
        let children: Vec<String> = node.children.iter().map(outline).collect();
        text.push_str(&format!(" {{ {} }}", children.join("; ")));
    }
    text
}
