//! The name of a volume, a network or a secret within a compose project, as an engine keeps it.
//!
//! It refuses what an engine refuses, and nothing more: such names are often older than the description.

use super::{Value, character};
use std::sync::Arc;

/// A name of letters, digits, `_`, `.` and `-`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineName(Arc<str>);

checked_text!(EngineName);

impl Value for EngineName {
    const WHAT: &'static str = "a name that the engine knows";
    const EXAMPLES: &'static [&'static str] = &["db-data", "prom_data", "frontend"];

    fn parse(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if let Some(wrong) = character::outside(text, allowed) {
            return Err(format!(
                "a name that the engine knows has only letters, digits and `_.-`, not {wrong}"
            ));
        }
        if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || text.len() > 255 {
            return Err(
                "a name that the engine knows begins with a letter or digit and has at most 255 characters"
                    .into(),
            );
        }
        Ok(EngineName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{EngineName, Value};

    #[test]
    fn what_engines_take() {
        for text in ["a", "prom_data", "A.b-c", "0x"] {
            assert_eq!(EngineName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "-a", ".a", "a/b", "a b", "a:b"] {
            assert!(EngineName::parse(text).is_err(), "{text:?}");
        }
    }
}
