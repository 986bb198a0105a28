//! What was never asked for, and what is stated twice.

use super::Reader;
use crate::{
    diagnostic::{Diagnostic, nearest},
    source::Span,
    syntax::node::{Entry, Node},
};

impl Reader<'_> {
    /// Reports what is in the node and in none of `names`, for callers of [`Reader::leave_rest`].
    pub fn report_unknown(&self, names: &[&str]) {
        self.report_unknown_properties(names);
        for child in self.node.iter().flat_map(|node| &node.children) {
            let Some(node) = self.node else { return };
            if !names.contains(&child.name.value.as_str()) {
                self.unknown_node(child, &node.name.value, names);
            }
        }
    }

    pub(super) fn report_unknown_properties(&self, names: &[&str]) {
        let Some(node) = self.node else { return };
        for entry in &node.entries {
            if let Some(name) = &entry.name
                && !names.contains(&name.value.as_str())
            {
                self.unknown_property(entry, node, names);
            }
        }
    }

    pub(super) fn finish(&self) {
        let Some(node) = self.node else { return };
        if let Some(extra) = node.args().nth(self.args) {
            self.sink.report(
                Diagnostic::error(
                    "unexpected-argument",
                    format!(
                        "`{}` takes {} here",
                        node.name.value,
                        match self.args {
                            0 => "no argument".to_owned(),
                            1 => "one argument".to_owned(),
                            n => format!("{n} arguments"),
                        }
                    ),
                )
                .at(extra.span, "this one is too many"),
            );
        }
        if !self.open {
            self.report_unknown(&self.vocabulary());
        }
    }

    pub(super) fn duplicate(&self, what: &str, again: Span, first: Span) {
        self.sink.report(
            Diagnostic::error("duplicate", format!("{what} is stated twice"))
                .at(again, "stated again here")
                .at(first, "first stated here")
                .help("keep one of them"),
        );
    }

    pub(super) fn unknown_property(&self, entry: &Entry, node: &Node, names: &[&str]) {
        let Some(name) = &entry.name else { return };
        let diagnostic = Diagnostic::error(
            "unknown-property",
            format!("`{}` has no property `{}`", node.name.value, clipped(&name.value)),
        );
        self.sink.report(with_suggestion(diagnostic.at(name.span, "not known here"), &name.value, names));
    }

    pub(super) fn unknown_node(&self, child: &Node, parent: &str, names: &[&str]) {
        let diagnostic = Diagnostic::error(
            "unknown-node",
            format!("`{parent}` has no `{}` in it", clipped(&child.name.value)),
        );
        self.sink.report(with_suggestion(
            diagnostic.at(child.name.span, "not known here"),
            &child.name.value,
            names,
        ));
    }
}

fn with_suggestion(diagnostic: Diagnostic, wrong: &str, names: &[&str]) -> Diagnostic {
    match nearest(wrong, names.iter().copied()) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None if names.is_empty() => diagnostic.help("nothing of that sort can stand here"),
        None => {
            let mut names = names.to_vec();
            names.sort_unstable();
            names.dedup();
            diagnostic.help(format!("known here: {}", names.join(", ")))
        }
    }
}

/// User text for a message: at most 60 characters.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
