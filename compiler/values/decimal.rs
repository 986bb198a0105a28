//! A number with a decimal point, kept exactly: bounds, processor shares, settings.
//!
//! It refuses to be a float: what is printed is what was written, and sums do not drift.

use super::{Value, character};

/// A number with up to six digits behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal {
    millionths: i128,
}

const ONE: i128 = 1_000_000;
/// Digits before the point that are accepted; all programs that read the result hold these exactly enough.
const DIGITS: usize = 18;
/// Digits behind the point.
const PLACES: usize = 6;

impl Decimal {
    /// The whole number `n`.
    pub const fn whole(n: i64) -> Decimal {
        Decimal { millionths: n as i128 * ONE }
    }

    /// `n` millionths.
    pub const fn millionths(n: i128) -> Decimal {
        Decimal { millionths: n }
    }

    /// How many millionths it is.
    pub const fn as_millionths(self) -> i128 {
        self.millionths
    }

    /// The number if it has nothing behind the point.
    pub fn as_whole(self) -> Option<i128> {
        self.is_whole().then_some(self.millionths / ONE)
    }

    /// Whether nothing is behind the point.
    pub fn is_whole(self) -> bool {
        self.millionths % ONE == 0
    }

    /// Whether it is above zero.
    pub fn is_positive(self) -> bool {
        self.millionths > 0
    }
}

impl Value for Decimal {
    const WHAT: &'static str = "a number";
    const EXAMPLES: &'static [&'static str] = &["2.0", "0.5", "100", "-5"];

    fn parse(text: &str) -> Result<Self, String> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        if let Some(wrong) = character::outside(digits, |c| c.is_ascii_digit() || c == '.') {
            return Err(format!("a number has only digits and one point, not {wrong}"));
        }
        if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
            return Err("a number has digits, and digits on both sides of a point, as in `0.5`".into());
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > PLACES {
            return Err(format!("a number has at most {PLACES} digits behind the point"));
        }
        if whole.trim_start_matches('0').len() > DIGITS {
            return Err(format!("a number has at most {DIGITS} digits before the point"));
        }
        let digits = format!("{whole}{fraction:0<PLACES$}");
        // Digits only, and few enough for the type: a fold cannot overflow and needs no error.
        let amount =
            digits.bytes().fold(0i128, |sum, digit| sum.saturating_mul(10) + i128::from(digit - b'0'));
        Ok(Decimal { millionths: if negative { -amount } else { amount } })
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.millionths < 0 { "-" } else { "" };
        let (whole, rest) =
            (self.millionths.unsigned_abs() / ONE as u128, self.millionths.unsigned_abs() % ONE as u128);
        if rest == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        let places = format!("{rest:06}");
        f.pad(&format!("{sign}{whole}.{}", places.trim_end_matches('0')))
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Value};

    #[test]
    fn prints_what_was_written() {
        for (text, shown) in [
            ("2.0", "2"),
            ("0.5", "0.5"),
            ("-5", "-5"),
            ("0.000001", "0.000001"),
            ("-0.10", "-0.1"),
            ("0", "0"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(Decimal::parse("007").unwrap().to_string(), "7");
        assert_eq!(Decimal::parse("-0").unwrap().to_string(), "0");
        assert_eq!(Decimal::parse("999999999999999999").unwrap().to_string(), "999999999999999999");
    }

    #[test]
    fn refuses_what_is_no_number() {
        let long = "9".repeat(100_000);
        for text in
            ["", "-", ".", ".5", "5.", "1.2.3", "1e3", "1_000", "+1", "--1", "٣", "0.0000001", "1\0", &long]
        {
            assert!(Decimal::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn knows_whole_numbers() {
        assert_eq!(Decimal::parse("4.0").unwrap().as_whole(), Some(4));
        assert_eq!(Decimal::parse("4.5").unwrap().as_whole(), None);
        assert!(!Decimal::parse("0").unwrap().is_positive());
    }
}
