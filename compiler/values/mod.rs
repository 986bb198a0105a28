//! The nouns of the language: each is made once from text, says what it is, and is right ever after.
//!
//! It refuses to know of KDL, spans or diagnostics; the reader adds those. One noun per file.

/// A quantity or name that is written as text and checked as what it is.
pub trait Value: Sized {
    /// What it is, with its article, as messages and the reference page call it: `a duration`.
    const WHAT: &'static str;
    /// Correct examples, as they are typed; the first is shown in messages.
    const EXAMPLES: &'static [&'static str];

    /// Reads `text`. The error says what is wrong with the text (lower case, no full stop), not where.
    fn parse(text: &str) -> Result<Self, String>;
}

impl Value for bool {
    const WHAT: &'static str = "a boolean";
    const EXAMPLES: &'static [&'static str] = &["true"];

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("write #true or #false".into()),
        }
    }
}
