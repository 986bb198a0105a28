//! The form of a value: an expression that means the same in bash, on a host, and here.
//!
//! It refuses what POSIX extended expressions do not know (`\d`, `(?…)`, lazy repetition) and what they take otherwise.

use super::{Value, character};
use std::sync::Arc;

/// An expression that matches the whole of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form(Arc<str>);

checked_text!(Form);

const LONGEST: usize = 500;

impl Form {
    /// Whether it matches the whole of `text`.
    pub fn matches(&self, text: &str) -> bool {
        Self::whole(&self.0, text)
    }

    /// Whether an expression of ours matches the whole of `text`.
    pub(crate) fn whole(expression: &str, text: &str) -> bool {
        compiled(expression).is_ok_and(|regex| regex.is_match(text))
    }
}

fn compiled(expression: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    regex_lite::Regex::new(&format!("^(?s:{expression})$"))
}

/// What only one of the two syntaxes knows, or both in a different way.
fn foreign(text: &str) -> Option<&'static str> {
    let (mut rest, mut in_class, mut repeated) = (text, false, false);
    while let Some(c) = rest.chars().next() {
        let next = rest[c.len_utf8()..].chars().next();
        let mut taken = c.len_utf8();
        match c {
            '\\' if in_class => return Some("within `[…]` a backslash: put the sign itself"),
            '\\' if next.is_none_or(|next| next.is_alphanumeric()) => {
                return Some("a backslash before a letter or a digit: write `[0-9]` for `\\d`");
            }
            '\\' => taken += next.map_or(0, char::len_utf8),
            '[' if in_class => return Some("a `[` within `[…]`"),
            '[' if rest.starts_with("[]") || rest.starts_with("[^]") => return Some("an empty `[]`"),
            '[' => in_class = true,
            ']' => in_class = false,
            '&' | '~' if in_class && next == Some(c) => return Some("a doubled sign within `[…]`"),
            '(' if !in_class && next == Some('?') => return Some("`(?…)`"),
            '^' | '$' if !in_class => return Some("`^` or `$`: it matches the whole value anyway"),
            '*' | '+' | '?' if !in_class && repeated => return Some("a repetition of a repetition"),
            _ => {}
        }
        repeated = !in_class && matches!(c, '*' | '+' | '?' | '}');
        rest = &rest[taken..];
    }
    None
}

impl Value for Form {
    const WHAT: &'static str = "a form";
    const EXAMPLES: &'static [&'static str] = &["sk-[A-Za-z0-9_-]+", "v[0-9]+(\\.[0-9]+)*"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a form cannot be empty".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a form has at most {LONGEST} characters"));
        }
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_graphic() || c == ' ') {
            return Err(format!("a form is written in ASCII, without {wrong}"));
        }
        if let Some(foreign) = foreign(text) {
            return Err(format!("a form is an extended expression of POSIX, without {foreign}"));
        }
        compiled(text).map_err(|error| format!("a form that cannot be read: {error}"))?;
        Ok(Form(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Value};

    #[test]
    fn matches_the_whole() {
        let form = Form::parse("sk-[a-z]+|none").unwrap();
        assert!(form.matches("sk-abc") && form.matches("none"));
        assert!(!form.matches("xsk-abc") && !form.matches("sk-abc1") && !form.matches(""));
        assert!(Form::parse("a\\.b").unwrap().matches("a.b"));
    }

    #[test]
    fn refuses_what_a_shell_reads_otherwise() {
        for text in [
            "",
            "\\d+",
            "(?i)a",
            "a*?",
            "a+?",
            "^a$",
            "[\\]]",
            "[a&&b]",
            "(",
            "a{2",
            "[]",
            "[^]a]",
            "한",
            "[[:alpha:]]",
            "a**",
        ] {
            assert!(Form::parse(text).is_err(), "{text:?}");
        }
    }
}
