//! Whether two schedules can start in the same minute, so that two heavy jobs fight for one disk.
//!
//! It refuses to look at a calendar: what is on a day that both may have counts, even if it comes once in years.

use std::collections::BTreeSet;

use super::{Cadence, Schedule};
use crate::values::{MonthDay, Time, Weekday, month_day::Nth};

/// The sets that a date and time must be in, as bits.
struct When {
    months: u16,
    days: u32,
    weekdays: u8,
}

const ALL_MONTHS: u16 = 0b1111_1111_1111;
const ALL_DAYS: u32 = u32::MAX;
const ALL_WEEKDAYS: u8 = 0b111_1111;

impl Schedule {
    /// Whether both can start in the same minute of the same day.
    pub fn coincides_with(self, other: Schedule) -> bool {
        if !self.is_by_the_clock() || !other.is_by_the_clock() {
            return false;
        }
        let (a, b) = (self.when(), other.when());
        let others: Vec<Schedule> = other.singles().collect();
        a.months & b.months != 0 && a.days & b.days != 0 && a.weekdays & b.weekdays != 0 && {
            if let (Cadence::Within(_), _) | (_, Cadence::Within(_)) = (self.cadence, other.cadence) {
                return !self.starts().is_disjoint(&other.starts());
            }
            // Both divide the day, so they meet on it when they meet at all.
            let common = common_divisor(self.step(), other.step());
            let minute = |one: Schedule| one.time().minute_of_day() % common;
            self.singles().any(|one| others.iter().any(|other| minute(one) == minute(*other)))
        }
    }

    /// The minutes of a day on which it starts.
    pub(super) fn starts(self) -> BTreeSet<u16> {
        match self.cadence {
            Cadence::Within(window) => window.minutes().into_iter().collect(),
            _ => self
                .singles()
                .flat_map(|one| {
                    (one.time().minute_of_day()..Time::MINUTES_OF_DAY).step_by(usize::from(self.step()))
                })
                .collect(),
        }
    }

    /// Minutes from one start to the next on a day that has one.
    fn step(self) -> u16 {
        match self.cadence {
            Cadence::Minutes(n) => u16::from(n),
            Cadence::Hours(n) => u16::from(n) * 60,
            Cadence::Within(window) => window.step(),
            _ => Time::MINUTES_OF_DAY,
        }
    }

    /// The days of that month on which it runs, and the weekdays of which they must be one, as bits; none when it does not
    /// run in it.
    pub(super) fn days_in(self, month: u8) -> Option<(u32, u8)> {
        let when = self.when();
        let length = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].get(usize::from(month) - 1)?;
        let last = |days: u8| (length - days + 1..=*length).fold(0, |set, day| set | 1 << day);
        let days = match self.cadence {
            Cadence::Month(Some(MonthDay::Last)) | Cadence::Quarter(Some(MonthDay::Last)) => last(1),
            Cadence::Month(Some(MonthDay::Nth(Nth::Last, _)))
            | Cadence::Quarter(Some(MonthDay::Nth(Nth::Last, _))) => last(7),
            _ => when.days,
        };
        (when.months & 1 << (month - 1) != 0).then_some((days, when.weekdays))
    }

    fn when(self) -> When {
        let any = When { months: ALL_MONTHS, days: ALL_DAYS, weekdays: ALL_WEEKDAYS };
        match self.cadence {
            Cadence::Minutes(_) | Cadence::Hours(_) | Cadence::Day | Cadence::Boot => any,
            Cadence::Weekdays => When { weekdays: 0b1_1111, ..any },
            Cadence::Week(day) => When { weekdays: weekday(day.unwrap_or(Weekday::Monday)), ..any },
            Cadence::Days(days) => When { weekdays: days.bits(), ..any },
            Cadence::Within(window) => When { weekdays: window.days().bits(), ..any },
            Cadence::MonthDays(days) => When { days: days.bits(), ..any },
            Cadence::Month(on) => month_day(on.unwrap_or(MonthDay::Day(1)), any),
            Cadence::Quarter(on) => {
                let on = on.unwrap_or(MonthDay::Day(1));
                let months = if on.is_from_end() { 0b1001_0010_0100 } else { 0b0010_0100_1001 };
                month_day(on, When { months, ..any })
            }
            Cadence::Year(on) => {
                let on = on.unwrap_or(crate::values::YearDay::FIRST);
                When { months: 1 << (on.month() - 1), days: 1 << on.day(), ..any }
            }
        }
    }
}

fn common_divisor(a: u16, b: u16) -> u16 {
    if b == 0 { a.max(1) } else { common_divisor(b, a % b) }
}

fn weekday(day: Weekday) -> u8 {
    1 << (day.iso() - 1)
}

fn month_day(on: MonthDay, when: When) -> When {
    let range = |first: u8, last: u8| (first..=last).fold(0, |days, day| days | 1 << day);
    match on {
        MonthDay::Day(n) => When { days: range(n, n), ..when },
        MonthDay::Last => When { days: range(28, 31), ..when },
        MonthDay::Nth(nth, day) => {
            let (first, last) = nth.days();
            When { days: range(first, last), weekdays: weekday(day), ..when }
        }
    }
}
