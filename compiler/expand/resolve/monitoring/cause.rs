//! What is away and takes others with it: whoever is told of the cause needs no message about each of the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::{Input, targets::GONE};
use crate::{
    expand::kind::Role,
    model::{Alert, Cause, Condition, Service, Services, Severity, Symptoms},
    values::Name,
};

/// The causes: hosts, then services in their order, with what needs them, and with what is told of them twice.
pub fn causes(input: &Input, services: &Services, alerts: &[Alert]) -> Vec<Cause> {
    let priorities: Vec<&str> =
        input.context.spec.priorities.iter().map(|one| one.name.value.as_str()).collect();
    let mut told: BTreeMap<&str, Vec<&Alert>> = BTreeMap::new();
    for alert in alerts {
        if let Some(service) = alert.labels.get("service") {
            told.entry(service).or_default().push(alert);
        }
    }
    let known = Known { alerts, told, priorities, needed: dependents(input, services) };
    let hosts = input.context.hosts.iter().flat_map(|host| known.host(&host.name, services));
    hosts.chain(services.iter().flat_map(|service| known.service(service))).collect()
}

/// What causes and symptoms are found in.
struct Known<'a> {
    alerts: &'a [Alert],
    /// The alerts that tell of each service.
    told: BTreeMap<&'a str, Vec<&'a Alert>>,
    /// The priorities, the most urgent first.
    priorities: Vec<&'a str>,
    /// Who cannot work without each service.
    needed: BTreeMap<Name, BTreeSet<Name>>,
}

impl Known<'_> {
    /// A host that is away takes with it what is on it, and what needs a service that is on no other.
    fn host(&self, host: &Name, services: &Services) -> Vec<Cause> {
        let away: Vec<&Alert> = self.alerts.iter().filter(|alert| is_gone(alert, host)).collect();
        let only = services.iter().filter(|service| service.hosts == [host.clone()]);
        let lost = only.flat_map(|service| {
            std::iter::once(&service.name).chain(self.needed.get(&service.name).into_iter().flatten())
        });
        let symptoms = [Symptoms::Host(host.clone()), Symptoms::Services(self.told(lost))];
        symptoms.into_iter().filter_map(|symptoms| self.cause(&away, symptoms)).collect()
    }

    fn service(&self, service: &Service) -> Vec<Cause> {
        let told = self.told.get(service.name.as_str()).into_iter().flatten().copied();
        let mut away: Vec<&Alert> = told.filter(|alert| is_away(alert, service)).collect();
        // What is told first comes first: what the host sees before what does not answer others.
        away.sort_by_key(|alert| (alert.hold, alert.name.as_str()));
        let mut causes = Vec::new();
        if let [first, rest @ ..] = away.as_slice() {
            let same = rest.iter().filter(|alert| self.rank(alert) >= self.rank(first));
            let same: Vec<String> = same.map(|alert| alert.name.clone()).collect();
            if !same.is_empty() {
                let symptoms = Symptoms::Again(same);
                causes.push(Cause { alerts: vec![first.name.clone()], symptoms, above: Vec::new() });
            }
        }
        let needing = self.told(self.needed.get(&service.name).into_iter().flatten());
        causes.extend(self.cause(&away, Symptoms::Services(needing)));
        causes
    }

    /// Nothing that is more urgent is kept back: those priorities stay out of it.
    fn cause(&self, away: &[&Alert], symptoms: Symptoms) -> Option<Cause> {
        let least = away.iter().map(|alert| self.rank(alert)).max()?;
        if matches!(&symptoms, Symptoms::Services(names) if names.is_empty()) {
            return None;
        }
        let above = self.priorities.iter().take(least).map(|one| (*one).to_owned()).collect();
        Some(Cause { alerts: away.iter().map(|alert| alert.name.clone()).collect(), symptoms, above })
    }

    /// Those of whom something is told; of others nothing can be kept back.
    fn told<'b>(&self, names: impl Iterator<Item = &'b Name>) -> Vec<Name> {
        let names: BTreeSet<&Name> = names.filter(|name| self.told.contains_key(name.as_str())).collect();
        names.into_iter().cloned().collect()
    }

    /// How urgent an alert is: the less the more; of one without a priority, all are more urgent.
    fn rank(&self, alert: &Alert) -> usize {
        let found = alert.priority().and_then(|name| self.priorities.iter().position(|one| *one == name));
        found.unwrap_or(self.priorities.len())
    }
}

/// Whether an alert says that nothing on the host answers.
fn is_gone(alert: &Alert, host: &Name) -> bool {
    alert.labels.get("host").map(String::as_str) == Some(host.as_str())
        && !alert.labels.contains_key("service")
        && alert.name.ends_with(GONE)
}

/// Whether an alert on a service says that the whole of it is away. One on several hosts is away on one of them only.
fn is_away(alert: &Alert, service: &Service) -> bool {
    alert.severity == Severity::Critical
        && !alert.labels.contains_key("host")
        && service.hosts.len() < 2
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
