//! A plan for tools: the schema is `docs/schema/plan.json`.

use serde::Serialize;

use super::{Consequence, Plan, reason, summary};
use crate::source::Sources;

/// Version of the JSON format.
pub const FORMAT: u32 = 1;

/// A plan for tools.
#[derive(Serialize)]
pub struct Record<'a> {
    system: &'a str,
    environment: &'a str,
    first: bool,
    compiler_changed: bool,
    changes: Vec<ChangeRecord<'a>>,
    files: Vec<FileRecord<'a>>,
    consequences: Vec<ConsequenceRecord<'a>>,
    unchanged: usize,
    summary: String,
}

#[derive(Serialize)]
struct ChangeRecord<'a> {
    address: &'a str,
    action: &'static str,
    place: Option<String>,
    fields: Vec<FieldRecord<'a>>,
    renames: Option<&'a str>,
    data_at_risk: Vec<&'a str>,
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
    consequences: Vec<ConsequenceRecord<'a>>,
    lines_added: usize,
    lines_removed: usize,
    edited_by_hand: bool,
    foreign: bool,
    kept: bool,
    diff: &'a str,
}

#[derive(Serialize)]
struct ConsequenceRecord<'a> {
    class: &'static str,
    subject: Option<&'a str>,
}

impl<'a> ConsequenceRecord<'a> {
    fn new(consequence: &'a Consequence) -> Self {
        ConsequenceRecord { class: consequence.class(), subject: consequence.subject() }
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
                renames: change.renames.as_deref(),
                data_at_risk: plan.risks_of(&change.address).collect(),
            })
            .collect(),
        files: plan
            .files
            .iter()
            .map(|file| (file, file.text.lines()))
            .map(|(file, (lines_added, lines_removed))| FileRecord {
                path: &file.path,
                action: file.action.word(),
                cause: file.cause.word(),
                because: &file.because,
                reason: reason(file),
                consequences: file.consequences.iter().map(ConsequenceRecord::new).collect(),
                lines_added,
                lines_removed,
                edited_by_hand: file.edited && !file.foreign,
                foreign: file.foreign,
                kept: file.kept,
                diff: file.text.diff(),
            })
            .collect(),
        consequences: plan.consequences.iter().map(ConsequenceRecord::new).collect(),
        unchanged: plan.unchanged,
        summary: summary(plan),
    }
}
