//! A plan for eyes, for pull requests and for tools: the same facts each time, and none left out.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Action, Cause, FileChange, Plan, SystemChange};
use crate::{emit::OnChange, source::Sources};

/// Version of the JSON format: the schema is `docs/schema/plan.json`.
pub const FORMAT: u32 = 1;

/// How a plan is shown as text.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Whether colours are used. Symbols carry the meaning without them.
    pub color: bool,
    /// Whether the differences of files are shown.
    pub diff: bool,
}

/// A plan as text.
pub fn text(plan: &Plan, sources: &Sources, view: View) -> String {
    let mut out = String::new();
    let paint = |code: &str, text: &str| {
        if view.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let _ = writeln!(out, "{}", paint("1", &format!("{} / {}", plan.system, plan.environment)));
    if plan.first {
        let _ = writeln!(out, "  first apply: nothing has been written here yet");
    }
    if plan.compiler_changed {
        let _ = writeln!(
            out,
            "  another ondol or standard library than at the last apply: files may change for that alone"
        );
    }
    if !plan.changes.is_empty() {
        out.push_str("\n  system\n");
        for change in &plan.changes {
            system_change(&mut out, plan, change, sources, &paint);
        }
    }
    if !plan.files.is_empty() {
        out.push_str("\n  files\n");
        let width = plan.files.iter().map(|file| file.path.chars().count()).max().unwrap_or(0);
        for file in &plan.files {
            let _ = writeln!(
                out,
                "  {} {:width$}  {:>9}  {}",
                paint(color(file.action), &file.action.symbol().to_string()),
                file.path,
                counts(file),
                note(file)
            );
            if view.diff {
                for line in file.diff.lines() {
                    let code = match line.chars().next() {
                        Some('+') => "32",
                        Some('-') => "31",
                        _ => "2",
                    };
                    let _ = writeln!(out, "      {}", paint(code, &visible(line)));
                }
            }
        }
    }
    let then = then(plan);
    if !then.is_empty() {
        out.push_str("\n  then\n");
        for line in then {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(out, "\n  {}", summary(plan));
    out
}

fn system_change(
    out: &mut String,
    plan: &Plan,
    change: &SystemChange,
    sources: &Sources,
    paint: &dyn Fn(&str, &str) -> String,
) {
    let place = change.span.map(|span| sources.place(span).to_string()).unwrap_or_default();
    let _ = writeln!(
        out,
        "  {} {:<40} {place}",
        paint(color(change.action), &change.action.symbol().to_string()),
        spoken(&change.address)
    );
    // Of a first apply everything is new: the names say enough. Later, each field of what is new is news.
    if !(plan.first && change.action == Action::Create) {
        for field in change.fields.iter().filter(|field| !field.field.is_empty()) {
            let value = |value: &Option<String>| value.as_deref().map(visible);
            let text = match (value(&field.before), value(&field.after)) {
                (Some(before), Some(after)) => {
                    format!("{} {} → {}", field.field, shown(&before), shown(&after))
                }
                (None, Some(after)) => format!("{} {}", field.field, shown(&after)),
                (Some(before), None) => format!("{} {} → (default or gone)", field.field, shown(&before)),
                (None, None) => continue,
            };
            let place = field
                .span
                .filter(|span| Some(*span) != change.span && change.action == Action::Update)
                .map(|span| format!("  ({})", sources.place(span)))
                .unwrap_or_default();
            let _ = writeln!(out, "      {text}{place}");
        }
    }
    if let Some(risk) = plan.risk_of(&change.address) {
        let _ = writeln!(out, "      {}", paint("31", &format!("data at risk: {risk}")));
    }
}

/// User text on one line of a terminal: control characters cannot act.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

fn shown(value: &str) -> String {
    if value.is_empty() { "\"\"".to_owned() } else { value.to_owned() }
}

/// `service/backend` as one says it: `service backend`.
fn spoken(address: &str) -> String {
    visible(&address.replacen('/', " ", 1))
}

fn color(action: Action) -> &'static str {
    match action {
        Action::Create => "32",
        Action::Update => "33",
        Action::Delete => "31",
    }
}

fn counts(file: &FileChange) -> String {
    let (more, less) = file.lines;
    match (more, less) {
        (0, 0) => "mode".to_owned(),
        (more, 0) => format!("+{more}"),
        (0, less) => format!("-{less}"),
        (more, less) => format!("+{more} -{less}"),
    }
}

/// Why a file changes, and what follows.
fn note(file: &FileChange) -> String {
    let because = reason(file);
    let consequence = match &file.consequence {
        OnChange::Nothing => String::new(),
        consequence => format!("; {}", words(consequence)),
    };
    format!("{because}{}", if file.kept { String::new() } else { consequence })
}

fn reason(file: &FileChange) -> String {
    if file.kept {
        return "edited by hand: kept (overwrite with --overwrite-edited)".to_owned();
    }
    if file.edited {
        return "edited by hand: overwritten".to_owned();
    }
    match file.cause {
        Cause::First => return "new".to_owned(),
        Cause::Compiler => return "another ondol or standard library".to_owned(),
        Cause::Order => return "things are stated in another order".to_owned(),
        Cause::Target if file.action == Action::Create => {
            return "was deleted since the last apply".to_owned();
        }
        Cause::Target => return "its mode was changed since the last apply".to_owned(),
        Cause::System => {}
    }
    let mut names: Vec<String> = file.because.iter().map(|address| spoken(address)).collect();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    format!(
        "because of {}{}",
        names.join(", "),
        if more > 0 { format!(" and {more} more") } else { String::new() }
    )
}

/// A consequence in words.
pub fn words(consequence: &OnChange) -> String {
    match consequence {
        OnChange::Nothing => "nothing to be done".to_owned(),
        OnChange::Reload(what) => format!("reload {what}"),
        OnChange::Restart(what) => format!("restart {what}"),
        OnChange::Recreate(what) => format!("recreate {what}"),
    }
}

/// What has to follow on the host, gravest first. On a first apply everything starts for the first time.
fn then(plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = plan.risks.iter().map(|(_, risk)| format!("data at risk: {risk}")).collect();
    if !plan.first {
        lines.extend(plan.consequences().iter().filter(|c| **c != OnChange::Nothing).map(words));
    }
    lines
}

/// One line that counts every class of change that occurs.
pub fn summary(plan: &Plan) -> String {
    let count = |action| plan.files.iter().filter(|file| !file.kept && file.action == action).count();
    let kept = plan.files.iter().filter(|file| file.kept).count();
    let parts: Vec<String> = [
        (count(Action::Create), "to create"),
        (count(Action::Update), "to update"),
        (count(Action::Delete), "to delete"),
        (kept, "edited by hand and kept"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if parts.is_empty() && plan.changes.is_empty() && !plan.compiler_changed && !plan.first {
        return format!("No changes: {} files are as the description says.", plan.unchanged);
    }
    let files = if parts.is_empty() { "no file changes".to_owned() } else { parts.join(", ") };
    let changes = plan.changes.len();
    format!(
        "Plan: {changes} {} in the system; files: {files}, {} unchanged.",
        if changes == 1 { "change" } else { "changes" },
        plan.unchanged
    )
}

/// A plan as Markdown for a pull request: what matters first, diffs folded.
pub fn markdown(plan: &Plan, sources: &Sources) -> String {
    let mut out = format!("### {} / {}\n\n{}\n", plan.system, plan.environment, summary(plan));
    let then = then(plan);
    if !plan.risks.is_empty() {
        out.push_str("\n> [!CAUTION]\n");
        for (_, risk) in &plan.risks {
            let _ = writeln!(out, "> data at risk: {}", inline(risk));
        }
    }
    if !plan.changes.is_empty() {
        out.push_str("\n| | what | change | where |\n|---|---|---|---|\n");
        for change in &plan.changes {
            let fields: Vec<String> = change
                .fields
                .iter()
                .filter(|field| !(field.field.is_empty() || plan.first && change.action == Action::Create))
                .map(|field| match (&field.before, &field.after) {
                    (Some(before), Some(after)) => {
                        format!("{}: {} → {}", inline(&field.field), code(before), code(after))
                    }
                    (None, Some(after)) => format!("{}: {}", inline(&field.field), code(after)),
                    (Some(before), None) => format!("{}: {} → –", inline(&field.field), code(before)),
                    (None, None) => inline(&field.field),
                })
                .collect();
            let place = change.span.map(|span| sources.place(span).to_string()).unwrap_or_default();
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {} |",
                change.action.symbol(),
                code(&spoken(&change.address)),
                fields.join("<br>"),
                code(&place)
            );
        }
    }
    if !plan.files.is_empty() {
        out.push_str("\n| | file | lines | why |\n|---|---|---|---|\n");
        for file in &plan.files {
            let _ = writeln!(
                out,
                "| `{}` | {} | {} | {} |",
                file.action.symbol(),
                code(&file.path),
                counts(file),
                inline(&note(file))
            );
        }
        for file in plan.files.iter().filter(|file| !file.diff.is_empty() && !plan.first) {
            let fence = fence(&file.diff);
            let _ = write!(
                out,
                "\n<details><summary>{}</summary>\n\n{fence}diff\n{}{fence}\n\n</details>\n",
                code(&file.path).replace('`', ""),
                file.diff
            );
        }
    }
    if !then.is_empty() {
        out.push_str("\n**Then**\n\n");
        for line in then {
            let _ = writeln!(out, "- {}", inline(&line));
        }
    }
    out
}

/// A fence longer than any run of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Text within a line of Markdown, showing itself and nothing else.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '@' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as code within a table.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let ticks = fence(text).split_off(2);
    let text = visible(text).replace('|', "\\|");
    if text.starts_with('`') || text.ends_with('`') {
        format!("{ticks} {text} {ticks}")
    } else {
        format!("{ticks}{text}{ticks}")
    }
}

/// A plan for tools.
#[derive(Serialize)]
pub struct Record<'a> {
    system: &'a str,
    environment: &'a str,
    first: bool,
    compiler_changed: bool,
    changes: Vec<ChangeRecord<'a>>,
    files: Vec<FileRecord<'a>>,
    consequences: Vec<ConsequenceRecord>,
    unchanged: usize,
    summary: String,
}

#[derive(Serialize)]
struct ChangeRecord<'a> {
    address: &'a str,
    action: &'static str,
    place: Option<String>,
    fields: Vec<FieldRecord<'a>>,
    data_at_risk: Option<&'a str>,
}

