//! Where every fact comes from: source files and the places in them.
//!
//! It refuses to know anything of KDL, of the file system or of diagnostics.

use std::{borrow::Cow, sync::OnceLock};

use serde::{Deserialize, Serialize};

/// Identifies one source within [`Sources`]. Small and copied everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(u32);

/// A range of bytes in one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The source that the range is in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

/// One file of text: a user's, or one of the standard library.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name shown in messages: a path as the user would type it, or `stdlib/…`.
    pub name: Cow<'static, str>,
    /// The whole text, valid UTF-8.
    pub text: Cow<'static, str>,
    /// Where each line starts, found when it is first asked for: a plan of a large description asks very often.
    lines: OnceLock<Vec<u32>>,
}

/// All texts that one compilation reads. The order is the order of reading and never changes.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its identity.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.push(name.into().into(), text.into().into())
    }

    /// Adds a text that is built in.
    pub fn embed(&mut self, name: &'static str, text: &'static str) -> SourceId {
        self.push(name.into(), text.into())
    }

    fn push(&mut self, name: Cow<'static, str>, text: Cow<'static, str>) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { name, text, lines: OnceLock::new() });
        id
    }

    /// The source of that identity. Identities come from [`Sources::add`] only, so there is always one.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every source with its identity, in the order of reading.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(i, s)| (SourceId(i as u32), s))
    }

    /// `name:line:column` (both from 1, columns in characters) of the place where `span` starts.
    pub fn place(&self, span: Span) -> Place<'_> {
        let source = self.get(span.source);
        let at = floor_boundary(&source.text, span.start as usize);
        let line = source.line(at);
        let column = source.text[source.line_start(line)..at].chars().count() + 1;
        Place { file: &source.name, line, column }
    }
}

impl Source {
    /// The line, from 1, that holds the byte at that offset.
    pub fn line(&self, at: usize) -> usize {
        self.line_starts().partition_point(|start| *start as usize <= at)
    }

    /// The offset of the first byte of a line, from 1; 0 when there is no such line.
    pub fn line_start(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|index| self.line_starts().get(index)).map_or(0, |start| *start as usize)
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }
}

/// The largest character boundary that is not behind `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Span {
    /// The range `start..end` of `source`.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        Span { source, start: start as u32, end: end as u32 }
    }

    /// An empty range at the start of `source`, for what concerns the file as a whole.
    pub fn start_of(source: SourceId) -> Span {
        Span { source, start: 0, end: 0 }
    }
}

/// A place for people: file, line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// Name of the source.
    pub file: &'a str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value with the place that states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it is stated; for a default, where the thing that has the default is stated.
    pub span: Span,
}

impl<T> Located<T> {
    /// `value`, stated at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Located { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: f(self.value), span: self.span }
    }
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
