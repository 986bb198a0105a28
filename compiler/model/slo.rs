//! Objectives: a share of what is asked of a service that must go well, and how much of the rest is left.

use super::Severity;
use crate::values::{Bound, Labels, Name, Percent, Value as _};

/// The rule group of objectives and of what is recorded for them. No group of a service has this name: those have no
/// `_`.
pub const GROUP: &str = "service_levels";

/// A share that must go well.
#[derive(Clone, Debug)]
pub struct Slo {
    /// Its name.
    pub name: Name,
    /// The service that it is about.
    pub service: Name,
    /// What it is called, in the system's language.
    pub title: String,
    /// The share.
    pub target: Percent,
    /// The share of what is left of the budget, as PromQL: 1 is all, below 0 is more than there was.
    pub left: String,
    /// The share of what failed, over each of the windows that alerts look at.
    pub recorded: Vec<Recording>,
}

/// A recording rule.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The series that it makes.
    pub name: String,
    /// From what.
    pub expr: String,
    /// Labels that it puts on.
    pub labels: Labels,
}

impl Slo {
    /// From where on what is left is little, and nothing.
    pub fn bounds(&self) -> Vec<(Bound, Severity)> {
        [("<25%", Severity::Warning), ("<=0%", Severity::Critical)]
            .into_iter()
            .filter_map(|(bound, severity)| Some((Bound::parse(bound).ok()?, severity)))
            .collect()
    }
}
