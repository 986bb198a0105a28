//! An environment file, read as Docker Compose reads it (`dotenv/parser.go` of compose-go): quotes, `export`, comments,
//! values of several lines, both ends of lines. Nothing that it says of a file holds a value.

use std::ops::Range;

/// One `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its name.
    pub name: String,
    /// Where the name stands in the text.
    pub place: Range<usize>,
    /// Its value, with escapes replaced; empty when the name stands alone, and is taken from the shell.
    pub value: String,
    /// Whether the value stands in quotes.
    pub quoted: bool,
    /// Whether compose would expand a variable in it.
    pub expands: bool,
}

/// What no part of a file could be read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub place: Range<usize>,
    /// What it is.
    pub what: What,
}

/// What is wrong with the writing of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A line that is no assignment.
    NoAssignment,
    /// The quote of this variable is not closed before the file ends.
    NeverClosed(String),
}

/// A file that has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Assignments in their order.
    pub assignments: Vec<Assignment>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Reads a text. Reading goes on behind what is wrong: everything is told at once.
pub fn read(text: &str) -> File {
    let mut file = File::default();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(start) = statement(text, at) {
        at = one(text, start, &mut file).max(start + 1);
    }
    file
}

/// Blanks within a line, as compose sees them.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// Where the next statement begins, behind white space and comments.
fn statement(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        if !text.get(at..)?.starts_with('#') {
            return (at < text.len()).then_some(at);
        }
        at = line_end(text, at);
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end)
}

/// Reads the statement at `start`; gives where it ends.
fn one(text: &str, start: usize, file: &mut File) -> usize {
    let end = line_end(text, start);
    let line = &text[start..end];
    let unreadable = |what| Unreadable { place: start..start + line.trim_end().len().max(1), what };
    let exported = line.strip_prefix("export").filter(|rest| rest.starts_with(is_blank));
    let name_at = exported.map_or(start, |rest| {
        let trimmed = rest.trim_start_matches(is_blank);
        start + line.len() - trimmed.len()
    });
    let rest = &text[name_at..end];
    let sign = rest.find(['=', ':']);
    let name = rest[..sign.unwrap_or(rest.len())].trim_end();
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
    if !valid {
        file.unreadable.push(unreadable(What::NoAssignment));
        return end;
    }
    let Some(sign) = sign else {
        // compose takes such a name from the shell; in a file that a host reads it is an accident.
        file.unreadable.push(unreadable(What::NoAssignment));
        return end;
    };
    let value_at = name_at + sign + 1;
    let value_at = end - text[value_at..end].trim_start_matches(is_blank).len();
    let mut assignment = Assignment {
        name: name.to_owned(),
        place: name_at..name_at + name.len(),
        value: String::new(),
        quoted: false,
        expands: false,
    };
    let Some(quote) = text[value_at..].chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let value = &text[value_at..end];
        let value = value.split_once(" #").map_or(value, |(value, _)| value).trim_end();
        assignment.expands = value.contains('$');
        assignment.value = value.to_owned();
        file.assignments.push(assignment);
        return end;
    };
    assignment.quoted = true;
    let (inner, after) = quoted(text, value_at, quote);
    if after.is_none() {
        let what = What::NeverClosed(assignment.name.clone());
        file.unreadable.push(Unreadable { place: assignment.place.clone(), what });
    }
    let inner = inner.replace("\r\n", "\n");
    (assignment.value, assignment.expands) = if quote == '"' { unescaped(&inner) } else { (inner, false) };
    file.assignments.push(assignment);
    after.unwrap_or(text.len())
}

/// What stands between the quote at `at` and the one that closes it, and where the text goes on behind that.
fn quoted(text: &str, at: usize, quote: char) -> (String, Option<usize>) {
    let (mut inner, mut escaped) = (String::new(), false);
    for (offset, c) in text[at + 1..].char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            c if c == quote && !escaped => return (inner, Some(at + 1 + offset + 1)),
            c => {
                if escaped && c != quote {
                    inner.push('\\');
                }
                escaped = false;
                inner.push(c);
            }
        }
    }
    (inner, None)
}

