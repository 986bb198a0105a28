//! A TCP or UDP port that something listens on.
//!
//! It refuses port 0, which means "any", and ranges.

use super::Value;

/// A port from 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(std::num::NonZeroU16);

impl Port {
    /// The port `n`, unless it is 0.
    pub const fn new(n: u16) -> Option<Port> {
        match std::num::NonZeroU16::new(n) {
            Some(n) => Some(Port(n)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl Value for Port {
    const WHAT: &'static str = "a port";
    const EXAMPLES: &'static [&'static str] = &["8000", "443"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err("a port is a number from 1 to 65535".into());
        }
        if text.len() > 1 && text.starts_with('0') {
            return Err("a port has no leading zero".into());
        }
        text.parse().ok().and_then(Port::new).ok_or_else(|| "a port is from 1 to 65535".into())
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Port, Value};

    #[test]
    fn accepts_ports() {
        assert_eq!(Port::parse("1").unwrap().get(), 1);
        assert_eq!(Port::parse("65535").unwrap().to_string(), "65535");
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "0",
            "00",
            "080",
            "65536",
            "-1",
            "+80",
            "80 ",
            "80-90",
            "8O",
            "٨٠",
            "80\0",
            "99999999999999999999",
        ] {
            assert!(Port::parse(text).is_err(), "{text:?}");
        }
    }
}
