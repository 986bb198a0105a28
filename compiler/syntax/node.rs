//! The tree that a source becomes: nodes with their arguments, properties and children, each with its place.

use serde::{Deserialize, Serialize};

use crate::source::{Located, Span};

/// One node: `service "web" replicas=3 { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The word in front.
    pub name: Located<String>,
    /// The type annotation before the name, without its parentheses.
    pub annotation: Option<String>,
    /// Arguments and properties in the order in which they are written.
    pub entries: Vec<Entry>,
    /// What is within the braces.
    pub children: Vec<Node>,
    /// Whether there are braces, which may be empty.
    pub has_block: bool,
    /// The name and all entries, without the children.
    pub span: Span,
}

/// An argument (no name) or a property (with one).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of a property.
    pub name: Option<Located<String>>,
    /// The type annotation before the value, without its parentheses: `secret` in `(secret)"TOKEN"`.
    pub annotation: Option<String>,
    /// The value.
    pub scalar: Scalar,
    /// The whole entry.
    pub span: Span,
}

/// The values that KDL knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scalar {
    /// A string, quoted or bare.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction, in its shortest decimal form.
    Decimal(String),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl Node {
    /// The arguments, in order.
    pub fn args(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.name.is_none())
    }

    /// The property of that name. KDL lets the last of several win.
    pub fn prop(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| e.name.as_ref().is_some_and(|n| n.value == name))
    }

    /// The first argument as text: what named nodes are addressed by.
    pub fn key(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.args().next().map(|e| e.scalar.text())
    }
}

impl Scalar {
    /// The value as the text that the typed values read: `8000`, `1.5`, `true`, the string itself; empty for null.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Scalar::Text(text) | Scalar::Decimal(text) => text.into(),
            Scalar::Integer(number) => number.to_string().into(),
            Scalar::Bool(value) => if *value { "true" } else { "false" }.into(),
            Scalar::Null => "".into(),
        }
    }

    /// What it is, for messages.
    pub fn what(&self) -> &'static str {
        match self {
            Scalar::Text(_) => "a string",
            Scalar::Integer(_) | Scalar::Decimal(_) => "a number",
            Scalar::Bool(_) => "a boolean",
            Scalar::Null => "#null",
        }
    }
}
