//! A mail address with the name that people see beside it: `Shop alerts <alerts@example.com>`.
//!
//! It refuses names with anything but letters, digits, blanks and `._-`: they need no quotes in a header of a mail.

use super::{Email, Value};

/// A mail address, perhaps with a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    name: Option<String>,
    address: Email,
}

impl Mailbox {
    /// As it stands in a header of a mail, where a name with a dot wants quotes.
    pub fn header(&self) -> String {
        match &self.name {
            Some(name) if name.contains('.') => format!("\"{name}\" <{}>", self.address),
            _ => self.to_string(),
        }
    }
}

impl Value for Mailbox {
    const WHAT: &'static str = "a mail address, perhaps with a name";
    const EXAMPLES: &'static [&'static str] = &["alerts@example.com", "Shop alerts <alerts@example.com>"];

    fn parse(text: &str) -> Result<Self, String> {
        let Some((name, rest)) = text.split_once(" <") else {
            return Ok(Mailbox { name: None, address: Email::parse(text)? });
        };
        let address = rest.strip_suffix('>').ok_or("the address behind a name stands in `<…>`")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || " ._-".contains(c);
        if name.trim() != name || name.is_empty() || !name.chars().all(plain) || name.len() > 60 {
            return Err("the name before a mail address has only letters, digits, blanks and `._-`".into());
        }
        Ok(Mailbox { name: Some(name.to_owned()), address: Email::parse(address)? })
    }
}

impl std::fmt::Display for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) => f.pad(&format!("{name} <{}>", self.address)),
            None => f.pad(self.address.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mailbox, Value};

    #[test]
    fn with_and_without_a_name() {
        for text in Mailbox::EXAMPLES {
            assert_eq!(Mailbox::parse(text).unwrap().to_string(), *text);
        }
        assert_eq!(Mailbox::parse("Shop Inc. <a@b.c>").unwrap().header(), "\"Shop Inc.\" <a@b.c>");
        for text in [
            "",
            "Shop <>",
            " <a@b.c>",
            "Shop <a@b.c",
            "A, B <a@b.c>",
            "\"x\" <a@b.c>",
            "{{ x }} <a@b.c>",
            "a\n <a@b.c>",
        ] {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
    }
}
