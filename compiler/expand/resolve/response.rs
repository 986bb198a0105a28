//! Priorities, and escalations over teams: every name that they use exists, and every step reaches somebody.

use super::context::Context;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::read::{
        notify::{NotifySpec, ReceiverSpec},
        response::EscalationSpec,
    },
    model::{Escalation, Priority, response::Step},
    source::Located,
    values::{Name, PriorityName},
};

/// The priorities as they are stated, the most urgent first. That one severity or one alert has two is reported.
pub fn priorities(context: &Context) -> Vec<Priority> {
    let stated = &context.spec.priorities;
    for (index, priority) in stated.iter().enumerate() {
        let before = &stated[..index];
        let twice = |what: String, second, first| {
            context.sink.report(
                Diagnostic::error("duplicate", format!("{what} has two priorities"))
                    .at(second, "given here")
                    .at(first, "and here")
                    .help("leave it with one of them"),
            );
        };
        let severities = before.iter().filter_map(|one| one.severity.as_ref());
        if let Some(severity) = &priority.severity
            && let Some(first) = severities.into_iter().find(|one| one.value == severity.value)
        {
            twice(format!("the severity `{}`", severity.value.as_str()), severity.span, first.span);
        }
        for alert in &priority.alerts {
            let mut named = before.iter().flat_map(|one| &one.alerts);
            if let Some(first) = named.find(|one| one.value == alert.value) {
                twice(format!("`{}`", alert.value), alert.span, first.span);
            }
        }
    }
    stated
        .iter()
        .map(|priority| Priority {
            name: priority.name.value.clone(),
            respond: priority.respond.value,
            about: priority.about.as_ref().map(|about| about.get(context.language).to_owned()),
            severity: priority.severity.as_ref().map(|severity| severity.value),
        })
        .collect()
}

/// The escalations of `notify`.
pub fn escalations(context: &Context, notify: &NotifySpec) -> Vec<Escalation> {
    notify.escalations.iter().filter_map(|stated| escalation(context, notify, stated)).collect()
}

fn escalation(context: &Context, notify: &NotifySpec, stated: &EscalationSpec) -> Option<Escalation> {
    for priority in &stated.priorities {
        known_priority(context, priority);
    }
    if stated.steps.is_empty() {
        context.sink.report(
            Diagnostic::error("missing-property", "`escalation` needs a `step`")
                .at(stated.span, "nobody would be told")
                .help("write for example `step after=\"30m\" to=\"lead\"`"),
        );
        return None;
    }
    for pair in stated.steps.windows(2).filter(|pair| pair[1].after.value <= pair[0].after.value) {
        context.sink.report(
            Diagnostic::error("escalation-order", "a step of an escalation comes after the one before it")
                .at(pair[1].after.span, "not later")
                .at(pair[0].after.span, "than this one")
                .help("write the steps in the order of their times, each with a time of its own"),
        );
    }
    let mut reached = true;
    for step in &stated.steps {
        // What is told at once reaches a team also where everybody is told.
        let everybody = |one: &ReceiverSpec| {
            one.team.is_none()
                && step.after.value.is_zero()
                && one.least <= stated.least
                && one.priorities.is_empty()
        };
        let own = |one: &ReceiverSpec| one.team.as_ref().is_some_and(|team| team.value == step.to.value);
        let heard = notify.receivers.iter().any(|one| own(one) || everybody(one));
        if !team(context, &step.to) {
            reached = false;
        } else if !heard {
            reached = false;
            context.sink.report(
                Diagnostic::error(
                    "team-unreachable",
                    format!("no receiver belongs to the team `{}`", step.to.value),
                )
                .at(step.to.span, "this step would tell nobody")
                .help(format!(
                    "give a receiver to it, such as `slack \"#{0}\" webhook=(secret)\"…\" team=\"{0}\"`",
                    step.to.value
                )),
            );
        }
    }
    reached.then(|| Escalation {
        name: stated.name.value.clone(),
        least: stated.least,
        priorities: stated.priorities.iter().map(|one| one.value.clone()).collect(),
        steps: stated
            .steps
            .iter()
            .map(|step| Step { after: step.after.value, team: step.to.value.clone() })
            .collect(),
    })
}

/// Whether there is a team of that name; one that is not is reported.
pub fn team(context: &Context, name: &Located<Name>) -> bool {
    let teams: Vec<&str> = context.spec.teams.iter().map(|team| team.name.as_str()).collect();
    let known = teams.contains(&name.value.as_str());
    if !known {
        let diagnostic = Diagnostic::error("unknown-team", format!("there is no team `{}`", name.value));
        context.sink.report(diagnostic.at(name.span, "named here").help(meant(
            name.value.as_str(),
            &teams,
            "team \"infra\"",
        )));
    }
    known
}

/// Reports a priority that is not stated.
pub fn known_priority(context: &Context, name: &Located<PriorityName>) {
    let known: Vec<&str> = context.spec.priorities.iter().map(|one| one.name.value.as_str()).collect();
    if !known.contains(&name.value.as_str()) {
        let example = format!("priority \"{}\" respond=\"15m\"", name.value);
        context.sink.report(
            Diagnostic::error("unknown-priority", format!("there is no priority `{}`", name.value))
                .at(name.span, "named here")
                .help(meant(name.value.as_str(), &known, &example)),
        );
    }
}

fn meant(name: &str, known: &[&str], example: &str) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("state it in the system: `{example}`"),
        None => format!("known: {}; or state it in the system: `{example}`", known.join(", ")),
    }
}
