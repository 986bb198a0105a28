//! What one argument or property can hold.

use super::node::{Entry, Scalar};
use crate::values::Value;

/// A value that one argument or property holds. Every [`Value`] is one; references to secrets are others.
pub trait FromEntry: Sized {
    /// What it is, with its article.
    const WHAT: &'static str;
    /// Whether the examples are all that there is.
    const FEW: bool = false;
    /// Correct examples as they are typed in KDL, quotes included.
    fn examples() -> Vec<String>;
    /// Reads an entry; the error says what is wrong.
    fn from_entry(entry: &Entry) -> Result<Self, String>;
}

impl<T: Value> FromEntry for T {
    const WHAT: &'static str = T::WHAT;
    const FEW: bool = T::FEW;

    fn examples() -> Vec<String> {
        T::EXAMPLES.iter().map(|example| typed(example)).collect()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        if let Some(annotation) = &entry.annotation {
            if ["template", "variable"].contains(&annotation.as_str()) {
                return Err("it has to be known when the system is compiled: write the value itself, or pass the key on to compose in `compose { … }`".into());
            }
            return Err(format!("`({annotation})` has no meaning here"));
        }
        match &entry.scalar {
            Scalar::Null => Err("`#null` is no value".into()),
            scalar => T::parse(&scalar.text()),
        }
    }
}

/// An example as it is typed: numbers and booleans bare, the rest in quotes.
fn typed(example: &str) -> String {
    match example {
        "true" | "false" => format!("#{example}"),
        _ if example.parse::<f64>().is_ok() => example.to_owned(),
        _ => format!("{example:?}"),
    }
}
