//! When something is done again and again: each 15 minutes, daily, on the first Tuesday of the month.
//!
//! It refuses cron's five fields, and every interval that a clock would run unevenly (`45m` restarts each hour).

mod calendar;
mod coincidence;
mod cron;
mod systemd;
mod words;

pub use calendar::Recurrence;
pub use cron::Cron;

use super::{Duration, MonthDay, Time, Value, Weekday, YearDay};

/// When something is done again and again, on the clock of the system's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schedule {
    cadence: Cadence,
    at: Option<Time>,
}

/// How often. Where a day may be absent, none was stated, and the first one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    /// Every so many minutes; divides an hour.
    Minutes(u8),
    /// Every so many hours; divides a day.
    Hours(u8),
    /// Every day.
    Day,
    /// Monday to Friday.
    Weekdays,
    /// Every week on that day.
    Week(Option<Weekday>),
    /// Every month on that day.
    Month(Option<MonthDay>),
    /// Every quarter: on that day of its first month, or of its last month when the day counts from the end.
    Quarter(Option<MonthDay>),
    /// Every year on that day.
    Year(Option<YearDay>),
}

/// The intervals that a clock runs evenly, in minutes.
const INTERVALS: [u64; 19] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

impl Schedule {
    /// A schedule from its parts, as they are written: `every "month" on="first tuesday" at="02:00"`.
    pub fn new(every: &str, at: Option<Time>, on: Option<&str>) -> Result<Schedule, String> {
        let cadence = match (every, on) {
            ("week", on) => Cadence::Week(on.map(Weekday::parse).transpose()?),
            ("month", on) => Cadence::Month(on.map(MonthDay::parse).transpose()?),
            ("quarter", on) => Cadence::Quarter(on.map(MonthDay::parse).transpose()?),
            ("year", on) => Cadence::Year(on.map(YearDay::parse).transpose()?),
            (_, Some(_)) => {
                return Err("`on` says the day of a `week`, `month`, `quarter` or `year`".into());
            }
            ("minute", None) => Cadence::Minutes(1),
            ("hour", None) => Cadence::Hours(1),
            ("day", None) => Cadence::Day,
            ("weekday", None) => Cadence::Weekdays,
            (other, None) => match Weekday::parse(other) {
                Ok(day) => Cadence::Week(Some(day)),
                Err(_) => interval(other)?,
            },
        };
        match (cadence, at) {
            (Cadence::Minutes(_), Some(_)) => {
                Err("`at` needs a schedule that runs each hour or less often".into())
            }
            (Cadence::Hours(n), Some(at)) if at.hour() >= n => {
                Err(format!("`at` is the first time of the day here, and so before `{n:02}:00`"))
            }
            _ => Ok(Schedule { cadence, at }),
        }
    }

    /// How often.
    pub const fn cadence(self) -> Cadence {
        self.cadence
    }

    /// The stated time of day.
    pub const fn at(self) -> Option<Time> {
        self.at
    }

    /// The (first) time of day: the stated one, else midnight.
    pub fn time(self) -> Time {
        self.at.unwrap_or(Time::MIDNIGHT)
    }

    /// The longest time between two runs on an undisturbed clock.
    pub const fn period(self) -> Duration {
        match self.cadence {
            Cadence::Minutes(n) => Duration::from_minutes(n as u64),
            Cadence::Hours(n) => Duration::from_hours(n as u64),
            Cadence::Day => Duration::from_days(1),
            // From Friday to Monday.
            Cadence::Weekdays => Duration::from_days(3),
            Cadence::Week(_) => Duration::from_days(7),
            // A counted weekday comes after four or five whole weeks.
            Cadence::Month(Some(MonthDay::Nth(..))) => Duration::from_days(35),
            Cadence::Month(_) => Duration::from_days(31),
            Cadence::Quarter(Some(MonthDay::Nth(..))) => Duration::from_days(98),
            Cadence::Quarter(_) => Duration::from_days(92),
            Cadence::Year(_) => Duration::from_days(366),
        }
    }
}

