//! What is wrong with an input, as a value: built at the place that knows, rendered in one file.
//!
//! Voice: lower case, no full stop, text of the user in backticks. The message says what is wrong, a label says
//! what its place is, the help says what to type.

mod suggest;

#[allow(unused_imports, reason = "the build script, which shares this module, needs no suggestions")]
pub use suggest::{meant, nearest};

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The result stands; `--deny warnings` makes it an error.
    Warning,
}

/// A place with what it means for the diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What this place is; may be empty.
    pub text: String,
}

/// One thing that is wrong. The first label is where the reader should look first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The stable name that `ondol explain` knows, such as `unknown-node`.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Places, the primary one first. None only for what has no place in a text (an unreadable file).
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with the given code.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning with the given code.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A diagnostic with no place yet.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic { severity, code, message: message.into(), labels: Vec::new(), help: None }
    }

    /// Adds a place; the first one added is the primary one.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to type instead.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Everything found so far. Stages add to it and never stop at the first.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Where in the list those with this place and message stand: there may be very many.
    known: HashMap<u64, Vec<usize>>,
}

impl Diagnostics {
    /// Adds one. The same finding at the same place (an error in a part that several environments share) counts once.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        // What would help may differ between environments: what else is known is no other finding.
        let same = |one: &Diagnostic| {
            (one.severity, one.code, &one.message, &one.labels)
                == (diagnostic.severity, diagnostic.code, &diagnostic.message, &diagnostic.labels)
        };
        let mut hasher = DefaultHasher::new();
        (diagnostic.labels.first().map(|label| label.span), &diagnostic.message).hash(&mut hasher);
        let known = self.known.entry(hasher.finish()).or_default();
        if !known.iter().any(|index| same(&self.list[*index])) {
            known.push(self.list.len());
            self.list.push(diagnostic);
        }
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// All, in the order of their places (file, then offset), errors and warnings mixed.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            let key = |d: &Diagnostic| d.labels.first().map(|l| (l.span, d.code));
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.list
    }

    /// All, in the order of their finding.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Moves all of `other` in.
    pub fn extend(&mut self, other: Diagnostics) {
        for diagnostic in other.list {
            self.add(diagnostic);
        }
    }
}
