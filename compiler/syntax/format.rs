//! Formats KDL: four blanks a level, no trailing blanks, at most one blank line; words, comments, line breaks and
//! alignment within a line stay as the author wrote them, and so does everything within a string.

use super::{
    node::{Entry, Node},
    parse,
    pieces::parse as read,
};
use crate::{diagnostic::Diagnostics, source::SourceId};

/// Blanks of one level.
const INDENT: usize = 4;

/// The formatted text; none when it cannot be parsed, which is reported.
pub fn format(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut found = Diagnostics::default();
    let before = read(source, text, &mut found);
    if found.has_errors() {
        diagnostics.extend(found);
        return None;
    }
    let formatted = indented(text);
    // Only blanks have moved: should the meaning differ all the same, the author's text stands.
    let after = read(source, &formatted, &mut found);
    Some(if !found.has_errors() && same(&before, &after) { formatted } else { text.to_owned() })
}

/// What the lines of a text begin within.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nodes,
    /// A string or a block comment that began on an earlier line: such lines are not touched.
    Verbatim,
}

fn indented(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut depth, mut blank, mut continued) = (0usize, false, false);
    // The offset behind the string or comment that reaches furthest so far.
    let mut verbatim_until = 0;
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        let within = if start < verbatim_until { Within::Verbatim } else { Within::Nodes };
        let line = text[start..end].trim_end_matches('\r');
        let content = line.trim();
        if within == Within::Verbatim {
            // Blanks before the end of the line belong to a string that goes on behind it.
            out.push_str(if end < verbatim_until { line } else { line.trim_end() });
            out.push('\n');
        } else if content.is_empty() {
            blank = !out.is_empty() && !out.ends_with("{\n");
        } else {
            let closing = content.bytes().take_while(|b| *b == b'}').count();
            if blank && closing == 0 {
                out.push('\n');
            }
            let level = depth.saturating_sub(closing) + usize::from(continued);
            out.push_str(&" ".repeat(level * INDENT));
            let opens_verbatim = scan(bytes, start, end).1 > end;
            out.push_str(if opens_verbatim { line.trim_start() } else { content });
            out.push('\n');
        }
        if within == Within::Verbatim || !content.is_empty() {
            blank = false;
            let from = start.max(verbatim_until.min(end));
            let (change, until) = scan(bytes, from, end);
            depth = depth.saturating_add_signed(change);
            verbatim_until = verbatim_until.max(until);
            continued = content.ends_with('\\') && verbatim_until <= end;
        }
        start = end + 1;
    }
    out
}

/// How the depth changes from `at` to `end`, and the offset behind the last string or comment that begins there.
fn scan(bytes: &[u8], mut at: usize, end: usize) -> (isize, usize) {
    let (mut depth, mut until) = (0, 0);
    while at < end {
        match bytes[at] {
            b'{' => {
                depth += 1;
                at += 1;
            }
            b'}' => {
                depth -= 1;
                at += 1;
            }
            b'"' | b'#' => {
                let hashes = bytes[at..].iter().take_while(|b| **b == b'#').count();
                at += hashes;
                if bytes.get(at) == Some(&b'"') {
                    at = parse::after_string(bytes, at, hashes);
                    until = at;
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => return (depth, until),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = parse::after_comment(bytes, at).unwrap_or(bytes.len());
                until = at;
            }
            _ => at += 1,
        }
    }
    (depth, until)
}

/// Whether two trees say the same, wherever they stand.
fn same(a: &[Node], b: &[Node]) -> bool {
    let entry = |a: &Entry, b: &Entry| {
        a.scalar == b.scalar
            && a.annotation == b.annotation
            && a.apart == b.apart
            && a.name.as_ref().map(|n| &n.value) == b.name.as_ref().map(|n| &n.value)
    };
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.name.value == b.name.value
                && a.annotation == b.annotation
                && a.entries.len() == b.entries.len()
                && a.entries.iter().zip(&b.entries).all(|(a, b)| entry(a, b))
                && same(&a.children, &b.children)
        })
}

#[cfg(test)]
mod tests {
    use super::format;
    use crate::{diagnostic::Diagnostics, source::Sources};

    fn formatted(text: &str) -> String {
        let mut sources = Sources::default();
        let source = sources.add("x.kdl", text);
        format(source, text, &mut Diagnostics::default()).expect("it parses")
    }

    #[test]
    fn indents_and_keeps_every_word() {
        let text =
            "// about\n\n\n\na   \"x\"  b=1 // why  \n   c {\n\n d 1; e 2\n\t\tf { g 1 }\n\n}\n\nh \\\n  1\n";
        assert_eq!(
            formatted(text),
            "// about\n\na   \"x\"  b=1 // why\nc {\n    d 1; e 2\n    f { g 1 }\n}\n\nh \\\n    1\n"
        );
    }

    #[test]
    fn leaves_strings_and_comments_alone() {
        let text = "a {\n  b \"\"\"\n      one {\n        two  \n      \"\"\"\n  /* x\n     y } */\n  c #\"{ \"# // }\n}\n";
        let out = formatted(text);
        assert_eq!(
            out,
            "a {\n    b \"\"\"\n      one {\n        two  \n      \"\"\"\n    /* x\n     y } */\n    c #\"{ \"# // }\n}\n"
        );
        assert_eq!(formatted(&out), out);
    }
}
