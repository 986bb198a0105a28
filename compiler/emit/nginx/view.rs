//! What the nginx templates see.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    location::{self, Location, Proxied},
    mask,
    stated::indented,
};
use crate::{
    emit::header::header,
    model::{Balance, Ingress, Model, MovedTo, RateLimit, Redirect, Route, Site, Target, Tls},
    values::{Address, Url, Value as _, Version},
};

#[derive(Serialize)]
pub struct View {
    header: String,
    /// Every name of every site.
    domains: Vec<String>,
    domain: String,
    /// The names as `subjectAltName` takes them.
    names: String,
    pub tls: bool,
    letsencrypt: bool,
    /// Networks of the proxy in front.
    in_front: Vec<String>,
    given: bool,
    /// `http2 on;` exists from 1.25.1; before, it is a word of `listen`.
    http2_directive: bool,
    /// `server … resolve` exists from 1.27.3; before, only a variable makes nginx ask DNS again.
    resolve: bool,
    stages: Vec<Stage>,
    stage: String,
    /// The variable with the query behind all stages.
    masked: String,
    clean: String,
    path: String,
    referer: String,
    names_bucket: Option<usize>,
    headers_bucket: Option<usize>,
    headers_max: Option<usize>,
    upstreams: Vec<Upstream>,
    zones: Vec<Zone>,
    limit: Option<Limit>,
    body_limit: String,
    headers: Vec<Header>,
    /// Headers of services that are replaced or tell too much.
    hidden: Vec<String>,
    forwarded: Vec<Header>,
    websocket: bool,
    sites: Vec<SiteView>,
    raw_http: Vec<String>,
    raw_server: Vec<String>,
}

/// One `server` with what it leads to.
#[derive(Serialize)]
struct SiteView {
    names: Vec<String>,
    /// Networks from which it may be reached.
    allow_from: Vec<String>,
    /// Where all of it has moved to.
    moved: Option<MovedView>,
    redirects: Vec<RedirectView>,
    locations: Vec<Location>,
    /// Regular expressions of paths that are closed.
    private: Vec<String>,
}

#[derive(Serialize)]
struct MovedView {
    to: String,
    /// Whether path and query go with it.
    rest: bool,
}

#[derive(Serialize)]
struct RedirectView {
    path: String,
    to: String,
    /// Whether the query goes with it.
    query: bool,
    status: u16,
}

