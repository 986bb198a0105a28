//! How many of something: replicas, workers, connections, files that are kept.
//!
//! It refuses signs, fractions and units.

use super::Value;

/// A whole number from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u32);

impl Count {
    /// `n`.
    pub const fn new(n: u32) -> Count {
        Count(n)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether it is none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Value for Count {
    const WHAT: &'static str = "a count";
    const EXAMPLES: &'static [&'static str] = &["3", "200"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('-') {
            return Err("a count cannot be negative".into());
        }
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err("a count is a whole number such as 3, without a unit".into());
        }
        if text.len() > 1 && text.starts_with('0') {
            return Err("a count has no leading zero".into());
        }
        text.parse().map(Count).map_err(|_| format!("a count is at most {}", u32::MAX))
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Value};

    #[test]
    fn accepts_counts() {
        for text in ["0", "3", "4294967295"] {
            assert_eq!(Count::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "-1", "+1", "1.0", "03", "1_000", "4294967296", "three", "٣", "1\0"] {
            assert!(Count::parse(text).is_err(), "{text:?}");
        }
    }
}
