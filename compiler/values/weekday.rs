//! A day of the week.
//!
//! It refuses numbers, since programs disagree on which day is 0, and short forms.

use super::{Language, Value};

/// A day of the week; the order is that of ISO 8601, from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the days say themselves")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All seven, from Monday.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    const NAMES: [&'static str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// The number that `date +%u` prints: Monday is 1, Sunday is 7.
    pub const fn iso(self) -> u8 {
        self as u8 + 1
    }

    /// The number in a crontab that all crons know: Sunday is 0.
    pub const fn cron(self) -> u8 {
        self.iso() % 7
    }

    /// As systemd writes it: `Tue`.
    pub fn systemd(self) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][self as usize]
    }

    /// For people: `Tuesday`, `화요일`.
    pub fn words(self, language: Language) -> &'static str {
        let english = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let korean = ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"];
        language.pick(english, korean)[self as usize]
    }

    /// The day that a short, capital or plural form means.
    pub(super) fn meant(text: &str) -> Option<&'static str> {
        let text = text.to_ascii_lowercase();
        let text = text.strip_suffix('s').filter(|t| t.ends_with("day")).unwrap_or(&text);
        Self::NAMES.into_iter().find(|name| text.len() >= 3 && name.starts_with(text))
    }
}

impl Value for Weekday {
    const WHAT: &'static str = "a day of the week";
    const EXAMPLES: &'static [&'static str] = &["sunday", "monday"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(day) = Self::ALL.into_iter().find(|day| Self::NAMES[*day as usize] == text) {
            return Ok(day);
        }
        Err(match Self::meant(text) {
            Some(name) => format!("a day of the week is written whole and in lower case: write `{name}`"),
            None => "a day of the week is `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday` or `sunday`"
                .into(),
        })
    }
}

impl std::fmt::Display for Weekday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, Weekday};

    #[test]
    fn knows_the_week() {
        for day in Weekday::ALL {
            assert_eq!(Weekday::parse(&day.to_string()), Ok(day));
        }
        assert_eq!((Weekday::Sunday.cron(), Weekday::Sunday.iso(), Weekday::Sunday.systemd()), (0, 7, "Sun"));
        assert_eq!((Weekday::Monday.cron(), Weekday::Monday.iso()), (1, 1));
    }

    #[test]
    fn says_what_was_meant() {
        assert!(Weekday::parse("Tue").unwrap_err().ends_with("write `tuesday`"));
        assert!(Weekday::parse("Sundays").unwrap_err().ends_with("write `sunday`"));
        for text in ["", "s", "day", "1", "월요일", "sunday\0", "someday"] {
            assert!(Weekday::parse(text).is_err(), "{text:?}");
        }
    }
}
