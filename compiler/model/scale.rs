//! How a service grows step by step, and what each step needs.

use super::{Host, Service};
use crate::{
    source::{Located, Span},
    values::{Bound, Count, Duration, Name, Size},
};

/// The word for the number of containers, where settings have their names.
pub const REPLICAS: &str = "replicas";

/// A plan of growth in steps.
#[derive(Clone, Debug)]
pub struct Scale {
    /// What grows: `replicas`, or a setting of the kind.
    pub what: Name,
    /// How many there are at present.
    pub now: u32,
    /// How many there are, step by step; ascending, at least two.
    pub steps: Vec<Located<Count>>,
    /// What tells that the next step is due: the measure, what it must pass, and for how long.
    pub when: Option<(Located<Name>, Located<Bound>, Duration)>,
    /// The memory that each needs, as far as it is stated.
    pub memory: Option<Located<Size>>,
    /// What each takes of others.
    pub takes: Vec<Takes>,
    /// Where it is stated.
    pub span: Span,
}

/// Something that each takes of another service.
#[derive(Clone, Debug)]
pub struct Takes {
    /// How many each takes.
    pub each: u32,
    /// Of whom.
    pub of: Name,
    /// The setting there that says how many there are.
    pub setting: Name,
    /// How many there are.
    pub most: u64,
    /// Where it is stated.
    pub span: Span,
}

impl Scale {
    /// Whether containers are added, and not something within them.
    pub fn adds_containers(&self) -> bool {
        self.what.as_str() == REPLICAS
    }

    /// The step after the present one; none when it is the last.
    pub fn next(&self) -> Option<u32> {
        self.steps.iter().map(|step| step.value.get()).find(|step| *step > self.now)
    }

    /// The command that adds containers without asking the description: it holds until the next deployment.
    pub fn at_once(&self, service: &Name, step: u32) -> String {
        format!(
            "docker compose up -d --wait --no-build --no-deps --no-recreate --scale {service}={step} {service}"
        )
    }

    /// The memory that one container needs with so many, in bytes; none when nobody says what each needs.
    pub fn of_container(&self, service: &Service, step: u32) -> Option<u64> {
        if self.adds_containers() {
            return Some(self.memory.or(service.limits.memory)?.bytes());
        }
        Some(self.memory?.bytes().saturating_mul(step.into()))
    }

    /// The memory that all containers of the service on one host need with so many, in bytes: those of two releases
    /// where they stand side by side.
    pub fn of_host(&self, service: &Service, step: u32) -> Option<u64> {
        let containers = if self.adds_containers() { step } else { service.replicas.get() };
        let releases = if service.beside.is_some() { 2 } else { 1 };
        Some(self.of_container(service, step)?.saturating_mul(containers.into()).saturating_mul(releases))
    }

    /// How many of a thing the service takes on all its hosts together.
    pub fn taken(&self, service: &Service, takes: &Takes, step: u32) -> u64 {
        let replicas = if self.adds_containers() { 1 } else { service.replicas.get() };
        [step, replicas, takes.each]
            .into_iter()
            .map(u64::from)
            .fold(service.hosts.len().max(1) as u64, u64::saturating_mul)
    }
}

/// The memory of the host that the other services leave when each of them uses what it may, in bytes; none where it is
/// not said how much the host has.
pub fn left(host: &Host, services: &[Service], of: &Service) -> Option<u64> {
    let others = services.iter().filter(|one| one.name != of.name && one.profile.is_none());
    let used = others
        .filter_map(|one| {
            let releases = if one.beside.is_some() { 2 } else { 1 };
            let each = one.limits.memory?.bytes();
            Some(each.saturating_mul(one.replicas.get().into()).saturating_mul(releases))
        })
        .fold(0, u64::saturating_add);
    Some(host.memory?.bytes().saturating_sub(used))
}
