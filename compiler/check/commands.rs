//! The commands that a description hands to people and to the clock, as words.

use crate::{
    model::{Command, Model, Origin},
    source::Span,
};

/// Each simple command of every job, of every step of the runbook and of every item of a checklist, with its place.
pub fn commands(model: &Model) -> Vec<(Vec<&str>, Span)> {
    let steps = model.runbook.troubles.iter().flat_map(|trouble| &trouble.steps);
    let steps = steps.filter_map(|step| step.run.as_ref()).map(|run| (run.value.as_str(), run.span));
    let items = model.checklists.iter().flat_map(|list| &list.items);
    let items = items.filter_map(|item| item.run.as_ref()).map(|run| (run.value.as_str(), run.span));
    let read = steps.chain(items).flat_map(|(text, span)| simple(text).map(move |one| (one, span)));
    scheduled(model).into_iter().chain(read).collect()
}

/// Each simple command of every job that is stated, with its place.
pub fn scheduled(model: &Model) -> Vec<(Vec<&str>, Span)> {
    let jobs = model.jobs.iter().filter(|job| matches!(job.origin, Origin::Stated(_)));
    let jobs = jobs.filter_map(|job| match &job.command {
        Command::OnHost(text) | Command::InService(_, text) => Some((text.as_str(), job.origin.span())),
        Command::Script(..) => None,
    });
    jobs.flat_map(|(text, span)| simple(text).map(move |one| (one, span))).collect()
}

/// The simple commands of a shell text. What stands in quotes is taken apart too: such text is often run as well.
fn simple(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '$');
    text.split([';', '|', '&', '\n'])
        .map(move |one| one.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
}
