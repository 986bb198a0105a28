//! A schedule as cron runs it.
//!
//! It refuses to restrict day of month and day of week in one line, because cron runs such a line when either
//! matches. A counted weekday is a range of days and a guard instead.

use super::{Cadence, Schedule};
use crate::values::{MonthDay, Weekday, month_day::Nth};

/// The five fields of a crontab line, and what a shell must find true before the command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Minute, hour, day of month, month, day of week.
    pub fields: String,
    /// A POSIX shell test of the date, true on exactly the days meant. It needs GNU `date`, holds `%`, which a
    /// crontab line wants escaped, and sees the right day only in the time zone that cron itself uses.
    pub guard: Option<String>,
}

impl Schedule {
    /// The schedule as a line of a crontab.
    pub fn cron(self) -> Cron {
        let (minute, hour) = (self.time().minute(), self.time().hour());
        let daily = |rest: &str| Cron { fields: format!("{minute} {hour} {rest}"), guard: None };
        match self.cadence {
            Cadence::Minutes(1) => Cron { fields: "* * * * *".into(), guard: None },
            Cadence::Minutes(n) => Cron { fields: format!("*/{n} * * * *"), guard: None },
            Cadence::Hours(n) => {
                let hours: String = match (n, hour) {
                    (1, _) => "*".into(),
                    // Not `*/n`, which cron leaves out in the hour that is skipped and repeats in the one that is told twice.
                    (n, first) => format!("{first}-23/{n}"),
                };
                Cron { fields: format!("{minute} {hours} * * *"), guard: None }
            }
            Cadence::Day => daily("* * *"),
            Cadence::Weekdays => daily("* * 1-5"),
            Cadence::Week(day) => daily(&format!("* * {}", day.unwrap_or(Weekday::Monday).cron())),
            Cadence::Month(on) => {
                let (days, guard) = days(on.unwrap_or(MonthDay::Day(1)));
                Cron { guard, ..daily(&format!("{days} * *")) }
            }
            Cadence::Quarter(on) => {
                let on = on.unwrap_or(MonthDay::Day(1));
                let (days, guard) = days(on);
                let months = if on.is_from_end() { "3,6,9,12" } else { "1,4,7,10" };
                Cron { guard, ..daily(&format!("{days} {months} *")) }
            }
            Cadence::Year(on) => {
                let on = on.unwrap_or(crate::values::YearDay::FIRST);
                daily(&format!("{} {} *", on.day(), on.month()))
            }
        }
    }
}

/// The days of the month that can be meant, and the test for the one that is.
fn days(on: MonthDay) -> (String, Option<String>) {
    match on {
        MonthDay::Day(n) => (n.to_string(), None),
        MonthDay::Last => ("28-31".into(), Some(format!("[ {} = 01 ]", date_at_noon("tomorrow")))),
        MonthDay::Nth(nth, day) => {
            let (first, last) = nth.days();
            let mut guard = format!("[ \"$(date +%u)\" = {} ]", day.iso());
            if nth == Nth::Last {
                guard.push_str(&format!(" && [ {} -le 07 ]", date_at_noon("7 days")));
            }
            (format!("{first}-{last}"), Some(guard))
        }
    }
}

/// The day of the month after `distance` from today. At noon, because the hour of the run may not exist on that
/// day when clocks change.
fn date_at_noon(distance: &str) -> String {
    format!("\"$(date -d '12:00 {distance}' +%d)\"")
}
