//! A day that each month has: a number, the last one, or a weekday counted from either end.
//!
//! It refuses the 29th to the 31st, which some months lack.

use super::{Language, Value, Weekday};

/// A day that each month has exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonthDay {
    /// From 1 to 28.
    Day(u8),
    /// The last day, whatever its number is.
    Last,
    /// A weekday, counted.
    Nth(Nth, Weekday),
}

/// Which one of the same weekdays of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the ordinals say themselves")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Last,
}

impl Nth {
    const ALL: [Nth; 5] = [Nth::First, Nth::Second, Nth::Third, Nth::Fourth, Nth::Last];
    const NAMES: [&'static str; 5] = ["first", "second", "third", "fourth", "last"];

    /// The days of a month that it can fall on, whatever the weekday is.
    pub const fn days(self) -> (u8, u8) {
        match self {
            Nth::First => (1, 7),
            Nth::Second => (8, 14),
            Nth::Third => (15, 21),
            Nth::Fourth => (22, 28),
            Nth::Last => (22, 31),
        }
    }
}

impl MonthDay {
    /// Whether it is counted from the end of the month.
    pub const fn is_from_end(self) -> bool {
        matches!(self, MonthDay::Last | MonthDay::Nth(Nth::Last, _))
    }

    /// For people, without the month: `the 15th`, `the last day`, `the first Tuesday`; `15일`, `말일`, `첫째 화요일`.
    pub fn words(self, language: Language) -> String {
        match self {
            MonthDay::Day(n) => language.pick(format!("the {n}{}", ordinal_suffix(n)), format!("{n}일")),
            MonthDay::Last => language.pick("the last day", "말일").into(),
            MonthDay::Nth(nth, day) => {
                let nth = language.pick(Nth::NAMES, ["첫째", "둘째", "셋째", "넷째", "마지막"])[nth as usize];
                let day = day.words(language);
                language.pick(format!("the {nth} {day}"), format!("{nth} {day}"))
            }
        }
    }
}

fn ordinal_suffix(n: u8) -> &'static str {
    match (n % 10, n / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

impl Value for MonthDay {
    const WHAT: &'static str = "a day of the month";
    const EXAMPLES: &'static [&'static str] = &["1", "15", "last", "first tuesday", "last friday"];

    fn parse(text: &str) -> Result<Self, String> {
        if text == "last" {
            return Ok(MonthDay::Last);
        }
        if let Some((nth, day)) = text.split_once(' ') {
            let nth = Nth::ALL.into_iter().find(|n| Nth::NAMES[*n as usize] == nth);
            return match (nth, day) {
                (Some(Nth::Last), "day") => Err("the last day of the month is written `last`".into()),
                (Some(nth), day) => Ok(MonthDay::Nth(nth, Weekday::parse(day)?)),
                (None, _) if text.starts_with("fifth ") => {
                    Err("not every month has a fifth one of a weekday: write `last` for the last one".into())
                }
                (None, _) => Err(SHAPE.into()),
            };
        }
        // `31st` and `15th` are the numbers that people say.
        let number = ["st", "nd", "rd", "th"].iter().find_map(|suffix| text.strip_suffix(suffix));
        if let Some(day) =
            number.and_then(|number| number.parse().ok()).filter(|day: &u8| (1..=31).contains(day))
        {
            MonthDay::parse(&format!("{day}"))?;
            return Err(format!("a day of the month is a number: write `{day}`"));
        }
        match text.parse::<u8>() {
            Ok(_) if !text.bytes().all(|b| b.is_ascii_digit()) || text.starts_with("00") => Err(SHAPE.into()),
            Ok(1..=28) if text.starts_with('0') => Err("a day of the month has no leading zero".into()),
            Ok(n @ 1..=28) => Ok(MonthDay::Day(n)),
            Ok(29..=31) => {
                Err("not every month has that day: write a day up to `28`, or `last` for the last day".into())
            }
            _ => Err(SHAPE.into()),
        }
    }
}

const SHAPE: &str = "a day of the month is a number from 1 to 28, `last`, or a weekday such as `first tuesday` or `last friday`";

impl std::fmt::Display for MonthDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MonthDay::Day(n) => f.pad(&n.to_string()),
            MonthDay::Last => f.pad("last"),
            MonthDay::Nth(nth, day) => f.pad(&format!("{} {day}", Nth::NAMES[*nth as usize])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MonthDay, Value};
    use crate::values::Language;

    #[test]
    fn reads_and_speaks() {
        for (text, english, korean) in [
            ("1", "the 1st", "1일"),
            ("12", "the 12th", "12일"),
            ("23", "the 23rd", "23일"),
            ("last", "the last day", "말일"),
            ("first tuesday", "the first Tuesday", "첫째 화요일"),
            ("last friday", "the last Friday", "마지막 금요일"),
        ] {
            let day = MonthDay::parse(text).unwrap();
            assert_eq!(day.to_string(), text);
            assert_eq!(
                (day.words(Language::English).as_str(), day.words(Language::Korean).as_str()),
                (english, korean)
            );
        }
    }

    #[test]
    fn refuses_days_that_some_months_lack() {
        for text in ["29", "31", "31st", "fifth monday"] {
            assert!(MonthDay::parse(text).unwrap_err().starts_with("not every month"), "{text:?}");
        }
        for text in [
            "",
            "0",
            "01",
            "00",
            "32",
            "+1",
            "-1",
            "first",
            "last day",
            "first  tuesday",
            "third someday",
            "1\0",
        ] {
            assert!(MonthDay::parse(text).is_err(), "{text:?}");
        }
        assert!(MonthDay::parse("15th").unwrap_err().ends_with("write `15`"));
    }
}
