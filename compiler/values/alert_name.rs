//! The name of an alert.
//!
//! It refuses what could not also be the name of a heading, of a silence and of a label's value.

use super::{Value, character};
use std::sync::Arc;

/// A name in CamelCase: `MemoryHigh`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertName(Arc<str>);

checked_text!(AlertName);

const LONGEST: usize = 200;

impl Value for AlertName {
    const WHAT: &'static str = "an alert name";
    const EXAMPLES: &'static [&'static str] = &["Down", "MemoryHigh", "Latency95Critical"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an alert name cannot be empty".into());
        }
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric()) {
            return Err(format!("an alert name has only letters and digits, not {wrong}"));
        }
        if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err("an alert name is in CamelCase, as in `MemoryHigh`".into());
        }
        if text.len() > LONGEST {
            return Err(format!("an alert name has at most {LONGEST} characters"));
        }
        Ok(AlertName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{AlertName, Value};

    #[test]
    fn reads_camel_case() {
        assert_eq!(AlertName::parse("MemoryHigh").unwrap().as_str(), "MemoryHigh");
        let long = "A".repeat(201);
        for text in ["", "down", "Memory High", "Memory-High", "9Lives", "메모리", "A\0", &long] {
            assert!(AlertName::parse(text).is_err(), "{text:?}");
        }
    }
}
