//! The number of a chat, as messengers give it: people have positive ones, groups and channels negative ones.
//!
//! It refuses names: a bot cannot write to a name that is not public.

use super::Value;

/// A whole number that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatId(i64);

/// So many always fit; messengers give fewer.
const DIGITS: usize = 18;

impl ChatId {
    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl Value for ChatId {
    const WHAT: &'static str = "a chat number";
    const EXAMPLES: &'static [&'static str] = &["-1001234567890", "123456789"];

    fn parse(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err("a chat number is a whole number such as -1001234567890".into());
        }
        if digits.starts_with('0') {
            return Err("a chat number has no leading zero".into());
        }
        let number = if digits.len() <= DIGITS { text.parse().ok() } else { None };
        number.map(ChatId).ok_or_else(|| format!("a chat number has at most {DIGITS} digits"))
    }
}

impl std::fmt::Display for ChatId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{ChatId, Value};

    #[test]
    fn reads_numbers() {
        for text in ["-1001234567890", "123456789", "-1"] {
            assert_eq!(ChatId::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "-", "0", "-0", "07", "+1", "1.0", "@channel", "99999999999999999999", "1\0"] {
            assert!(ChatId::parse(text).is_err(), "{text:?}");
        }
    }
}
