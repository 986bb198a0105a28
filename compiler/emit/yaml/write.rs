//! The writer: block style, two blanks a level, comments above what they explain.
//!
//! It refuses to decide how a string is written; that is `scalar`'s.

use super::{Pair, Yaml, scalar};

/// Bytes that a key may take in one line with its value; readers refuse such keys beyond 1,024 characters.
const LONGEST_KEY: usize = 1000;

pub fn document(value: &Yaml, header: &str) -> String {
    let mut out = String::with_capacity(4096);
    comment(&mut out, 0, header);
    match value {
        Yaml::Map(pairs) if !pairs.is_empty() => {
            for (index, pair) in pairs.iter().enumerate() {
                // Sections stand apart, and so does what a comment introduces.
                let section = matches!(pair.value, Yaml::Map(_) | Yaml::Seq(_)) || pair.comment.is_some();
                if index > 0 && (pair.apart || section) {
                    out.push('\n');
                }
                above(&mut out, 0, pair.comment.as_deref());
                key_and_value(&mut out, 0, pair);
            }
        }
        other => inline_or_below(&mut out, 0, other, Position::Top),
    }
    out
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    /// Nothing.
    Top,
    /// `key:`
    Key,
    /// `-`
    Dash,
}

/// Writes a value behind `key:` or `-`, or below it, to the end of its last line.
fn inline_or_below(out: &mut String, indent: usize, value: &Yaml, position: Position) {
    match value {
        Yaml::Map(pairs) if !pairs.is_empty() => {
            if position == Position::Key {
                out.push('\n');
            }
            for (index, pair) in pairs.iter().enumerate() {
                // The first key of an item stands behind the dash, where no comment can stand above it.
                let beside_dash = position == Position::Dash && index == 0 && pair.comment.is_none();
                if beside_dash {
                    out.push(' ');
                } else {
                    if pair.apart || (position == Position::Dash && index == 0) {
                        out.push('\n');
                    }
                    above(out, indent, pair.comment.as_deref());
                    blanks(out, indent);
                }
                key_and_value(out, indent, pair);
            }
        }
        Yaml::Seq(items) if !items.is_empty() => {
            list(out, indent, position, items.iter().map(|item| (item.comment.as_deref(), &item.value)));
        }
        Yaml::Flow(items) if items.iter().any(|item| !is_scalar(item)) => {
            list(out, indent, position, items.iter().map(|item| (None, item)));
        }
        Yaml::Str(text) if position != Position::Top && scalar::is_block(text) => {
            out.push(' ');
            block(out, indent, text);
        }
        other => {
            if position != Position::Top {
                out.push(' ');
            }
            one_line(out, other);
            out.push('\n');
        }
    }
}

fn is_scalar(value: &Yaml) -> bool {
    !matches!(value, Yaml::Map(_) | Yaml::Seq(_) | Yaml::Flow(_)) || value.is_empty()
}

/// A key and its value, the blanks before them written already.
fn key_and_value(out: &mut String, indent: usize, pair: &Pair) {
    let start = out.len();
    scalar::key(out, &pair.key);
    if out.len() - start > LONGEST_KEY {
        out.insert_str(start, "? ");
        out.push('\n');
        blanks(out, indent);
    }
    out.push(':');
    if let Some(anchor) = pair.anchor {
        out.push_str(" &");
        out.push_str(anchor);
    }
    inline_or_below(out, indent + 2, &pair.value, Position::Key);
}

fn list<'a>(
    out: &mut String,
    indent: usize,
    position: Position,
    items: impl Iterator<Item = (Option<&'a str>, &'a Yaml)>,
) {
    if position != Position::Top {
        out.push('\n');
    }
    for (comment, value) in items {
        above(out, indent, comment);
        blanks(out, indent);
        out.push('-');
        inline_or_below(out, indent + 2, value, Position::Dash);
    }
}

/// A literal block, its lines `indent` deep.
fn block(out: &mut String, indent: usize, text: &str) {
    out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.lines() {
        if !line.is_empty() {
            blanks(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn one_line(out: &mut String, value: &Yaml) {
    match value {
        Yaml::Null => out.push_str("null"),
        Yaml::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Yaml::Int(number) => out.push_str(&number.to_string()),
        Yaml::Number(text) => scalar::number(out, text),
        Yaml::Str(text) => scalar::string(out, text),
        Yaml::Quoted(text) => scalar::double_quoted(out, text),
        Yaml::Alias(name) => {
            out.push('*');
            out.push_str(name);
        }
        Yaml::Flow(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match item {
                    // In a list on one line commands read best with all their words quoted alike.
                    Yaml::Str(text) => scalar::double_quoted(out, text),
                    other => one_line(out, other),
                }
            }
            out.push(']');
        }
        // Only empty ones come here.
        Yaml::Seq(_) => out.push_str("[]"),
        Yaml::Map(_) => out.push_str("{}"),
    }
}

fn above(out: &mut String, indent: usize, text: Option<&str>) {
    if let Some(text) = text {
        comment(out, indent, text);
    }
}

/// Comment lines; none for an empty text. No text can leave its comment: each of its lines gets the sign.
fn comment(out: &mut String, indent: usize, text: &str) {
    if text.is_empty() {
        return;
    }
    for line in text.split(['\n', '\r']) {
        blanks(out, indent);
        out.push('#');
        let line = line.trim_end();
        if !line.is_empty() {
            out.push(' ');
            if line.contains(scalar::needs_escape) {
                out.extend(line.chars().map(|c| if scalar::needs_escape(c) { ' ' } else { c }));
            } else {
                out.push_str(line);
            }
        }
        out.push('\n');
    }
}

fn blanks(out: &mut String, count: usize) {
    const BLANKS: &str = "                                                                ";
    for _ in 0..count / BLANKS.len() {
        out.push_str(BLANKS);
    }
    out.push_str(&BLANKS[..count % BLANKS.len()]);
}
