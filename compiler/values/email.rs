//! A mail address of a person or a team.
//!
//! It refuses the rare forms that the standard allows (quotes, comments, Unicode): they do not survive YAML, a shell
//! and every mail server.

use super::{Hostname, Value, character};
use std::sync::Arc;

/// A mail address: a plain local part, `@` and a host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Arc<str>);

checked_text!(Email);

impl Email {
    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl Value for Email {
    const WHAT: &'static str = "a mail address";
    const EXAMPLES: &'static [&'static str] = &["infra@example.com"];

    fn parse(text: &str) -> Result<Self, String> {
        let (local, domain) =
            text.split_once('@').ok_or("a mail address has an `@`, as in `infra@example.com`")?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
        if let Some(wrong) = character::outside(local, allowed) {
            return Err(format!(
                "a mail address has only letters, digits and `._+-` before the `@`, not {wrong}"
            ));
        }
        if local.is_empty() || local.len() > 64 {
            return Err("a mail address has 1 to 64 characters before the `@`".into());
        }
        if local.starts_with(['.', '-']) || local.ends_with('.') || local.contains("..") {
            return Err("a dot in a mail address stands alone between letters, and the address does not begin with `-`".into());
        }
        Hostname::parse(domain).map_err(|e| format!("the part behind the `@` is wrong: {e}"))?;
        if text.len() > 254 {
            return Err("a mail address has at most 254 characters".into());
        }
        Ok(Email(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, Value};

    #[test]
    fn accepts_addresses() {
        for text in ["infra@example.com", "a.b+c_d-e@x.kr", "root@localhost"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
        let email = Email::parse("infra@example.com").unwrap();
        assert_eq!((email.local(), email.domain()), ("infra", "example.com"));
    }

    #[test]
    fn refuses() {
        let long = format!("{}@a.com", "a".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@a",
            "a",
            "a@b@c",
            "a b@c",
            "\"a\"@c",
            "a@C.com",
            "-a@b",
            ".a@b",
            "a.@b",
            "a..b@c",
            "김@a.kr",
            "a@b\0",
            "a'@b",
            "$x@b",
            "a@[1.2.3.4]",
            "a@1.2.3.4",
            "A <a@b.c>",
            &long,
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }
}
