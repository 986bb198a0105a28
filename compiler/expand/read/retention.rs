//! `keep`, `keep-last`, `keep-daily`, `keep-weekly`, `keep-monthly` and `keep-yearly`: which backups stay.

use crate::{
    model::Retention,
    syntax::Reader,
    values::{Count, Duration},
};

/// Reads what stays where backups are made: all of the last 30 days when nothing is said.
pub fn here(r: &mut Reader) -> Option<Retention> {
    let counted = ["keep-last", "keep-daily", "keep-weekly", "keep-monthly", "keep-yearly"]
        .iter()
        .any(|name| r.stated(name));
    let keep = r
        .prop::<Duration>("keep", "how long each is kept; beside the rules below only what they say stays")
        .above_zero();
    let within = if counted { keep.optional() } else { Some(keep.or("30d")?) };
    Some(Retention { within: within.map(|age| age.value), ..counts(r) })
}

/// Reads what stays where copies are: all of them, for ever, when nothing is said.
pub fn elsewhere(r: &mut Reader) -> Option<Retention> {
    let within = r
        .prop::<Duration>("keep", "how long each stays there; for ever when nothing is said")
        .above_zero()
        .optional();
    let retention = Retention { within: within.map(|age| age.value), ..counts(r) };
    (retention != Retention::default()).then_some(retention)
}

fn counts(r: &mut Reader) -> Retention {
    let count = |count: Option<crate::source::Located<Count>>| count.map_or(0, |count| count.value.get());
    Retention {
        within: None,
        last: count(r.prop::<Count>("keep-last", "so many of the newest stay, however old").optional()),
        daily: count(
            r.prop::<Count>("keep-daily", "of so many days on which there is one, the newest stays")
                .optional(),
        ),
        weekly: count(r.prop::<Count>("keep-weekly", "of so many weeks, the newest stays").optional()),
        monthly: count(r.prop::<Count>("keep-monthly", "of so many months, the newest stays").optional()),
        yearly: count(r.prop::<Count>("keep-yearly", "of so many years, the newest stays").optional()),
    }
}
