//! Diagnostics for people and for tools. The only file that knows `miette`.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity as Level,
    SourceCode, SourceSpan, SpanContents,
};
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, SourceId, Sources};

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

/// Longest line of a source that is shown as a whole, in bytes.
const LONGEST: usize = 400;

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

/// Diagnostics as framed text with the source around each place.
pub fn text(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).without_syntax_highlighting();
    handler = handler.with_context_lines(1);
    let mut out = String::new();
    let (shown, more) = first(diagnostics, sources);
    for diagnostic in shown {
        let report = Report::new(diagnostic, sources);
        // Writing to a String cannot fail; a renderer that fails all the same leaves the message itself.
        if handler.render_report(&mut out, &report).is_err() {
            let _ = writeln!(out, "{}: {}", diagnostic.code, seen(&diagnostic.message));
        }
        out.push('\n');
    }
    for more in more {
        let _ = writeln!(out, "{}\n", seen(&more));
    }
    out
}

/// One diagnostic as miette wants it: labels of the primary source, other sources as related notes.
struct Report<'a> {
    message: Cow<'a, str>,
    code: &'a str,
    help: Option<Cow<'a, str>>,
    level: Level,
    source: Option<Listing<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let level = match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        let mut order: Vec<SourceId> = Vec::new();
        for label in &diagnostic.labels {
            if !order.contains(&label.span.source) {
                order.push(label.span.source);
            }
        }
        let listing = |id: SourceId| -> (Listing<'a>, Vec<LabeledSpan>) {
            let here = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == id);
            let here: Vec<_> = here.collect();
            let source = sources.get(id);
            let spans: Vec<(usize, usize)> = here
                .iter()
                .map(|(_, label)| (label.span.start as usize, label.span.end.max(label.span.start) as usize))
                .collect();
            let (listing, spans) = Listing::of(source, &spans);
            let labels = here.into_iter().zip(spans).filter_map(|((index, label), span)| {
                let (start, end) = span?;
                let text = (!label.text.is_empty()).then(|| seen(&label.text).into_owned());
                Some(if index == 0 {
                    LabeledSpan::new_primary_with_span(text, (start, end - start))
                } else {
                    LabeledSpan::new_with_span(text, (start, end - start))
                })
            });
            let labels = labels.collect();
            (listing, labels)
        };
        let elsewhere = order
            .iter()
            .skip(1)
            .map(|id| {
                let (source, labels) = listing(*id);
                Report {
                    message: "see also".into(),
                    code: "",
                    help: None,
                    level: Level::Advice,
                    source: Some(source),
                    labels,
                    elsewhere: Vec::new(),
                }
            })
            .collect();
        let (source, labels) = order.first().map(|id| listing(*id)).unzip();
        Report {
            message: seen(&diagnostic.message),
            code: diagnostic.code,
            help: diagnostic.help.as_deref().map(seen),
            level,
            source,
            labels: labels.unwrap_or_default(),
            elsewhere,
        }
    }
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        (!self.code.is_empty()).then(|| Box::new(self.code) as Box<dyn std::fmt::Display>)
    }

    fn severity(&self) -> Option<Level> {
        Some(self.level)
    }

    fn help(&self) -> Option<Box<dyn std::fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        (!self.elsewhere.is_empty()).then(|| {
            Box::new(self.elsewhere.iter().map(|r| r as &dyn miette::Diagnostic))
                as Box<dyn Iterator<Item = &dyn miette::Diagnostic>>
        })
    }
}

