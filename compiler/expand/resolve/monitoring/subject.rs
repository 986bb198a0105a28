//! Whom measures and alerts are about: a service, or the host.

use crate::{
    expand::kind::Role,
    model::Service,
    values::{Labels, Name},
};

use super::Input;

/// A service or the host, as labels name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A service; exporters are about the service that they observe.
    Service(Name),
    /// The host.
    Host(Name),
}

impl Subject {
    /// What the metrics of `service` are about.
    pub fn of(input: &Input, service: &Service) -> Subject {
        if input.kind(service).is_some_and(|kind| kind.role == Role::HostExporter) {
            return Subject::Host(input.model.host.name.clone());
        }
        Subject::Service(service.observes.clone().unwrap_or_else(|| service.name.clone()))
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        match self {
            Subject::Service(name) | Subject::Host(name) => name,
        }
    }

    /// The label that names it.
    pub fn label(&self) -> &'static str {
        match self {
            Subject::Service(_) => "service",
            Subject::Host(_) => "host",
        }
    }

    /// The label with its value.
    pub fn labels(&self) -> Labels {
        Labels::from([(self.label().to_owned(), self.name().to_string())])
    }

    /// The matcher that selects its series: `service="redis"`.
    pub fn matcher(&self) -> String {
        format!("{}=\"{}\"", self.label(), self.name())
    }

    /// What the names of its alerts begin with.
    pub fn prefix(&self) -> String {
        match self {
            Subject::Service(name) => name.camel(),
            Subject::Host(_) => "Host".to_owned(),
        }
    }

    /// The rule group of its alerts.
    pub fn group(&self) -> String {
        match self {
            Subject::Service(name) => name.to_string(),
            Subject::Host(_) => "host".to_owned(),
        }
    }
}
