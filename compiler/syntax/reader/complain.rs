//! What was never asked for, and what is stated twice.

use super::Reader;
use crate::{
    diagnostic::{Diagnostic, nearest},
    source::Span,
    syntax::node::{Entry, Node, Scalar},
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

    /// Says that something of that name is required and not there: `diagnostic` tells of it at the end, unless a
    /// misspelt name is what was meant by it.
    pub fn lacks(&mut self, name: &'static str, diagnostic: Diagnostic) {
        self.missing.push((name, diagnostic));
    }

    /// Whether something about this node is wrong already, so that what is missing of it may be missing for that.
    /// For the end of reading.
    pub fn is_faulty(&self) -> bool {
        self.sink.errors() > self.errors_before
            || !self.missing.is_empty()
            || !(self.open || self.unknown_names(&self.vocabulary()).is_empty())
    }

    /// The names in the node that are none of `names`.
    fn unknown_names(&self, names: &[&str]) -> Vec<&str> {
        let nodes = || self.node.iter();
        let properties = nodes().flat_map(|node| &node.entries).filter_map(|entry| entry.name.as_ref());
        let children = nodes().flat_map(|node| &node.children).map(|child| &child.name);
        let all = properties.chain(children).map(|name| name.value.as_str());
        all.filter(|name| !names.contains(name)).collect()
    }

    /// Reports what is missing, unless a name of the node is near to it.
    fn report_missing(&self, node: &Node, vocabulary: &[&str]) {
        let unknown = self.unknown_names(vocabulary);
        for (name, diagnostic) in &self.missing {
            let meant = |wrong: &&&str| nearest(wrong, vocabulary.iter().copied()) == Some(*name);
            match unknown.iter().find(meant) {
                None => self.sink.report(diagnostic.clone()),
                // Where more names than ours are known, who knows them may not have come to read.
                Some(misspelt) if self.open => self.report_misspelt(node, misspelt, vocabulary),
                Some(_) => {}
            }
        }
    }

    fn report_misspelt(&self, node: &Node, misspelt: &str, names: &[&str]) {
        let named = |entry: &&Entry| entry.name.as_ref().is_some_and(|name| name.value == misspelt);
        node.entries.iter().filter(named).for_each(|entry| self.unknown_property(entry, node, names));
        let children = node.children.iter().filter(|child| child.name.value == misspelt);
        children.for_each(|child| self.unknown_node(child, &node.name.value, names));
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
                .at(extra.span, "this one is too many")
                .help(self.as_property(extra)),
            );
        }
        let vocabulary = self.vocabulary();
        // One value too many, and one without its name: that is the same mistake.
        if node.args().nth(self.args).is_none() || self.missing.len() != 1 {
            self.report_missing(node, &vocabulary);
        }
        if !self.open {
            self.report_unknown(&vocabulary);
        }
    }

    /// What to do with an argument that is one too many.
    fn as_property(&self, extra: &Entry) -> String {
        if let Some(help) = self.unquoted(extra).or_else(|| self.apart(extra)) {
            return help;
        }
        if let [(name, _)] = self.missing.as_slice() {
            return format!("write what it is: `{name}={}`", shown_entry(extra));
        }
        match self.asked.as_slice() {
            [] => "remove it".to_owned(),
            [one] => format!("remove it, or write it as a property: `{one}={}`", shown_entry(extra)),
            _ => "remove it, or write it as a property: `name=value`".to_owned(),
        }
    }

    /// A text with blanks whose quotes are missing: `ko=audit log`.
    fn unquoted(&self, extra: &Entry) -> Option<String> {
        let bare = |entry: &Entry, name: usize| match &entry.scalar {
            Scalar::Text(text) => (entry.span.end - entry.span.start) as usize == text.len() + name,
            _ => false,
        };
        let entries = &self.node?.entries;
        let at = entries.iter().position(|entry| entry.span == extra.span)?;
        let before = entries.get(at.checked_sub(1)?)?;
        let name = before.name.as_ref().map_or(0, |name| name.value.len() + 1);
        if !bare(before, name) || !bare(extra, 0) {
            return None;
        }
        let behind = entries[at..].iter().take_while(|entry| bare(entry, 0));
        let words: Vec<String> =
            std::iter::once(before).chain(behind).map(|entry| entry.scalar.text().into()).collect();
        let name = before.name.as_ref().map_or(String::new(), |name| format!("{}=", name.value));
        Some(format!("a text with blanks stands in quotes: `{name}{:?}`", words.join(" ")))
    }

    /// A property that is written apart: `every: "week"`, `every "week"`.
    fn apart(&self, extra: &Entry) -> Option<String> {
        let entries = &self.node?.entries;
        let at = entries.iter().position(|entry| entry.span == extra.span)?;
        let text = extra.scalar.text();
        let word = text.trim_end_matches([':', '=']);
        let value = entries.get(at + 1).filter(|entry| entry.name.is_none())?;
        self.asked.contains(&word).then(|| format!("write `{word}={}`", shown_entry(value)))
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
        let diagnostic = diagnostic.at(name.span, "not known here");
        self.sink.report(self.with_suggestion(diagnostic, &name.value, names));
    }

    pub(super) fn unknown_node(&self, child: &Node, parent: &str, names: &[&str]) {
        let diagnostic = Diagnostic::error(
            "unknown-node",
            format!("`{parent}` has no `{}` in it", clipped(&child.name.value)),
        );
        let diagnostic = diagnostic.at(child.name.span, "not known here");
        self.sink.report(self.with_suggestion(diagnostic, &child.name.value, names));
    }

    fn with_suggestion(&self, diagnostic: Diagnostic, wrong: &str, names: &[&str]) -> Diagnostic {
        if names.is_empty() {
            return diagnostic.help("nothing of that sort can stand here");
        }
        let near = nearest(wrong, names.iter().copied());
        let translated = self.foreign.and_then(|answer| answer(wrong, near));
        let meant = near.map(|name| format!("did you mean `{name}`?"));
        diagnostic.help(translated.or(meant).unwrap_or_else(|| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names.dedup();
            format!("known here: {}", names.join(", "))
        }))
    }
}

/// An entry as it is typed.
pub fn shown_entry(entry: &Entry) -> String {
    let value = match &entry.scalar {
        Scalar::Text(text) => format!("{:?}", clipped(text)),
        Scalar::Bool(value) => format!("#{value}"),
        Scalar::Null => "#null".to_owned(),
        number => number.text().into_owned(),
    };
    let annotation = entry.annotation.as_ref().map_or(String::new(), |annotation| format!("({annotation})"));
    match &entry.name {
        Some(name) => format!("{}={annotation}{value}", name.value),
        None => format!("{annotation}{value}"),
    }
}

/// User text for a message: at most 60 characters.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
