//! An ask for a single value, and what happens when there is no answer.

use super::{Answer, FromEntry, Reader};
use crate::{
    diagnostic::Diagnostic,
    source::Located,
    syntax::{
        fact::shown,
        node::{Apart, Entry, Node, Scalar},
        table::{Default, Place},
    },
    values::Amount,
};

/// An ask that still has to say what happens when there is no answer.
pub struct Question<'r, 'a, T> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) place: Place,
    pub(super) answer: Option<Answer>,
    /// Whether a value is nothing at all, where that is refused.
    pub(super) nothing: Option<fn(&T) -> bool>,
    /// What helps when it is missing or wrong, in place of an example.
    pub(super) instead: Option<String>,
}

impl<T: FromEntry + Amount> Question<'_, '_, T> {
    /// Refuses nothing at all (`0s`, `0B`, `0`), which programs take for "without a limit" or do not start with.
    pub fn above_zero(mut self) -> Self {
        self.nothing = Some(T::is_nothing);
        self
    }
}

impl<T: FromEntry> Question<'_, '_, T> {
    /// What helps when the value is missing or wrong, where the reader knows better than an example.
    pub fn instead(mut self, help: Option<String>) -> Self {
        self.instead = help;
        self
    }

    /// The value; a missing one is reported.
    pub fn required(mut self) -> Option<Located<T>> {
        self.row(Default::Required);
        if self.answer.is_none()
            && let Some(node) = self.reader.node
            && !self.reader.attempted(node, self.name)
        {
            let (code, what) = match self.place {
                Place::Argument | Place::Arguments => {
                    ("missing-argument", format!("`{}` needs its {}", node.name.value, self.name))
                }
                _ => ("missing-property", format!("`{}` needs `{}`", node.name.value, self.name)),
            };
            let mut diagnostic = Diagnostic::error(code, what)
                .at(node.span, format!("{} is missing: {}", T::WHAT, self.about));
            if let Some(help) = self.instead.take() {
                diagnostic = diagnostic.help(help);
            } else if let Some(example) = T::examples().first() {
                diagnostic = diagnostic.help(match self.place {
                    Place::Argument | Place::Arguments => {
                        format!("write for example `{} {example}`", node.name.value)
                    }
                    _ => format!(
                        "write for example `{} {example}` inside, or `{}={example}` behind",
                        self.name, self.name
                    ),
                });
            }
            match self.place {
                Place::Property => self.reader.lacks(self.name, diagnostic),
                _ => self.reader.sink.report(diagnostic),
            }
        }
        self.value()
    }

    /// The value, or none.
    pub fn optional(mut self) -> Option<Located<T>> {
        self.row(Default::Optional);
        self.value()
    }

    /// The value, or `default`, which must be a correct one (a test reads all of them). None only while describing,
    /// and when what is written is wrong and has been reported.
    pub fn or(mut self, default: &'static str) -> Option<Located<T>> {
        self.row(Default::Value(default));
        if self.answer.is_none()
            && let Some(node) = self.reader.node
        {
            self.reader.fact(self.name, default.to_owned(), node.span);
            let name = None;
            let entry = Entry {
                name,
                annotation: None,
                scalar: Scalar::Text(default.to_owned()),
                apart: Apart::default(),
                span: node.span,
            };
            return T::from_entry(&entry).ok().map(|value| Located::new(value, node.span));
        }
        self.value()
    }

    fn row(&mut self, default: Default) {
        if self.reader.table.is_none() {
            return;
        }
        let what = T::WHAT.to_owned() + if self.nothing.is_some() { " above 0" } else { "" };
        self.reader.row_of::<T>(self.name, self.about, what, self.place, default);
    }

    fn value(self) -> Option<Located<T>> {
        let entry = self.answer?.entry;
        self.reader.fact(self.name, shown(&entry), entry.span);
        let value = match T::from_entry(&entry) {
            Ok(value) => Located::new(value, entry.span),
            Err(reason) => {
                self.reader.refuse::<T>(self.name, &entry, T::WHAT, reason, self.instead);
                return None;
            }
        };
        if self.nothing.is_some_and(|nothing| nothing(&value.value)) {
            let what = format!("{} above 0", T::WHAT);
            let reason = "0 means without a limit to some programs, and others fail with it".to_owned();
            self.reader.refuse::<T>(self.name, &entry, &what, reason, None);
            return None;
        }
        Some(value)
    }
}

impl Reader<'_> {
    /// Whether the node has something of that name, even if it is no usable value (which has been reported then).
    fn attempted(&self, node: &Node, name: &str) -> bool {
        node.children.iter().any(|child| child.name.value == name)
    }
}
