//! YAML as one writes it by hand: a value tree with comments, and one writer.
//!
//! A plain scalar is written only where every reader of YAML 1.1 and 1.2 takes it for that very string; all others
//! stand in double quotes. So any string arrives as it is. No crate writes comments, which reviewers need.

use std::fmt::Write as _;

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number as it is written: `0.5`.
    Number(String),
    /// A string.
    Str(String),
    /// A list, one item a line.
    Seq(Vec<Item>),
    /// A short list on one line: `["CMD", "true"]`.
    Flow(Vec<Yaml>),
    /// A map, in the order given.
    Map(Vec<Pair>),
    /// A map whose keys stand apart by blank lines.
    Spaced(Vec<Pair>),
    /// `*name`.
    Alias(&'static str),
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// A comment above it; may have several lines.
    pub comment: Option<String>,
    /// The item.
    pub value: Yaml,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// A comment above it; may have several lines.
    pub comment: Option<String>,
    /// The key.
    pub key: String,
    /// An anchor on the value: `&name`.
    pub anchor: Option<&'static str>,
    /// The value.
    pub value: Yaml,
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Yaml {
        Yaml::Str(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Yaml {
        Yaml::Str(text)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Yaml {
        Yaml::Bool(value)
    }
}

impl From<i64> for Yaml {
    fn from(number: i64) -> Yaml {
        Yaml::Int(number)
    }
}

impl From<u32> for Yaml {
    fn from(number: u32) -> Yaml {
        Yaml::Int(number.into())
    }
}

impl From<Map> for Yaml {
    fn from(map: Map) -> Yaml {
        Yaml::Map(map.pairs)
    }
}

/// A map in the making.
#[derive(Clone, Debug, Default)]
pub struct Map {
    pairs: Vec<Pair>,
    comment: Option<String>,
}

impl Map {
    /// An empty map.
    pub fn new() -> Map {
        Map::default()
    }

    /// Puts a comment above the next key.
    pub fn comment(mut self, text: impl Into<String>) -> Map {
        let text = text.into();
        self.comment = (!text.is_empty()).then_some(text);
        self
    }

    /// Adds a key.
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Yaml>) -> Map {
        let comment = self.comment.take();
        self.pairs.push(Pair { comment, key: key.into(), anchor: None, value: value.into() });
        self
    }

    /// Adds a key whose value others refer to by [`Yaml::Alias`].
    pub fn anchored(mut self, key: impl Into<String>, anchor: &'static str, value: impl Into<Yaml>) -> Map {
        let comment = self.comment.take();
        self.pairs.push(Pair { comment, key: key.into(), anchor: Some(anchor), value: value.into() });
        self
    }

    /// Adds a key when there is a value.
    pub fn maybe<V: Into<Yaml>>(self, key: impl Into<String>, value: Option<V>) -> Map {
        match value {
            Some(value) => self.set(key, value),
            None => Map { comment: None, ..self },
        }
    }

    /// Adds a key when its list or map is not empty.
    pub fn filled(self, key: impl Into<String>, value: impl Into<Yaml>) -> Map {
        let value = value.into();
        if value.is_empty() { Map { comment: None, ..self } } else { self.set(key, value) }
    }

    /// The map with its keys apart by blank lines.
    pub fn spaced(self) -> Yaml {
        Yaml::Spaced(self.pairs)
    }
}

/// A list, one item a line.
pub fn seq<V: Into<Yaml>>(items: impl IntoIterator<Item = V>) -> Yaml {
    Yaml::Seq(items.into_iter().map(|value| Item { comment: None, value: value.into() }).collect())
}

/// A short list on one line.
pub fn flow<V: Into<Yaml>>(items: impl IntoIterator<Item = V>) -> Yaml {
    Yaml::Flow(items.into_iter().map(Into::into).collect())
}

impl Yaml {
    /// Whether it is a list or a map without anything in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Yaml::Seq(items) => items.is_empty(),
            Yaml::Flow(items) => items.is_empty(),
            Yaml::Map(pairs) | Yaml::Spaced(pairs) => pairs.is_empty(),
            _ => false,
        }
    }

    /// The document, with `header` as comment at its top.
    pub fn document(&self, header: &str) -> String {
        let mut out = String::with_capacity(4096);
        comment(&mut out, 0, header);
        match self {
            Yaml::Map(pairs) if !pairs.is_empty() => map(&mut out, 0, pairs, true),
            Yaml::Seq(items) if !items.is_empty() => list(&mut out, 0, items),
            other => {
                scalar(&mut out, other);
                out.push('\n');
            }
        }
        out
    }
}

