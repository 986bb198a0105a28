//! A month of a year, such as the one that a plan counts from.
//!
//! It refuses days: what is said of a month is not known to the day.

use super::Value;

/// A year and a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since the beginning of year 0.
    months: u32,
}

impl Month {
    /// So many months later.
    pub const fn after(self, months: u32) -> Month {
        Month { months: self.months.saturating_add(months) }
    }
}

impl Value for Month {
    const WHAT: &'static str = "a month";
    const EXAMPLES: &'static [&'static str] = &["2026-12"];

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "a month is a year and a number from 01 to 12, as in `2026-12`".to_owned();
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let number = |text: &str, digits: usize| {
            let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
            if plain { text.parse::<u32>().ok() } else { None }
        };
        let (year, month) = (number(year, 4).ok_or_else(wrong)?, number(month, 2).ok_or_else(wrong)?);
        if !(1..=12).contains(&month) {
            return Err(wrong());
        }
        Ok(Month { months: year * 12 + month - 1 })
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.months / 12, self.months % 12 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Month, Value};

    #[test]
    fn counts_over_the_year() {
        let december = Month::parse("2026-12").unwrap();
        assert_eq!(december.to_string(), "2026-12");
        assert_eq!([december.after(1).to_string(), december.after(13).to_string()], ["2027-01", "2028-01"]);
        for text in
            ["", "2026", "2026-13", "2026-00", "2026-1", "26-12", "2026-12-01", "２０２６-12", "2026-12\0"]
        {
            assert!(Month::parse(text).is_err(), "{text:?}");
        }
    }
}
