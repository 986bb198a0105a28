//! `priority` and `escalation`: who must answer an alert within what time, and who is told next when nobody does.

use crate::{
    expand::kind::{Phrase, phrase},
    model::Severity,
    source::{Located, Span},
    syntax::Reader,
    values::{AlertName, Duration, Name, PriorityName},
};

/// A stated `priority`.
#[derive(Clone, Debug)]
pub struct PrioritySpec {
    /// Its name.
    pub name: Located<PriorityName>,
    /// Within what time somebody must be at work on it.
    pub respond: Located<Duration>,
    /// Alerts of this severity have it, if no other names them.
    pub severity: Option<Located<Severity>>,
    /// Alerts that have it.
    pub alerts: Vec<Located<AlertName>>,
    /// What it is.
    pub about: Option<Phrase>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `escalation`.
#[derive(Clone, Debug)]
pub struct EscalationSpec {
    /// Its name.
    pub name: Located<Name>,
    /// The least severity that it is for.
    pub least: Severity,
    /// The priorities that it is for.
    pub priorities: Vec<Located<PriorityName>>,
    /// Its steps.
    pub steps: Vec<StepSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `step` of an escalation.
#[derive(Clone, Debug)]
pub struct StepSpec {
    /// How long the alert has been firing.
    pub after: Located<Duration>,
    /// The team that is told then.
    pub to: Located<Name>,
}

/// Reads a `priority`.
pub fn priority(r: &mut Reader) -> Option<PrioritySpec> {
    r.example("priority \"P0\" respond=\"15m\" severity=\"critical\" { about \"users cannot work\" ko=\"서비스 중단\" }");
    let name =
        r.arg::<PriorityName>("name", "what people call it; the value of the label `priority`").required();
    let respond = r
        .prop::<Duration>("respond", "within what time somebody must be at work on it")
        .above_zero()
        .required();
    let severity = r
        .prop::<Severity>(
            "severity",
            "alerts of this severity have it, unless a priority names them in `alert`; that the way in itself is away has the first priority, which is the most urgent",
        )
        .optional();
    let alerts = r.list::<AlertName>("alert", "the name of an alert that has it");
    let about = r.block("about", "what it is, for people", phrase);
    Some(PrioritySpec { name: name?, respond: respond?, severity, alerts, about, span: r.span()? })
}

/// Reads an `escalation`.
pub fn escalation(r: &mut Reader) -> Option<EscalationSpec> {
    r.example("escalation \"outage\" {\n    step after=\"0m\" to=\"first-line\"\n    step after=\"30m\" to=\"dev-lead\"\n    step after=\"2h\" to=\"cto\"\n}");
    let name = r.arg::<Name>("name", "what it is called").required();
    let least = r
        .prop::<Severity>("severity", "the least severity that is escalated, when no `priority` is named")
        .or("critical");
    let priorities =
        r.list::<PriorityName>("priority", "a priority that is escalated; by severity when absent");
    let steps =
        r.blocks("step", "a team that is told while the alert still fires and nobody silenced it", |r| {
            let after = r.prop::<Duration>("after", "how long the alert has been firing").required();
            let to = r.prop::<Name>("to", "the team that is told then, by its receivers").required();
            Some(StepSpec { after: after?, to: to? })
        });
    Some(EscalationSpec { name: name?, least: least?.value, priorities, steps, span: r.span()? })
}
