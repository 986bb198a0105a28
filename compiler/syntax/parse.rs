//! The only file that knows the `kdl` crate: text in, trees out, and every complaint of the parser with its place.

use std::ops::ControlFlow;

use kdl::{KdlDiagnostic, KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

use super::{
    brief::Brief,
    node::{Apart, Entry, Node, Scalar},
    strings,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Located, SourceId, Span},
};

/// Deepest nesting of braces that is read. The parser is recursive; no description needs a tenth of this.
const MAX_DEPTH: usize = 64;

/// So many mistakes of one source are told.
pub(super) const MOST: usize = 20;

/// Largest source that is read, in bytes. A system of 10,000 services takes about 2 MB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Reads one source. What cannot be parsed is reported, and then there are no nodes.
pub fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Node> {
    if let Err(problem) = readable(source, text) {
        diagnostics.add(problem);
        return Vec::new();
    }
    match read(source, text) {
        Ok(nodes) => nodes,
        Err(problems) => {
            let mut problems = problems.told();
            // A mistake that a program made is made very often: whoever corrects the first has corrected them all.
            if problems.len() > MOST {
                let more = problems.split_off(MOST).len();
                if let Some(last) = problems.last_mut() {
                    let help = last.help.take().unwrap_or_default();
                    last.help = Some(format!("{help}\nand {more} more behind this one: correct these first"));
                }
            }
            problems.into_iter().for_each(|problem| diagnostics.add(problem));
            Vec::new()
        }
    }
}

/// What the parser complains of in a text.
pub(super) struct Problems {
    /// Causes, in the order of their places.
    pub causes: Vec<Diagnostic>,
    /// The innermost block that is not closed.
    pub unclosed: Option<Diagnostic>,
}

impl Problems {
    /// Those to tell: an open block only where nothing else is wrong, since it may follow from that.
    fn told(self) -> Vec<Diagnostic> {
        if self.causes.is_empty() { self.unclosed.into_iter().collect() } else { self.causes }
    }
}

/// Reads one source that is [`readable`].
pub(super) fn read(source: SourceId, text: &str) -> Result<Vec<Node>, Problems> {
    match KdlDocument::parse_v2(text) {
        Ok(document) => Ok(nodes(&Brief::whole(source, text), &document)),
        Err(error) => {
            let (causes, unclosed) = causes(error.diagnostics);
            let tell = |problem| complaint(source, text, problem);
            let mut causes: Vec<Diagnostic> = causes.into_iter().map(tell).collect();
            let starts =
                |problem: &Diagnostic| problem.labels.first().map_or(0, |label| label.span.start as usize);
            if let Some((at, wrong)) = strings::wrong(source, text) {
                // In it and behind it the parser takes for KDL what may be none.
                causes.retain(|cause| starts(cause) < at);
                causes.push(wrong);
            }
            causes.sort_by_key(starts);
            Err(Problems { causes, unclosed: unclosed.map(tell) })
        }
    }
}

fn complaint(source: SourceId, text: &str, problem: KdlDiagnostic) -> Diagnostic {
    let end = (problem.span.offset() + problem.span.len()).min(text.len());
    let start = match problem.message.as_deref() {
        // Of the value of a property the parser only knows where it stopped, behind the `=`.
        Some("Expected property value") => {
            let sign = text[..end].rfind('=').map_or(end, |sign| sign + 1);
            sign + text[sign..end].find(|c: char| !c.is_whitespace()).unwrap_or(end - sign)
        }
        _ => problem.span.offset().min(text.len()),
    };
    // A label over many lines marks nothing: the first line of it is where to look.
    let line = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let span = Span::new(source, start, end.min(line).max(start));
    if let Some(keyword) = bare_keyword(source, text, start) {
        return keyword;
    }
    let message = problem.message.unwrap_or_else(|| "this is not KDL".into());
    let (message, label) = match message.as_str() {
        "Expected end of document" => ("this cannot be read".to_owned(), "here reading stopped".to_owned()),
        other => (lower(other), problem.label.map_or(String::new(), |label| lower(&label))),
    };
    let (message, label, help) = in_plain_words(&text[start..], message, label, problem.help);
    let help = help.map_or_else(
        || {
            "the language is KDL 2: strings in double quotes, `#true` and `#false`, one node a line"
                .to_owned()
        },
        |help| lower(&help),
    );
    Diagnostic::error("syntax", message).at(span, label).help(help)
}

