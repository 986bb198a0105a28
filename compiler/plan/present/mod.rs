//! A plan for eyes, for pull requests and for tools: the same facts each time, and none left out.

mod comment;
mod markdown;
mod record;
mod text;

pub use markdown::markdown;
pub use record::{FORMAT, Record, record};
pub use text::{View, text};

use super::{Action, Cause, Consequence, FieldChange, FileChange, Plan, SystemChange};
use crate::source::Sources;

/// User text on one line of a terminal: control characters cannot act.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// `service/backend` as one says it: `service backend`.
fn spoken(address: &str) -> String {
    visible(&address.replacen('/', " ", 1))
}

/// Addresses on one line; of many the first. A thing speaks for its parts, and a service for its kind.
fn named(addresses: &[String]) -> String {
    const MOST: usize = 3;
    let stated = addresses.iter().any(|address| !address.starts_with("kind/"));
    let spoken_for = |address: &str| {
        stated && address.starts_with("kind/")
            || addresses
                .iter()
                .any(|other| address.strip_prefix(other.as_str()).is_some_and(|rest| rest.starts_with('/')))
    };
    let names: Vec<String> =
        addresses.iter().filter(|address| !spoken_for(address)).map(|address| spoken(address)).collect();
    match names.len().saturating_sub(MOST) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..MOST].join(", ")),
    }
}

/// Lines that come and go.
fn counts(file: &FileChange) -> String {
    match file.text.lines() {
        (0, 0) => "mode".to_owned(),
        (more, 0) => format!("+{more}"),
        (0, less) => format!("-{less}"),
        (more, less) => format!("+{more} -{less}"),
    }
}

/// The symbol of a file: one that is kept only asks for attention.
fn symbol(file: &FileChange) -> char {
    if file.kept { '!' } else { file.action.symbol() }
}

/// What begins the reason that is something in the system.
const BECAUSE: &str = "because of ";

/// Why a file changes, or does not.
fn reason(file: &FileChange) -> String {
    let because = match file.cause {
        Cause::First => "new".to_owned(),
        Cause::System => format!("{BECAUSE}{}", named(&file.because)),
        Cause::Order => "things are stated in another order".to_owned(),
        Cause::Compiler => "another ondol".to_owned(),
        Cause::Target if file.action == Action::Create => "deleted since the last apply".to_owned(),
        Cause::Target if !file.edited => "its mode was changed since the last apply".to_owned(),
        Cause::Target => "the description asks for no change".to_owned(),
    };
    let whose = if file.foreign { "not written by ondol" } else { "edited by hand" };
    match (file.kept, file.edited) {
        (true, _) if matches!(file.cause, Cause::Target | Cause::First) => {
            format!("{whose}: kept (--overwrite-edited takes its place)")
        }
        (true, _) => {
            format!("{whose}: kept, though it should change {because} (--overwrite-edited takes its place)")
        }
        (false, true) => format!("{whose}: overwritten; {because}"),
        (false, false) => because,
    }
}

/// The gravest of what follows from a file, as one word; none when nothing does.
fn effect(file: &FileChange) -> &'static str {
    let gravest = file.consequences.iter().max().filter(|_| !file.kept);
    gravest
        .map_or("", |consequence| if *consequence == Consequence::Nothing { "" } else { consequence.class() })
}

/// A consequence in words.
fn words(consequence: &Consequence) -> String {
    match consequence {
        Consequence::Nothing => "nothing: what changes is read anew each time, or by people".to_owned(),
        Consequence::Reload(what) => format!("reload {what}"),
        Consequence::Start(what) => format!("start {what}"),
        Consequence::Supply(name) => format!("supply {name}: set it in .env first"),
        Consequence::Restart(what) => format!("restart {what}"),
        Consequence::Recreate(what) => format!("recreate {what}"),
        Consequence::Remove(what) => format!("stop and remove {what}"),
    }
}

