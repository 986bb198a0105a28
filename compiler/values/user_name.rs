//! An account or a group of a Unix system.
//!
//! It refuses numbers and what `useradd` of Debian would.

use super::{Value, character};
use std::sync::Arc;

/// An account: lower-case letters, digits, `_` and `-`, beginning with a letter or `_`, at most 32 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(Arc<str>);

checked_text!(UserName);

const LONGEST: usize = 32;

impl UserName {
    /// Whether it is the administrator.
    pub fn is_root(&self) -> bool {
        &*self.0 == "root"
    }
}

impl Value for UserName {
    const WHAT: &'static str = "a user name";
    const EXAMPLES: &'static [&'static str] = &["deploy", "www-data"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a user name cannot be empty".into());
        }
        if let Some(wrong) = character::outside(text, |c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-')) {
            return Err(format!("a user name has only a-z, 0-9, `_` and `-`, not {wrong}"));
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') {
            return Err("a user name begins with a letter or `_`".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a user name has at most {LONGEST} characters"));
        }
        Ok(UserName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{UserName, Value};

    #[test]
    fn accepts_accounts() {
        for text in ["root", "deploy", "www-data", "_apt", "systemd-network"] {
            assert_eq!(UserName::parse(text).unwrap().as_str(), text);
        }
        assert!(UserName::parse("root").unwrap().is_root());
    }

    #[test]
    fn refuses() {
        let long = "a".repeat(33);
        for text in ["", "1000", "-x", "Deploy", "a b", "a:b", "a.b", "사용자", "a\0", "a\n", &long] {
            assert!(UserName::parse(text).is_err(), "{text:?}");
        }
    }
}
