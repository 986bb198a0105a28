//! A part of a day, from a time to a time: `09:00-18:00`.
//!
//! It refuses to be empty or a whole day, which needs no words.

use super::{Time, Value};

/// A part of a day, which may go on past midnight. What is at its end is outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartOfDay {
    from: Time,
    until: Time,
}

impl PartOfDay {
    /// When it begins.
    pub const fn from(self) -> Time {
        self.from
    }

    /// The first time after it.
    pub const fn until(self) -> Time {
        self.until
    }

    /// How long it is, in minutes.
    pub const fn minutes(self) -> u16 {
        (self.until.minute_of_day() + Time::MINUTES_OF_DAY - self.from.minute_of_day()) % Time::MINUTES_OF_DAY
    }

    /// Whether it ends on the day after that on which it begins; at midnight it ends with its day.
    pub const fn is_past_midnight(self) -> bool {
        self.from.minute_of_day() + self.minutes() > Time::MINUTES_OF_DAY
    }
}

impl Value for PartOfDay {
    const WHAT: &'static str = "a part of the day";
    const EXAMPLES: &'static [&'static str] = &["09:00-18:00", "22:00-06:00"];

    fn parse(text: &str) -> Result<Self, String> {
        let (from, until) =
            text.split_once('-').ok_or("a part of the day is from a time to a time, as in `09:00-18:00`")?;
        let until = if until == "24:00" { "00:00" } else { until };
        let part = PartOfDay { from: Time::parse(from)?, until: Time::parse(until)? };
        if part.minutes() == 0 {
            return Err("it ends when it begins: a part of the day is from a time to another".into());
        }
        Ok(part)
    }
}

impl std::fmt::Display for PartOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}-{}", self.from, self.until))
    }
}

#[cfg(test)]
mod tests {
    use super::{PartOfDay, Value};

    #[test]
    fn knows_how_long_it_is() {
        for (text, minutes, past) in [
            ("09:00-18:00", 540, false),
            ("22:00-06:30", 510, true),
            ("18:00-24:00", 360, false),
            ("00:00-00:01", 1, false),
        ] {
            let part = PartOfDay::parse(text).unwrap();
            assert_eq!((part.minutes(), part.is_past_midnight()), (minutes, past), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "-",
            "09:00",
            "9:00-18:00",
            "09:00-09:00",
            "24:00-09:00",
            "09:00 - 18:00",
            "09:00-18:00-19:00",
            "09:00–18:00",
        ] {
            assert!(PartOfDay::parse(text).is_err(), "{text:?}");
        }
    }
}