/// The parser's complaints about what is most often wrong, as a writer would say them.
fn in_plain_words(
    text: &str,
    message: String,
    label: String,
    help: Option<String>,
) -> (String, String, Option<String>) {
    let says = |what: &str| message.contains(what);
    let (message, label, help) = if says("cannot be read") && text.starts_with('}') {
        (
            "this `}` closes nothing",
            "one too many",
            "is a `{` missing above? Remove the brace, or write the other one".to_owned(),
        )
    } else if says("cannot be read") && text.starts_with('=') {
        (
            "this `=` has no name before it",
            "a number stands there, or nothing",
            "write `\"=\"` for the sign itself, as in `location \"=\" \"/x\"`; a name of digits needs quotes"
                .to_owned(),
        )
    } else if says("property value") || help.as_deref().is_some_and(|help| help.contains("value terminator"))
    {
        let word = text.split(|c: char| c.is_whitespace() || "{};".contains(c)).next().unwrap_or_default();
        let quoted = match word.is_empty() || word.contains(['"', '\\']) {
            true => String::new(),
            false => format!("write `\"{word}\"`: "),
        };
        (
            "this is no value",
            "reading stopped within it",
            format!(
                "{quoted}texts stand between double quotes, one at each end; only a single word of letters, digits, `-`, `_` and `.` may stand without"
            ),
        )
    } else {
        return (message, label, help);
    };
    (message.to_owned(), label.to_owned(), Some(help))
}

/// The complaint about a word of other formats that KDL writes with a sign in front, or in quotes.
fn bare_keyword(source: SourceId, text: &str, start: usize) -> Option<Diagnostic> {
    let word: &str = text[start..].split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    ["true", "false", "null"].contains(&word).then(|| {
        Diagnostic::error("syntax", format!("`{word}` is neither a value nor a text"))
            .at(Span::new(source, start, start + word.len()), "stands bare")
            .help(format!("write `#{word}`, or `\"{word}\"` for the text"))
    })
}

/// The complaints that are causes. Where the parser loses its way it also reports every block around the place as
/// not closed, and every brace behind it as one too many: those are echoes.
fn causes(mut problems: Vec<KdlDiagnostic>) -> (Vec<KdlDiagnostic>, Option<KdlDiagnostic>) {
    let says = |problem: &KdlDiagnostic, what: &str| {
        problem.message.as_deref().is_some_and(|message| message.to_lowercase().contains(what))
    };
    problems.sort_by_key(|problem| problem.span.offset());
    let (unclosed, mut others): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| says(problem, "closing '}'"));
    if let Some(lost) = others.iter().position(|problem| says(problem, "end of document")) {
        others.truncate(lost + 1);
    }
    // Where only braces are missing the innermost open block is where one belongs.
    (others, unclosed.into_iter().rfind(|problem| says(problem, "no closing")))
}

/// The parser's sentences in the voice of ours.
fn lower(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// Refuses what the parser should not be given: a byte order mark, a NUL, too much text, too deep nesting.
pub(super) fn readable(source: SourceId, text: &str) -> Result<(), Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(Diagnostic::error(
            "file-too-large",
            format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len()),
        )
        .at(Span::start_of(source), "")
        .help("split it with `import`"));
    }
    if text.starts_with('\u{feff}') {
        return Err(Diagnostic::error("byte-order-mark", "the file starts with a byte order mark")
            .at(Span::new(source, 0, 3), "an invisible character")
            .help("save the file as UTF-8 without BOM"));
    }
    if let Some(at) = text.find('\0') {
        return Err(Diagnostic::error("nul-character", "the file contains a NUL character")
            .at(Span::new(source, at, at + 1), "here")
            .help("remove it: no artifact could carry it"));
    }
    match too_deep(text) {
        Some(at) => {
            Err(Diagnostic::error("too-deep", format!("blocks are nested more than {MAX_DEPTH} deep"))
                .at(Span::new(source, at, at + 1), "this block is one too many")
                .help("a description needs about six levels; is a closing `}` missing above?"))
        }
        None => Ok(()),
    }
}

