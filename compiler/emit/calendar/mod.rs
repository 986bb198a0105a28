//! `checklists.ics`: what people do again and again, for the calendar that they look at anyway.
//!
//! Of each list, the items of one schedule are one entry, which begins on the first day of its schedule in 2024. One
//! without a time of day is for the whole day, so that no time zone can move it; one with a time is in the system's
//! zone, whose rule is in the file. What is proved, and what a machine does, is not in it.

mod text;
mod zone;

use std::collections::BTreeMap;

use super::artifact::{Artifact, OnChange};
use crate::{
    digest::sha256,
    model::{Checklist, Item, Model},
    values::Schedule,
};
use text::Calendar;

/// The year in which all entries begin.
const YEAR: u16 = 2024;

/// Makes the calendar, which is that of all hosts.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let entries: Vec<(&Checklist, Schedule, Vec<&Item>)> =
        model.checklists.iter().flat_map(schedules).collect();
    if entries.is_empty() {
        return Vec::new();
    }
    let mut calendar = Calendar::default();
    calendar.word("BEGIN", "VCALENDAR");
    calendar.word("VERSION", "2.0");
    calendar.word("PRODID", "-//ondol//checklists//EN");
    calendar.word("CALSCALE", "GREGORIAN");
    calendar.text("X-WR-CALNAME", &format!("{} ({})", model.title, model.environment));
    if entries.iter().any(|(_, schedule, _)| schedule.at().next().is_some()) {
        zone::zone(&mut calendar, &model.timezone);
    }
    for (list, schedule, items) in &entries {
        entry(&mut calendar, model, list, *schedule, items);
    }
    calendar.word("END", "VCALENDAR");
    let mut from: Vec<String> = entries.iter().map(|(list, ..)| format!("checklist/{}", list.name)).collect();
    from.push("system".to_owned());
    from.sort();
    from.dedup();
    vec![Artifact {
        path: "checklists.ics".to_owned(),
        contents: calendar.finish().into(),
        mode: 0o644,
        emitter: "calendar",
        from,
        on_change: OnChange::Nothing,
    }]
}

/// The items of a list that people do, by when they do them.
fn schedules(list: &Checklist) -> Vec<(&Checklist, Schedule, Vec<&Item>)> {
    let mut found: BTreeMap<Schedule, Vec<&Item>> = BTreeMap::new();
    for item in list.items.iter().filter(|item| item.proof.is_none()) {
        for schedule in item.every.into_iter().flat_map(Schedule::singles) {
            found.entry(schedule).or_default().push(item);
        }
    }
    found.into_iter().map(|(schedule, items)| (list, schedule, items)).collect()
}

/// What tells the entries of one list apart: `day`, `month-first-tuesday-0900`.
fn word(schedule: Schedule) -> String {
    let words = schedule.to_string();
    // What is stated stands in quotation marks.
    let stated = words.split('"').skip(1).step_by(2);
    stated.map(|part| part.replace(' ', "-").replace(':', "")).collect::<Vec<_>>().join("-")
}

fn entry(calendar: &mut Calendar, model: &Model, list: &Checklist, schedule: Schedule, items: &[&Item]) {
    let recurrence = schedule.recurrence();
    let (month, day) = recurrence.first;
    let start = format!("{YEAR}{month:02}{day:02}");
    let identity = sha256(list.name.as_str().as_bytes());
    let lines = items.iter().flat_map(|item| {
        let run = item.run.as_ref().map(|run| format!("  $ {}", run.value));
        std::iter::once(format!("- {}", item.text)).chain(run)
    });
    let guide = format!("{}: {}/runbook.md", model.language.pick("Guide", "운영 가이드"), model.directory());
    let description: Vec<String> = lines.chain([String::new(), guide]).collect();
    calendar.word("BEGIN", "VEVENT");
    // The same list stays the same entry, whatever is in it.
    calendar.word(
        "UID",
        &format!("{}-{}@{}.{}", &identity[..16], word(schedule), model.environment, model.system),
    );
    calendar.word("DTSTAMP", &format!("{YEAR}0101T000000Z"));
    match schedule.at().next() {
        Some(at) => {
            let time = format!("{start}T{:02}{:02}00", at.hour(), at.minute());
            calendar.word(&format!("DTSTART;TZID={}", model.timezone), &time);
            calendar.word("DURATION", "PT30M");
        }
        None => calendar.word("DTSTART;VALUE=DATE", &start),
    }
    calendar.word("RRULE", &recurrence.rule);
    calendar.text("SUMMARY", &format!("{}: {}", model.title, list.name));
    calendar.text("DESCRIPTION", &description.join("\n"));
    // It is a thing to do, not an hour that is taken.
    calendar.word("TRANSP", "TRANSPARENT");
    calendar.word("END", "VEVENT");
}
