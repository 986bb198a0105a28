//! Who must answer an alert, within what time, and who is told next when nobody does.

use super::{Alert, Severity};
use crate::values::{Duration, Name, PriorityName};

/// The label of an alert that holds its priority.
pub const PRIORITY: &str = "priority";
/// The label of an alert that holds the team which owns what it is about.
pub const TEAM: &str = "team";
/// The label of an escalated alert that holds which step of its escalation it is: `2` for the second.
pub const ESCALATION: &str = "escalation";
/// The label of an escalated alert that holds the team that is told.
pub const ESCALATED_TO: &str = "escalated_to";

/// How urgent something is, and what that obliges to.
#[derive(Clone, Debug)]
pub struct Priority {
    /// Its name: `P0`.
    pub name: PriorityName,
    /// Within what time somebody must be at work on it.
    pub respond: Duration,
    /// What it is, in the system's language.
    pub about: Option<String>,
    /// Alerts of this severity have it, if they have no other.
    pub severity: Option<Severity>,
}

/// Who is told of what nobody ended, step by step.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// Its name.
    pub name: Name,
    /// The least severity that it is for, when it is for no priorities in particular.
    pub least: Severity,
    /// The priorities that it is for; empty for all of the severity.
    pub priorities: Vec<PriorityName>,
    /// Its steps in time; the first is at once.
    pub steps: Vec<Step>,
}

/// A step of an escalation.
#[derive(Clone, Debug)]
pub struct Step {
    /// How long the alert has been firing.
    pub after: Duration,
    /// The team that is told then.
    pub team: Name,
}

impl Escalation {
    /// Whether the alert is escalated so.
    pub fn covers(&self, alert: &Alert) -> bool {
        if self.priorities.is_empty() {
            return self.least <= alert.severity;
        }
        alert.priority().is_some_and(|name| self.priorities.iter().any(|one| one.as_str() == name))
    }

    /// The team that is told at once.
    pub fn first(&self) -> Option<&Name> {
        self.steps.first().filter(|step| step.after.is_zero()).map(|step| &step.team)
    }

    /// The steps that are not at once, with their numbers, of which the first is 1.
    pub fn later(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .map(|(index, step)| (index + 1, step))
            .filter(|(_, step)| !step.after.is_zero())
    }
}
