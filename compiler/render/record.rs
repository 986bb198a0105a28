//! Diagnostics as values for tools.

use serde::Serialize;

use super::word;
use crate::{diagnostic::Diagnostic, source::Sources};

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
