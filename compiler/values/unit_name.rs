//! The name of a unit of systemd: `postgresql.service`, `srv-data.mount`.
//!
//! It refuses specifiers and names without an ending, which say not what the unit is.

use super::{Value, character};
use std::sync::Arc;

/// A unit, with its ending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName(Arc<str>);

checked_text!(UnitName);

/// What a unit can be.
const ENDINGS: [&str; 9] =
    ["service", "socket", "timer", "mount", "automount", "path", "slice", "target", "swap"];

impl Value for UnitName {
    const WHAT: &'static str = "a name of a unit of systemd";
    const EXAMPLES: &'static [&'static str] =
        &["postgresql.service", "srv-data.mount", "openvpn@office.service"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c))
        {
            return Err(format!("the name of a unit has only letters, digits and `:-_.\\@`, not {wrong}"));
        }
        match text.rsplit_once('.') {
            Some((stem, end)) if ENDINGS.contains(&end) && !stem.is_empty() && text.len() <= 255 => {
                Ok(UnitName(text.into()))
            }
            _ => {
                Err("the name of a unit ends with what it is, as in `postgresql.service` or `srv-data.mount`"
                    .into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{UnitName, Value};

    #[test]
    fn names() {
        for text in UnitName::EXAMPLES {
            assert_eq!(UnitName::parse(text).unwrap().as_str(), *text);
        }
        for text in [
            "",
            "postgresql",
            ".service",
            "a b.service",
            "a.service\n",
            "%i.service",
            "a.servic",
            "a/b.mount",
        ] {
            assert!(UnitName::parse(text).is_err(), "{text:?}");
        }
    }
}
