//! What follows from services of the host itself: containers that they reach are published to the host alone.

use super::Derive;
use crate::{
    expand::read::service::PublishSpec,
    source::Located,
    values::{Name, Ports},
};

impl Derive<'_> {
    /// Publishes the port of every container that a unit refers to, on the loopback of the host.
    pub(super) fn units(&mut self) {
        let mut reached: Vec<(Name, Located<Name>)> = Vec::new();
        for spec in self.services.iter().filter(|spec| spec.unit.is_some()) {
            let referred = spec
                .env
                .iter()
                .filter_map(|(_, value)| Some(Located::new(value.value.service()?.clone(), value.span)));
            let all = spec.needs.iter().cloned().chain(referred);
            reached.extend(all.map(|other| (spec.name.value.clone(), other)));
        }
        for (unit, other) in reached {
            let kinds = self.kinds;
            let Some(spec) = self.services.iter_mut().find(|spec| spec.name.value == other.value) else {
                continue;
            };
            let of_kind = || kinds.get(spec.kind.value.as_str()).and_then(|defined| defined.kind.port);
            let Some(port) = spec.port.or_else(of_kind) else { continue };
            if spec.unit.is_some() || spec.publish.iter().any(|publish| publish.host_of(port.value).is_some())
            {
                continue;
            }
            let ports = Located::new(Ports::one(port.value), other.span);
            let publish = PublishSpec::one(ports, Some(ports), false, other.span);
            let because = Some(format!("{unit} runs on the host itself"));
            spec.publish.push(PublishSpec { because, ..publish });
        }
    }
}