/// Changes that another one of the list speaks for: what belongs to a kind that comes or goes as a whole, which the
/// service of that kind says already.
fn implied(plan: &Plan, change: &SystemChange) -> bool {
    let Some(rest) = change.address.strip_prefix("kind/") else { return false };
    let Some((kind, _)) = rest.split_once('/') else { return false };
    let kind = format!("kind/{kind}");
    plan.changes.iter().any(|other| other.address == kind && other.action == change.action)
}

/// The fields of a change that are worth a line: not what a new thing leaves at its default, not its own name, not the
/// marker of a block whose contents are told.
fn told<'a>(plan: &Plan, change: &'a SystemChange) -> Vec<&'a FieldChange> {
    // Of a first apply everything is new, and a kind comes and goes with its services: the names say enough.
    let kind = change.address.starts_with("kind/");
    if change.action == Action::Create && plan.first || change.action != Action::Update && kind {
        return Vec::new();
    }
    let within = |field: &FieldChange, block: &FieldChange| {
        field.field.strip_prefix(block.field.as_str()).is_some_and(|rest| rest.starts_with('.'))
    };
    // A block that comes is told by what it says, one that goes by itself.
    let goes = |block: &FieldChange| {
        change.action == Action::Update && block.before.as_deref() == Some("") && block.after.is_none()
    };
    let marker = |field: &FieldChange| {
        let empty = field.after.as_deref().is_none_or(str::is_empty);
        empty && !goes(field) && change.fields.iter().any(|other| within(other, field))
    };
    let spoken_for =
        |field: &FieldChange| change.fields.iter().any(|block| goes(block) && within(field, block));
    let key = |field: &FieldChange| {
        let name = change.address.rsplit_once('/').map(|(_, name)| name);
        change.action != Action::Update && field.after.as_deref().or(field.before.as_deref()) == name
    };
    let default = |field: &FieldChange| change.action == Action::Create && field.span == change.span;
    change
        .fields
        .iter()
        .filter(|field| {
            !(field.field.is_empty() || marker(field) || spoken_for(field) || key(field) || default(field))
        })
        .collect()
}

fn place(change: &SystemChange, sources: &Sources) -> String {
    let renamed = change.renames.as_deref().map(|old| format!("; the same as {}, which goes", spoken(old)));
    let stated = change.span.map(|span| sources.place(span).to_string());
    let kind = change.address.starts_with("kind/");
    let gone = stated.is_none().then(|| if kind { "no longer used" } else { "no longer stated" }.to_owned());
    format!("{}{}", stated.or(gone).unwrap_or_default(), renamed.unwrap_or_default())
}

/// One line that counts every class of change that occurs, and names the gravest consequence.
pub fn summary(plan: &Plan) -> String {
    let count = |action| plan.files.iter().filter(|file| !file.kept && file.action == action).count();
    let kept = plan.files.iter().filter(|file| file.kept).count();
    let parts: Vec<String> = [
        (count(Action::Create), "to create"),
        (count(Action::Update), "to update"),
        (count(Action::Delete), "to delete"),
        (kept, "kept as edited"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if parts.is_empty() && plan.changes.is_empty() && !plan.compiler_changed && !plan.first {
        return format!(
            "No changes: {} as the description says.",
            counted(plan.unchanged, "file is", "files are")
        );
    }
    let files =
        if parts.is_empty() { "no file changes".to_owned() } else { format!("files: {}", parts.join(", ")) };
    let gravest = match (plan.risks.len(), plan.consequences.last()) {
        (1.., _) => "; gravest: data at risk".to_owned(),
        (0, Some(Consequence::Nothing) | None) => String::new(),
        (0, Some(consequence)) => format!("; gravest: {}", consequence.class()),
    };
    format!(
        "Plan: {} in the system; {files}, {} unchanged{gravest}.",
        counted(listed(plan), "change", "changes"),
        plan.unchanged
    )
}

/// How many changes of the system are listed each for itself.
fn listed(plan: &Plan) -> usize {
    let kind = |change: &SystemChange| plan.first && change.address.starts_with("kind/");
    plan.changes.iter().filter(|change| !kind(change) && !implied(plan, change)).count()
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
