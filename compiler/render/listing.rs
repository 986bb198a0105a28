//! What of a source is shown around a place.

use std::collections::BTreeMap;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::seen;
use crate::source::Source;

/// Longest line of a source that is shown as a whole, in bytes.
const LONGEST: usize = 400;

/// What of a source is shown.
pub(super) enum Listing<'a> {
    /// Its lines, found without reading all that stands before them: a large description may have very many diagnostics.
    Whole(&'a Source),
    /// One line of it that cannot be shown as it is: the part around a place, with its number.
    Line { name: &'a str, text: String, number: usize },
}

/// A range of bytes.
type Range = (usize, usize);

impl<'a> Listing<'a> {
    /// What is shown of `source` with the places in it; a place that is not shown is none.
    pub(super) fn of(source: &'a Source, places: &[Range]) -> (Listing<'a>, Vec<Option<Range>>) {
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
                (&*source.name, found.data(), shown, line, found.column(), found.line_count())
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
