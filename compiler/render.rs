//! Diagnostics for people and for tools. The only file that knows `miette`.

use std::fmt::Write as _;

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

/// Diagnostics as framed text with the source around each place.
pub fn text(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).without_syntax_highlighting();
    handler = handler.with_context_lines(1);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let report = Report::new(diagnostic, sources);
        // Writing to a String cannot fail; a renderer that fails all the same leaves the message itself.
        if handler.render_report(&mut out, &report).is_err() {
            let _ = writeln!(out, "{}: {}", diagnostic.code, diagnostic.message);
        }
        out.push('\n');
    }
    out
}

/// One diagnostic as miette wants it: labels of the primary source, other sources as related notes.
struct Report<'a> {
    message: &'a str,
    code: &'a str,
    help: Option<&'a str>,
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
        let labels = |id: SourceId| -> Vec<LabeledSpan> {
            let here = diagnostic.labels.iter().enumerate().filter(|(_, l)| l.span.source == id);
            here.map(|(index, label)| {
                let text = (!label.text.is_empty()).then(|| label.text.clone());
                let (start, length) =
                    (label.span.start as usize, (label.span.end - label.span.start) as usize);
                if index == 0 {
                    LabeledSpan::new_primary_with_span(text, (start, length))
                } else {
                    LabeledSpan::new_with_span(text, (start, length))
                }
            })
            .collect()
        };
        let source = |id: SourceId| Listing(sources.get(id));
        let elsewhere = order
            .iter()
            .skip(1)
            .map(|id| Report {
                message: "see also",
                code: "",
                help: None,
                level: Level::Advice,
                source: Some(source(*id)),
                labels: labels(*id),
                elsewhere: Vec::new(),
            })
            .collect();
        Report {
            message: &diagnostic.message,
            code: diagnostic.code,
            help: diagnostic.help.as_deref(),
            level,
            source: order.first().map(|id| source(*id)),
            labels: order.first().map(|id| labels(*id)).unwrap_or_default(),
            elsewhere,
        }
    }
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
    }
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
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
        self.help.map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
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

/// A source whose lines are found without reading all that stands before them: a large description may have very
/// many diagnostics.
struct Listing<'a>(&'a Source);

impl SourceCode for Listing<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // One line more than is shown, so that the first one shown is seen to begin.
        let first = self.0.line(span.offset()).saturating_sub(before + 1).max(1);
        let start = self.0.line_start(first);
        let near = SourceSpan::from((span.offset() - start, span.len()));
        let found = self.0.text.as_bytes()[start..].read_span(&near, before, after)?;
        let shown = SourceSpan::from((found.span().offset() + start, found.span().len()));
        let line = found.line() + first - 1;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            found.data(),
            shown,
            line,
            found.column(),
            found.line_count(),
        )))
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
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for diagnostic in diagnostics {
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
}
