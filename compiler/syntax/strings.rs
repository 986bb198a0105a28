//! What is wrong with a string, and in which line of it. The parser only says where the string begins, or where it lost its
//! way behind it; and texts that are passed on, such as those for nginx, have many lines.

use std::ops::ControlFlow;

use super::parse::{Mark, outline};
use crate::{
    diagnostic::Diagnostic,
    source::{SourceId, Span},
};

/// Where the first string begins that is none, and what is wrong with it. What stands behind has no meaning, since it may be
/// within a string or not.
pub(super) fn wrong(source: SourceId, text: &str) -> Option<(usize, Diagnostic)> {
    let mut found = None;
    let _ = outline(text, |at, mark| {
        if let Mark::Text(end) = mark {
            found = Text::new(source, text, at, end).wrong().map(|problem| (at, problem));
        }
        if found.is_some() { ControlFlow::Break(at) } else { ControlFlow::Continue(()) }
    });
    found
}

/// A string as it stands in a source.
struct Text<'a> {
    source: SourceId,
    /// Everything, of which it is a part.
    all: &'a str,
    at: usize,
    /// Behind it, or the end of everything.
    end: usize,
    /// Its number signs: with any of them a backslash is itself.
    hashes: usize,
    /// Whether it has lines of its own, between `"""` and `"""`.
    lines: bool,
}

impl<'a> Text<'a> {
    fn new(source: SourceId, all: &'a str, at: usize, end: usize) -> Text<'a> {
        let hashes = all[at..].bytes().take_while(|byte| *byte == b'#').count();
        let lines = all[at + hashes..].starts_with("\"\"\"");
        Text { source, all, at, end, hashes, lines }
    }

    fn wrong(&self) -> Option<Diagnostic> {
        if self.lines { self.wrong_line() } else { self.ends_its_line() }.or_else(|| self.wrong_escape())
    }

    /// What opens it, and what closes it.
    fn marks(&self, quotes: usize) -> (String, String) {
        let (hashes, quotes) = ("#".repeat(self.hashes), "\"".repeat(quotes));
        (format!("{hashes}{quotes}"), format!("{quotes}{hashes}"))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end.max(start))
    }

    /// Where the line ends that an offset is in.
    fn line_end(&self, at: usize) -> usize {
        self.all[at..].find(['\n', '\r']).map_or(self.all.len(), |length| at + length)
    }

    /// A string of one line that does not end there.
    fn ends_its_line(&self) -> Option<Diagnostic> {
        let ((open, close), (open_lines, close_lines)) = (self.marks(1), self.marks(3));
        let line = self.line_end(self.at);
        let inside = &self.all[self.at + open.len()..line.max(self.at + open.len())];
        // A backslash at the end of a line takes the line's end away.
        let goes_on = self.hashes == 0 && inside.trim_end().ends_with('\\');
        let closed = self.end <= line && self.all[self.at + open.len()..self.end].ends_with(&close);
        (!closed && !goes_on).then(|| {
            Diagnostic::error("syntax", "a string is not closed on its line")
                .at(self.span(self.at, line), "the line ends within it")
                .help(format!("close it with `{close}`; a text of several lines stands between `{open_lines}` and `{close_lines}`, each on a line of its own"))
        })
    }

    /// A text of several lines that does not begin or end as one, or has a line that is not indented as far as its end.
    fn wrong_line(&self) -> Option<Diagnostic> {
        let (open, close) = self.marks(3);
        let begin = self.at + open.len();
        let whole = self.end >= begin + close.len() && self.all[begin..self.end].ends_with(&close);
        if !whole {
            return Some(
                Diagnostic::error("syntax", "a text of several lines is not closed")
                    .at(self.span(self.at, begin), "it begins here")
                    .help(format!("close it with `{close}` on a line of its own")),
            );
        }
        let (first, inside) = (self.line_end(begin), &self.all[begin..self.end - close.len()]);
        if first > self.end || !self.all[begin..first].trim().is_empty() {
            let end = first.min(self.end);
            return Some(
                Diagnostic::error("syntax", "a text of several lines begins on a line of its own")
                    .at(self.span(self.at, end), format!("something stands behind `{open}`"))
                    .help(format!("write it below, and `{close}` below it")),
            );
        }
        let mut offset = begin;
        let lines: Vec<(usize, &str)> = inside
            .split_inclusive('\n')
            .map(|line| {
                offset += line.len();
                (offset - line.len(), line.trim_end_matches(['\r', '\n']))
            })
            .collect();
        let (last, margin) = lines.last().filter(|(at, _)| *at > begin).copied()?;
        if !margin.trim().is_empty() {
            return Some(
                Diagnostic::error("syntax", format!("`{close}` stands on a line of its own"))
                    .at(self.span(last + margin.len(), self.end), "a line of the text stands before it")
                    .help("write it one line below"),
            );
        }
        // A backslash at the end of a line joins it to the next, whose blanks are none then.
        let joined = self.hashes == 0 && lines.iter().any(|(_, line)| line.trim_end().ends_with('\\'));
        let short = lines[1..].iter().find(|(_, line)| !line.trim().is_empty() && !line.starts_with(margin));
        let (at, line) = short.filter(|_| !joined)?;
        Some(
            Diagnostic::error("syntax", "a line of a text begins before the text does")
                .at(
                    self.span(*at, at + line.len()),
                    format!("it has not the blanks that stand before the closing `{close}`"),
                )
                .at(self.span(self.end - close.len(), self.end), "closed here")
                .help(format!(
                    "indent it at least as far as the closing `{close}`, with the same blanks, or that one less"
                )),
        )
    }