/// Text between double quotes with its escapes replaced, and whether a variable in it would be expanded.
fn unescaped(inner: &str) -> (String, bool) {
    let (mut out, mut expands, mut rest) = (String::new(), false, inner);
    while let Some(c) = rest.chars().next() {
        let next = rest[c.len_utf8()..].chars().next();
        let mut taken = c.len_utf8();
        match (c, next) {
            ('\\', Some(sign)) => {
                let known = [
                    ('a', '\u{7}'),
                    ('b', '\u{8}'),
                    ('f', '\u{c}'),
                    ('n', '\n'),
                    ('r', '\r'),
                    ('t', '\t'),
                    ('v', '\u{b}'),
                    ('"', '"'),
                    ('\\', '\\'),
                    ('$', '$'),
                ];
                let octal = rest
                    .get(2..5)
                    .filter(|digits| sign == '0' && digits.bytes().all(|b| matches!(b, b'0'..=b'7')));
                let code = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
                match (known.iter().find(|(from, _)| *from == sign), code) {
                    (Some((_, to)), _) => {
                        out.push(*to);
                        taken += sign.len_utf8();
                    }
                    (None, Some(code)) => {
                        out.push(char::from(code));
                        taken += 4;
                    }
                    (None, None) => out.push('\\'),
                }
            }
            ('$', _) => {
                expands = true;
                out.push('$');
            }
            (c, _) => out.push(c),
        }
        rest = &rest[taken..];
    }
    (out, expands)
}

#[cfg(test)]
mod tests {
    use super::{What, read};
    use crate::emit::{hostile, quote};

    fn values(text: &str) -> Vec<(String, String)> {
        read(text).assignments.into_iter().map(|one| (one.name, one.value)).collect()
    }

    #[test]
    fn reads_what_compose_reads() {
        let text = "\u{feff}# comment\nA=1\r\n  export B = 'x # y' # later\nC: \"a\\nb\"\nD=\"two\nlines\"\nE=a b # c\nF='it\\'s'\nG=\n\nH=#x\n";
        let expected = [
            ("A", "1"),
            ("B", "x # y"),
            ("C", "a\nb"),
            ("D", "two\nlines"),
            ("E", "a b"),
            ("F", "it's"),
            ("G", ""),
            ("H", "#x"),
        ];
        assert_eq!(values(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(read(text).unreadable.is_empty());
    }

    #[test]
    fn what_is_no_assignment_is_told() {
        let file = read("an accident\nA=1\n=x\n1B=2\nC='open\nD=3\n");
        let whats: Vec<What> = file.unreadable.into_iter().map(|one| one.what).collect();
        let no = || What::NoAssignment;
        assert_eq!(whats, [no(), no(), no(), What::NeverClosed("C".into())]);
        assert_eq!(file.assignments.len(), 2);
    }

    #[test]
    fn a_dollar_sign_acts_where_compose_expands() {
        for (text, expands) in
            [("A=$x", true), ("A='$x'", false), ("A=\"$x\"", true), ("A=\"\\$x\"", false), ("A=x", false)]
        {
            assert_eq!(read(text).assignments[0].expands, expands, "{text}");
        }
    }

    #[test]
    fn every_text_that_we_write_is_read_as_it_is() {
        for text in hostile::texts() {
            let file = read(&format!("BEFORE=1\nA={}\nBEHIND=2\n", quote::dotenv(&text)));
            assert!(file.unreadable.is_empty(), "{text:?}");
            assert_eq!(file.assignments.len(), 3, "{text:?}");
            assert_eq!(file.assignments[1].value, text.replace('\0', ""), "{text:?}");
            assert!(!file.assignments[1].expands, "{text:?}");
        }
    }

    #[test]
    fn nothing_stops_it() {
        for text in hostile::texts() {
            read(&text);
            read(&format!("A=\"{text}"));
            read(&format!("{text}='{text}'"));
        }
    }
}