/// Comment lines. No text can leave its comment: each of its lines gets the sign.
fn comment(out: &mut String, indent: usize, text: &str) {
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        let _ = writeln!(
            out,
            "{:indent$}#{}{}",
            "",
            if line.trim().is_empty() { "" } else { " " },
            line.trim_end()
        );
    }
    if text.is_empty() {
        // An empty text is no comment at all.
        let length = out.len() - indent - 2;
        out.truncate(length);
    }
}

fn map(out: &mut String, indent: usize, pairs: &[Pair], top: bool) {
    for (index, pair) in pairs.iter().enumerate() {
        // At the top of a document sections stand apart.
        if top && index > 0 && (matches!(pair.value, Yaml::Map(_) | Yaml::Seq(_)) || pair.comment.is_some()) {
            out.push('\n');
        }
        if let Some(text) = &pair.comment {
            comment(out, indent, text);
        }
        let _ = write!(out, "{:indent$}", "");
        pair_line(out, indent, pair);
    }
}

/// A key and its value, the indentation of its line written already.
fn pair_line(out: &mut String, indent: usize, pair: &Pair) {
    string(out, &pair.key);
    out.push(':');
    if let Some(anchor) = pair.anchor {
        let _ = write!(out, " &{anchor}");
    }
    match &pair.value {
        Yaml::Map(pairs) if !pairs.is_empty() => {
            out.push('\n');
            map(out, indent + 2, pairs, false);
        }
        Yaml::Spaced(pairs) if !pairs.is_empty() => {
            for (index, pair) in pairs.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { "" });
                map(out, indent + 2, std::slice::from_ref(pair), false);
                out.push_str(if index + 1 < pairs.len() { "\n" } else { "" });
            }
        }
        Yaml::Seq(items) if !items.is_empty() => {
            out.push('\n');
            list(out, indent + 2, items);
        }
        Yaml::Str(text) if is_block(text) => block(out, indent + 2, text),
        other => {
            out.push(' ');
            scalar(out, other);
            out.push('\n');
        }
    }
}

fn list(out: &mut String, indent: usize, items: &[Item]) {
    for item in items {
        if let Some(text) = &item.comment {
            comment(out, indent, text);
        }
        let _ = write!(out, "{:indent$}- ", "");
        match &item.value {
            Yaml::Map(pairs) if !pairs.is_empty() => {
                for (index, pair) in pairs.iter().enumerate() {
                    if index > 0 {
                        if let Some(text) = &pair.comment {
                            comment(out, indent + 2, text);
                        }
                        let _ = write!(out, "{:1$}", "", indent + 2);
                    }
                    pair_line(out, indent + 2, pair);
                }
            }
            Yaml::Seq(items) if !items.is_empty() => {
                out.pop();
                out.push('\n');
                list(out, indent + 2, items);
            }
            Yaml::Str(text) if is_block(text) => {
                out.pop();
                block(out, indent + 2, text);
            }
            other => {
                scalar(out, other);
                out.push('\n');
            }
        }
    }
}

/// Whether a text reads better as a block, and is exact as one: lines that end in one newline, nothing that a
/// reader of blocks would fold, strip or take for indentation.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n', '\t'])
        && !text.lines().any(|line| line.ends_with([' ', '\t']) || line.starts_with('\t'))
        && text.chars().all(|c| c == '\n' || (!c.is_control() && !needs_escape(c)))
}

