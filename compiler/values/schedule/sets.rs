//! Several days, or several times of a day, of one schedule.
//!
//! They refuse to be empty, to say the same twice, and to be more than a person would write down.

use crate::values::{MonthDay, Time, Value as _, Weekday};

/// The most times of a day; who wants more wants an interval.
const MOST_TIMES: usize = 8;

/// Times of a day, in their order; none when none is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Times([Option<Time>; MOST_TIMES]);

impl Times {
    /// One time, or none.
    pub(super) fn of(time: Option<Time>) -> Times {
        let mut times = Times::default();
        times.0[0] = time;
        times
    }

    pub(super) fn read(stated: &[Time]) -> Result<Times, String> {
        let mut sorted = stated.to_vec();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|two| two[0] == two[1]) {
            return Err(format!("`{}` is said twice", twice[0]));
        }
        if sorted.len() > MOST_TIMES {
            return Err(format!(
                "a schedule has at most {MOST_TIMES} times of the day: write an interval such as `2h`"
            ));
        }
        let mut times = Times::default();
        times.0.iter_mut().zip(sorted).for_each(|(place, time)| *place = Some(time));
        Ok(times)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Time> {
        self.0.into_iter().flatten()
    }
}

/// Days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub(super) const ALL: Weekdays = Weekdays(0b111_1111);
    /// Monday to Friday.
    pub(super) const WORKING: Weekdays = Weekdays(0b1_1111);

    pub(super) fn read(stated: &[&str]) -> Result<Weekdays, String> {
        let mut set = 0u8;
        for text in stated {
            let bit = 1 << (Weekday::parse(text)?.iso() - 1);
            if set & bit != 0 {
                return Err(format!("`{text}` is said twice"));
            }
            set |= bit;
        }
        Ok(Weekdays(set))
    }

    /// Each of them, from Monday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL.into_iter().filter(move |day| self.0 & (1 << (day.iso() - 1)) != 0)
    }

    /// The bits of the days, Monday first.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// Days from one of them to the next at most.
    pub(super) fn longest_gap(self) -> u64 {
        longest(self.iter().map(|day| u64::from(day.iso())), 7)
    }
}

/// Days that each month has, by their numbers, at least two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDays(u32);

impl MonthDays {
    pub(super) fn read(stated: &[&str]) -> Result<MonthDays, String> {
        let mut set = 0u32;
        for text in stated {
            let MonthDay::Day(day) = MonthDay::parse(text)? else {
                return Err("several days of a month are numbers from 1 to 28".into());
            };
            if set & (1 << day) != 0 {
                return Err(format!("`{text}` is said twice"));
            }
            set |= 1 << day;
        }
        Ok(MonthDays(set))
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=28).filter(move |day| self.0 & (1 << day) != 0)
    }

    /// The bits of the days; the first bit is of no day.
    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    /// Days from one of them to the next at most.
    pub(super) fn longest_gap(self) -> u64 {
        longest(self.iter().map(u64::from), 31)
    }
}

/// The longest way from one to the next on a circle.
fn longest(of: impl Iterator<Item = u64>, around: u64) -> u64 {
    let all: Vec<u64> = of.collect();
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return around };
    let within = all.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(0);
    within.max(first + around - last)
}
