//! The way in.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        read::ingress::{IngressSpec, LimitSpec, RouteSpec},
    },
    model::{Ingress, Origin, RateLimit, Route, Service, Services, Target, Tls},
};

/// Resolves the ingress, when its proxy is among `services`; what it leads to is among `all`. Routes are sorted so that the longest path comes first.
pub fn ingress(
    context: &Context,
    spec: &IngressSpec,
    services: &Services,
    all: &Services,
) -> Option<Ingress> {
    let service =
        context.specs.iter().find(|s| context.kind(s).is_some_and(|kind| kind.role == Role::Ingress))?;
    let resolved = services.named(&service.name.value)?;
    // Without it, the reader has told.
    let tls = spec.tls.as_ref()?;
    if matches!(tls.value, Tls::LetsEncrypt { .. }) && !context.domain.as_str().contains('.') {
        context.sink.report(
            Diagnostic::error(
                "certificate-impossible",
                format!("Let's Encrypt issues no certificate for `{}`", context.domain),
            )
            .at(tls.span, "asked for here")
            .at(context.spec.domain.as_ref().map_or(context.spec.name.span, |d| d.span), "the domain")
            .help("in this environment write `ingress { tls \"self-signed\" }`"),
        );
    }
    let mut routes: Vec<Route> =
        spec.routes.iter().filter_map(|r| route(context, r, resolved, all)).collect();
    routes
        .sort_by(|a, b| b.path.as_str().len().cmp(&a.path.as_str().len()).then_with(|| a.path.cmp(&b.path)));
    let mut domains = vec![context.domain.clone()];
    domains.extend(spec.domains.iter().map(|d| d.value.clone()));
    Some(Ingress {
        service: service.name.value.clone(),
        version: resolved.version.clone().unwrap_or_default(),
        domains,
        tls: tls.value.clone(),
        behind: spec.behind.iter().map(|network| network.value).collect(),
        routes,
        body_limit: spec.body_limit.value,
        rate_limit: spec.rate_limit.as_ref().map(limit),
        masked: spec.masked.iter().map(|name| name.value.clone()).collect(),
        headers: spec.headers.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect(),
        hsts: (!spec.hsts.value.is_zero()).then_some(spec.hsts.value),
        raw_http: spec.raw_http.iter().map(|text| text.value.to_string()).collect(),
        raw_server: spec.raw_server.iter().map(|text| text.value.to_string()).collect(),
        origin: Origin::Stated(spec.span),
    })
}

fn route(context: &Context, spec: &RouteSpec, proxy: &Service, services: &Services) -> Option<Route> {
    context.reference(&spec.to.value, spec.to.span)?;
    let service = services.named(&spec.to.value)?;
    let Some(port) = service.port else {
        context.sink.report(
            Diagnostic::error("no-port", format!("`{}` has no port to route to", service.name))
                .at(spec.to.span, "routed to here")
                .at(service.origin.span(), "this service has no port")
                .help("give it a `port`"),
        );
        return None;
    };
    let elsewhere = proxy.elsewhere.iter().find(|(name, _)| *name == service.name);
    Some(Route {
        path: spec.path.value.clone(),
        target: Target {
            service: service.name.clone(),
            port,
            replicas: service.replicas.value,
            elsewhere: elsewhere.map(|(_, addresses)| addresses.clone()).unwrap_or_default(),
            health_path: service.health_path.clone(),
            private_paths: service.private_paths.clone(),
            websocket_paths: service.websocket_paths.clone(),
        },
        balance: spec.balance.value,
        rate_limit: spec.rate_limit.as_ref().map(limit),
        strip: spec.strip,
        timeout: spec.timeout.as_ref().map(|t| t.value),
        body_limit: spec.body_limit.as_ref().map(|size| size.value),
        raw: spec.raw.iter().map(|text| text.value.to_string()).collect(),
        origin: Origin::Stated(spec.span),
    })
}

fn limit(spec: &LimitSpec) -> RateLimit {
    RateLimit { rate: spec.rate.value, burst: spec.burst.value }
}