/// `every "15m"`, or why not.
fn interval(text: &str) -> Result<Cadence, String> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.contains(' ') {
        return Err(meant(text));
    }
    let duration = Duration::parse(text)?;
    let (minutes, rest) = (duration.millis() / 60_000, duration.millis() % 60_000);
    if rest != 0 || minutes == 0 {
        return Err("a schedule counts in whole minutes: the shortest is `1m`".into());
    }
    match (minutes, INTERVALS.binary_search(&minutes)) {
        (1440, _) => Ok(Cadence::Day),
        (1441.., _) => {
            Err("a schedule of more than a day says its day: `sunday`, `week`, `month`, `quarter` or \
                            `year`"
                .into())
        }
        (1..=59, Ok(_)) => Ok(Cadence::Minutes(minutes as u8)),
        (_, Ok(_)) => Ok(Cadence::Hours((minutes / 60) as u8)),
        (_, Err(place)) => {
            let [below, above] = [place.saturating_sub(1), place]
                .map(|i| INTERVALS.get(i).map_or(Duration::ZERO, |n| Duration::from_minutes(*n)).compose());
            Err(format!("the clock cannot be divided evenly into {duration}: write `{below}` or `{above}`"))
        }
    }
}

/// The error for a word that is no cadence.
fn meant(text: &str) -> String {
    let word = match text.to_ascii_lowercase().as_str() {
        "minutely" | "minutes" | "minute" => Some("minute"),
        "hourly" | "hours" | "hour" => Some("hour"),
        "daily" | "days" | "day" | "night" | "nightly" => Some("day"),
        "weekdays" | "weekday" | "workday" | "workdays" => Some("weekday"),
        "weekly" | "weeks" | "week" => Some("week"),
        "monthly" | "months" | "month" => Some("month"),
        "quarterly" | "quarters" | "quarter" => Some("quarter"),
        "yearly" | "years" | "year" | "annually" => Some("year"),
        _ => Weekday::meant(text),
    };
    match word {
        Some(word) => format!("write `{word}`"),
        None if text.split_whitespace().count() == 5 => {
            "a schedule is not written as cron fields: write `15m`, `day`, `sunday` or `month`".into()
        }
        None => {
            "a schedule is an interval such as `15m` or `6h`, or `day`, `weekday`, a day such as `sunday`, \
                 `week`, `month`, `quarter` or `year`"
                .into()
        }
    }
}

impl Value for Schedule {
    const WHAT: &'static str = "a schedule";
    const EXAMPLES: &'static [&'static str] =
        &["day", "sunday", "15m", "6h", "weekday", "week", "month", "quarter"];

    /// A schedule that states no day and no time of its own.
    fn parse(text: &str) -> Result<Self, String> {
        Schedule::new(text, None, None)
    }
}

impl std::fmt::Display for Schedule {
    /// As it is written: `every "month" on="first tuesday" at="02:00"`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (every, on) = match self.cadence {
            Cadence::Minutes(n) => (format!("{n}m"), None),
            Cadence::Hours(n) => (format!("{n}h"), None),
            Cadence::Day => ("day".into(), None),
            Cadence::Weekdays => ("weekday".into(), None),
            Cadence::Week(Some(day)) => (day.to_string(), None),
            Cadence::Week(None) => ("week".into(), None),
            Cadence::Month(on) => ("month".into(), on.map(|d| d.to_string())),
            Cadence::Quarter(on) => ("quarter".into(), on.map(|d| d.to_string())),
            Cadence::Year(on) => ("year".into(), on.map(|d| d.to_string())),
        };
        write!(f, "every \"{every}\"")?;
        if let Some(on) = on {
            write!(f, " on=\"{on}\"")?;
        }
        match self.at {
            Some(at) => write!(f, " at=\"{at}\""),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
