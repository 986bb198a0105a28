//! The version of a program, as a tag of its image says it.
//!
//! It refuses ranges (`^1.2`); what runs is one version.

use super::{Value, character};
use std::sync::Arc;

/// A tag: letters, digits, `_`, `.` and `-`, at most 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Arc<str>);

checked_text!(Version);

const LONGEST: usize = 128;

impl Version {
    /// The numbers that it begins with: `1.27-alpine` has 1 and 27, `v2.4.1` has 2, 4 and 1, `bookworm` has none.
    pub fn numbers(&self) -> Vec<u64> {
        let text = self.0.strip_prefix('v').unwrap_or(&self.0);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (numbers, _) = text.split_at(end);
        numbers.split('.').map_while(|part| part.parse().ok()).collect()
    }

    /// Whether it is `least` or later; none when it does not say, as `1` does not of `1.25`.
    pub fn is_at_least(&self, least: &[u64]) -> Option<bool> {
        let numbers = self.numbers();
        let decided = numbers.iter().zip(least).find(|(a, b)| a != b).map(|(a, b)| a > b);
        decided.or_else(|| (!numbers.is_empty() && numbers.len() >= least.len()).then_some(true))
    }

    /// Whether it moves without saying so: `latest`, `stable`, `alpine`, anything without a number at its beginning.
    pub fn is_floating(&self) -> bool {
        self.numbers().is_empty()
    }
}

impl Value for Version {
    const WHAT: &'static str = "a version";
    const EXAMPLES: &'static [&'static str] = &["7", "15.4", "1.27-alpine"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a version cannot be empty".into());
        }
        if text.starts_with(['^', '~', '>', '<', '=']) {
            return Err("a version is one version, not a range, as in `7.2`".into());
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if let Some(wrong) = character::outside(text, allowed) {
            return Err(format!("a version has only letters, digits, `_`, `.` and `-`, not {wrong}"));
        }
        if text.starts_with(['.', '-']) {
            return Err("a version begins with a letter, a digit or `_`".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a version has at most {LONGEST} characters"));
        }
        Ok(Version(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, Version};

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn reads_numbers() {
        for (text, numbers) in [
            ("7", &[7][..]),
            ("15.4", &[15, 4]),
            ("1.27-alpine", &[1, 27]),
            ("v2.4.1", &[2, 4, 1]),
            ("latest", &[]),
            ("15beta1", &[15]),
            ("99999999999999999999999", &[]),
            ("1..2", &[1]),
        ] {
            assert_eq!(version(text).numbers(), numbers, "{text}");
        }
        assert!(version("stable-alpine").is_floating() && !version("7").is_floating());
    }

    #[test]
    fn compares() {
        let at_least = |text: &str| version(text).is_at_least(&[1, 25, 1]);
        assert_eq!(
            (at_least("1.25.1"), at_least("1.26"), at_least("2")),
            (Some(true), Some(true), Some(true))
        );
        assert_eq!((at_least("1.25.0"), at_least("1.22-alpine")), (Some(false), Some(false)));
        assert_eq!((at_least("1.25"), at_least("1"), at_least("latest")), (None, None, None));
    }

    #[test]
    fn refuses() {
        let long = "1".repeat(129);
        for text in ["", "^1.2", "1:2", ".1", "-1", "1 2", "1/2", "1@2", "버전", "1\0", "$x", &long] {
            assert!(Version::parse(text).is_err(), "{text:?}");
        }
    }
}