#[derive(Serialize)]
struct FieldRecord<'a> {
    field: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    place: Option<String>,
}

#[derive(Serialize)]
struct FileRecord<'a> {
    path: &'a str,
    action: &'static str,
    cause: &'static str,
    because: &'a [String],
    reason: String,
    consequence: ConsequenceRecord,
    lines_added: usize,
    lines_removed: usize,
    edited_by_hand: bool,
    kept: bool,
    diff: &'a str,
}

#[derive(Serialize)]
struct ConsequenceRecord {
    class: &'static str,
    subject: Option<String>,
}

impl ConsequenceRecord {
    fn new(consequence: &OnChange) -> Self {
        match consequence {
            OnChange::Nothing => ConsequenceRecord { class: "nothing", subject: None },
            OnChange::Reload(what) => ConsequenceRecord { class: "reload", subject: Some(what.clone()) },
            OnChange::Restart(what) => ConsequenceRecord { class: "restart", subject: Some(what.clone()) },
            OnChange::Recreate(what) => ConsequenceRecord { class: "recreate", subject: Some(what.clone()) },
        }
    }
}

/// A plan as a record.
pub fn record<'a>(plan: &'a Plan, sources: &Sources) -> Record<'a> {
    let place = |span: Option<crate::source::Span>| span.map(|span| sources.place(span).to_string());
    Record {
        system: &plan.system,
        environment: &plan.environment,
        first: plan.first,
        compiler_changed: plan.compiler_changed,
        changes: plan
            .changes
            .iter()
            .map(|change| ChangeRecord {
                address: &change.address,
                action: change.action.word(),
                place: place(change.span),
                fields: change
                    .fields
                    .iter()
                    .map(|field| FieldRecord {
                        field: &field.field,
                        before: field.before.as_deref(),
                        after: field.after.as_deref(),
                        place: place(field.span),
                    })
                    .collect(),
                data_at_risk: plan.risk_of(&change.address),
            })
            .collect(),
        files: plan
            .files
            .iter()
            .map(|file| FileRecord {
                path: &file.path,
                action: file.action.word(),
                cause: file.cause.word(),
                because: &file.because,
                reason: reason(file),
                consequence: ConsequenceRecord::new(&file.consequence),
                lines_added: file.lines.0,
                lines_removed: file.lines.1,
                edited_by_hand: file.edited,
                kept: file.kept,
                diff: &file.diff,
            })
            .collect(),
        consequences: plan.consequences().iter().map(ConsequenceRecord::new).collect(),
        unchanged: plan.unchanged,
        summary: summary(plan),
    }
}
