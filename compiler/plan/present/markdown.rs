//! A plan as Markdown for a pull request: what matters first, diffs folded.

use std::fmt::Write as _;

use super::{
    Action, BECAUSE, Consequence, Plan, SystemChange, comment, counts, effect, implied, place, reason,
    spoken, summary, symbol, told, visible, words,
};
use crate::source::Sources;

/// Plans as one comment.
pub fn markdown<'a>(plans: impl Iterator<Item = (&'a Plan, &'a Sources)>) -> String {
    let parts: Vec<(String, Vec<String>)> =
        plans.map(|(plan, sources)| (page(plan, sources), differences(plan))).collect();
    comment::fitted(&parts)
}

/// A plan without the differences of files.
fn page(plan: &Plan, sources: &Sources) -> String {
    let mut out = format!("### {} / {}\n\n{}\n", plan.system, plan.environment, inline(&summary(plan)));
    if plan.first {
        out.push_str("\nFirst apply: nothing has been written here yet.\n");
    }
    if plan.gone {
        out.push_str("\nNo longer described: what was written here is removed.\n");
    }
    if !plan.risks.is_empty() {
        out.push_str("\n> [!CAUTION]\n");
        for (_, risk) in &plan.risks {
            let _ = writeln!(out, "> data at risk: {}", inline(risk));
        }
    }
    if plan.compiler_changed {
        out.push_str("\nAnother ondol than at the last apply: files may change for that alone.\n");
    }
    if !(plan.consequences.is_empty() || plan.consequences == [Consequence::Nothing]) {
        out.push_str("\n**Then, on the host**, in this order:\n\n");
        for consequence in &plan.consequences {
            let _ = writeln!(out, "- {}", inline(&words(consequence)));
        }
    }
    system(&mut out, plan, sources);
    files(&mut out, plan);
    out
}

fn system(out: &mut String, plan: &Plan, sources: &Sources) {
    let shown: Vec<&SystemChange> = plan.changes.iter().filter(|change| !implied(plan, change)).collect();
    if shown.is_empty() {
        return;
    }
    out.push_str("\n| | what | change | where |\n|---|---|---|---|\n");
    for change in shown {
        let fields: Vec<String> = told(plan, change)
            .into_iter()
            .map(|field| {
                let value = |value: &Option<String>| match value.as_deref() {
                    None => "(none)".to_owned(),
                    Some("") => "\"\"".to_owned(),
                    Some(text) => code(text),
                };
                let name = inline(&field.field);
                match change.action {
                    Action::Create => format!("{name}: {}", value(&field.after)),
                    Action::Delete => format!("{name}: {}", value(&field.before)),
                    Action::Update if field.before.as_deref() == Some("") && field.after.is_none() => {
                        format!("{name}: no longer stated")
                    }
                    Action::Update => format!("{name}: {} → {}", value(&field.before), value(&field.after)),
                }
            })
            .collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            change.action.symbol(),
            code(&spoken(&change.address)),
            fields.join("<br>"),
            inline(&place(change, sources))
        );
    }
}

fn files(out: &mut String, plan: &Plan) {
    if plan.files.is_empty() {
        return;
    }
    out.push_str("\n| | file | lines | then | why |\n|---|---|---|---|---|\n");
    for file in &plan.files {
        let reason = reason(file);
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            symbol(file),
            code(&file.path),
            counts(file),
            if plan.first { "" } else { effect(file) },
            // The column asks why.
            inline(reason.strip_prefix(BECAUSE).unwrap_or(&reason))
        );
    }
}

/// The difference of each file, folded. Of a first apply everything is new.
fn differences(plan: &Plan) -> Vec<String> {
    let files = plan.files.iter().filter(|file| !plan.first && !file.text.diff().is_empty());
    files
        .map(|file| {
            let (diff, path) = (file.text.diff(), html(&file.path));
            let fence = fence(diff);
            format!("\n<details><summary>{path}</summary>\n\n{fence}diff\n{diff}{fence}\n\n</details>\n")
        })
        .collect()
}

/// Text within HTML.
fn html(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    // One more than any run within.
    let ticks = "`".repeat(longest + 1);
    let text = visible(text).replace('|', "\\|");
    if text.starts_with('`') || text.ends_with('`') {
        format!("{ticks} {text} {ticks}")
    } else {
        format!("{ticks}{text}{ticks}")
    }
}
