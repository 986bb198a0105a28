//! The hardware address of a network interface.
//!
//! It refuses the address of a group, which no interface can have.

use super::Value;

/// Six bytes in hexadecimal, such as `02:42:ac:1c:00:05`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacAddress(String);

impl Value for MacAddress {
    const WHAT: &'static str = "a hardware address";
    const EXAMPLES: &'static [&'static str] = &["02:42:ac:1c:00:05"];

    fn parse(text: &str) -> Result<Self, String> {
        let bytes: Option<Vec<u8>> = text
            .split(':')
            .map(|byte| {
                let digits = byte.len() == 2 && byte.bytes().all(|b| b.is_ascii_hexdigit());
                digits.then(|| u8::from_str_radix(byte, 16).ok()).flatten()
            })
            .collect();
        match bytes.as_deref() {
            Some([first, _, _, _, _, _]) if first % 2 == 1 => {
                Err("its first byte is odd: that is the address of a group, which no interface can have"
                    .into())
            }
            Some([_, _, _, _, _, _]) => Ok(MacAddress(text.to_ascii_lowercase())),
            _ => Err("a hardware address is six bytes of two hexadecimal digits: `02:42:ac:1c:00:05`".into()),
        }
    }
}

impl std::fmt::Display for MacAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{MacAddress, Value};

    #[test]
    fn has_one_form() {
        assert_eq!(MacAddress::parse("02:42:AC:1c:00:05").unwrap().to_string(), "02:42:ac:1c:00:05");
        for (text, reason) in [
            ("", "six bytes"),
            ("02:42:ac:1c:00", "six bytes"),
            ("02:42:ac:1c:00:5", "six bytes"),
            ("02-42-ac-1c-00-05", "six bytes"),
            ("02:42:ac:1c:00:+5", "six bytes"),
            ("03:42:ac:1c:00:05", "group"),
        ] {
            let found = MacAddress::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
