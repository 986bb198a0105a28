//! The name of a label in Prometheus and Alertmanager.
//!
//! It refuses names that Prometheus keeps for itself.

use super::{Value, character};
use std::sync::Arc;

/// A label: letters, digits and `_`, not beginning with a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelName(Arc<str>);

checked_text!(LabelName);

impl Value for LabelName {
    const WHAT: &'static str = "a name of a label";
    const EXAMPLES: &'static [&'static str] = &["alertname", "service"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("the name of a label has only letters, digits and `_`, not {wrong}"));
        }
        if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("the name of a label begins with a letter".into());
        }
        if text.starts_with("__") || text.len() > 100 {
            return Err("names of labels that begin with `__`, or are very long, are Prometheus' own".into());
        }
        Ok(LabelName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelName, Value};

    #[test]
    fn names() {
        for text in ["alertname", "service", "_x", "a1"] {
            assert_eq!(LabelName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "1a", "__name__", "a-b", "a.b", "a b", "이름", "a\0", "..."] {
            assert!(LabelName::parse(text).is_err(), "{text:?}");
        }
    }
}
