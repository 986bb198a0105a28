//! Schedules as cron and systemd are told them, written down for a check that knows a calendar of its own.

use std::{fs, io, path::Path};

use ondol::values::{PartOfDay, Schedule, Time, Timezone, Value as _};
use serde_json::{Value, json};

/// `every`, `on` and `at` of each, as they are written; the times are those at which clocks are changed somewhere.
const SCHEDULES: &[(&str, &str, &str)] = &[
    ("minute", "", ""),
    ("15m", "", ""),
    ("20m", "", ""),
    ("hour", "", ""),
    ("hour", "", "00:20"),
    ("2h", "", "00:30"),
    ("3h", "", "02:00"),
    ("6h", "", ""),
    ("12h", "", "02:10"),
    ("day", "", ""),
    ("day", "", "01:30"),
    ("day", "", "02:00"),
    ("day", "", "02:30"),
    ("day", "", "03:00"),
    ("day", "", "12:00"),
    ("weekday", "", "02:45"),
    ("sunday", "", "02:15"),
    ("monday", "", "02:15"),
    ("week", "", "00:10"),
    ("month", "", "02:30"),
    ("month", "8", "02:40"),
    ("month", "28", "02:40"),
    ("month", "last", "02:50"),
    ("month", "first tuesday", "03:00"),
    ("month", "first sunday", "02:05"),
    ("month", "second sunday", "02:05"),
    ("month", "last sunday", "02:20"),
    ("month", "last friday", "23:30"),
    ("quarter", "1", "02:30"),
    ("quarter", "last", "02:55"),
    ("quarter", "last sunday", "02:55"),
    ("year", "03-08", "02:35"),
    ("year", "12-31", "23:59"),
];

/// Schedules of several days or times: `every`, `on` and `at`.
type Several = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const SEVERAL: &[Several] = &[
    (&["day"], &[], &["03:00", "15:00"]),
    (&["day"], &[], &["02:30", "08:15", "23:45"]),
    (&["weekday"], &[], &["02:00", "14:00"]),
    (&["monday", "thursday"], &[], &["02:15"]),
    (&["sunday", "wednesday"], &[], &["02:20", "12:00"]),
    (&["week"], &["saturday", "sunday"], &[]),
    (&["month"], &["1", "15"], &["02:40"]),
    (&["month"], &["8", "28"], &["02:05", "20:00"]),
    (&["quarter"], &["last"], &["02:55", "09:00"]),
];

/// Schedules within a part of the day, or on weekdays: `every`, `on` and `between`. The parts of the night have whole hours where
/// clocks are changed: in an hour that is only begun cron keeps to a list of times.
const WITHIN: &[(&str, &[&str], &str)] = &[
    ("10m", &["weekday"], "09:00-18:00"),
    ("5m", &["monday", "sunday"], "08:30-12:20"),
    ("20m", &[], "22:00-06:00"),
    ("15m", &["sunday"], "00:00-05:00"),
    ("1m", &["sunday"], "01:00-04:00"),
    ("30m", &["saturday", "sunday"], ""),
    ("hour", &["weekday"], "09:30-18:00"),
    ("hour", &[], "00:30-06:00"),
    ("hour", &["sunday"], ""),
    ("2h", &[], "18:00-08:00"),
    ("6h", &["saturday", "sunday"], ""),
];

/// Schedules of whole days, for the cron of a whole year in `ZONES[0]`: `every` and `on`, all of them at `DAILY_AT`, so that one
/// look at each day tells what is due and what is not.
const DAYS: &[(&[&str], &[&str])] = &[
    (&["weekday"], &[]),
    (&["sunday"], &[]),
    (&["monday", "thursday"], &[]),
    (&["week"], &[]),
    (&["week"], &["saturday", "sunday"]),
    (&["month"], &[]),
    (&["month"], &["28"]),
    (&["month"], &["1", "15"]),
    (&["month"], &["last"]),
    (&["month"], &["first tuesday"]),
    (&["month"], &["second sunday"]),
    (&["month"], &["third wednesday"]),
    (&["month"], &["fourth saturday"]),
    (&["month"], &["last monday"]),
    (&["month"], &["last sunday"]),
    (&["quarter"], &[]),
    (&["quarter"], &["19"]),
    (&["quarter"], &["first monday"]),
    (&["quarter"], &["last"]),
    (&["quarter"], &["last friday"]),
    (&["year"], &[]),
    (&["year"], &["03-01"]),
    (&["year"], &["12-31"]),
];
const DAILY_AT: &str = "04:05";

/// Northern and southern clocks, one that never changes, one that changes at midnight, one that is ahead by half an hour, one
/// that changes by half an hour, and one whose other time is that of winter.
const ZONES: &[&str] = &[
    "Asia/Seoul",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Dublin",
];

/// Writes `schedules.json`.
pub fn write(folder: &Path) -> io::Result<()> {
    let mut all: Vec<Value> = Vec::new();
    for zone in ZONES {
        let zone = Timezone::parse(zone).map_err(io::Error::other)?;
        // Where clocks change by half an hour, what runs each hour cannot be told to systemd evenly.
        let uneven = |every: &str| zone.minutes_ahead().is_none() && ["20m", "hour"].contains(&every);
        for (every, on, at) in SCHEDULES.iter().filter(|(every, ..)| !uneven(every)) {
            let time = if at.is_empty() { None } else { Some(Time::parse(at).map_err(io::Error::other)?) };
            let day = (!on.is_empty()).then_some(*on);
            let schedule = Schedule::new(every, time, day).map_err(io::Error::other)?;
            let stated = |text: &'static str| (!text.is_empty()).then_some(text).into_iter().collect();
            all.push(told(&zone, schedule, &[every], stated(on), stated(at)));
        }
        for (every, on, at) in SEVERAL {
            let times: Result<Vec<Time>, String> = at.iter().map(|at| Time::parse(at)).collect();
            let schedule =
                times.and_then(|times| Schedule::several(every, &times, on)).map_err(io::Error::other)?;
            all.push(told(&zone, schedule, every, on.to_vec(), at.to_vec()));
        }
        for (every, on, between) in WITHIN {
            let part = (!between.is_empty()).then(|| PartOfDay::parse(between)).transpose();
            let schedule =
                part.and_then(|part| Schedule::within(every, &[], on, part)).map_err(io::Error::other)?;
            let mut one = told(&zone, schedule, &[every], on.to_vec(), Vec::new());
            one["between"] = json!(between);
            all.push(one);
        }
    }
    let zone = Timezone::parse(ZONES[0]).map_err(io::Error::other)?;
    let time = Time::parse(DAILY_AT).map_err(io::Error::other)?;
    for (every, on) in DAYS {
        let schedule = Schedule::several(every, &[time], on).map_err(io::Error::other)?;
        all.push(told(&zone, schedule, every, on.to_vec(), vec![DAILY_AT]));
    }
    fs::write(folder.join("schedules.json"), serde_json::to_string(&all)?)
}

/// A schedule in the words of the description, and as cron and systemd are told it.
fn told(zone: &Timezone, schedule: Schedule, every: &[&str], on: Vec<&str>, at: Vec<&str>) -> Value {
    let cron = schedule.cron();
    let timer: Vec<String> = schedule.timer(zone).into_iter().map(|one| one.value).collect();
    json!({
        "zone": zone.as_str(), "every": every, "on": on, "at": at,
        "timer": timer, "fields": cron.fields, "guard": cron.guard,
    })
}
