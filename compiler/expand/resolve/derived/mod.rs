//! Services that follow from the rest: the reverse proxy from the ingress, exporters and Prometheus from `monitor`.
//!
//! A service that the description states itself (with a kind of that role) is not derived again.

mod ingress;
mod monitoring;
mod point_in_time;
mod unit;

use std::collections::BTreeMap;

use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        kinds::Kinds,
        read::{service::ServiceSpec, system::SystemSpec},
        resolve::made_name::made_name,
        setting::defaults,
    },
    model::Origin,
    source::Span,
    stdlib,
    syntax::Sink,
    values::{Name, Value as _},
};

/// The folder in a container where variables are read from files.
pub const SECRETS: &str = "/run/secrets";

/// The stated services and those that follow.
pub fn with_derived(spec: &SystemSpec, kinds: &Kinds, sink: &Sink) -> Vec<ServiceSpec> {
    let services = spec.services.clone();
    let names =
        services.iter().rev().map(|service| (service.name.value.clone(), service.name.span)).collect();
    let mut derive = Derive { spec, kinds, sink, services, names };
    derive.ingress();
    derive.monitoring();
    derive.units();
    derive.point_in_time();
    derive.services
}

struct Derive<'a> {
    spec: &'a SystemSpec,
    kinds: &'a Kinds,
    sink: &'a Sink,
    services: Vec<ServiceSpec>,
    /// The names of the services, and where they stand.
    names: BTreeMap<Name, Span>,
}

impl Derive<'_> {
    fn role(&self, spec: &ServiceSpec) -> Option<Role> {
        self.kinds.get(spec.kind.value.as_str()).map(|defined| defined.kind.role)
    }

    /// Position of the service with that role; derived, of the built-in kind for it and under its name, when there is
    /// none.
    fn with_role(&mut self, role: Role, because: &str, from: Span) -> Option<usize> {
        if let Some(index) = self.services.iter().position(|spec| self.role(spec) == Some(role)) {
            return Some(index);
        }
        let fits = |word: &str| Role::parse(word).ok() == Some(role);
        let kind = stdlib::ALL.iter().find(|embedded| embedded.role.is_some_and(fits))?.kind;
        self.derive(kind, kind, because, from)
    }

    fn derive(&mut self, kind: &str, name: &str, because: &str, from: Span) -> Option<usize> {
        let defined = self.kinds.get(kind)?;
        let (name, kind) = (made_name(name, from, self.sink)?, Name::parse(kind).ok()?);
        if let Some(taken) = self.names.get(&name) {
            self.sink.report(
                Diagnostic::error(
                    "reserved-name",
                    format!("the name `{name}` is needed for a derived service"),
                )
                .at(*taken, "taken here")
                .at(from, format!("it follows from this: {because}"))
                .help("rename the service"),
            );
            return None;
        }
        let origin = Origin::Derived { because: because.to_owned(), from };
        let settings = defaults(&defined.kind.settings, name.as_str(), from);
        self.names.insert(name.clone(), from);
        self.services.push(ServiceSpec::bare(name, kind, settings, origin)?);
        Some(self.services.len() - 1)
    }
}
