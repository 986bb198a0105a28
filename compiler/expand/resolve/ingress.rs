//! The way in.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        read::{
            external::ExternalSpec,
            ingress::IngressSpec,
            site::{FilesSpec, LimitSpec, RedirectSpec, RouteSpec, SiteSpec, StatedHeaders},
        },
    },
    model::{
        Headers, Ingress, Origin, Outside, RateLimit, Redirect, Route, Service, Services, Site, StaticFiles,
        Target, Tls,
    },
    source::{Located, Span},
    values::{AbsPath, Address, Count, HostPattern, Hostname, Name, Port, Value as _, Version},
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
    if matches!(tls.value, Tls::LetsEncrypt { .. })
        && (!context.domain.as_str().contains('.') || context.domain.is_address())
    {
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
    let stated = spec.domains.iter().chain(spec.sites.iter().flat_map(|site| &site.also));
    for name in stated.filter(|name| name.value.name().is_wildcard()) {
        if matches!(tls.value, Tls::LetsEncrypt { .. }) {
            context.sink.report(
                Diagnostic::error(
                    "certificate-impossible",
                    format!("Let's Encrypt issues no certificate for `{}` by asking nginx", name.value),
                )
                .at(name.span, "for such names it asks DNS")
                .at(tls.span, "asked for here")
                .help("write each name, or have the certificate issued elsewhere and write `tls \"given\" certificate=\"…\" key=\"…\"`"),
            );
        }
    }
    let (http, https) = ports(spec)?;
    http3(context, spec, tls, resolved);
    if let (Tls::LetsEncrypt { .. }, Some(listen)) = (&tls.value, &spec.listen)
        && http.get() != 80
        && spec.behind.is_empty()
    {
        context.sink.report(
            Diagnostic::error("certificate-impossible", "Let's Encrypt asks on port 80 only")
                .at(listen.http.span, "http is taken on another port")
                .at(tls.span, "asked for here")
                .help("leave `http` away, say which proxy in front leads port 80 here (`behind \"10.0.0.0/8\"`), or write `tls \"self-signed\"`"),
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
    own.extend(spec.domains.iter().filter_map(|name| names.add(&plain(name))));
    let mut sites = vec![Site {
        names: own,
        allow_from: Vec::new(),
        moved: None,
        redirects: spec.redirects.iter().map(redirect).collect(),
        routes: routes(&spec.routes),
        files: spec.files.iter().map(files).collect(),
        headers: Vec::new(),
        body_limit: None,
        rate_limit: None,
        raw: spec.raw_own.clone(),
    }];
    sites.extend(spec.sites.iter().map(|site| Site {
        names: names.of(site),
        allow_from: site.allow_from.iter().map(|network| network.value).collect(),
        moved: site.moved.as_ref().map(|url| url.value.clone()),
        redirects: site.redirects.iter().map(redirect).collect(),
        routes: routes(&site.routes),
        files: site.files.iter().map(files).collect(),
        headers: headers(&site.headers),
        body_limit: site.body_limit.as_ref().map(|size| size.value),
        rate_limit: site.rate_limit.as_ref().map(limit),
        raw: site.raw.clone(),
    }));
    sites.retain(|site| !site.names.is_empty());
    Some(Ingress {
        service: service.name.value.clone(),
        version: resolved.version.clone().unwrap_or_default(),
        sites,
        tls: tls.value.clone(),
        // Who asks by an address says no name in TLS: it is the site for those without a name that answers.
        any_host: spec.any_host.as_ref().map_or_else(
            || context.domain.is_address() || (context.spec.domain.is_none() && spec.domains.is_empty()),
            |stated| stated.value,
        ),
        http,
        https,
        http3: spec.http3,
        behind: spec.behind.iter().map(|network| network.value).collect(),
        body_limit: spec.body_limit.value,
        rate_limit: spec.rate_limit.as_ref().map(limit),
        masked: spec.masked.iter().map(|name| name.value.clone()).collect(),
        headers: headers(&spec.headers),
        hsts: (!spec.hsts.value.is_zero()).then_some(spec.hsts.value),
        raw_main: spec.raw_main.clone(),
        raw_events: spec.raw_events.clone(),
        raw_http: spec.raw_http.clone(),
        raw_server: spec.raw_server.clone(),
        origin: Origin::Stated(spec.span),
    })
}

fn route(context: &Context, spec: &RouteSpec, proxy: &Service, services: &Services) -> Option<Route> {
    let target = |name: &Located<Name>, weight: &Option<Located<Count>>, spare: bool| {
        let found = match context.external(&name.value) {
            Some(external) => outside(context, name, external),
            None => inside(context, name, proxy, services),
        };
        let weight = weight.as_ref().map_or(Count::new(1), |weight| weight.value);
        found.map(|target| Target { weight, spare, ..target })
    };
    let others = spec.also.iter().flat_map(|also| also.names.iter().map(move |name| (also, name)));
    Some(Route {
        path: spec.path.value.clone(),
        target: target(&spec.to, &spec.weight, false)?,
        others: others.filter_map(|(also, name)| target(name, &also.weight, also.spare)).collect(),
        balance: spec.balance.value,
        max_fails: spec.max_fails.as_ref().map(|count| count.value),
        fail_timeout: spec.fail_timeout.as_ref().map(|time| time.value),
        raw_upstream: spec.raw_upstream.clone(),
        rate_limit: spec.rate_limit.as_ref().map(limit),
        strip: spec.strip,
        timeout: spec.timeout.as_ref().map(|t| t.value),
        body_limit: spec.body_limit.as_ref().map(|size| size.value),
        allow_from: spec.allow_from.iter().map(|network| network.value).collect(),
        auth_basic: spec.auth_basic.as_ref().and_then(|file| AbsPath::parse(&users(&file.value)).ok()),
        cache: spec.cache.as_ref().map(|time| time.value),
        stream: spec.stream,
        raw: spec.raw.clone(),
        origin: Origin::Stated(spec.span),
    })
}

/// A service that answers.
fn inside(context: &Context, name: &Located<Name>, proxy: &Service, services: &Services) -> Option<Target> {
    context.reference(&name.value, name.span)?;
    let service = services.named(&name.value)?;
    let Some(port) = service.port else {
        context.sink.report(
            Diagnostic::error("no-port", format!("`{}` has no port to route to", service.name))
                .at(name.span, "routed to here")
                .at(service.origin.span(), "this service has no port")
                .help("give it a `port`"),
        );
        return None;
    };
    let elsewhere = proxy.elsewhere.iter().find(|(name, _)| *name == service.name);
    Some(Target {
        service: service.name.clone(),
        outside: None,
        weight: Count::new(1),
        spare: false,
        port,
        elsewhere: elsewhere.map(|(_, addresses)| addresses.clone()).unwrap_or_default(),
        health_path: service.health_path.clone(),
        private_paths: service.private_paths.clone(),
        websocket_paths: service.websocket_paths.clone(),
    })
}

/// What others run, that answers.
fn outside(context: &Context, name: &Located<Name>, external: &ExternalSpec) -> Option<Target> {
    let refused = |message: String, label: &str, help: &str| {
        context.sink.report(
            Diagnostic::error("no-port", message)
                .at(name.span, "routed to here")
                .at(external.span, label)
                .help(help),
        );
    };
    let Some((address, port)) = external.at() else {
        refused(
            format!("it is not said where `{}` answers", name.value),
            "no address is written here",
            "write its `url` out, as in `url=\"http://10.0.0.5:8080\"`, or `address` and `port`",
        );
        return None;
    };
    if external.web().is_some_and(|url| !matches!(url.path(), "" | "/")) {
        refused(
            format!("`{}` is a path of a server, and requests have paths of their own", name.value),
            "this address has a path",
            "write its `url` without a path",
        );
        return None;
    }
    Some(Target {
        service: name.value.clone(),
        outside: Some(Outside {
            address: address.clone(),
            https: external.web().is_some_and(|url| url.scheme() == "https"),
        }),
        weight: Count::new(1),
        spare: false,
        port,
        elsewhere: match address {
            Address::Ip(ip) => vec![*ip],
            Address::Host(_) => Vec::new(),
        },
        health_path: None,
        private_paths: Vec::new(),
        websocket_paths: Vec::new(),
    })
}

/// Reports what HTTP/3 cannot do without.
fn http3(context: &Context, spec: &IngressSpec, tls: &Located<Tls>, proxy: &Service) {
    if !spec.http3 {
        return;
    }
    if matches!(tls.value, Tls::None) {
        context.sink.report(
            Diagnostic::error("invalid-value", "HTTP/3 is always encrypted")
                .at(tls.span, "and here is no TLS")
                .help("leave `http3` away: whoever ends TLS in front speaks it"),
        );
    }
    let version = proxy.version.as_deref().and_then(|version| Version::parse(version).ok());
    if version.and_then(|version| version.is_at_least(&[1, 25])) == Some(false) {
        context.sink.report(
            Diagnostic::error("invalid-value", "this nginx speaks no HTTP/3")
                .at(spec.version.as_ref().map_or(spec.span, |version| version.span), "it came with 1.25")
                .help("use a newer nginx, such as `version \"1.28\"`, or leave `http3` away"),
        );
    }
}

/// The ports of the host for http and https.
pub fn ports(spec: &IngressSpec) -> Option<(Port, Port)> {
    match &spec.listen {
        Some(listen) => Some((listen.http.value, listen.https.value)),
        None => Some((Port::parse("80").ok()?, Port::parse("443").ok()?)),
    }
}

/// The names of all sites: nginx would let the first that has one answer for the others.
struct Names<'a> {
    context: &'a Context<'a>,
    known: Vec<(Hostname, Option<Span>)>,
}

impl Names<'_> {
    fn of(&mut self, site: &SiteSpec) -> Vec<Hostname> {
        let stated = std::iter::once(site.name.clone()).chain(site.also.iter().map(plain));
        stated.filter_map(|name| self.add(&self.whole(&name))).collect()
    }

    /// A name without a dot is one of the system's domain.
    fn whole(&self, name: &Located<Hostname>) -> Located<Hostname> {
        if name.value.as_str().contains('.') {
            return name.clone();
        }
        match Hostname::parse(&format!("{}.{}", name.value, self.context.domain)) {
            Ok(whole) => Located::new(whole, name.span),
            Err(reason) => {
                let domain = &self.context.domain;
                self.context.sink.report(
                    Diagnostic::error(
                        "invalid-value",
                        format!("there can be no `{}` below `{domain}`", name.value),
                    )
                    .at(name.span, reason)
                    .help("write the whole name, such as `admin.example.com`"),
                );
                name.clone()
            }
        }
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

/// A name, or a pattern in its place.
fn plain(name: &Located<HostPattern>) -> Located<Hostname> {
    name.clone().map(|pattern| pattern.name().clone())
}

fn redirect(spec: &RedirectSpec) -> Redirect {
    Redirect { path: spec.path.value.clone(), to: spec.to.value.clone(), status: spec.status.value }
}

/// Where a file of users is in the container.
pub fn users(file: &AbsPath) -> String {
    format!("/etc/nginx/users{file}")
}

fn files(spec: &FilesSpec) -> StaticFiles {
    StaticFiles {
        path: spec.path.value.clone(),
        root: spec.root(),
        fallback: spec.fallback.as_ref().map(|path| path.value.clone()),
        cache: spec.cache.as_ref().map(|time| time.value),
        origin: Origin::Stated(spec.span),
    }
}

fn headers(stated: &StatedHeaders) -> Headers {
    stated.iter().map(|(name, value)| (name.value.clone(), value.value.0.clone())).collect()
}

fn limit(spec: &LimitSpec) -> RateLimit {
    RateLimit { rate: spec.rate.value, burst: spec.burst.value }
}