    /// A backslash before what is no escape.
    fn wrong_escape(&self) -> Option<Diagnostic> {
        if self.hashes > 0 {
            return None;
        }
        let inside = &self.all[self.at..self.end];
        let mut letters = inside.char_indices();
        while let Some((at, letter)) = letters.next() {
            let Some((_, next)) = (letter == '\\').then(|| letters.next()).flatten() else { continue };
            if !next.is_whitespace() && !"nrt\\\"bfsu".contains(next) {
                let quotes = if self.lines { "\"\"\"" } else { "\"" };
                let at = self.at + at;
                return Some(
                    Diagnostic::error("syntax", format!("`\\{next}` is no escape"))
                        .at(self.span(at, at + 1 + next.len_utf8()), "within a string")
                        .help(format!("write `\\\\{next}`, or put the text between `#{quotes}` and `{quotes}#`, where a backslash is itself")),
                );
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, source::Sources, syntax::pieces};

    /// The line of each complaint, and the complaint.
    fn found(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let source = sources.add("x.kdl", text);
        let mut diagnostics = Diagnostics::default();
        pieces::parse(source, text, &mut diagnostics);
        let told = diagnostics.into_sorted();
        let line = |one: &Diagnostic| 1 + text[..one.labels[0].span.start as usize].matches('\n').count();
        told.iter().map(|one| format!("{}: {}", line(one), one.message)).collect()
    }

    #[test]
    fn a_mistake_in_a_text_is_told_at_its_line() {
        for (text, told) in [
            ("a {\n b #\"\"\"\n  c;\n d;\n  \"\"\"#\n}\n", "4: a line of a text begins before the text does"),
            (
                "a {\n b #\"\"\"\n\tc;\n    d;\n\t\"\"\"#\n}\n",
                "4: a line of a text begins before the text does",
            ),
            ("a {\n b #\"\"\"\n  c;\n  \"#\n}\n", "2: a text of several lines is not closed"),
            ("a {\n b #\"c;\n  d;\"#\n}\n", "2: a string is not closed on its line"),
            ("a {\n b \"c;\n  d;\"\n}\n", "2: a string is not closed on its line"),
            ("a {\n b \"c;\n}\n", "2: a string is not closed on its line"),
            ("a {\n b \"\"\"\n  c;\n  (\\d+)$;\n  \"\"\"\n}\n", "4: `\\d` is no escape"),
            ("a {\n b \"(\\d+)$;\"\n}\n", "2: `\\d` is no escape"),
            ("a {\n b #\"\"\"c;\n  \"\"\"#\n}\n", "2: a text of several lines begins on a line of its own"),
            ("a {\n b \"\"\"c;\"\"\"\n}\n", "2: a text of several lines begins on a line of its own"),
            ("a {\n b #\"\"\"\n  c;\n  d;\"\"\"#\n}\n", "4: `\"\"\"#` stands on a line of its own"),
        ] {
            assert_eq!(found(text), [told], "{text}");
        }
    }

    #[test]
    fn what_stands_before_a_text_is_told_as_well() {
        assert_eq!(
            found("a 1k\nb \"\"\"\n  \\d\n  \"\"\"\nc 2k\n"),
            ["1: this is no value", "3: `\\d` is no escape"]
        );
    }

    #[test]
    fn right_ones_have_nothing_wrong() {
        for text in [
            "a \"\" \"x\\n\\u{41}\\\\\" #\"\"# ##\"a\"#\"##\n",
            "a \"x\\  \n   y\"\n",
            "a \"\"\"\n\n    x\n  y\n  \"\"\"\n",
            "a \"\"\"\n  x \\\n y\n  \"\"\" b=#\"\"\"\n\t\\d\n\t\"\"\"#\n",
            "a \"\"\"\r\n  x\r\n  \"\"\"\r\n",
            "a \"\"\"\n\"\"\"\n",
        ] {
            let mut sources = Sources::default();
            let source = sources.add("x.kdl", text);
            assert_eq!(found(text), [] as [&str; 0], "{text}");
            assert_eq!(wrong(source, text), None, "{text}");
        }
    }
}
