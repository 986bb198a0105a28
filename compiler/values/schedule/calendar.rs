//! A schedule as a calendar repeats it, in the words of RFC 5545.
//!
//! It refuses to begin on a day that the rule does not have: calendars differ in whether they show such a day.

use super::{Cadence, Schedule};
use crate::values::{MonthDay, Weekday, YearDay, month_day::Nth};

/// What repeats, and the first day of it in 2024, whose first day is a Monday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// Month and day.
    pub first: (u8, u8),
    /// The value of `RRULE`.
    pub rule: String,
}

impl Schedule {
    /// The schedule as an entry of a calendar.
    pub fn recurrence(self) -> Recurrence {
        let from_january = |day: u8, rule: String| Recurrence { first: (1, day), rule };
        match self.cadence {
            // No calendar knows when a machine starts; nothing for people is at such a time.
            Cadence::Boot => from_january(1, "FREQ=YEARLY".to_owned()),
            Cadence::Minutes(n) => from_january(1, format!("FREQ=MINUTELY;INTERVAL={n}")),
            Cadence::Hours(n) => from_january(1, format!("FREQ=HOURLY;INTERVAL={n}")),
            Cadence::Within(window) => from_january(1, format!("FREQ=MINUTELY;INTERVAL={}", window.step())),
            Cadence::Day => from_january(1, "FREQ=DAILY".to_owned()),
            Cadence::Weekdays => from_january(1, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR".to_owned()),
            Cadence::Week(day) => {
                let day = day.unwrap_or(Weekday::Monday);
                from_january(day.iso(), format!("FREQ=WEEKLY;BYDAY={}", letters(day)))
            }
            Cadence::Days(days) => {
                let days: Vec<Weekday> = days.iter().collect();
                let letters: Vec<String> = days.iter().map(|day| letters(*day)).collect();
                let first = days.iter().map(|day| day.iso()).min().unwrap_or(1);
                from_january(first, format!("FREQ=WEEKLY;BYDAY={}", letters.join(",")))
            }
            Cadence::MonthDays(days) => {
                let numbers: Vec<String> = days.iter().map(|day| day.to_string()).collect();
                let first = days.iter().min().unwrap_or(1);
                from_january(first, format!("FREQ=MONTHLY;BYMONTHDAY={}", numbers.join(",")))
            }
            Cadence::Month(on) => {
                let on = on.unwrap_or(MonthDay::Day(1));
                from_january(first(on, 0), format!("FREQ=MONTHLY;{}", day_of_month(on)))
            }
            Cadence::Quarter(on) => {
                let on = on.unwrap_or(MonthDay::Day(1));
                // March 2024 begins sixty days after the Monday, on a Friday.
                let (month, before) = if on.is_from_end() { (3, 60) } else { (1, 0) };
                Recurrence {
                    first: (month, first(on, before)),
                    rule: format!("FREQ=MONTHLY;INTERVAL=3;{}", day_of_month(on)),
                }
            }
            Cadence::Year(on) => {
                let on = on.unwrap_or(YearDay::FIRST);
                Recurrence {
                    first: (on.month(), on.day()),
                    rule: format!("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}", on.month(), on.day()),
                }
            }
        }
    }
}

/// `FR`.
fn letters(day: Weekday) -> String {
    day.systemd().chars().take(2).map(|letter| letter.to_ascii_uppercase()).collect()
}

fn day_of_month(on: MonthDay) -> String {
    match on {
        MonthDay::Day(n) => format!("BYMONTHDAY={n}"),
        MonthDay::Last => "BYMONTHDAY=-1".to_owned(),
        MonthDay::Nth(Nth::Last, day) => format!("BYDAY=-1{}", letters(day)),
        MonthDay::Nth(nth, day) => format!("BYDAY={}{}", nth.days().0 / 7 + 1, letters(day)),
    }
}

/// The day that is meant of a month of 31 days which begins so many days after a Monday.
fn first(on: MonthDay, before: u8) -> u8 {
    match on {
        MonthDay::Day(n) => n,
        MonthDay::Last => 31,
        MonthDay::Nth(nth, day) => {
            let (from, to) = if nth == Nth::Last { (25, 31) } else { nth.days() };
            (from..=to).find(|n| (before + n - 1) % 7 + 1 == day.iso()).unwrap_or(from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;
    use crate::values::{Time, Value as _};

    #[test]
    fn says_rule_and_first_day() {
        for (every, on, first, rule) in [
            ("day", "", (1, 1), "FREQ=DAILY"),
            ("weekday", "", (1, 1), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ("week", "", (1, 1), "FREQ=WEEKLY;BYDAY=MO"),
            ("friday", "", (1, 5), "FREQ=WEEKLY;BYDAY=FR"),
            ("month", "", (1, 1), "FREQ=MONTHLY;BYMONTHDAY=1"),
            ("month", "last", (1, 31), "FREQ=MONTHLY;BYMONTHDAY=-1"),
            ("month", "first tuesday", (1, 2), "FREQ=MONTHLY;BYDAY=1TU"),
            ("month", "third sunday", (1, 21), "FREQ=MONTHLY;BYDAY=3SU"),
            ("month", "last friday", (1, 26), "FREQ=MONTHLY;BYDAY=-1FR"),
            ("quarter", "", (1, 1), "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1"),
            ("quarter", "second monday", (1, 8), "FREQ=MONTHLY;INTERVAL=3;BYDAY=2MO"),
            ("quarter", "last", (3, 31), "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1"),
            ("quarter", "last friday", (3, 29), "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"),
            ("year", "03-01", (3, 1), "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1"),
        ] {
            let on = Some(on).filter(|on| !on.is_empty());
            let made = Schedule::new(every, Time::parse("09:00").ok(), on).unwrap().recurrence();
            assert_eq!((made.first, made.rule.as_str()), (first, rule), "{every} {on:?}");
        }
    }
}
