//! The system's time zone in a calendar file, for whoever's calendar does not know its name.

use super::text::Calendar;
use crate::values::{Clock, Day, Timezone};

/// The year in which the rule begins: the one before the entries do, so that some clock holds when they begin.
const YEAR: u16 = 2023;
/// How many days of it are over when a month begins; its first day is a Sunday.
const BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Adds the zone with its rule. Where the rule cannot be said in this format, calendars go by the name alone.
pub fn zone(calendar: &mut Calendar, zone: &Timezone) {
    let Some(clocks) = zone.clocks() else { return };
    calendar.word("BEGIN", "VTIMEZONE");
    calendar.word("TZID", zone.as_str());
    for clock in clocks {
        let name = if clock.summer { "DAYLIGHT" } else { "STANDARD" };
        calendar.word("BEGIN", name);
        observed(calendar, &clock);
        calendar.word("END", name);
    }
    calendar.word("END", "VTIMEZONE");
}

fn observed(calendar: &mut Calendar, clock: &Clock) {
    match &clock.begins {
        Some(day) => {
            let (hour, minute) = (day.minute / 60, day.minute % 60);
            calendar
                .word("DTSTART", &format!("{YEAR}{:02}{:02}T{hour:02}{minute:02}00", day.month, first(day)));
            calendar.word("RRULE", &format!("FREQ=YEARLY;BYMONTH={};{}", day.month, which(day)));
        }
        None => calendar.word("DTSTART", &format!("{YEAR}0101T000000")),
    }
    calendar.word("TZOFFSETFROM", &offset(clock.before));
    calendar.word("TZOFFSETTO", &offset(clock.offset));
}

/// The day of the month in that year.
fn first(day: &Day) -> u8 {
    let before = BEFORE.get(usize::from(day.month) - 1).copied().unwrap_or_default();
    let (from, to) = day.days;
    // The first of January is a Sunday, which is the seventh day of its week.
    (from..=to).find(|n| (before + u16::from(*n) + 5) % 7 + 1 == u16::from(day.weekday.iso())).unwrap_or(from)
}

/// Which one it is of its month, counted from the end that all calendars count from where there is one.
fn which(day: &Day) -> String {
    let letters: String = day.weekday.systemd().chars().take(2).collect::<String>().to_ascii_uppercase();
    let (from, to) = day.days;
    if from % 7 == 1 {
        return format!("BYDAY={}{letters}", from / 7 + 1);
    }
    let length = match day.month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if to == length {
        return format!("BYDAY=-1{letters}");
    }
    let days: Vec<String> = (from..=to).map(|day| day.to_string()).collect();
    format!("BYMONTHDAY={};BYDAY={letters}", days.join(","))
}

/// `+0900`.
fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
