//! A network interface of a host, such as `eth1`.
//!
//! It refuses what the kernel has no room for, and what ufw takes for something else.

use super::{Value, character};
use std::sync::Arc;

/// The name of an interface; `+` at its end stands for any that begins like it, as in `wg+`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interface(Arc<str>);

checked_text!(Interface);

/// The kernel keeps 16 bytes, the last of which is none of the name.
const LONGEST: usize = 15;

impl Value for Interface {
    const WHAT: &'static str = "a network interface";
    const EXAMPLES: &'static [&'static str] = &["eth1", "wg0", "enp3s0.100"];

    fn parse(text: &str) -> Result<Self, String> {
        let name = text.strip_suffix('+').unwrap_or(text);
        if name.is_empty() || text.len() > LONGEST {
            return Err(format!("a network interface has a name of 1 to {LONGEST} characters, as in `eth1`"));
        }
        if let Some(wrong) =
            character::outside(name, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        {
            return Err(format!(
                "a network interface has only letters, digits, `.`, `_` and `-`, not {wrong}"
            ));
        }
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err("a network interface begins with a letter or a digit".into());
        }
        Ok(Interface(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Interface, Value};

    #[test]
    fn accepts_what_the_kernel_has() {
        for text in ["eth0", "wg+", "enp3s0.100", "br-0a1b2c3d4e5f", "tailscale0"] {
            assert_eq!(Interface::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "+", "eth0:1", "-i", "a b", "sixteen-letters0", "eth/0", "!eth0", "e+h"] {
            assert!(Interface::parse(text).is_err(), "{text:?}");
        }
    }
}
