//! A regular expression of Prometheus, which matches whole label values.
//!
//! It refuses what RE2, the syntax of Prometheus, does not know. The only file that knows the `regex` crates.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind},
};
use std::sync::Arc;

use super::{Value, character};

/// A regular expression that matches from the beginning of a text to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Arc<str>);

checked_text!(Pattern);

/// RE2 repeats at most this often.
const MOST_REPEATS: u32 = 1_000;
/// No example is longer.
const LONGEST_EXAMPLE: usize = 200;
const LONGEST: usize = 1_000;
/// What only Rust's syntax knows, or means otherwise.
const FOREIGN: [&str; 8] = ["&&", "--", "~~", "\\<", "\\>", "\\u", "\\U", "\\b{"];

impl Pattern {
    /// Whether it matches the whole of `text`.
    pub fn matches(&self, text: &str) -> bool {
        whole(&self.0).is_ok_and(|regex| regex.is_match(text))
    }

    /// A text that it matches; none when none was found.
    pub fn example(&self) -> Option<String> {
        let mut text = String::new();
        put(&hir(&self.0).ok()?, &mut text)?;
        self.matches(&text).then_some(text)
    }

    /// A text that it does not match; none when it seems to match everything.
    pub fn counterexample(&self) -> Option<String> {
        ["other", "0", "-", "x", ""].iter().find(|text| !self.matches(text)).map(|text| (*text).to_owned())
    }
}

fn whole(text: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    // As Prometheus anchors it.
    regex_lite::Regex::new(&format!("^(?s:{text})$"))
}

fn hir(text: &str) -> Result<Hir, String> {
    ParserBuilder::new().build().parse(text).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".to_owned(),
    })
}

/// Appends the plainest text that `hir` matches.
fn put(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let within =
                |c: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&c));
            let plain = ('0'..='9').chain('a'..='z').chain('A'..='Z');
            let first = class.ranges().iter().map(|range| range.start()).find(|c| !c.is_control());
            text.push(plain.into_iter().find(|c| within(*c)).or(first)?);
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                put(&repetition.sub, text)?;
                if text.len() > LONGEST_EXAMPLE {
                    return None;
                }
            }
        }
        HirKind::Capture(capture) => put(&capture.sub, text)?,
        HirKind::Concat(parts) => {
            for part in parts {
                put(part, text)?;
            }
        }
        HirKind::Alternation(branches) => put(branches.first()?, text)?,
    }
    Some(())
}

/// Whether something in it is repeated more often than RE2 allows.
fn repeats_too_often(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            repetition.min > MOST_REPEATS
                || repetition.max.is_some_and(|max| max > MOST_REPEATS)
                || repeats_too_often(&repetition.sub)
        }
        HirKind::Capture(capture) => repeats_too_often(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(repeats_too_often),
        _ => false,
    }
}

impl Value for Pattern {
    const WHAT: &'static str = "a regular expression";
    const EXAMPLES: &'static [&'static str] = &["5..", "GET|POST", "/api/.+"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| !c.is_control() && !character::is_invisible(c)) {
            return Err(format!("a regular expression cannot hold {wrong}"));
        }
        if text.len() > LONGEST {
            return Err(format!("a regular expression has at most {LONGEST} characters"));
        }
        if let Some(foreign) = FOREIGN.iter().find(|foreign| text.contains(*foreign)) {
            return Err(format!("`{foreign}` has no meaning in regular expressions of Prometheus"));
        }
        if let Some(flag) =
            text.match_indices("(?").map(|(at, _)| &text[at + 2..]).find(|f| !f.starts_with([':', 'i']))
        {
            let flag: String = flag.chars().take(1).collect();
            return Err(format!("a group of a regular expression begins with `(` or `(?:`, not `(?{flag}`"));
        }
        let hir = hir(text).map_err(|error| format!("a regular expression that cannot be read: {error}"))?;
        if repeats_too_often(&hir) {
            return Err(format!("a regular expression repeats a part at most {MOST_REPEATS} times"));
        }
        whole(text).map_err(|error| format!("a regular expression that cannot be used: {error}"))?;
        Ok(Pattern(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Value};

    #[test]
    fn finds_texts_on_either_side() {
        for (text, example) in [
            ("5..", "500"),
            ("5..|4..", "500"),
            ("GET|POST", "GET"),
            ("/api/.+", "/api/0"),
            ("[^0-9]x{2}", "axx"),
            ("\\d+", "0"),
            ("(a|b)(c)?", "a"),
            ("", ""),
            ("가.*", "가"),
        ] {
            let pattern = Pattern::parse(text).unwrap();
            assert_eq!(pattern.example().as_deref(), Some(example), "{text}");
            assert!(!pattern.matches(&pattern.counterexample().unwrap()), "{text}");
        }
        assert_eq!(Pattern::parse(".*").unwrap().counterexample(), None);
        assert!(!Pattern::parse("5..").unwrap().matches("1500"), "it matches whole texts only");
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("(", "unclosed"),
            ("a{1,1001}", "1000 times"),
            ("[a&&b]", "no meaning"),
            ("(?x)a", "not `(?x`"),
            ("(?<n>a)", "not `(?<`"),
            ("a\nb", "line break"),
            ("\\C", "cannot be read"),
        ] {
            let found = Pattern::parse(text);
            assert!(found.clone().unwrap_err().contains(reason), "{text:?}: {found:?}");
        }
    }
}