/// The offset of the brace or comment opener that goes deeper than [`MAX_DEPTH`].
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let walked = outline(text, |at, mark| {
        match mark {
            Mark::Open => depth += 1,
            Mark::Close => depth = depth.saturating_sub(1),
            Mark::Comment(_) | Mark::Block | Mark::Text(_) | Mark::Out => {}
        }
        if depth > MAX_DEPTH { ControlFlow::Break(at) } else { ControlFlow::Continue(()) }
    });
    walked.break_value()
}

/// What gives a text its outline.
pub(super) enum Mark {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A comment that ends with its line, so many bytes long without the end of the line.
    Comment(usize),
    /// A comment that ends with `*/`.
    Block,
    /// A string up to this offset, with its quotes and number signs.
    Text(usize),
    /// `/-`, which comments out what comes next.
    Out,
}

/// Shows every mark to `each`, with its offset; what is within strings is none. Breaks off where `each` does, and at a comment that
/// nests too deep.
pub(super) fn outline(
    text: &str,
    mut each: impl FnMut(usize, Mark) -> ControlFlow<usize>,
) -> ControlFlow<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => {
                each(at, Mark::Open)?;
                at += 1;
            }
            b'}' => {
                each(at, Mark::Close)?;
                at += 1;
            }
            b'"' | b'#' => {
                let hashes = bytes[at..].iter().take_while(|b| **b == b'#').count();
                let mut end = at + hashes;
                if bytes.get(end) == Some(&b'"') {
                    end = after_string(bytes, end, hashes).min(bytes.len());
                    each(at, Mark::Text(end))?;
                }
                at = end;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                let length = bytes[at..].iter().take_while(|b| **b != b'\n').count();
                each(at, Mark::Comment(length))?;
                at += length;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => match after_comment(bytes, at) {
                Ok(end) => {
                    each(at, Mark::Block)?;
                    at = end;
                }
                Err(deep) => return ControlFlow::Break(deep),
            },
            b'/' if bytes.get(at + 1) == Some(&b'-') => {
                each(at, Mark::Out)?;
                at += 2;
            }
            _ => at += 1,
        }
    }
    ControlFlow::Continue(())
}

