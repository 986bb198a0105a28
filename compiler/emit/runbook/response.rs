//! Who answers alerts, within what time, and who is told next: as the guide's templates see it.

use serde::Serialize;

use crate::model::{Alert, Escalation, Model, Priority, Receiver, Severity, Way, response::Step};

/// Priorities and escalations of a system that has some.
#[derive(Serialize)]
pub struct ResponseView {
    priorities: Vec<PriorityView>,
    escalations: Vec<EscalationView>,
    /// The service that is Alertmanager, and its port.
    alertmanager: String,
    port: u16,
    /// How long an alert waits for others before it is told.
    wait: String,
}

#[derive(Serialize)]
struct PriorityView {
    name: String,
    respond: String,
    about: Option<String>,
    /// The severity of which all others have it: `critical`, `warning` or nothing.
    others: &'static str,
    /// The alerts that have it otherwise.
    alerts: Vec<String>,
}

#[derive(Serialize)]
struct EscalationView {
    /// What is escalated so; empty for everything of the severity.
    priorities: Vec<String>,
    critical: bool,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    /// None for what is told at once.
    after: Option<String>,
    team: String,
    /// The channels by which the team is told.
    ways: String,
}

/// The view; none when severities say enough.
pub fn view(model: &Model) -> Option<ResponseView> {
    let monitoring = model.monitoring.as_ref()?;
    let (alertmanager, port) = monitoring.alertmanager.as_ref()?;
    let escalations = &model.notify.escalations;
    if model.priorities.is_empty() && escalations.is_empty() {
        return None;
    }
    Some(ResponseView {
        priorities: model.priorities.iter().map(|one| priority(model, one, &monitoring.alerts)).collect(),
        escalations: escalations.iter().map(|one| escalation(model, one)).collect(),
        alertmanager: alertmanager.to_string(),
        port: port.get(),
        wait: model.notify.group_wait.words(model.language),
    })
}

fn priority(model: &Model, priority: &Priority, alerts: &[Alert]) -> PriorityView {
    let name = priority.name.to_string();
    PriorityView {
        alerts: alerts
            .iter()
            .filter(|alert| alert.priority() == Some(&name) && priority.severity != Some(alert.severity))
            .map(|alert| alert.name.clone())
            .collect(),
        others: priority.severity.map_or("", Severity::as_str),
        name,
        respond: priority.respond.words(model.language),
        about: priority.about.clone(),
    }
}

fn escalation(model: &Model, escalation: &Escalation) -> EscalationView {
    EscalationView {
        priorities: escalation.priorities.iter().map(ToString::to_string).collect(),
        critical: escalation.least == Severity::Critical,
        steps: escalation
            .steps
            .iter()
            .map(|step| StepView {
                after: (!step.after.is_zero()).then(|| step.after.words(model.language)),
                team: step.team.to_string(),
                ways: ways(model, step),
            })
            .collect(),
    }
}

/// The team's own channels; what is told at once reaches a team without any where everybody is told.
fn ways(model: &Model, step: &Step) -> String {
    let mut receivers: Vec<&Receiver> = model.notify.of_team(&step.team).collect();
    if receivers.is_empty() {
        receivers = model.notify.receivers.iter().filter(|one| one.team.is_none()).collect();
    }
    let words: Vec<String> = receivers.into_iter().map(|one| way(&one.way)).collect();
    words.join(", ")
}

fn way(way: &Way) -> String {
    match way {
        Way::Slack { channel, .. } => format!("Slack {channel}"),
        Way::Mail { to, .. } => to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Way::Opsgenie { .. } => "Opsgenie".to_owned(),
        Way::Discord { .. } => "Discord".to_owned(),
        Way::Teams { .. } => "Microsoft Teams".to_owned(),
        Way::PagerDuty { .. } => "PagerDuty".to_owned(),
        Way::Telegram { chat, .. } => format!("Telegram {chat}"),
        Way::Webhook { url, .. } => format!("webhook ({url})"),
    }
}
