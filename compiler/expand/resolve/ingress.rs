//! The way in.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        read::ingress::{IngressSpec, LimitSpec, RedirectSpec, RouteSpec, SiteSpec},
    },
    model::{Ingress, Origin, RateLimit, Redirect, Route, Service, Services, Site, Target, Tls},
    source::{Located, Span},
    values::{Hostname, Value as _},
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
    let routes = |stated: &[RouteSpec]| {
        let mut routes: Vec<Route> = stated.iter().filter_map(|r| route(context, r, resolved, all)).collect();
        routes.sort_by(|a, b| {
            b.path.as_str().len().cmp(&a.path.as_str().len()).then_with(|| a.path.cmp(&b.path))
        });
        routes
    };
    let mut names = Names { context, known: vec![(context.domain.clone(), None)] };
    let mut own = vec![context.domain.clone()];
    own.extend(spec.domains.iter().filter_map(|name| names.add(name)));
    let mut sites = vec![Site {
        names: own,
        allow_from: Vec::new(),
        moved: None,
        redirects: spec.redirects.iter().map(redirect).collect(),
        routes: routes(&spec.routes),
    }];
    sites.extend(spec.sites.iter().map(|site| Site {
        names: names.of(site),
        allow_from: site.allow_from.iter().map(|network| network.value).collect(),
        moved: site.moved.as_ref().map(|url| url.value.clone()),
        redirects: site.redirects.iter().map(redirect).collect(),
        routes: routes(&site.routes),
    }));
    sites.retain(|site| !site.names.is_empty());
    Some(Ingress {
        service: service.name.value.clone(),
        version: resolved.version.clone().unwrap_or_default(),
        sites,
        tls: tls.value.clone(),
        behind: spec.behind.iter().map(|network| network.value).collect(),
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
        allow_from: spec.allow_from.iter().map(|network| network.value).collect(),
        cache: spec.cache.as_ref().map(|time| time.value),
        stream: spec.stream,
        raw: spec.raw.iter().map(|text| text.value.to_string()).collect(),
        origin: Origin::Stated(spec.span),
    })
}

/// The names of all sites: nginx would let the first that has one answer for the others.
struct Names<'a> {
    context: &'a Context<'a>,
    known: Vec<(Hostname, Option<Span>)>,
}

impl Names<'_> {
    fn of(&mut self, site: &SiteSpec) -> Vec<Hostname> {
        let stated = std::iter::once(&site.name).chain(&site.also);
        stated.filter_map(|name| self.add(&self.whole(name))).collect()
    }

    /// A name without a dot is one of the system's domain.
    fn whole(&self, name: &Located<Hostname>) -> Located<Hostname> {
        let below = || Hostname::parse(&format!("{}.{}", name.value, self.context.domain)).ok();
        let whole = if name.value.as_str().contains('.') { None } else { below() };
        Located::new(whole.unwrap_or_else(|| name.value.clone()), name.span)
    }

    fn add(&mut self, name: &Located<Hostname>) -> Option<Hostname> {
        if let Some((_, first)) = self.known.iter().find(|(known, _)| *known == name.value) {
            let domain = self.context.spec.domain.as_ref().map_or(self.context.spec.name.span, |d| d.span);
            self.context.sink.report(
                Diagnostic::error("duplicate", format!("`{}` is named twice", name.value))
                    .at(name.span, "again here")
                    .at(first.unwrap_or(domain), "first here")
                    .help(
                        "one name leads to one site: put the routes together, or give this one another name",
                    ),
            );
            return None;
        }
        self.known.push((name.value.clone(), Some(name.span)));
        Some(name.value.clone())
    }
}

fn redirect(spec: &RedirectSpec) -> Redirect {
    Redirect { path: spec.path.value.clone(), to: spec.to.value.clone(), status: spec.status.value }
}

fn limit(spec: &LimitSpec) -> RateLimit {
    RateLimit { rate: spec.rate.value, burst: spec.burst.value }
}
