//! Whose alerts are, and how urgent: the labels `team` and `priority`, by which they find their receivers.

use std::collections::BTreeMap;

use super::Input;
use crate::{
    diagnostic::Diagnostic,
    model::{
        Alert, Severity,
        response::{PRIORITY, TEAM},
    },
    values::Name,
};

/// Puts them on. What names an alert or a service that does not exist is reported.
pub fn label(input: &Input, alerts: &mut [Alert]) {
    let owners = owners(input);
    let spec = input.context.spec;
    let named: BTreeMap<&str, &str> = spec
        .priorities
        .iter()
        .flat_map(|one| one.alerts.iter().map(|alert| (alert.value.as_str(), one.name.value.as_str())))
        .collect();
    let usual: BTreeMap<Severity, &str> = spec
        .priorities
        .iter()
        .filter_map(|one| Some((one.severity.as_ref()?.value, one.name.value.as_str())))
        .collect();
    for name in spec.priorities.iter().flat_map(|one| &one.alerts) {
        if alerts.iter().all(|alert| alert.name != name.value.as_str()) {
            let known: Vec<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
            input.unknown(
                Diagnostic::error("unknown-alert", format!("there is no alert `{}`", name.value))
                    .at(name.span, "named here"),
                name.value.as_str(),
                &known,
                "",
            );
        }
    }
    // Without the way in nothing of the system is there for anybody.
    let way_in = input.model.ingress.as_ref().map(|ingress| ingress.service.as_str());
    let first = spec.priorities.first().map(|one| one.name.value.as_str());
    for alert in alerts {
        let closed = Some(alert.group.as_str()) == way_in
            && alert.severity == Severity::Critical
            && alert.bound.is_none();
        let priority = named.get(alert.name.as_str()).copied().or(first.filter(|_| closed));
        if let Some(priority) = priority.or_else(|| usual.get(&alert.severity).copied()) {
            alert.labels.insert(PRIORITY.to_owned(), priority.to_owned());
        }
        if let Some(team) = alert.labels.get("service").and_then(|service| owners.get(service.as_str())) {
            alert.labels.insert(TEAM.to_owned(), team.to_string());
        }
    }
}

/// The team of each service that has one.
fn owners<'a>(input: &Input<'a>) -> BTreeMap<&'a str, &'a Name> {
    let mut owners = BTreeMap::new();
    let names: Vec<&str> = input.model.services.iter().map(|service| service.name.as_str()).collect();
    for team in &input.model.teams {
        for service in &team.owns {
            if !names.contains(&service.value.as_str()) {
                input.unknown(
                    Diagnostic::error("unknown-service", format!("there is no service `{}`", service.value))
                        .at(service.span, "named here"),
                    service.value.as_str(),
                    &names,
                    "",
                );
            } else if let Some(other) = owners.insert(service.value.as_str(), &team.name) {
                input.sink.report(
                    Diagnostic::error("duplicate", format!("two teams own `{}`", service.value))
                        .at(service.span, format!("`{}` owns it, too", other))
                        .help("one team answers for a service: leave it with that one"),
                );
            }
        }
    }
    owners
}