/// What of a source is shown.
enum Listing<'a> {
    /// Its lines, found without reading all that stands before them: a large description may have very many diagnostics.
    Whole(&'a Source),
    /// One line of it that cannot be shown as it is: the part around a place, with its number.
    Line { name: &'a str, text: String, number: usize },
}

/// A range of bytes.
type Range = (usize, usize);

impl<'a> Listing<'a> {
    /// What is shown of `source` with the places in it; a place that is not shown is none.
    fn of(source: &'a Source, places: &[Range]) -> (Listing<'a>, Vec<Option<Range>>) {
        let plain = |at: usize| {
            let line = source.line(at);
            let text = &source.text[source.line_start(line.saturating_sub(1).max(1))..];
            text.split_inclusive('\n').take(3).all(|line| {
                line.len() <= LONGEST
                    && !line.contains(|c: char| c.is_control() && !['\n', '\t', '\r'].contains(&c))
            })
        };
        let Some(first) = places.first().filter(|_| !places.iter().all(|(start, _)| plain(*start))) else {
            return (Listing::Whole(source), places.iter().copied().map(Some).collect());
        };
        let number = source.line(first.0);
        let begin = source.line_start(number);
        let line = source.text[begin..].split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let end = begin + line.len();
        // Some characters in front of the place, and what follows it.
        let boundary = |at: usize| (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let at = first.0.min(end) - begin;
        let (from, to) = (boundary(at.saturating_sub(60)), boundary((at + 120).min(line.len())));
        let (mut text, mut moved) = (String::new(), BTreeMap::new());
        if from > 0 {
            text.push('…');
        }
        for (offset, c) in line[from..to].char_indices() {
            moved.insert(begin + from + offset, text.len());
            text.push_str(&seen(c.encode_utf8(&mut [0; 4])));
        }
        moved.insert(begin + to, text.len());
        if to < line.len() {
            text.push('…');
        }
        let shown = begin + from..=begin + to;
        let place = |(start, stop): &Range| {
            let start = shown.contains(start).then(|| moved.range(..=start).next_back())??.1;
            let stop = moved.range((*stop).min(begin + to)..).next().map_or(text.len(), |(_, at)| *at);
            Some((*start, stop.max(*start)))
        };
        let spans = places.iter().map(place).collect();
        (Listing::Line { name: &source.name, text, number }, spans)
    }
}

impl SourceCode for Listing<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (name, data, shown, line, column, count) = match self {
            Listing::Whole(source) => {
                // One line more than is shown, so that the first one shown is seen to begin.
                let first = source.line(span.offset()).saturating_sub(before + 1).max(1);
                let start = source.line_start(first);
                let near = SourceSpan::from((span.offset() - start, span.len()));
                let found = source.text.as_bytes()[start..].read_span(&near, before, after)?;
                let shown = SourceSpan::from((found.span().offset() + start, found.span().len()));
                let line = found.line() + first - 1;
                (source.name.as_str(), found.data(), shown, line, found.column(), found.line_count())
            }
            Listing::Line { name, text, number } => {
                let found = text.as_bytes().read_span(span, before, after)?;
                let line = found.line() + number - 1;
                (*name, found.data(), *found.span(), line, found.column(), found.line_count())
            }
        };
        Ok(Box::new(MietteSpanContents::new_named(name.to_owned(), data, shown, line, column, count)))
    }
}

/// A diagnostic for tools.
#[derive(Serialize)]
pub struct Record<'a> {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Its code.
    pub code: &'a str,
    /// What is wrong.
    pub message: &'a str,
    /// What to do.
    pub help: Option<&'a str>,
    /// Places, the primary one first.
    pub places: Vec<PlaceRecord<'a>>,
}

/// A place for tools.
#[derive(Serialize)]
pub struct PlaceRecord<'a> {
    /// Name of the source.
    pub file: &'a str,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
    /// What this place is.
    pub text: &'a str,
}

/// Diagnostics as records.
pub fn records<'a>(diagnostics: &'a [Diagnostic], sources: &'a Sources) -> Vec<Record<'a>> {
    diagnostics
        .iter()
        .map(|diagnostic| Record {
            severity: word(diagnostic.severity),
            code: diagnostic.code,
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            places: diagnostic
                .labels
                .iter()
                .map(|label| {
                    let place = sources.place(label.span);
                    PlaceRecord {
                        file: place.file,
                        line: place.line,
                        column: place.column,
                        start: label.span.start,
                        end: label.span.end,
                        text: &label.text,
                    }
                })
                .collect(),
        })
        .collect()
}

/// Diagnostics as GitHub workflow commands, which show them beside the lines of a pull request.
pub fn github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    // The runner decodes these escapes; anything else would end the command early.
    let escaped = |text: &str| seen(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    let (shown, more) = first(diagnostics, sources);
    for diagnostic in shown {
        let place = diagnostic.labels.first().map(|label| sources.place(label.span));
        let at = place
            .map(|p| format!("file={},line={},col={},", property(p.file), p.line, p.column))
            .unwrap_or_default();
        let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "::{} {at}title={}::{}",
            word(diagnostic.severity),
            property(diagnostic.code),
            escaped(&format!("{}{help}", diagnostic.message))
        );
    }
    for more in more {
        let _ = writeln!(out, "::notice::{}", escaped(&more));
    }
    out
}

/// Diagnostics as SARIF 2.1.0, which code scanning reads.
pub fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> serde_json::Value {
    let mut rules: Vec<&str> = diagnostics.iter().map(|d| d.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<serde_json::Value> = records(diagnostics, sources)
        .iter()
        .map(|record| {
            let help = record.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            let location = |place: &PlaceRecord| {
                serde_json::json!({
                    "physicalLocation": {
                        "artifactLocation": { "uri": place.file },
                        "region": { "startLine": place.line, "startColumn": place.column, "byteOffset": place.start, "byteLength": place.end - place.start },
                    },
                    "message": { "text": place.text },
                })
            };
            serde_json::json!({
                "ruleId": record.code,
                "level": record.severity,
                "message": { "text": format!("{}{help}", record.message) },
                "locations": record.places.iter().take(1).map(location).collect::<Vec<_>>(),
                "relatedLocations": record.places.iter().skip(1).map(location).collect::<Vec<_>>(),
            })
        })
        .collect();
    serde_json::json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "ondol", "version": env!("CARGO_PKG_VERSION"), "rules": rules.iter().map(|code| serde_json::json!({ "id": code })).collect::<Vec<_>>() } },
            "results": results,
        }],
    })
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