#[derive(Serialize)]
struct Stage {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Upstream {
    name: String,
    servers: Vec<String>,
    /// Whether Docker's DNS knows it, to be asked again and again; a service of the host itself is in the hosts file of the
    /// container, one of another host is known by address.
    in_dns: bool,
    /// The service whose servers are in a file of their own, because its releases stand side by side.
    beside: Option<String>,
    balance: &'static str,
}

/// The servers of a service, in a file of their own.
#[derive(Serialize)]
pub struct Servers {
    header: String,
    pub service: String,
    server: String,
}

/// The services on this host whose releases stand side by side for a while, each with its server.
pub fn beside(model: &Model, ingress: &Ingress) -> Vec<Servers> {
    let targets = ingress.routes().map(|route| &route.target).filter(|target| stands_beside(model, target));
    let found: BTreeMap<_, _> = targets.map(|target| (target.service.to_string(), target.port)).collect();
    let file =
        |(service, port)| Servers { header: header(model), server: format!("{service}:{port}"), service };
    found.into_iter().map(file).collect()
}

/// Whether releases of the service stand side by side, here where nginx switches between them.
fn stands_beside(model: &Model, target: &Target) -> bool {
    in_dns(model, target) && model.service(&target.service).is_some_and(|service| service.beside.is_some())
}

#[derive(Serialize)]
struct Zone {
    name: String,
    rate: String,
}

/// A limit as a location states it.
#[derive(Serialize, Clone)]
pub struct Limit {
    zone: String,
    burst: Option<u32>,
}

/// A header with its value.
#[derive(Serialize, Clone)]
pub struct Header {
    pub name: String,
    pub value: String,
}

impl Header {
    pub fn new(name: &str, value: &str) -> Header {
        Header { name: name.to_owned(), value: value.to_owned() }
    }
}

pub fn view(model: &Model, ingress: &Ingress) -> View {
    let version = Version::parse(&ingress.version).ok();
    let at_least = |wanted: &[u64]| version.as_ref().and_then(|v| v.is_at_least(wanted)).unwrap_or(true);
    let tls = !matches!(ingress.tls, Tls::None);
    let headers = headers(ingress);
    let hidden = hidden(ingress, &headers);
    let forwarded = forwarded(tls);
    let mut zones = Vec::new();
    let limit = ingress.rate_limit.as_ref().map(|limit| zone(&mut zones, "per_client".to_owned(), limit));
    let mut limit_of = |route: &Route| {
        route.rate_limit.as_ref().map(|l| zone(&mut zones, zone_name(route.path.as_str()), l))
    };
    let served = |site: &Site| {
        let limits = site.routes.iter().map(&mut limit_of).collect();
        site_view(site, &Proxied { model, site, headers: &headers, forwarded: &forwarded, limits })
    };
    let sites: Vec<SiteView> = ingress.sites.iter().map(served).collect();
    let longest_domain = ingress.names().map(|domain| domain.as_str().len()).max().unwrap_or(0);
    let longest_header = headers.iter().map(|header| header.name.len()).max().unwrap_or(0);
    View {
        header: header(model),
        domain: model.domain.to_string(),
        domains: ingress.names().map(ToString::to_string).collect(),
        names: ingress.names().map(|domain| format!("DNS:{domain}")).collect::<Vec<_>>().join(","),
        tls,
        in_front: in_front(ingress),
        letsencrypt: matches!(ingress.tls, Tls::LetsEncrypt { .. }),
        given: matches!(ingress.tls, Tls::Given { .. }),
        http2_directive: at_least(&[1, 25, 1]),
        resolve: at_least(&[1, 27, 3]),
        stages: (0..mask::STAGES).map(|n| Stage { from: stage_name(n), to: stage_name(n + 1) }).collect(),
        stage: mask::stage(&ingress.masked),
        masked: stage_name(mask::STAGES),
        clean: mask::clean(&ingress.masked),
        path: mask::path(),
        referer: mask::referer(),
        names_bucket: bucket(longest_domain),
        headers_bucket: bucket(longest_header),
        // nginx wants room for the names that it hides by itself as well.
        headers_max: (headers.len() > 16).then_some(2048),
        upstreams: upstreams(model, ingress, at_least(&[1, 27, 3])),
        zones,
        limit,
        body_limit: ingress.body_limit.nginx(),
        headers,
        hidden,
        forwarded,
        websocket: sites.iter().flat_map(|site| &site.locations).any(Location::is_websocket),
        sites,
        raw_http: ingress.raw_http.iter().map(|text| indented(text, 4)).collect(),
        raw_server: ingress.raw_server.iter().map(|text| indented(text, 4)).collect(),
    }
}

fn site_view(site: &Site, proxied: &Proxied) -> SiteView {
    SiteView {
        names: site.names.iter().map(ToString::to_string).collect(),
        allow_from: site.allow_from.iter().map(ToString::to_string).collect(),
        moved: site.moved.as_ref().map(moved),
        redirects: site.redirects.iter().map(redirect).collect(),
        locations: location::locations(proxied),
        private: location::private(site),
    }
}

/// An address without a path takes path and query along.
fn moved(url: &Url) -> MovedView {
    let rest = matches!(url.path(), "" | "/");
    MovedView { to: if rest { url.as_str().trim_end_matches('/') } else { url.as_str() }.to_owned(), rest }
}

fn redirect(redirect: &Redirect) -> RedirectView {
    RedirectView {
        path: redirect.path.to_string(),
        to: redirect.to.to_string(),
        query: matches!(redirect.to, MovedTo::Path(_)),
        status: redirect.status.status(),
    }
}

/// The networks whose word about clients is believed. Without TLS of our own, somebody in front ends it, and as long as
/// nobody says where, on a private network.
fn in_front(ingress: &Ingress) -> Vec<String> {
    const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
    if ingress.behind.is_empty() && matches!(ingress.tls, Tls::None) {
        return PRIVATE.map(String::from).to_vec();
    }
    ingress.behind.iter().map(ToString::to_string).collect()
}

fn stage_name(stage: usize) -> String {
    if stage == 0 { "args".to_owned() } else { format!("args_{stage}") }
}

/// The size of a hash bucket that a key of this length needs; none when nginx's own of 64 bytes will do.
fn bucket(length: usize) -> Option<usize> {
    (length > 40).then(|| (length + 24).next_power_of_two())
}

/// Whether Docker's DNS knows what requests go to.
pub fn in_dns(model: &Model, target: &Target) -> bool {
    let on_host = model.service(&target.service).is_some_and(|service| service.unit().is_some());
    target.elsewhere.is_empty() && !on_host
}

/// What requests are spread over. Without `resolve`, what is on this host is found in the locations instead.
fn upstreams(model: &Model, ingress: &Ingress, resolve: bool) -> Vec<Upstream> {
    let mut upstreams: Vec<Upstream> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for route in ingress.routes().filter(|route| resolve || !route.target.elsewhere.is_empty()) {
        let name = upstream_name(route.target.service.as_str(), route.balance);
        if !known.insert(name.clone()) {
            continue;
        }
        let balance = match route.balance {
            Balance::RoundRobin => "",
            Balance::LeastConn => "least_conn",
            Balance::IpHash => "ip_hash",
        };
        let Target { service, port, elsewhere, .. } = &route.target;
        let servers = match elsewhere.as_slice() {
            [] => vec![format!("{service}:{port}")],
            hosts => hosts.iter().map(|host| Address::Ip(*host).with_port(*port)).collect(),
        };
        let in_dns = in_dns(model, &route.target);
        let beside = stands_beside(model, &route.target).then(|| service.to_string());
        upstreams.push(Upstream { name, servers, in_dns, beside, balance });
    }
    upstreams
}

/// The upstream of a service under that way to spread requests. No service's name has `_`.
pub fn upstream_name(service: &str, balance: Balance) -> String {
    match balance {
        Balance::RoundRobin => service.to_owned(),
        Balance::LeastConn => format!("{service}_least_conn"),
        Balance::IpHash => format!("{service}_ip_hash"),
    }
}

fn zone_name(path: &str) -> String {
    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("route{name}")
}

/// Adds a zone; another one that has the name already gives way by a number.
fn zone(zones: &mut Vec<Zone>, name: String, limit: &RateLimit) -> Limit {
    let same = zones.iter().filter(|zone| zone.name.starts_with(&name)).count();
    let name = if same == 0 { name } else { format!("{name}_{same}") };
    zones.push(Zone { name: name.clone(), rate: limit.rate.nginx() });
    // nginx takes no burst of 0: it is one that is not stated.
    Limit { zone: name, burst: Some(limit.burst.get()).filter(|burst| *burst > 0) }
}

/// The standard security headers, those of the description in their place or beside them.
fn headers(ingress: &Ingress) -> Vec<Header> {
    let mut headers = Vec::new();
    // Not for a certificate that browsers refuse: who clicked the warning away once could never do so again.
    let trusted = matches!(ingress.tls, Tls::LetsEncrypt { .. } | Tls::Given { .. });
    if let Some(age) = ingress.hsts.filter(|_| trusted) {
        headers.push(Header::new("Strict-Transport-Security", &format!("max-age={}", age.whole_seconds())));
    }
    headers.push(Header::new("X-Content-Type-Options", "nosniff"));
    headers.push(Header::new("X-Frame-Options", "SAMEORIGIN"));
    headers.push(Header::new("Referrer-Policy", "strict-origin-when-cross-origin"));
    for (name, value) in &ingress.headers {
        match headers.iter_mut().find(|header| name.is(&header.name)) {
            Some(header) => header.value = value.to_string(),
            None => headers.push(Header::new(name.as_str(), value.as_str())),
        }
    }
    headers
}

fn hidden(ingress: &Ingress, headers: &[Header]) -> Vec<String> {
    let mut hidden: Vec<String> = headers.iter().map(|header| header.name.clone()).collect();
    let hsts = "Strict-Transport-Security";
    if matches!(ingress.tls, Tls::SelfSigned) && !hidden.iter().any(|name| name.eq_ignore_ascii_case(hsts)) {
        hidden.push(hsts.to_owned());
    }
    if !hidden.iter().any(|name| name.eq_ignore_ascii_case("X-Powered-By")) {
        hidden.push("X-Powered-By".to_owned());
    }
    hidden
}

/// What a service is told about the request. An empty value takes a client's header of that name away.
fn forwarded(tls: bool) -> Vec<Header> {
    let proto = if tls { "$scheme" } else { "$forwarded_proto" };
    [
        ("Host", "$host"),
        ("X-Real-IP", "$remote_addr"),
        ("X-Forwarded-For", "$remote_addr"),
        ("X-Forwarded-Proto", proto),
        ("X-Forwarded-Host", "$host"),
        ("X-Request-ID", "$request_id"),
        ("Forwarded", "\"\""),
        ("Proxy", "\"\""),
    ]
    .into_iter()
    .map(|(name, value)| Header::new(name, value))
    .collect()
}
