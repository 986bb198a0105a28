//! The name and the value of a header in an HTTP response.
//!
//! It refuses `$`, for which nginx has no escape: it would put a variable there.

use super::{Value, character};
use std::sync::Arc;

/// The name of a header: letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderName(Arc<str>);

checked_text!(HeaderName);

/// The value of a header: ASCII that can be seen, and single blanks inside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderValue(Arc<str>);

checked_text!(HeaderValue);

const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 4096;

impl HeaderName {
    /// Whether both name the same header, whose case does not matter.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl Value for HeaderName {
    const WHAT: &'static str = "a header name";
    const EXAMPLES: &'static [&'static str] = &["X-Frame-Options", "Content-Security-Policy"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(format!("a header name has only letters, digits and `-`, not {wrong}"));
        }
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.ends_with('-') {
            return Err("a header name begins with a letter and does not end with `-`".into());
        }
        if text.len() > LONGEST_NAME {
            return Err(format!("a header name has at most {LONGEST_NAME} characters"));
        }
        Ok(HeaderName(text.into()))
    }
}

impl Value for HeaderValue {
    const WHAT: &'static str = "a header value";
    const EXAMPLES: &'static [&'static str] = &["DENY", "default-src 'self'"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| matches!(c, ' '..='~') && c != '$') {
            return Err(match wrong.as_str() {
                "`$`" => "a header value has no `$`: nginx would put a variable there".into(),
                _ => format!("a header value has only ASCII characters that can be seen, not {wrong}"),
            });
        }
        if text.is_empty() || text.trim() != text {
            return Err("a header value is not empty, and has no blank at its beginning or end".into());
        }
        if text.len() > LONGEST_VALUE {
            return Err(format!("a header value has at most {LONGEST_VALUE} characters"));
        }
        Ok(HeaderValue(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderName, HeaderValue, Value};

    #[test]
    fn accepts_headers() {
        assert!(HeaderName::parse("X-Frame-Options").unwrap().is("x-frame-options"));
        for text in ["DENY", "default-src 'self'; img-src *", "say \"hi\" \\o/"] {
            assert_eq!(HeaderValue::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_headers_that_would_inject() {
        let long = "a".repeat(4097);
        for text in ["", "A:", "A B", "1A", "A_B", "A-", "-A", "A\n", "가", &long] {
            assert!(HeaderName::parse(text).is_err(), "{text:?}");
        }
        for text in ["", " a", "a ", "a\r\nSet-Cookie: x", "a\0", "$host", "한글", "\t", &long] {
            assert!(HeaderValue::parse(text).is_err(), "{text:?}");
        }
    }
}
