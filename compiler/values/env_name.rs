//! The name of an environment variable or of a secret that becomes one.
//!
//! It refuses what a shell could not read back as a variable.

use super::{Value, character};
use std::sync::Arc;

/// A variable name: letters, digits and `_`, not beginning with a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvName(Arc<str>);

checked_text!(EnvName);

/// Longer names are a mistake, and a line of an env file stays readable.
const LONGEST: usize = 128;

impl EnvName {
    /// The name as a file name, for secrets that are handed over as files: lower case.
    pub fn file_name(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl Value for EnvName {
    const WHAT: &'static str = "a variable name";
    const EXAMPLES: &'static [&'static str] = &["LLM_API_KEY", "REDIS_URL"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a variable name cannot be empty".into());
        }
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("a variable name has only letters, digits and `_`, not {wrong}"));
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("a variable name does not begin with a digit".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a variable name has at most {LONGEST} characters"));
        }
        Ok(EnvName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{EnvName, Value};

    #[test]
    fn accepts_variables() {
        for text in ["LLM_API_KEY", "_x", "npm_config_cache", "A1"] {
            assert_eq!(EnvName::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(EnvName::parse("DB_PASSWORD").unwrap().file_name(), "db_password");
    }

    #[test]
    fn refuses_what_a_shell_cannot_read() {
        for text in ["", "1A", "A-B", "A B", "A=B", "A$", "한", "A\0", "A.B"] {
            assert!(EnvName::parse(text).is_err(), "{text:?}");
        }
    }
}
