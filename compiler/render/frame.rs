//! Diagnostics as framed text with the source around each place, as `miette` draws them.

use std::{borrow::Cow, fmt::Write as _};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity as Level, SourceCode};

use super::{Style, first, listing::Listing, seen};
use crate::{
    diagnostic::{Diagnostic, Severity},
    source::{SourceId, Sources},
};

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