/// The offset behind the string that opens at `at`, whose closing quote carries `hashes` number signs.
pub(super) fn after_string(bytes: &[u8], at: usize, hashes: usize) -> usize {
    let quotes = if bytes[at..].starts_with(b"\"\"\"") { 3 } else { 1 };
    let close: Vec<u8> = [vec![b'"'; quotes], vec![b'#'; hashes]].concat();
    let mut at = at + quotes;
    while at < bytes.len() {
        if hashes == 0 && bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(&close) {
            return at + close.len();
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The offset behind the block comment that opens at `at`; an error with the place where comments nest too deep.
pub(super) fn after_comment(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let (mut at, mut depth) = (at, 0usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(at);
                }
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => at += 1,
        }
    }
    Ok(bytes.len())
}

/// The nodes of what is read in brief; none when it cannot be parsed.
pub(super) fn part(brief: &Brief) -> Option<Vec<Node>> {
    KdlDocument::parse_v2(brief.text()).ok().map(|document| nodes(brief, &document))
}

fn nodes(brief: &Brief, document: &KdlDocument) -> Vec<Node> {
    document.nodes().iter().map(|node| convert(brief, node)).collect()
}

fn convert(brief: &Brief, node: &KdlNode) -> Node {
    let name = identifier(brief, node.name());
    let entries: Vec<Entry> = node.entries().iter().map(|e| entry(brief, e)).collect();
    // The crate's own span of a node takes in its children and trailing blanks: the header is what a label should mark.
    let end = entries.last().map_or(name.span.end, |last| last.span.end);
    let span = Span { start: name.span.start, end, ..name.span };
    Node {
        annotation: node.ty().map(|ty| identifier(brief, ty).value),
        children: node.children().map(|children| nodes(brief, children)).unwrap_or_default(),
        has_block: node.children().is_some(),
        name,
        entries,
        span,
    }
}

fn identifier(brief: &Brief, identifier: &KdlIdentifier) -> Located<String> {
    let (start, length) = (identifier.span().offset(), identifier.span().len());
    let value = brief.said(start, length).unwrap_or_else(|| identifier.value());
    Located::new(value.to_owned(), brief.span(start, length))
}

/// Whether a number is written in digits only. It is kept as it is written then: `0.10` is a version, and not `0.1`.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn entry(brief: &Brief, entry: &KdlEntry) -> Entry {
    let span = entry.span();
    let written = || entry.format().map(|format| format.value_repr.as_str());
    let spelt = || written().filter(|text| is_plain(text));
    let scalar = match entry.value() {
        KdlValue::String(text) => {
            // The value is the last of an entry.
            let length = written().map_or(0, str::len);
            let said = brief.said(span.offset() + span.len() - length, length);
            Scalar::Text(said.unwrap_or(text).to_owned())
        }
        KdlValue::Integer(number) => match spelt().filter(|text| text.len() > 1 && text.starts_with('0')) {
            Some(text) => Scalar::Decimal(text.to_owned()),
            None => Scalar::Integer(*number),
        },
        KdlValue::Float(number) => {
            Scalar::Decimal(spelt().map_or_else(|| number.to_string(), ToOwned::to_owned))
        }
        KdlValue::Bool(value) => Scalar::Bool(*value),
        KdlValue::Null => Scalar::Null,
    };
    Entry {
        name: entry.name().map(|name| identifier(brief, name)),
        annotation: entry.ty().map(|ty| identifier(brief, ty).value),
        scalar,
        apart: entry.format().map_or_else(Apart::default, |format| Apart {
            before: !format.after_key.is_empty(),
            behind: !format.after_eq.is_empty(),
        }),
        span: brief.span(span.offset(), span.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read(text: &str) -> (Vec<Node>, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let source = sources.add("x.kdl", text);
        let mut diagnostics = Diagnostics::default();
        let nodes = parse(source, text, &mut diagnostics);
        (nodes, diagnostics.into_sorted())
    }

    fn code(text: &str) -> &'static str {
        read(text).1.first().map_or("", |d| d.code)
    }

    #[test]
    fn spans_cover_the_header() {
        let (nodes, _) = read("// about\n  service \"웹\" port=80 {\n a 1\n}\n");
        assert_eq!((nodes[0].span.start, nodes[0].span.end), (11, 32));
        let property = &nodes[0].entries[1];
        assert_eq!((property.span.start, property.span.end), (25, 32));
        assert_eq!(nodes[0].key().as_deref(), Some("웹"));
        assert_eq!(nodes[0].children[0].entries[0].scalar, Scalar::Integer(1));
    }

    #[test]
    fn refuses_before_the_parser_suffers() {
        assert_eq!(code("\u{feff}a"), "byte-order-mark");
        assert_eq!(code("a \"\0\""), "nul-character");
        assert_eq!(code(&"a {".repeat(10_000)), "too-deep");
        assert_eq!(code(&"/*".repeat(10_000)), "too-deep");
        assert_eq!(code(&"a".repeat(MAX_BYTES + 1)), "file-too-large");
    }

    #[test]
    fn braces_in_strings_and_comments_are_not_nesting() {
        let many = "{".repeat(200);
        for text in [
            format!("a \"{many}\""),
            format!("a #\"{many}\"#"),
            format!("a // {many}\n"),
            format!("a /* {many} */ 1"),
            format!("a \"\"\"\n{many}\n\"\"\"\n"),
        ] {
            assert_eq!(read(&text).1, [], "{text}");
        }
    }

    #[test]
    fn reports_causes_and_no_echoes() {
        let lost = read("a {\n b {\n  c (x)(y)1\n  d 2\n }\n}\n").1;
        assert_eq!(lost.len(), 1, "{lost:#?}");
        let open = read("a {\n b {\n  c 1\n").1;
        assert_eq!(open.len(), 1, "{open:#?}");
        assert_eq!(open[0].code, "syntax");
    }

    #[test]
    fn a_value_is_complained_of_where_it_stands() {
        for text in ["a {\n b \"x\" at=02:00\n}\n", "a {\n b at= 02:00; c 1\n}\n", "a {\n b 02:00\n}\n"] {
            let (_, found) = read(text);
            let [one] = found.as_slice() else { panic!("{found:#?}") };
            assert_eq!(one.labels[0].span.start as usize, text.find("02:00").unwrap(), "{text}");
            assert!(one.help.as_deref().is_some_and(|help| help.starts_with("write `\"02:00\"`")), "{one:?}");
        }
    }

    #[test]
    fn complains_in_our_voice() {
        let (_, found) = read("a 1.\n");
        assert_eq!(found[0].code, "syntax");
        assert!(found[0].message.starts_with(char::is_lowercase), "{}", found[0].message);
    }
}
