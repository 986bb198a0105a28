//! What is away and takes others with it: whoever is told of the cause needs no message about each of the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use crate::{
    expand::kind::Role,
    model::{Alert, Cause, Condition, Service, Services, Severity},
    values::Name,
};

/// The causes, in the order of the services: what others need, and what is told of twice.
pub fn causes(input: &Input, services: &Services, alerts: &[Alert]) -> Vec<Cause> {
    let priorities: Vec<&str> =
        input.context.spec.priorities.iter().map(|one| one.name.value.as_str()).collect();
    let symptoms = dependents(input, services);
    let mut causes = Vec::new();
    for service in services {
        let mut away: Vec<&Alert> = alerts.iter().filter(|alert| is_away(alert, service)).collect();
        // What is told first comes first: a minute of a unit that has stopped, before two in which it does not answer.
        away.sort_by_key(|alert| (alert.hold, alert.name.as_str()));
        let rank = |alert: &Alert| {
            alert
                .priority()
                .and_then(|name| priorities.iter().position(|one| *one == name))
                .unwrap_or(usize::MAX)
        };
        // Nothing that is more urgent is kept back: those priorities stay out of it.
        let above = |rank: usize| -> Vec<String> {
            priorities.iter().take(rank).map(|one| (*one).to_owned()).collect()
        };
        if let [first, rest @ ..] = away.as_slice() {
            let same: Vec<String> = rest
                .iter()
                .filter(|alert| rank(alert) >= rank(first) && alert.hold > first.hold)
                .map(|alert| alert.name.clone())
                .collect();
            if !same.is_empty() {
                causes.push(Cause {
                    alerts: vec![first.name.clone()],
                    again: same,
                    dependents: Vec::new(),
                    above: Vec::new(),
                });
            }
        }
        // Of whom nothing is told, nothing can be kept back.
        let told = |name: &&Name| {
            alerts.iter().any(|alert| alert.labels.get("service").map(String::as_str) == Some(name.as_str()))
        };
        let dependents: Vec<Name> =
            symptoms.get(&service.name).into_iter().flatten().filter(told).cloned().collect();
        let Some(least) = away.iter().map(|alert| rank(alert)).max().filter(|_| !dependents.is_empty())
        else {
            continue;
        };
        causes.push(Cause {
            alerts: away.iter().map(|alert| alert.name.clone()).collect(),
            again: Vec::new(),
            dependents,
            above: above(least),
        });
    }
    causes
}

/// Whether an alert says that the whole service is away. One about a host says so of one of several.
fn is_away(alert: &Alert, service: &Service) -> bool {
    alert.severity == Severity::Critical
        && alert.labels.get("service").map(String::as_str) == Some(service.name.as_str())
        && !alert.labels.contains_key("host")
        && (alert.name.ends_with("Down") || alert.name.ends_with("Unreachable"))
}

/// Applications that cannot work without a service, directly or not. Neither the way in, which has others to lead to and
/// is the first to be missed itself, nor what watches over the rest is among them.
fn dependents(input: &Input, services: &Services) -> BTreeMap<Name, BTreeSet<Name>> {
    let mut needed: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    let mut all: BTreeMap<&Name, BTreeSet<Name>> = BTreeMap::new();
    // Dependencies come before dependents: what each needs itself is known already.
    for service in services {
        let mut needs = BTreeSet::new();
        for need in service
            .needs
            .iter()
            .filter(|need| matches!(need.condition, Condition::Healthy | Condition::Started))
        {
            needs.extend(all.get(&need.service).into_iter().flatten().cloned());
            needs.insert(need.service.clone());
        }
        let role = input.context.kinds.get(service.kind.as_str()).map(|defined| defined.kind.role);
        if matches!(role, Some(Role::Application | Role::Datastore)) {
            for need in &needs {
                needed.entry(need.clone()).or_default().insert(service.name.clone());
            }
        }
        all.insert(&service.name, needs);
    }
    needed
}
