//! A schedule as a systemd timer runs it.
//!
//! It refuses to name a time zone; a caller may append one to the line.

use super::{Cadence, Schedule};
use crate::values::{MonthDay, Weekday, YearDay, month_day::Nth};

impl Schedule {
    /// The value of `OnCalendar=`.
    pub fn systemd_calendar(self) -> String {
        let (minute, hour) = (self.time().minute(), self.time().hour());
        let clock = format!("{hour:02}:{minute:02}:00");
        match self.cadence {
            Cadence::Minutes(1) => "*-*-* *:*:00".into(),
            Cadence::Minutes(n) => format!("*-*-* *:00/{n}:00"),
            Cadence::Hours(1) => format!("*-*-* *:{minute:02}:00"),
            Cadence::Hours(n) => format!("*-*-* {hour:02}/{n}:{minute:02}:00"),
            Cadence::Day => format!("*-*-* {clock}"),
            Cadence::Weekdays => format!("Mon..Fri *-*-* {clock}"),
            Cadence::Week(day) => format!("{} *-*-* {clock}", day.unwrap_or(Weekday::Monday).systemd()),
            Cadence::Month(on) => format!("{} {clock}", days(on.unwrap_or(MonthDay::Day(1)), "*")),
            Cadence::Quarter(on) => {
                let on = on.unwrap_or(MonthDay::Day(1));
                let months = if on.is_from_end() { "03,06,09,12" } else { "01,04,07,10" };
                format!("{} {clock}", days(on, months))
            }
            Cadence::Year(on) => {
                let on = on.unwrap_or(YearDay::FIRST);
                format!("*-{:02}-{:02} {clock}", on.month(), on.day())
            }
        }
    }
}

/// The date part; `~` counts days from the end of the month.
fn days(on: MonthDay, months: &str) -> String {
    match on {
        MonthDay::Day(n) => format!("*-{months}-{n:02}"),
        MonthDay::Last => format!("*-{months}~01"),
        MonthDay::Nth(Nth::Last, day) => format!("{} *-{months}~07/1", day.systemd()),
        MonthDay::Nth(nth, day) => {
            let (first, last) = nth.days();
            format!("{} *-{months}-{first:02}..{last:02}", day.systemd())
        }
    }
}
