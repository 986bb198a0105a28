//! `checklists.ics`: what people do again and again, for the calendar that they look at anyway.
//!
//! Of each list, the items of one rhythm are one entry. Entries are for days, not for hours, so that no time zone can
//! move them; they begin on a day that is the first of its week, month, quarter and year. What is proved, and what a
//! machine does, is not in it.

mod text;

use std::collections::BTreeMap;

use super::artifact::{Artifact, OnChange};
use crate::{
    digest::sha256,
    model::{Checklist, Item, Model, Rhythm},
};
use text::Calendar;

/// A Monday, and the first day of a year.
const START: &str = "20240101";

/// Makes the calendar, which is that of all hosts.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let entries: Vec<(&Checklist, Rhythm, Vec<&Item>)> = model.checklists.iter().flat_map(rhythms).collect();
    if entries.is_empty() {
        return Vec::new();
    }
    let mut calendar = Calendar::default();
    calendar.word("BEGIN", "VCALENDAR");
    calendar.word("VERSION", "2.0");
    calendar.word("PRODID", "-//ondol//checklists//EN");
    calendar.word("CALSCALE", "GREGORIAN");
    calendar.text("X-WR-CALNAME", &format!("{} ({})", model.title, model.environment));
    for (list, rhythm, items) in &entries {
        entry(&mut calendar, model, list, *rhythm, items);
    }
    calendar.word("END", "VCALENDAR");
    let mut from: Vec<String> = entries.iter().map(|(list, ..)| format!("checklist/{}", list.name)).collect();
    from.push("system".to_owned());
    from.sort();
    from.dedup();
    vec![Artifact {
        path: "checklists.ics".to_owned(),
        contents: calendar.finish(),
        mode: 0o644,
        emitter: "calendar",
        from,
        on_change: OnChange::Nothing,
    }]
}

/// The items of a list that people do, by how often they do them.
fn rhythms(list: &Checklist) -> Vec<(&Checklist, Rhythm, Vec<&Item>)> {
    let mut found: BTreeMap<Rhythm, Vec<&Item>> = BTreeMap::new();
    for item in list.items.iter().filter(|item| item.proof.is_none()) {
        if let Some(rhythm) = item.every {
            found.entry(rhythm).or_default().push(item);
        }
    }
    found.into_iter().map(|(rhythm, items)| (list, rhythm, items)).collect()
}

fn entry(calendar: &mut Calendar, model: &Model, list: &Checklist, rhythm: Rhythm, items: &[&Item]) {
    let (rule, word) = match rhythm {
        Rhythm::Day => ("FREQ=DAILY", "day"),
        Rhythm::Week => ("FREQ=WEEKLY;BYDAY=MO", "week"),
        Rhythm::Month => ("FREQ=MONTHLY;BYMONTHDAY=1", "month"),
        Rhythm::Quarter => ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "quarter"),
        Rhythm::Year => ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "year"),
    };
    let identity = sha256(list.name.as_str().as_bytes());
    let lines = items.iter().flat_map(|item| {
        let run = item.run.as_ref().map(|run| format!("  $ {}", run.value));
        std::iter::once(format!("- {}", item.text)).chain(run)
    });
    let guide = format!("{}: {}/runbook.md", model.language.pick("Guide", "운영 가이드"), model.directory());
    let description: Vec<String> = lines.chain([String::new(), guide]).collect();
    calendar.word("BEGIN", "VEVENT");
    // The same list stays the same entry, whatever is in it.
    calendar.word("UID", &format!("{}-{word}@{}.{}", &identity[..16], model.environment, model.system));
    calendar.word("DTSTAMP", &format!("{START}T000000Z"));
    calendar.word("DTSTART;VALUE=DATE", START);
    calendar.word("RRULE", rule);
    calendar.text("SUMMARY", &format!("{}: {}", model.title, list.name));
    calendar.text("DESCRIPTION", &description.join("\n"));
    // It is a thing to do, not an hour that is taken.
    calendar.word("TRANSP", "TRANSPARENT");
    calendar.word("END", "VEVENT");
}
