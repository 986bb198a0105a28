//! A name of something in a system: a service, an environment, a host, a volume.
//!
//! It refuses whatever one of its readers would: it is at once a compose service, a DNS label, a file name, a
//! Prometheus label value and a word of a shell command.

use super::{Value, character};
use std::sync::Arc;

/// A name: `a-z`, `0-9` and single `-` or `_` inside, beginning with a letter, at most 63 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

checked_text!(Name);

/// The length of a DNS label.
const LONGEST: usize = 63;

impl Name {
    /// The name as an identifier for programs that allow no `-`: `_` in its place.
    pub fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The name as part of the name of an alert: `redis-cache` in `RedisCacheDown`.
    pub fn camel(&self) -> String {
        camel(&self.0)
    }
}

/// Words with `-` between them as part of the name of an alert: `max-connections` in `PostgresMaxConnectionsRunsOutIn4Weeks`.
pub(crate) fn camel(words: &str) -> String {
    let parts = words.split('-').filter_map(|part| part.split_at_checked(1));
    parts.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect()
}

impl Value for Name {
    const WHAT: &'static str = "a name";
    const EXAMPLES: &'static [&'static str] = &["backend", "redis-cache", "app-1"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a name cannot be empty".into());
        }
        if let Some(wrong) = character::outside(text, |c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_')) {
            return Err(match suggestion(text) {
                Some(right) => format!("a name has only a-z, 0-9, `-` and `_`, not {wrong}: write `{right}`"),
                None => format!("a name has only a-z, 0-9, `-` and `_`, not {wrong}"),
            });
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err("a name begins with a letter".into());
        }
        let sign = |byte: &u8| matches!(byte, b'-' | b'_');
        if text.as_bytes().last().is_some_and(sign)
            || text.as_bytes().windows(2).any(|pair| pair.iter().all(sign))
        {
            return Err("each `-` or `_` in a name stands alone between letters or digits".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a name has at most {LONGEST} characters, this one has {}", text.len()));
        }
        Ok(Name(text.into()))
    }
}

/// The name that was probably meant, when only case or the kind of dash is wrong.
fn suggestion(text: &str) -> Option<String> {
    let right = text.to_ascii_lowercase().replace([' ', '.'], "-");
    let plain = right.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
    (plain && Name::parse(&right).is_ok()).then_some(right)
}

#[cfg(test)]
mod tests {
    use super::{Name, Value};

    #[test]
    fn accepts_names() {
        for text in Name::EXAMPLES.iter().chain(&["a", "x9", "ad_hoc", &"a".repeat(63)]) {
            assert_eq!(Name::parse(text).unwrap().to_string(), *text);
        }
        assert_eq!(Name::parse("redis-cache").unwrap().snake(), "redis_cache");
    }

    #[test]
    fn refuses_what_some_format_would_misread() {
        let long = "a".repeat(64);
        for text in
            ["", "-a", "a-", "a--b", "a_", "a-_b", "_a", "1a", "a b", "a/b", "한글", "a\0", "a\n", &long]
        {
            assert!(Name::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn says_what_to_write() {
        let error = Name::parse("Redis Cache").unwrap_err();
        assert_eq!(error, "a name has only a-z, 0-9, `-` and `_`, not `R`: write `redis-cache`");
    }
}