fn block(out: &mut String, indent: usize, text: &str) {
    out.push_str(" |\n");
    for line in text.lines() {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
}

fn scalar(out: &mut String, value: &Yaml) {
    match value {
        Yaml::Null => out.push_str("null"),
        Yaml::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Yaml::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Yaml::Number(text) => out.push_str(text),
        Yaml::Str(text) => string(out, text),
        Yaml::Alias(name) => {
            let _ = write!(out, "*{name}");
        }
        Yaml::Flow(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match item {
                    // In a flow list commands read best with all their words quoted alike.
                    Yaml::Str(text) => quoted(out, text),
                    other => scalar(out, other),
                }
            }
            out.push(']');
        }
        Yaml::Seq(_) => out.push_str("[]"),
        Yaml::Map(_) | Yaml::Spaced(_) => out.push_str("{}"),
    }
}

fn string(out: &mut String, text: &str) {
    if is_plain(text) { out.push_str(text) } else { quoted(out, text) }
}

/// Whether every reader takes the bare text for this very string.
fn is_plain(text: &str) -> bool {
    if is_measure(text) {
        return true;
    }
    // A flag or a path: neither a dash with a blank nor a number begins so.
    let text = text.strip_prefix("--").or(text.strip_prefix("./")).unwrap_or(text);
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return false };
    // A digit, sign or dot may start a number, a date, a time in base 60; letters alone may be a word for a boolean.
    if !(first.is_ascii_alphabetic() || matches!(first, b'/' | b'_' | b'$')) {
        return false;
    }
    if bytes.ends_with(b":") || bytes.ends_with(b" ") {
        return false;
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b" _-./:=+,;()@%$~^?<>&*!|'{}".contains(&b);
    if !bytes.iter().all(|b| allowed(*b)) || text.contains(": ") || text.contains(" #") || text.contains("  ")
    {
        return false;
    }
    // Braces and commas are plain within a word in block style; the writer never puts a plain one into flow style.
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether it is digits and a unit, such as `10s` or `256mb`: no reader takes that for a number.
fn is_measure(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - unit.len();
    (1..=15).contains(&digits)
        && ["ms", "s", "m", "h", "d", "w", "k", "g", "kb", "mb", "gb", "kB", "MB", "GB"].contains(&unit)
}

fn needs_escape(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if (c as u32) < 0x20 || (needs_escape(c) && (c as u32) < 0x100) => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if needs_escape(c) => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        string(&mut out, text);
        out
    }

    #[test]
    fn quotes_what_some_reader_takes_for_something_else() {
        for text in [
            "",
            "yes",
            "No",
            "null",
            "~",
            "1",
            "1.5",
            "0o7",
            "12:30",
            "2020-01-01",
            "-a",
            "a: b",
            "a #b",
            " a",
            "a ",
            "a:",
            "*x",
            "&x",
            "!x",
            "%x",
            "@x",
            "`x",
            "[x",
            "{x",
            "#x",
            "가",
            "a\nb",
            "1e3",
            ".5",
            "?",
            "- x",
            "=",
            "<<",
        ] {
            assert!(written(text).starts_with('"'), "{text:?} -> {}", written(text));
        }
        for text in [
            "redis",
            "nginx:1.28",
            "/etc/nginx:ro",
            "./data",
            "a b",
            "service_healthy",
            "--host",
            "10s",
            "256mb",
        ] {
            let plain = written(text);
            assert_eq!(plain, text);
        }
    }

    #[test]
    fn writes_as_one_would_by_hand() {
        let yaml: Yaml = Map::new()
            .set("name", "shop")
            .comment("why\nand how")
            .set(
                "services",
                Map::new()
                    .set("web", Map::new().set("ports", seq(["80:80"])).set("test", flow(["CMD", "true"]))),
            )
            .set(
                "list",
                Yaml::Seq(vec![Item {
                    comment: Some("an item".into()),
                    value: Map::new().set("a", 1u32).set("b", "x\ny\n").into(),
                }]),
            )
            .into();
        assert_eq!(
            yaml.document("made by a test"),
            "# made by a test\nname: shop\n\n# why\n# and how\nservices:\n  web:\n    ports:\n      - \"80:80\"\n    test: [\"CMD\", \"true\"]\n\nlist:\n  # an item\n  - a: 1\n    b: |\n      x\n      y\n"
        );
    }
}
