//! A schedule as a systemd timer runs it.
//!
//! It refuses to leave it to systemd what happens when clocks are changed.

use std::collections::BTreeMap;

use super::{
    Cadence, Schedule, Weekdays,
    window::{Window, stretches},
};
use crate::values::{MonthDay, Time, Timezone, Weekday, YearDay, month_day::Nth};

/// A value of `OnCalendar=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCalendar {
    /// The value, with its zone.
    pub value: String,
    /// Which of the times of the schedule it has.
    pub times: CalendarTimes,
}

/// Which of the times of a schedule a value of `OnCalendar=` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarTimes {
    /// What the schedule says.
    Usual,
    /// Those of an hour over which the clock is put forward on one day of the year, where systemd wants them apart.
    Apart,
    /// The end of the gap, where the clock is put forward over a time.
    Late,
    /// Those that the clock tells a second time when it is put back.
    Again,
}

impl Schedule {
    /// The value of `OnCalendar=`, the first one if there are several; empty for what no calendar tells.
    pub fn systemd_calendar(self) -> String {
        let (minute, hour) = (self.time().minute(), self.time().hour());
        let clock = format!("{hour:02}:{minute:02}:00");
        match self.cadence {
            Cadence::Boot => String::new(),
            Cadence::Within(window) => within(window, None).swap_remove(0).1,
            Cadence::Minutes(1) => "*-*-* *:*:00".into(),
            Cadence::Minutes(n) => format!("*-*-* *:00/{n}:00"),
            Cadence::Hours(1) => format!("*-*-* *:{minute:02}:00"),
            // One by one: at a repetition such as `02/12` systemd 252 gives up on the day on which clocks go forward over it.
            Cadence::Hours(n) => {
                let hours: Vec<String> =
                    (hour..24).step_by(usize::from(n)).map(|hour| format!("{hour:02}")).collect();
                format!("*-*-* {}:{minute:02}:00", hours.join(","))
            }
            Cadence::Day => format!("*-*-* {clock}"),
            Cadence::Weekdays => format!("Mon..Fri *-*-* {clock}"),
            Cadence::Week(day) => format!("{} *-*-* {clock}", day.unwrap_or(Weekday::Monday).systemd()),
            Cadence::Days(days) => {
                let names: Vec<&str> = days.iter().map(Weekday::systemd).collect();
                format!("{} *-*-* {clock}", names.join(","))
            }
            Cadence::MonthDays(days) => {
                let numbers: Vec<String> = days.iter().map(|day| format!("{day:02}")).collect();
                format!("*-*-{} {clock}", numbers.join(","))
            }
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

impl Schedule {
    /// The values of `OnCalendar=` under which a timer starts a job when the clock of a zone says so, and in the cases in
    /// which that clock is odd just as cron does:
    ///
    /// - what runs each hour or more often runs evenly, also when an hour is told twice. systemd would leave the second one
    ///   out, so the times are those of UTC where clocks are changed.
    /// - what runs more often than each hour within a part of the day has that clock's values, and the second telling of an hour
    ///   beside them.
    /// - what runs less often runs once in the hour that is told twice, and right after a gap that it falls into. systemd
    ///   passes over a time that does not exist, so a second value has the end of the gap on the day of the gap.
    pub fn timer(self, zone: &Timezone) -> Vec<OnCalendar> {
        use CalendarTimes::{Again, Late, Usual};
        let all = |times: CalendarTimes, values: Vec<String>| {
            values.into_iter().map(move |value| OnCalendar { value, times })
        };
        if !self.is_by_the_clock() {
            return Vec::new();
        }
        if let Some(even) = self.evenly(zone) {
            return all(Usual, vec![even]).collect();
        }
        if let Cadence::Within(window) = self.cadence {
            let usual = within(window, Some(zone))
                .into_iter()
                .map(|(times, value)| OnCalendar { value: format!("{value} {zone}"), times });
            let odd = if window.is_frequent() {
                all(Again, told_again(window, zone))
            } else {
                all(Late, self.caught_up(zone).into_iter().collect())
            };
            return usual.chain(odd).collect();
        }
        let usual = self.singles().map(|one| format!("{} {zone}", one.systemd_calendar())).collect();
        // Of several times that one gap swallows, one run is left.
        let mut late: Vec<String> = self.singles().filter_map(|one| one.caught_up(zone)).collect();
        late.dedup();
        all(Usual, usual).chain(all(Late, late)).collect()
    }

    /// What runs each hour or more often, in UTC where clocks are changed.
    fn evenly(self, zone: &Timezone) -> Option<String> {
        if !zone.changes() {
            return None;
        }
        match (self.cadence, zone.minutes_ahead()) {
            (Cadence::Minutes(1), _) => Some("*-*-* *:*:00 UTC".into()),
            // Every clock is ahead by a multiple of half an hour then.
            (Cadence::Minutes(n), _) if 30 % n == 0 => Some(format!("*-*-* *:00/{n}:00 UTC")),
            (Cadence::Minutes(n), Some(ahead)) => Some(format!("*-*-* *:{:02}/{n}:00 UTC", (60 - ahead) % n)),
            (Cadence::Hours(1), Some(ahead)) => {
                Some(format!("*-*-* *:{:02}:00 UTC", (self.time().minute() + 60 - ahead) % 60))
            }
            _ => None,
        }
    }

    /// The end of the gap, on the days on which this would run in it.
    fn caught_up(self, zone: &Timezone) -> Option<String> {
        let gap = zone.gap()?;
        if matches!(self.cadence, Cadence::Minutes(_) | Cadence::Hours(1) | Cadence::Boot) {
            return None;
        }
        self.starts().range(gap.from..gap.to).next()?;
        let (days, weekdays) = self.days_in(gap.month)?;
        if weekdays & (1 << (gap.weekday.iso() - 1)) == 0 {
            return None;
        }
        let mut both = (gap.days.0..=gap.days.1).filter(|day| days & (1 << day) != 0);
        let (first, last) = (both.next()?, both.next_back());
        // The end of a day is the beginning of the next.
        let later = u8::from(gap.to == Time::MINUTES_OF_DAY);
        let weekday = Weekday::ALL[usize::from(gap.weekday.iso() - 1 + later) % 7];
        let (hour, minute) = (gap.to / 60 % 24, gap.to % 60);
        let last = last.map(|last| format!("..{:02}", last + later)).unwrap_or_default();
        Some(format!(
            "{} *-{:02}-{:02}{last} {hour:02}:{minute:02}:00 {zone}",
            weekday.systemd(),
            gap.month,
            first + later
        ))
    }
}

/// The values of what runs within a part of the day, on the clock of a zone.
fn within(window: Window, zone: Option<&Timezone>) -> Vec<(CalendarTimes, String)> {
    let names: Vec<&str> = window.days().iter().map(Weekday::systemd).collect();
    let days = match window.days() {
        Weekdays::ALL => String::new(),
        Weekdays::WORKING => "Mon..Fri ".to_owned(),
        _ => format!("{} ", names.join(",")),
    };
    // In Ireland, where the time of winter is the exception, systemd 252 gives up on the day of a gap at a value that names an
    // hour of it beside others: such hours have a value of their own.
    let gap = zone.and_then(Timezone::gap).filter(|gap| window.days().iter().any(|day| day == gap.weekday));
    let skipped = |hour: &u8| {
        gap.as_ref().is_some_and(|gap| (gap.from / 60..gap.to.div_ceil(60)).contains(&u16::from(*hour)))
    };
    let clock = window.clock().into_iter().flat_map(|(minutes, hours)| {
        let (apart, usual): (Vec<u8>, Vec<u8>) = hours.into_iter().partition(skipped);
        [(CalendarTimes::Usual, minutes.clone(), usual), (CalendarTimes::Apart, minutes, apart)]
            .into_iter()
            .filter(|(.., hours)| !hours.is_empty())
    });
    clock
        .map(|(times, minutes, hours)| {
            let hours = if hours.len() == 24 { "*".to_owned() } else { ranges(&hours) };
            (times, format!("{days}*-*-* {hours}:{}:00", ranges(&minutes)))
        })
        .collect()
}

/// `09..17`, `00,20,40`.
fn ranges(numbers: &[u8]) -> String {
    let parts = stretches(numbers).into_iter().flat_map(|stretch| match stretch {
        (first, last, 1) if first != last => vec![format!("{first:02}..{last:02}")],
        // One by one, as above.
        (first, last, step) => {
            (first..=last).step_by(usize::from(step)).map(|one| format!("{one:02}")).collect()
        }
    });
    parts.collect::<Vec<_>>().join(",")
}

/// The times of a window that the clock tells a second time when it is put back: systemd takes the first ones, so these
/// are said in UTC.
fn told_again(window: Window, zone: &Timezone) -> Vec<String> {
    let back = zone.clocks().unwrap_or_default().into_iter().find(|clock| clock.offset < clock.before);
    let Some((clock, day)) = back.and_then(|clock| Some((clock.clone(), clock.begins?))) else {
        return Vec::new();
    };
    let (a_day, times) = (i32::from(Time::MINUTES_OF_DAY), window.minutes());
    let weekday = |days: i32| Weekday::ALL[(i32::from(day.weekday.iso()) + 6 + days).rem_euclid(7) as usize];
    // Minutes of the day of the change; in Chile the hour before it is one of the day before.
    let end = i32::from(day.minute);
    let again = (end - (clock.before - clock.offset)..end).filter(|minute| {
        times.binary_search(&(minute.rem_euclid(a_day) as u16)).is_ok()
            && window.days().iter().any(|one| one == weekday(minute.div_euclid(a_day)))
    });
    let mut hours: BTreeMap<i32, Vec<u8>> = BTreeMap::new();
    for minute in again.map(|minute| minute - clock.offset) {
        hours.entry(minute.div_euclid(60)).or_default().push(minute.rem_euclid(60) as u8);
    }
    let value = |(hour, minutes): (i32, Vec<u8>)| {
        let later = hour.div_euclid(24);
        let clock = format!("{:02}:{}:00 UTC", hour.rem_euclid(24), ranges(&minutes));
        dates(day.month, day.days, later)
            .into_iter()
            .map(move |date| format!("{} {date} {clock}", weekday(later).systemd()))
            .collect::<Vec<_>>()
    };
    hours.into_iter().flat_map(value).collect()
}

/// Days of a month that many days later, which may begin in the month before.
fn dates(month: u8, (first, last): (u8, u8), later: i32) -> Vec<String> {
    let (first, last) = (i32::from(first) + later, i32::from(last) + later);
    if first > 0 {
        return vec![format!("*-{month:02}-{first:02}..{last:02}")];
    }
    vec![format!("*-{:02}~01", (month + 10) % 12 + 1), format!("*-{month:02}-01..{last:02}")]
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
