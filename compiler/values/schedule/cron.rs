//! A schedule as cron runs it.
//!
//! It refuses to restrict day of month and day of week in one line, because cron runs such a line when either
//! matches. A counted weekday is a range of days and a guard instead.

use super::{
    Cadence, Schedule, Weekdays,
    window::{Window, stretches},
};
use crate::values::{MonthDay, Weekday, month_day::Nth};

/// The five fields of a crontab line, and what a shell must find true before the command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Minute, hour, day of month, month, day of week, or `@reboot`: a line for each, since one line has the same minute
    /// in all of its hours.
    pub fields: Vec<String>,
    /// A POSIX shell test of the date, true on exactly the days meant. It needs GNU `date`, holds `%`, which a
    /// crontab line wants escaped, and sees the right day only in the time zone that cron itself uses.
    pub guard: Option<String>,
}

impl Schedule {
    /// The schedule as a line of a crontab.
    pub fn cron(self) -> Cron {
        let (minute, hour) = (self.time().minute(), self.time().hour());
        let line = |fields: String| Cron { fields: vec![fields], guard: None };
        let daily = |rest: &str| {
            let clock = self.clock().into_iter();
            Cron {
                fields: clock.map(|(minute, hours)| format!("{minute} {hours} {rest}")).collect(),
                guard: None,
            }
        };
        match self.cadence {
            Cadence::Boot => line("@reboot".into()),
            Cadence::Minutes(1) => line("* * * * *".into()),
            Cadence::Minutes(n) => line(format!("*/{n} * * * *")),
            Cadence::Hours(n) => {
                let hours: String = match (n, hour) {
                    (1, _) => "*".into(),
                    // Neither is `*/n`, which cron leaves out in the hour that is skipped and repeats in the one that is
                    // told twice. A few hours are read at a glance.
                    (n, first) if n >= 6 => listed((first..24).step_by(usize::from(n))),
                    (n, first) => format!("{first}-23/{n}"),
                };
                line(format!("{minute} {hours} * * *"))
            }
            Cadence::Within(window) => Cron { fields: within(window), guard: None },
            Cadence::Day => daily("* * *"),
            Cadence::Weekdays => daily("* * 1-5"),
            Cadence::Week(day) => daily(&format!("* * {}", day.unwrap_or(Weekday::Monday).cron())),
            Cadence::Days(days) => daily(&format!("* * {}", listed(numbers(days)))),
            Cadence::MonthDays(days) => daily(&format!("{} * *", listed(days.iter()))),
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

impl Schedule {
    /// The times of the day: each minute with its hours.
    fn clock(self) -> Vec<(u8, String)> {
        let mut times: Vec<(u8, Vec<u8>)> = Vec::new();
        for time in self.singles().map(Schedule::time) {
            match times.iter_mut().find(|(minute, _)| *minute == time.minute()) {
                Some((_, hours)) => hours.push(time.hour()),
                None => times.push((time.minute(), vec![time.hour()])),
            }
        }
        times.into_iter().map(|(minute, hours)| (minute, listed(hours))).collect()
    }
}

/// The lines of what runs within a part of the day. What is frequent has minutes that begin with `*` in every whole hour:
/// such a line follows what the clock tells when it is changed. The others are lists of times, each of which comes once.
fn within(window: Window) -> Vec<String> {
    let days = match window.days() {
        Weekdays::ALL => "*".to_owned(),
        days => ranges(&numbers(days)),
    };
    let whole = |minutes: &[u8]| {
        window.is_frequent()
            && minutes.len() * usize::from(window.step()) == 60
            && minutes.first() == Some(&0)
    };
    let clock = window.clock().into_iter();
    clock
        .map(|(minutes, hours)| {
            let minute = match window.step() {
                1 if whole(&minutes) => "*".to_owned(),
                step @ ..60 if whole(&minutes) => format!("*/{step}"),
                _ => ranges(&minutes),
            };
            let hour =
                if window.is_frequent() && hours.len() == 24 { "*".to_owned() } else { ranges(&hours) };
            format!("{minute} {hour} * * {days}")
        })
        .collect()
}

/// Days of the week as cron counts them, in its order.
fn numbers(days: Weekdays) -> Vec<u8> {
    let mut numbers: Vec<u8> = days.iter().map(Weekday::cron).collect();
    numbers.sort_unstable();
    numbers
}

/// `9-17`, `0-20/4`, `0-5,22,23`.
fn ranges(numbers: &[u8]) -> String {
    let parts = stretches(numbers).into_iter().map(|stretch| match stretch {
        (first, last, _) if first == last => first.to_string(),
        (first, last, 1) => format!("{first}-{last}"),
        (first, last, step) => format!("{first}-{last}/{step}"),
    });
    parts.collect::<Vec<_>>().join(",")
}

/// `1,15`.
fn listed(numbers: impl IntoIterator<Item = u8>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(",")
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
