//! The permission bits of a file.
//!
//! It refuses letters (`u+rw`), which change a mode instead of being one.

use super::Value;

/// Permission bits, as `chmod` takes them in octal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mode(u32);

impl Mode {
    /// The bits.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl Value for Mode {
    const WHAT: &'static str = "a file mode";
    const EXAMPLES: &'static [&'static str] = &["0644", "0755", "0600"];

    fn parse(text: &str) -> Result<Self, String> {
        if !matches!(text.len(), 3 | 4) || !text.bytes().all(|b| matches!(b, b'0'..=b'7')) {
            return Err("a file mode is three or four octal digits, as in `0644`".into());
        }
        u32::from_str_radix(text, 8).map(Mode).map_err(|e| e.to_string())
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:04o}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, Value};

    #[test]
    fn accepts_modes() {
        for (text, shown) in [("644", "0644"), ("0755", "0755"), ("1777", "1777"), ("000", "0000")] {
            assert_eq!(Mode::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(Mode::parse("0646").unwrap().bits(), 0o646);
    }

    #[test]
    fn refuses() {
        for text in ["", "64", "00644", "0888", "rw-", "u+rw", "-644", "+644", "0x1", "٦٤٤", "644\0"] {
            assert!(Mode::parse(text).is_err(), "{text:?}");
        }
    }
}
