//! What the system uses and somebody else runs.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::read::external::{ExternalSpec, ExternalUrl},
    model::{External, Origin, Probe, Text},
    values::{Url, Value as _},
};

/// Every one that is stated, in the order of the description.
pub fn externals(context: &Context) -> Vec<External> {
    context.spec.externals.iter().map(|spec| external(context, spec)).collect()
}

fn external(context: &Context, spec: &ExternalSpec) -> External {
    if let Some(service) = context.specs.iter().find(|service| service.name.value == spec.name.value) {
        context.sink.report(
            Diagnostic::error("duplicate", format!("`{}` is a service and external", spec.name.value))
                .at(spec.name.span, "external here")
                .at(service.name.span, "a service here")
                .help("rename one of them: others refer to both by name"),
        );
    }
    let name = &spec.name.value;
    let mut used_by: Vec<_> = context
        .specs
        .iter()
        .filter(|service| {
            let needs = service.needs.iter().any(|need| need.value == *name);
            needs || service.env.iter().any(|(_, value)| value.value.service() == Some(name))
        })
        .map(|service| service.name.value.clone())
        .collect();
    used_by.sort();
    // A secret that nobody has declared is missed here, also where nobody connects.
    url(context, spec);
    External {
        name: name.clone(),
        about: spec.about.clone(),
        address: spec.at().map(|(address, port)| (address.clone(), port)),
        probe: probe(context, spec),
        contact: spec.contact.clone(),
        used_by,
        origin: Origin::Stated(spec.span),
    }
}

/// How others connect.
pub fn url(context: &Context, spec: &ExternalSpec) -> Option<Text> {
    let stated = spec.url.as_ref()?;
    match &stated.value {
        ExternalUrl::Known(url) => Some(Text::literal(url.as_str())),
        ExternalUrl::Secret(name) => context.variable(name, true, stated.span),
        ExternalUrl::Variable(name) => context.variable(name, false, stated.span),
    }
}

fn probe(context: &Context, spec: &ExternalSpec) -> Option<Probe> {
    let Some(health) = &spec.health else {
        let connection = || spec.at().map(|(address, port)| Probe::Tcp(address.clone(), port));
        return spec.web().cloned().map(Probe::Answers).or_else(connection);
    };
    let asked = spec.web().and_then(|url| {
        let authority = url.as_str().len() - url.path().len();
        Url::parse(&format!("{}{}", &url.as_str()[..authority], health.value)).ok()
    });
    if asked.is_none() {
        context.sink.report(
            Diagnostic::error("health-without-url", format!("`{}` has a path, and no address for it", spec.name.value))
                .at(health.span, "this path cannot be asked for")
                .help("write the `url` out, as in `url=\"https://api.example.com\"`; without `health`, a connection to `address` and `port` is tried"),
        );
    }
    asked.map(Probe::Healthy)
}
