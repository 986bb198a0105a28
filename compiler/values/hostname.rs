//! The name of a machine or a domain in DNS.
//!
//! It refuses Unicode (in DNS such names are punycode), capitals, `_`, and numbers that look like an address.

use super::{Value, character};
use std::sync::Arc;

/// Host names: one, or every one below it. As text it is `*.example.com` then, as nginx and certificates have it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPattern(Hostname);

impl HostPattern {
    /// The name, or the pattern in its place.
    pub fn name(&self) -> &Hostname {
        &self.0
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Value for HostPattern {
    const WHAT: &'static str = "a host name, or `*.` before one";
    const EXAMPLES: &'static [&'static str] = &["meet.example.com", "*.example.com"];

    fn parse(text: &str) -> Result<Self, String> {
        let Some(below) = text.strip_prefix("*.") else { return Hostname::parse(text).map(HostPattern) };
        match Hostname::parse(below)? {
            name if name.is_address() || !below.contains('.') => {
                Err("a wildcard stands before a name with a dot, as in `*.example.com`".into())
            }
            _ => Ok(HostPattern(Hostname(text.into()))),
        }
    }
}

/// A host name: labels of lower-case letters, digits and `-`, joined by dots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hostname(Arc<str>);

checked_text!(Hostname);

const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;
/// Names that no public authority signs: reserved by RFC 2606, 6761, 6762 and 8375, and `lan` by custom.
const NEVER_PUBLIC: [&str; 8] =
    ["localhost", "local", "internal", "lan", "test", "example", "invalid", "home.arpa"];

impl Hostname {
    /// Whether it can exist in public DNS, so that an authority could sign a certificate for it.
    pub fn can_be_public(&self) -> bool {
        if self.is_address() {
            return false;
        }
        let is_below =
            |zone: &str| self.0.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.0.contains('.') && !NEVER_PUBLIC.into_iter().any(is_below)
    }

    /// The address as a name: what is reached by its address has no other.
    pub fn of(address: std::net::Ipv4Addr) -> Hostname {
        Hostname(address.to_string().into())
    }

    /// Whether it stands for every name below one: only a [`HostPattern`] has such a name.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Whether it is an address, and no name.
    pub fn is_address(&self) -> bool {
        self.0.parse::<std::net::Ipv4Addr>().is_ok()
    }
}

impl Value for Hostname {
    const WHAT: &'static str = "a host name";
    const EXAMPLES: &'static [&'static str] = &["meet.example.com", "localhost"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a host name cannot be empty".into());
        }
        if text.contains("://") {
            return Err("a host name stands alone: leave the scheme and the path away".into());
        }
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.');
        if let Some(wrong) = text.chars().find(|c| !allowed(*c)) {
            let named = character::named(wrong);
            return Err(match wrong {
                'A'..='Z' => {
                    format!("a host name is in lower case: write `{}`", shown(&text.to_ascii_lowercase()))
                }
                c if !c.is_ascii() => {
                    format!(
                        "a host name cannot hold {named}: write the name in punycode, as in `xn--3e0b707e`"
                    )
                }
                '*' => "a host name has no wildcard here".into(),
                ':' => "a host name has no port".into(),
                '/' => "a host name has no path".into(),
                _ => format!("a host name has only a-z, 0-9, `-` and dots, not {named}"),
            });
        }
        if text.ends_with('.') {
            return Err("a host name does not end with a dot".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a host name has at most {LONGEST} characters"));
        }
        for label in text.split('.') {
            if label.is_empty() {
                return Err("a host name has no empty part between dots".into());
            }
            if label.len() > LONGEST_LABEL {
                return Err(format!("each part of a host name has at most {LONGEST_LABEL} characters"));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err("no part of a host name begins or ends with `-`".into());
            }
        }
        if text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err("the last part of a host name is not a number".into());
        }
        Ok(Hostname(text.into()))
    }
}

/// `text` as far as it can be shown in a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{HostPattern, Hostname, Value};

    #[test]
    fn all_names_below_one() {
        let pattern = |text| HostPattern::parse(text).map(|pattern| pattern.name().is_wildcard());
        assert_eq!((pattern("*.a.com"), pattern("a.com")), (Ok(true), Ok(false)));
        for text in ["*", "*.com", "*.*.com", "a.*.com", "*.10.0.0.1", "*a.com"] {
            assert!(pattern(text).is_err(), "{text}");
        }
    }

    #[test]
    fn accepts_names() {
        let long = format!("{}.com", "a".repeat(63));
        for text in
            ["localhost", "meet.company.com", "a.b", "xn--3e0b707e.kr", "1password.com", "db-1", &long]
        {
            assert_eq!(Hostname::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn knows_what_an_authority_can_sign() {
        let public = |text| Hostname::parse(text).unwrap().can_be_public();
        assert!(public("meet.company.com") && public("localhost.company.com") && public("mylocal.kr"));
        assert!(!public("localhost") && !public("db.internal") && !public("x.home.arpa") && !public("app"));
        assert!(public("aicli.example.com"), "example.com is a real domain, unlike the zone `example`");
    }

    #[test]
    fn refuses_with_a_reason() {
        let (long, label) = (format!("{}a", "a.".repeat(127)), "a".repeat(64));
        for (text, reason) in [
            ("", "empty"),
            ("Meet.com", "write `meet.com`"),
            ("한국.kr", "punycode"),
            ("a_b.com", "`_`"),
            ("https://a.com", "scheme"),
            ("a.com:80", "port"),
            ("a.com/x", "path"),
            ("*.a.com", "wildcard"),
            ("a.com.", "dot"),
            ("a..b", "empty part"),
            (".a", "empty part"),
            ("-a.com", "`-`"),
            ("a-.com", "`-`"),
            ("10.0.0.1", "number"),
            ("a\0", "NUL"),
            (&long, "253"),
            (&label, "63"),
        ] {
            assert!(Hostname::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
