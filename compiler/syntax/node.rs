//! The tree that a source becomes: nodes with their arguments, properties and children, each with its place.

use std::borrow::Cow;

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
    /// Where blanks stand around the `=` of a property. They mean nothing here, but to nginx, for which `a =b` are two words.
    pub apart: Apart,
    /// The whole entry.
    pub span: Span,
}

/// On which sides of a `=` blanks stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// Between the name and the `=`.
    pub before: bool,
    /// Between the `=` and the value.
    pub behind: bool,
}

impl Apart {
    /// The sign with its blanks.
    pub fn sign(self) -> &'static str {
        match (self.before, self.behind) {
            (false, false) => "=",
            (true, false) => " =",
            (false, true) => "= ",
            (true, true) => " = ",
        }
    }
}

/// The values that KDL knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scalar {
    /// A string, quoted or bare.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction, or with zeros before it, as it is written; in its shortest decimal form where that
    /// is not in digits.
    Decimal(String),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl Node {
    /// Whether it is an item of a list.
    pub fn is_item(&self) -> bool {
        self.name.value == "-"
    }

    /// Whether its value is a list, where nodes are keys with values: it says so, has several arguments, or items.
    pub fn is_list(&self) -> bool {
        self.annotation.as_deref() == Some("list")
            || self.args().nth(1).is_some()
            || self.children.iter().any(Node::is_item)
    }

    /// The arguments, in order.
    pub fn args(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.name.is_none())
    }

    /// The property of that name. KDL lets the last of several win.
    pub fn prop(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| e.name.as_ref().is_some_and(|n| n.value == name))
    }

    /// What named nodes are addressed by: the first argument as text. A port is one of an address and of a protocol too,
    /// where those are stated: `53/udp` is another one than `53`.
    pub fn key(&self) -> Option<Cow<'_, str>> {
        let mut key = self.args().next().map(|e| e.scalar.text());
        for (name, sign) in [("to", ":"), ("protocol", "/"), ("on", "@")] {
            let Some(value) = self.prop(name).map(|entry| entry.scalar.text()) else { continue };
            key = match key {
                // Where a port leads is no part of its name, unless it has no other.
                Some(key) if name == "to" || value == "tcp" => Some(key),
                Some(key) => Some(format!("{key}{sign}{value}").into()),
                None => Some(format!("{sign}{value}").into()),
            };
        }
        key
    }
}

impl Scalar {
    /// The value as the text that the typed values read: `8000`, `1.5`, `true`, the string itself; empty for null.
    pub fn text(&self) -> Cow<'_, str> {
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
