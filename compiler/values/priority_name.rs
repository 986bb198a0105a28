//! The name of a priority, by which people call how urgent something is: `P0`, `level-1`.
//!
//! It refuses what could not also be a label's value and a word of a regular expression as it is.

use super::{Value, character};
use std::sync::Arc;

/// Letters, digits and single `-` inside, beginning with a letter, at most 20 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriorityName(Arc<str>);

checked_text!(PriorityName);

const LONGEST: usize = 20;

impl Value for PriorityName {
    const WHAT: &'static str = "a priority";
    const EXAMPLES: &'static [&'static str] = &["P0", "level-1", "SEV2"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the name of a priority cannot be empty".into());
        }
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(format!("the name of a priority has only letters, digits and `-`, not {wrong}"));
        }
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err("the name of a priority begins with a letter, as in `P1`".into());
        }
        if text.ends_with('-') || text.contains("--") {
            return Err("each `-` in the name of a priority stands alone between letters or digits".into());
        }
        if text.len() > LONGEST {
            return Err(format!("the name of a priority has at most {LONGEST} characters"));
        }
        Ok(PriorityName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{PriorityName, Value};

    #[test]
    fn reads_what_people_call_them() {
        for text in ["P0", "p1", "level-1", "SEV2"] {
            assert_eq!(PriorityName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "1", "-P", "P-", "P--1", "P 1", "P|1", "P.1", "P\0", "긴급", &"P".repeat(21)] {
            assert!(PriorityName::parse(text).is_err(), "{text:?}");
        }
    }
}
