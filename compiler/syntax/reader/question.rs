//! An ask for a single value, and what happens when there is no answer.

use super::{Answer, FromEntry, Reader};
use crate::{
    diagnostic::Diagnostic,
    source::Located,
    syntax::{
        fact::shown,
        node::{Entry, Node, Scalar},
        table::{Default, Place},
    },
};

/// An ask that still has to say what happens when there is no answer.
pub struct Question<'r, 'a, T> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) place: Place,
    pub(super) answer: Option<Answer>,
    pub(super) marker: std::marker::PhantomData<T>,
}

impl<T: FromEntry> Question<'_, '_, T> {
    /// The value; a missing one is reported.
    pub fn required(self) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Required);
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
            if let Some(example) = T::examples().first() {
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
    pub fn optional(self) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Optional);
        self.value()
    }

    /// The value, or `default`, which must be a correct one (a test reads all of them). None only while describing,
    /// and when what is written is wrong and has been reported.
    pub fn or(self, default: &'static str) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Value(default));
        if self.answer.is_none()
            && let Some(node) = self.reader.node
        {
            self.reader.fact(self.name, default.to_owned(), node.span);
            let name = None;
            let entry =
                Entry { name, annotation: None, scalar: Scalar::Text(default.to_owned()), span: node.span };
            return T::from_entry(&entry).ok().map(|value| Located::new(value, node.span));
        }
        self.value()
    }

    fn value(self) -> Option<Located<T>> {
        let entry = self.answer?.entry;
        self.reader.fact(self.name, shown(&entry), entry.span);
        self.reader.convert(self.name, &entry)
    }
}

impl Reader<'_> {
    /// Whether the node has something of that name, even if it is no usable value (which has been reported then).
    fn attempted(&self, node: &Node, name: &str) -> bool {
        node.children.iter().any(|child| child.name.value == name)
    }
}
