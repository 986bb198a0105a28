//! What recurs within a part of the day, or on some days of the week: each ten minutes from 09:00 to 18:00.
//!
//! It refuses a part that goes past midnight together with days, since nobody would know whose morning is meant.

use super::Weekdays;
use crate::values::{PartOfDay, Time};

/// Minutes of a day.
const DAY: u16 = Time::MINUTES_OF_DAY;

/// Times of the day at an even distance from the first one, on days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Minutes from one to the next; divides an hour or a day.
    step: u16,
    /// The first time, as a minute of the day.
    from: u16,
    /// Minutes in which they are; at most those of a day.
    length: u16,
    days: Weekdays,
}

impl Window {
    pub(super) fn read(
        step: u16,
        at: Option<Time>,
        on: &[&str],
        between: Option<PartOfDay>,
    ) -> Result<Window, String> {
        let days = match on {
            [] => Weekdays::ALL,
            ["weekday"] => Weekdays::WORKING,
            days => Weekdays::read(days)?,
        };
        let (from, length) = match (between, at) {
            (Some(_), Some(_)) => {
                return Err("`between` says when it begins: there is no `at` beside it".into());
            }
            (Some(part), None) if part.is_past_midnight() && days != Weekdays::ALL => {
                return Err("it goes on past midnight, and nothing says on which days then: end it at `24:00`, and write the \
                            rest beside it"
                    .into());
            }
            (Some(part), None) => (part.from().minute_of_day(), part.minutes()),
            (None, at) => {
                let from = at.map_or(0, Time::minute_of_day);
                (from, DAY - from)
            }
        };
        if let (Some(part), true) = (between, length <= step) {
            return Err(format!(
                "it runs once from {} to {}: write `every \"day\" at=\"{}\"`",
                part.from(),
                part.until(),
                part.from()
            ));
        }
        Ok(Window { step, from, length, days })
    }

    /// Minutes from one time to the next.
    pub(super) const fn step(self) -> u16 {
        self.step
    }

    /// The days of the week.
    pub(super) const fn days(self) -> Weekdays {
        self.days
    }

    /// Whether it runs more often than each hour, or each hour of whole days: then it follows whatever the clock tells, and
    /// is no list of times of which each comes once a day.
    pub(super) const fn is_frequent(self) -> bool {
        self.step < 60 || (self.step == 60 && self.length == DAY)
    }

    /// Its first time, and the first minute behind it; none for a whole day.
    pub(super) fn part(self) -> Option<(Time, Time)> {
        let clock = |minute: u16| Time::of_minute(minute % DAY);
        (self.length < DAY - self.from || self.from + self.length > DAY)
            .then(|| (clock(self.from), clock(self.from + self.length)))
    }

    /// Its first and its last time.
    pub(super) fn ends(self) -> (Time, Time) {
        let last = self.from + (self.length - 1) / self.step * self.step;
        (Time::of_minute(self.from), Time::of_minute(last % DAY))
    }

    /// Its times, as minutes of the day, in their order.
    pub(super) fn minutes(self) -> Vec<u16> {
        let mut all: Vec<u16> =
            (0..self.length).step_by(usize::from(self.step)).map(|n| (self.from + n) % DAY).collect();
        all.sort_unstable();
        all
    }

    /// Its times by the hours that have the same minutes: minutes and hours.
    pub(super) fn clock(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut by_hour: Vec<(u8, Vec<u8>)> = Vec::new();
        for time in self.minutes() {
            let (hour, minute) = ((time / 60) as u8, (time % 60) as u8);
            match by_hour.last_mut() {
                Some((last, minutes)) if *last == hour => minutes.push(minute),
                _ => by_hour.push((hour, vec![minute])),
            }
        }
        let mut clock: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for (hour, minutes) in by_hour {
            match clock.iter_mut().find(|(same, _)| *same == minutes) {
                Some((_, hours)) => hours.push(hour),
                None => clock.push((minutes, vec![hour])),
            }
        }
        clock
    }
}

/// Sorted numbers as their longest even stretches of at least three: first, last and distance; what is in none stands alone.
pub(super) fn stretches(numbers: &[u8]) -> Vec<(u8, u8, u8)> {
    let mut found = Vec::new();
    let mut rest = numbers;
    while let [first, more @ ..] = rest {
        let step = more.first().map_or(1, |next| next - first);
        let count = rest.windows(2).take_while(|two| two[1] - two[0] == step).count() + 1;
        let taken = if count < 3 { 1 } else { count };
        found.push((*first, rest[taken - 1], step));
        rest = &rest[taken..];
    }
    found
}
