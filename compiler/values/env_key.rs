//! The name of a variable in the environment of a container, which some programs read without a shell.
//!
//! It refuses what would end the name or could not be seen.

use super::{Value, character};
use std::sync::Arc;

/// A name such as `NODE_ENV`, or `discovery.type` for programs that take settings by their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvKey(Arc<str>);

checked_text!(EnvKey);

impl Value for EnvKey {
    const WHAT: &'static str = "a variable of the environment";
    const EXAMPLES: &'static [&'static str] = &["NODE_ENV", "discovery.type"];

    fn parse(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-:/@".contains(c);
        if let Some(wrong) = character::outside(text, allowed) {
            return Err(format!(
                "a variable of the environment has no {}",
                wrong.trim_start_matches("a ").trim_start_matches("the ")
            ));
        }
        if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || text.len() > 128 {
            return Err(
                "a variable of the environment begins with a letter or `_` and has at most 128 characters"
                    .into(),
            );
        }
        Ok(EnvKey(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{EnvKey, Value};

    #[test]
    fn names_that_programs_use() {
        for text in ["PATH", "node.name", "spring.datasource.url", "_x"] {
            assert_eq!(EnvKey::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "A=B", "a b", "9", "$A", "-x"] {
            assert!(EnvKey::parse(text).is_err(), "{text:?}");
        }
    }
}
