//! Yes or no.
//!
//! It refuses `yes`, `on` and `1`; KDL has two words for it.

use super::Value;

impl Value for bool {
    const WHAT: &'static str = "a boolean";
    const EXAMPLES: &'static [&'static str] = &["true", "false"];

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("a boolean is `#true` or `#false`".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn knows_two_words() {
        assert_eq!((bool::parse("true"), bool::parse("false")), (Ok(true), Ok(false)));
        for text in ["", "yes", "on", "1", "True"] {
            assert!(bool::parse(text).is_err(), "{text:?}");
        }
    }
}
