//! A share of a hundred, such as a bound on errors or on the use of a disk.
//!
//! It refuses to be a float: `99.9%` is 0.999 and never 0.9990000000000001.

use super::{Decimal, Value};

/// A percentage in whole parts per million, at most 10 000 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    ppm: u64,
}

const WHOLE: u64 = 1_000_000;
const PPM_PER_PERCENT: i128 = 10_000;
const LARGEST: u64 = 100 * WHOLE;

impl Percent {
    /// Parts per million.
    pub const fn ppm(self) -> u64 {
        self.ppm
    }

    /// As a ratio, exactly: 5 % is `0.05`.
    pub const fn ratio(self) -> Decimal {
        Decimal::millionths(self.ppm as i128)
    }

    /// The number before the `%` sign, exactly.
    pub fn number(self) -> Decimal {
        Decimal::millionths(self.ppm as i128 * 100)
    }

    /// What is missing to 100 %; nothing when it is more.
    pub const fn rest(self) -> Percent {
        Percent { ppm: WHOLE.saturating_sub(self.ppm) }
    }

    /// This share of `n`, rounded down.
    pub fn of(self, n: u64) -> u64 {
        let share = u128::from(n) * u128::from(self.ppm) / u128::from(WHOLE);
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}

impl Value for Percent {
    const WHAT: &'static str = "a percentage";
    const EXAMPLES: &'static [&'static str] = &["5%", "99.9%"];

    fn parse(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').ok_or("a percentage ends with `%`, as in `5%`")?;
        let number = Decimal::parse(number).map_err(|e| e.replacen("a number", "a percentage", 1))?;
        if number.as_millionths() < 0 {
            return Err("a percentage cannot be negative".into());
        }
        // A millionth of a percent is a hundredth of a part per million.
        let (ppm, lost) = (number.as_millionths() / 100, number.as_millionths() % 100);
        if lost != 0 {
            return Err("a percentage has at most 4 digits behind the point".into());
        }
        match u64::try_from(ppm) {
            Ok(ppm) if ppm <= LARGEST => Ok(Percent { ppm }),
            _ => Err(format!("a percentage is at most {}%", i128::from(LARGEST) / PPM_PER_PERCENT)),
        }
    }
}

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}%", self.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Percent, Value};

    #[test]
    fn is_exact() {
        for (text, ratio) in [
            ("5%", "0.05"),
            ("99.9%", "0.999"),
            ("0%", "0"),
            ("100%", "1"),
            ("0.0001%", "0.000001"),
            ("150%", "1.5"),
        ] {
            let percent = Percent::parse(text).unwrap();
            assert_eq!((percent.to_string().as_str(), percent.ratio().to_string().as_str()), (text, ratio));
        }
        assert_eq!(Percent::parse("99.90%").unwrap().to_string(), "99.9%");
    }

    #[test]
    fn takes_shares() {
        let percent = Percent::parse("99.9%").unwrap();
        assert_eq!((percent.of(1000), percent.of(u64::MAX) > 1 << 63), (999, true));
        assert_eq!(percent.rest().to_string(), "0.1%");
        assert_eq!(Percent::parse("150%").unwrap().rest().ppm(), 0);
    }

    #[test]
    fn refuses() {
        for text in
            ["", "%", "5", "5 %", "-5%", "5%%", "0.00001%", "10001%", "abc%", "5%\0", "999999999999999999%"]
        {
            assert!(Percent::parse(text).is_err(), "{text:?}");
        }
    }
}
