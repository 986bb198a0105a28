//! A schedule as people say it.
//!
//! It refuses to say a day or a time that nobody stated.

use super::{Cadence, Schedule, Weekdays};
use crate::values::{Language, MonthDay, Time, Weekday};

impl Schedule {
    /// `on the first Tuesday of every month at 02:00`, `매월 첫째 화요일 02:00`.
    pub fn words(self, language: Language) -> String {
        let days = language.pick(self.english(), self.korean());
        let times: Vec<String> = self.at.iter().map(|time| time.to_string()).collect();
        match (times.as_slice(), self.cadence, language) {
            ([], _, _) => days,
            ([at, ..], Cadence::Hours(_), Language::English) => format!("{days} from {at}"),
            ([at, ..], Cadence::Hours(_), Language::Korean) => format!("{at}부터 {days}"),
            (times, _, Language::English) => format!("{days} at {}", all_of(times)),
            (times, _, Language::Korean) => format!("{days} {}", times.join(", ")),
        }
    }

    fn english(self) -> String {
        let day = |day: MonthDay| day.words(Language::English);
        match self.cadence {
            Cadence::Minutes(n) => every(u16::from(n), Language::English),
            Cadence::Hours(n) => every(u16::from(n) * 60, Language::English),
            Cadence::Day => "every day".into(),
            Cadence::Weekdays => "every weekday".into(),
            Cadence::Week(None) => "every week".into(),
            Cadence::Week(Some(day)) => format!("every {}", day.words(Language::English)),
            Cadence::Boot => "at every start of the machine".into(),
            Cadence::Within(window) => {
                let every = every(window.step(), Language::English);
                let (first, last) = window.ends();
                let part = match (window.part(), first) {
                    (None, Time::MIDNIGHT) => String::new(),
                    (None, first) => format!(" from {first}"),
                    _ => format!(" from {first} to {last}"),
                };
                let names: Vec<String> =
                    window.days().iter().map(|day| format!("{}s", day.words(Language::English))).collect();
                match window.days() {
                    Weekdays::ALL => format!("{every}{part}"),
                    Weekdays::WORKING => format!("{every}{part} on weekdays"),
                    _ => format!("{every}{part} on {}", all_of(&names)),
                }
            }
            Cadence::Days(days) => {
                let names: Vec<&str> = days.iter().map(|day| day.words(Language::English)).collect();
                format!("every {}", all_of(&names))
            }
            Cadence::MonthDays(days) => {
                let numbers: Vec<String> = days.iter().map(|n| day(MonthDay::Day(n))).collect();
                format!("on {} of every month", all_of(&numbers))
            }
            Cadence::Month(None) => "every month".into(),
            Cadence::Month(Some(on)) => format!("on {} of every month", day(on)),
            Cadence::Quarter(None) => "every quarter".into(),
            // The first month begins the quarter, so its nth day is the nth of the quarter.
            Cadence::Quarter(Some(on @ MonthDay::Day(_))) => format!("on {} day of every quarter", day(on)),
            Cadence::Quarter(Some(on)) => format!("on {} of every quarter", day(on)),
            Cadence::Year(None) => "every year".into(),
            Cadence::Year(Some(on)) => format!("every year on {}", on.words(Language::English)),
        }
    }

    fn korean(self) -> String {
        let day = |day: MonthDay| day.words(Language::Korean);
        match self.cadence {
            Cadence::Minutes(n) => every(u16::from(n), Language::Korean),
            Cadence::Hours(n) => every(u16::from(n) * 60, Language::Korean),
            Cadence::Day => "매일".into(),
            Cadence::Weekdays => "평일마다".into(),
            Cadence::Week(None) => "매주".into(),
            Cadence::Week(Some(day)) => format!("매주 {}", day.words(Language::Korean)),
            Cadence::Boot => "서버가 시작될 때마다".into(),
            Cadence::Within(window) => {
                let every = every(window.step(), Language::Korean);
                let (first, last) = window.ends();
                let part = match (window.part(), first) {
                    (None, Time::MIDNIGHT) => String::new(),
                    (None, first) => format!("{first}부터 "),
                    _ => format!("{first}부터 {last}까지 "),
                };
                let names: Vec<&str> = window.days().iter().map(|day| day.words(Language::Korean)).collect();
                match window.days() {
                    Weekdays::ALL => format!("{part}{every}"),
                    Weekdays::WORKING => format!("평일 {part}{every}"),
                    _ => format!("매주 {} {part}{every}", names.join("·")),
                }
            }
            Cadence::Days(days) => {
                let names: Vec<&str> = days.iter().map(|day: Weekday| day.words(Language::Korean)).collect();
                format!("매주 {}", names.join("·"))
            }
            Cadence::MonthDays(days) => {
                let numbers: Vec<String> = days.iter().map(|n| day(MonthDay::Day(n))).collect();
                format!("매월 {}", numbers.join("·"))
            }
            Cadence::Month(None) => "매월".into(),
            Cadence::Month(Some(on)) => format!("매월 {}", day(on)),
            Cadence::Quarter(None) => "매 분기".into(),
            Cadence::Quarter(Some(on @ MonthDay::Day(_))) => format!("매 분기 첫 달 {}", day(on)),
            Cadence::Quarter(Some(on)) => format!("매 분기 {}", day(on)),
            Cadence::Year(None) => "매년".into(),
            Cadence::Year(Some(on)) => format!("매년 {}", on.words(Language::Korean)),
        }
    }
}

/// `every 10 minutes`, `10분마다`: so many minutes, which are whole hours from 60 on.
fn every(minutes: u16, language: Language) -> String {
    match (minutes, language) {
        (1, Language::English) => "every minute".into(),
        (1, Language::Korean) => "매분".into(),
        (60, Language::English) => "every hour".into(),
        (..60, Language::English) => format!("every {minutes} minutes"),
        (..60, Language::Korean) => format!("{minutes}분마다"),
        (_, Language::English) => format!("every {} hours", minutes / 60),
        (_, Language::Korean) => format!("{}시간마다", minutes / 60),
    }
}

/// `03:00, 09:00 and 15:00`.
fn all_of<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        some => some.concat(),
    }
}
