//! A telephone number, as people write it.
//!
//! It refuses to understand it: extensions, spaces and words around the number are all in use.

use super::{Line, Value};
use std::sync::Arc;

/// A telephone number on one line, at most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(Arc<str>);

checked_text!(Phone);

const LONGEST: usize = 64;

impl Value for Phone {
    const WHAT: &'static str = "a telephone number";
    const EXAMPLES: &'static [&'static str] = &["+82-2-1234-5678"];

    fn parse(text: &str) -> Result<Self, String> {
        let line = Line::parse(text).map_err(|e| e.replacen("a line of text", "a telephone number", 1))?;
        match line.as_str().chars().count() {
            _ if text.trim().is_empty() => Err("a telephone number cannot be empty".into()),
            0..=LONGEST => Ok(Phone(text.into())),
            _ => Err(format!("a telephone number has at most {LONGEST} characters")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Phone, Value};

    #[test]
    fn accepts_what_people_write() {
        for text in ["+82-2-1234-5678", "xxx-xxxx-xxxx", "02) 123-4567 내선 12"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses() {
        let long = "1".repeat(65);
        for text in ["", " ", "1\n2", "1\0", &long] {
            assert!(Phone::parse(text).is_err(), "{text:?}");
        }
    }
}
