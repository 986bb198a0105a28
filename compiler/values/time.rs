//! A time of day, on the clock of the system's time zone.
//!
//! It refuses seconds and "am/pm"; cron knows neither.

use super::Value;

/// A time from 00:00 to 23:59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
}

impl Time {
    /// The start of the day.
    pub const MIDNIGHT: Time = Time { hour: 0, minute: 0 };

    /// Minutes of a day on which clocks are not changed.
    pub const MINUTES_OF_DAY: u16 = 24 * 60;

    /// From 0 to 23.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// From 0 to 59.
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// Minutes since the start of the day.
    pub const fn minute_of_day(self) -> u16 {
        self.hour as u16 * 60 + self.minute as u16
    }
}

impl Time {
    /// The time that many minutes after the start of the day; of a later day, the time of that.
    pub(super) const fn of_minute(minute: u16) -> Time {
        Time { hour: (minute / 60 % 24) as u8, minute: (minute % 60) as u8 }
    }
}

impl Value for Time {
    const WHAT: &'static str = "a time of day";
    const EXAMPLES: &'static [&'static str] = &["03:00", "23:45"];

    fn parse(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "a time of day is hours and minutes of a 24-hour clock, as in `03:00`";
        let (hour, minute) = text.split_once(':').ok_or(SHAPE)?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if hour.len() == 1 && two_digits(minute) && hour.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("a time of day has two digits on each side: write `0{text}`"));
        }
        if !two_digits(hour) || !two_digits(minute) {
            return Err(SHAPE.into());
        }
        match (hour.parse(), minute.parse()) {
            (Ok(24), Ok(0)) => Err("the day ends where the next begins: write `00:00`".into()),
            (Ok(hour @ 0..=23), Ok(minute @ 0..=59)) => Ok(Time { hour, minute }),
            _ => Err("a time of day is from `00:00` to `23:59`".into()),
        }
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:02}:{:02}", self.hour, self.minute))
    }
}

#[cfg(test)]
mod tests {
    use super::{Time, Value};

    #[test]
    fn accepts_times() {
        for text in ["00:00", "03:00", "23:59"] {
            assert_eq!(Time::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Time::parse("02:05").unwrap().minute_of_day(), 125);
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            ":",
            "3:00",
            "24:00",
            "12:60",
            "99:99",
            "03:00:00",
            "3pm",
            "+3:00",
            "03:0\0",
            "０３:00",
            "0３:0",
        ] {
            assert!(Time::parse(text).is_err(), "{text:?}");
        }
        assert!(Time::parse("3:00").unwrap_err().ends_with("write `03:00`"));
    }
}
