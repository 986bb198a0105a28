//! A day that each year has: month and day.
//!
//! It refuses 29 February, which most years lack.

use super::{Language, Value};

/// A month and a day of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearDay {
    month: u8,
    day: u8,
}

const LENGTHS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl YearDay {
    /// The first day of the year.
    pub const FIRST: YearDay = YearDay { month: 1, day: 1 };

    /// From 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// From 1 to the length of the month.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// For people: `1 March`, `3월 1일`.
    pub fn words(self, language: Language) -> String {
        let names = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let name = names.get(usize::from(self.month) - 1).copied().unwrap_or_default();
        language.pick(format!("{} {name}", self.day), format!("{}월 {}일", self.month, self.day))
    }
}

impl Value for YearDay {
    const WHAT: &'static str = "a day of the year";
    const EXAMPLES: &'static [&'static str] = &["01-15", "12-31"];

    fn parse(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "a day of the year is month and day with two digits each, as in `01-15`";
        let (month, day) = text.split_once('-').ok_or(SHAPE)?;
        let number = |part: &str| -> Option<u8> {
            (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        match (number(month).ok_or(SHAPE)?, number(day).ok_or(SHAPE)?) {
            (2, 29) => Err("most years have no 29 February: write `02-28` or `03-01`".into()),
            (month @ 1..=12, day) if (1..=LENGTHS[usize::from(month) - 1]).contains(&day) => {
                Ok(YearDay { month, day })
            }
            (1..=12, _) => Err("that month does not have that day".into()),
            _ => Err("a month is from `01` to `12`".into()),
        }
    }
}

impl std::fmt::Display for YearDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:02}-{:02}", self.month, self.day))
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, YearDay};
    use crate::values::Language;

    #[test]
    fn accepts_days() {
        for text in ["01-01", "02-28", "12-31"] {
            assert_eq!(YearDay::parse(text).unwrap().to_string(), text);
        }
        let day = YearDay::parse("03-01").unwrap();
        assert_eq!(
            (day.words(Language::English), day.words(Language::Korean)),
            ("1 March".into(), "3월 1일".into())
        );
    }

    #[test]
    fn refuses_the_rest() {
        for text in
            ["", "-", "1-1", "13-01", "00-01", "01-00", "01-32", "04-31", "02-29", "01-1\0", "2026-01-01"]
        {
            assert!(YearDay::parse(text).is_err(), "{text:?}");
        }
    }
}
