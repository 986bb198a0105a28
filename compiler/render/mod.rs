//! Diagnostics for people and for tools.

mod frame;
mod github;
mod listing;
mod record;
mod sarif;

use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _};

pub use frame::text;
pub use github::github;
pub use record::records;
pub use sarif::sarif;

use crate::{
    diagnostic::{Diagnostic, Severity},
    source::{SourceId, Sources},
};

/// How a terminal is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// Columns.
    pub width: usize,
}

/// So many diagnostics of one source are shown to people: whoever has mended these runs it again.
const MOST: usize = 100;

/// Text of the user's on a terminal or in a log: control characters are seen, and do not act.
fn seen(text: &str) -> Cow<'_, str> {
    let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The first diagnostics of each source, and a remark about those of each source that are left out.
fn first<'a>(diagnostics: &'a [Diagnostic], sources: &Sources) -> (Vec<&'a Diagnostic>, Vec<String>) {
    let mut counts: BTreeMap<Option<SourceId>, usize> = BTreeMap::new();
    let mut shown = Vec::new();
    for diagnostic in diagnostics {
        let count = counts.entry(diagnostic.labels.first().map(|label| label.span.source)).or_default();
        *count += 1;
        if *count <= MOST {
            shown.push(diagnostic);
        }
    }
    let more = counts.into_iter().filter(|(_, count)| *count > MOST).map(|(source, count)| {
        let place = source.map(|id| format!(" in {}", sources.get(id).name)).unwrap_or_default();
        format!("and {} more{place}", count - MOST)
    });
    (shown, more.collect())
}

/// The word for a severity.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn places_far_apart_are_shown_with_their_lines_and_not_what_is_between() {
        let mut sources = Sources::default();
        let lines: String = (1..=1000).map(|line| format!("line-{line}\n")).collect();
        let at = |line: usize| lines.find(&format!("line-{line}\n")).expect("a line");
        let source = sources.add("x.kdl", lines.as_str());
        let span = |line: usize| Span::new(source, at(line), at(line) + 4);
        let found = Diagnostic::error("duplicate", "stated twice")
            .at(span(700), "again here")
            .at(span(500), "first here")
            .at(span(1), "and what it is about");
        let shown = text(&[found], &sources, Style { color: false, width: 80 });
        for wanted in [" 1 │ line-1", "499 │ line-499", "500 │ line-500", "701 │ line-701", "x.kdl:700:1"]
        {
            assert!(shown.contains(wanted), "{wanted}\n{shown}");
        }
        assert!(!shown.contains("line-600"), "{shown}");
    }

    #[test]
    fn a_long_line_and_what_acts_on_a_terminal_are_shown_around_the_place_only() {
        let mut sources = Sources::default();
        let line = format!("a \"{}\u{1b}[31m가\" wrong {}\n", "x".repeat(5000), "y".repeat(5000));
        let source = sources.add("x.kdl", format!("first\n{line}").as_str());
        let at = 6 + line.find("wrong").expect("it");
        let found = Diagnostic::error("syntax", "\u{1b}[2J")
            .at(Span::new(source, at, at + 5), "this one")
            .at(Span::new(source, 0, 5), "far away");
        let shown = text(std::slice::from_ref(&found), &sources, Style { color: false, width: 80 });
        assert!(shown.len() < 2000 && !shown.contains('\u{1b}'), "{shown}");
        for wanted in ["\\u{1b}[31m가\" wrong y", "this one", "x.kdl:2:", "…", "\\u{1b}[2J"] {
            assert!(shown.contains(wanted), "{wanted}\n{shown}");
        }
        assert!(!github(&[found], &sources).contains('\u{1b}'));
    }

    #[test]
    fn of_very_many_the_first_are_shown() {
        let mut sources = Sources::default();
        let source = sources.add("x.kdl", "a\n".repeat(150).as_str());
        let each = |index: usize| {
            Diagnostic::error("syntax", format!("wrong {index}"))
                .at(Span::new(source, 2 * index, 2 * index + 1), "")
        };
        let found: Vec<Diagnostic> = (0..150).map(each).collect();
        let shown = text(&found, &sources, Style { color: false, width: 80 });
        assert!(
            shown.contains("wrong 99")
                && !shown.contains("wrong 100")
                && shown.contains("and 50 more in x.kdl")
        );
        assert_eq!(github(&found, &sources).lines().count(), 101);
    }
}
