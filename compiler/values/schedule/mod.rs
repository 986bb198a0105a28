//! When something is done again and again: each 15 minutes, daily, on the first Tuesday of the month.
//!
//! It refuses cron's five fields, and every interval that a clock would run unevenly (`45m` restarts each hour).

mod calendar;
mod coincidence;
mod cron;
mod sets;
mod systemd;
mod window;
mod words;

pub use calendar::Recurrence;
pub use cron::Cron;
pub use sets::{MonthDays, Times, Weekdays};
pub use systemd::{CalendarTimes, OnCalendar};
pub use window::Window;

use super::{Duration, MonthDay, PartOfDay, Time, Value, Weekday, YearDay};

/// When something is done again and again, on the clock of the system's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schedule {
    cadence: Cadence,
    at: Times,
}

/// How often. Where a day may be absent, none was stated, and the first one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    /// Every so many minutes; divides an hour.
    Minutes(u8),
    /// Every so many hours; divides a day.
    Hours(u8),
    /// Every so many minutes or hours, within a part of the day or on some days of the week.
    Within(Window),
    /// Every day.
    Day,
    /// Monday to Friday.
    Weekdays,
    /// Every week on that day.
    Week(Option<Weekday>),
    /// Every week on these days, of which there are several.
    Days(Weekdays),
    /// Every month on that day.
    Month(Option<MonthDay>),
    /// Every month on these days, of which there are several.
    MonthDays(MonthDays),
    /// Every quarter: on that day of its first month, or of its last month when the day counts from the end.
    Quarter(Option<MonthDay>),
    /// Every year on that day.
    Year(Option<YearDay>),
    /// Each time that the machine has started.
    Boot,
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
            (every, Some(day)) => return Schedule::within(every, at.as_slice(), &[day], None),
            ("minute", None) => Cadence::Minutes(1),
            ("hour", None) => Cadence::Hours(1),
            ("day", None) => Cadence::Day,
            ("boot", None) => Cadence::Boot,
            ("weekday", None) => Cadence::Weekdays,
            (other, None) => match Weekday::parse(other) {
                Ok(day) => Cadence::Week(Some(day)),
                Err(_) => interval(other)?,
            },
        };
        Schedule::at_times(cadence, at.as_slice())
    }

    /// A schedule of several days or several times of the day: `every "monday" "thursday" { at "03:00" "15:00" }`.
    pub fn several(every: &[&str], at: &[Time], on: &[&str]) -> Result<Schedule, String> {
        let cadence = match (every, on) {
            ([every], [] | [_]) => Schedule::new(every, None, on.first().copied())?.cadence,
            (["week"], days) => Cadence::Days(Weekdays::read(days)?),
            (["month"], days) => Cadence::MonthDays(MonthDays::read(days)?),
            ([every], days) => return Schedule::within(every, at, days, None),
            (days, []) => Cadence::Days(Weekdays::read(days)?),
            _ => return Err("`on` says the days of one `week` or `month`".into()),
        };
        Schedule::at_times(cadence, at)
    }

    /// A schedule within a part of the day, or on some days of the week:
    /// `every "10m" between="09:00-18:00" on="weekday"`.
    pub fn within(
        every: &str,
        at: &[Time],
        on: &[&str],
        between: Option<PartOfDay>,
    ) -> Result<Schedule, String> {
        let plain = Schedule::several(&[every], at, &[])?;
        let step = match plain.cadence {
            Cadence::Minutes(n) => u16::from(n),
            Cadence::Hours(n) => u16::from(n) * 60,
            _ if between.is_some() => {
                return Err("`between` is for what runs several times a day, such as `10m` or `hour`; its days stand in `on`".into());
            }
            _ if on.len() > 1 => return Err("several days can be those of a `week`, of a `month`, or of an interval such as `15m`".into()),
            _ => return Err("`on` says the day of a `week`, `month`, `quarter` or `year`, or the weekdays of an interval such as `15m`".into()),
        };
        let window = Window::read(step, at.first().copied(), on, between)?;
        Ok(Schedule { cadence: Cadence::Within(window), at: Times::default() })
    }

    fn at_times(cadence: Cadence, at: &[Time]) -> Result<Schedule, String> {
        match (cadence, at) {
            (Cadence::Minutes(_), [_, ..]) => {
                Err("`at` needs a schedule that runs each hour or less often".into())
            }
            (Cadence::Boot, [_, ..]) => Err("when a machine starts is at no time of the day".into()),
            (Cadence::Hours(_), [_, _, ..]) => {
                Err("`at` is the first time of the day here, of which there is one".into())
            }
            (Cadence::Hours(n), [at]) if at.hour() >= n => {
                Err(format!("`at` is the first time of the day here, and so before `{n:02}:00`"))
            }
            _ => Ok(Schedule { cadence, at: Times::read(at)? }),
        }
    }

    /// How often.
    pub const fn cadence(self) -> Cadence {
        self.cadence
    }

    /// The stated times of day, in their order.
    pub fn at(self) -> impl Iterator<Item = Time> {
        self.at.iter()
    }

    /// The (first) time of day: the stated one, else midnight.
    pub fn time(self) -> Time {
        self.at.iter().next().unwrap_or(Time::MIDNIGHT)
    }

    /// Whether the clock says when it runs, and not what happens to the machine.
    pub const fn is_by_the_clock(self) -> bool {
        !matches!(self.cadence, Cadence::Boot)
    }

    /// The same schedule at each of its times alone.
    pub fn singles(self) -> impl Iterator<Item = Schedule> {
        let times: Vec<Option<Time>> = self.at.iter().map(Some).collect();
        let times = if times.is_empty() { vec![None] } else { times };
        times.into_iter().map(move |time| Schedule { at: Times::of(time), ..self })
    }

    /// The longest time between two runs on an undisturbed clock. Nobody knows when a machine starts: once in a year.
    pub fn period(self) -> Duration {
        let minutes: Vec<u64> = match self.cadence {
            Cadence::Within(window) => window.minutes().into_iter().map(u64::from).collect(),
            _ => self.at.iter().map(|time| u64::from(time.minute_of_day())).collect(),
        };
        let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else { return self.days_apart() };
        // From the last of one day to the first of the next, or from one to the next of a day.
        let within = minutes.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(0);
        let between = self.days_apart().whole_seconds() / 60 - (last - first);
        Duration::from_minutes(between.max(within))
    }

    /// The longest time between the same times of two days on which it runs.
    fn days_apart(self) -> Duration {
        match self.cadence {
            Cadence::Minutes(n) => Duration::from_minutes(u64::from(n)),
            Cadence::Hours(n) => Duration::from_hours(u64::from(n)),
            Cadence::Day => Duration::from_days(1),
            // From Friday to Monday.
            Cadence::Weekdays => Duration::from_days(3),
            Cadence::Week(_) => Duration::from_days(7),
            Cadence::Days(days) => Duration::from_days(days.longest_gap()),
            Cadence::Within(window) => Duration::from_days(window.days().longest_gap()),
            // A counted weekday comes after four or five whole weeks.
            Cadence::Month(Some(MonthDay::Nth(..))) => Duration::from_days(35),
            Cadence::Month(_) => Duration::from_days(31),
            Cadence::MonthDays(days) => Duration::from_days(days.longest_gap()),
            Cadence::Quarter(Some(MonthDay::Nth(..))) => Duration::from_days(98),
            Cadence::Quarter(_) => Duration::from_days(92),
            Cadence::Year(_) | Cadence::Boot => Duration::from_days(366),
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
        "reboot" | "@reboot" | "start" | "startup" => Some("boot"),
        _ => Weekday::meant(text),
    };
    match word {
        Some(word) => format!("write `{word}`"),
        None if text.split_whitespace().count() == 5 => {
            "a schedule is not written as cron fields: write `15m`, `day`, `sunday` or `month`".into()
        }
        None => {
            "a schedule is an interval such as `15m` or `6h`, or `day`, `weekday`, a day such as `sunday`, \
                 `week`, `month`, `quarter`, `year` or `boot`"
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
            Cadence::Days(days) => {
                (days.iter().map(|day| day.to_string()).collect::<Vec<_>>().join("\" \""), None)
            }
            Cadence::Month(on) => ("month".into(), on.map(|d| d.to_string())),
            Cadence::MonthDays(_) => ("month".into(), None),
            Cadence::Boot => ("boot".into(), None),
            Cadence::Within(window) => match window.step() {
                step @ ..60 => (format!("{step}m"), None),
                step => (format!("{}h", step / 60), None),
            },
            Cadence::Quarter(on) => ("quarter".into(), on.map(|d| d.to_string())),
            Cadence::Year(on) => ("year".into(), on.map(|d| d.to_string())),
        };
        write!(f, "every \"{every}\"")?;
        if let Some(on) = on {
            write!(f, " on=\"{on}\"")?;
        }
        let mut inside = Vec::new();
        if let Cadence::Within(window) = self.cadence {
            match (window.part(), window.ends()) {
                (Some((from, until)), _) => write!(f, " between=\"{from}-{until}\"")?,
                (None, (Time::MIDNIGHT, _)) => {}
                (None, (first, _)) => write!(f, " at=\"{first}\"")?,
            }
            let days: Vec<String> = window.days().iter().map(|day| day.to_string()).collect();
            match (window.days(), days.as_slice()) {
                (Weekdays::ALL, _) => {}
                (Weekdays::WORKING, _) => write!(f, " on=\"weekday\"")?,
                (_, [day]) => write!(f, " on=\"{day}\"")?,
                (_, days) => inside.push(format!("on \"{}\"", days.join("\" \""))),
            }
        }
        if let Cadence::MonthDays(days) = self.cadence {
            inside
                .push(format!("on {}", days.iter().map(|day| day.to_string()).collect::<Vec<_>>().join(" ")));
        }
        let times: Vec<String> = self.at.iter().map(|time| format!("\"{time}\"")).collect();
        match times.as_slice() {
            [] => {}
            [only] => write!(f, " at={only}")?,
            several => inside.push(format!("at {}", several.join(" "))),
        }
        if inside.is_empty() { Ok(()) } else { write!(f, " {{ {} }}", inside.join("; ")) }
    }
}

#[cfg(test)]
mod tests;
