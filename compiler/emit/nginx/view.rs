//! What the nginx templates see.

use serde::Serialize;

use super::{
    gives_way::{By, stated},
    location::{self, Location, Proxied},
    mask,
    stated::indented,
    upstream::{Upstream, Upstreams},
};
use crate::{
    emit::header::header,
    model::{Ingress, Model, MovedTo, RateLimit, Redirect, Route, Site, StaticFiles, Target, Tls},
    source::Located,
    values::{Directives, Hostname, Url, Value as _, Version},
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
    /// Whether the first site answers whatever it is called.
    any_host: bool,
    /// `:8443`, where https is not on its own port; else nothing.
    port: String,
    /// Networks of the proxy in front.
    in_front: Vec<String>,
    given: bool,
    /// Whether it speaks HTTP/3 as well.
    http3: bool,
    /// `http2 on;` exists from 1.25.1; before, it is a word of `listen`.
    http2_directive: bool,
    /// `server … resolve` exists from 1.27.3; before, only a variable makes nginx ask DNS again.
    resolve: bool,
    /// Whether it passes requests to what Docker's DNS knows.
    dns: bool,
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
    body_limit: String,
    forwarded: Vec<Header>,
    websocket: bool,
    sites: Vec<SiteView>,
    raw_main: Vec<String>,
    raw_events: Vec<String>,
    raw_http: Vec<String>,
}

/// One `server` with what it leads to.
#[derive(Serialize)]
struct SiteView {
    names: Vec<String>,
    any_host: bool,
    /// Networks from which it may be reached.
    allow_from: Vec<String>,
    /// Where all of it has moved to.
    moved: Option<MovedView>,
    redirects: Vec<RedirectView>,
    locations: Vec<Location>,
    files: Vec<FilesView>,
    /// Regular expressions of paths that are closed.
    private: Vec<String>,
    /// Response headers on every answer.
    headers: Vec<Header>,
    /// Headers of services that are replaced or tell too much.
    hidden: Vec<String>,
    /// The request headers one by one, because the description changes some of them here.
    forwarded: Vec<Header>,
    body_limit: Option<String>,
    limit: Option<Limit>,
    raw: Vec<String>,
}

#[derive(Serialize)]
struct FilesView {
    path: String,
    root: String,
    fallback: Option<String>,
    cache: Option<String>,
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
    let forwarded = forwarded(tls, &ingress.outside_port());
    let upstreams = Upstreams::of(model, ingress, at_least(&[1, 27, 3]));
    let mut zones = Vec::new();
    let limit = ingress.rate_limit.as_ref().map(|limit| zone(&mut zones, "per_client".to_owned(), limit));
    let mut limit_of = |route: &Route| {
        route.rate_limit.as_ref().map(|l| zone(&mut zones, zone_name("route", route.path.as_str()), l))
    };
    let mut served = |site: &Site| {
        let limits = site.routes.iter().map(&mut limit_of).collect();
        let headers = headers(ingress, site);
        site_view(
            ingress,
            &Proxied {
                model,
                ingress,
                site,
                headers: &headers,
                forwarded: &forwarded,
                upstreams: &upstreams,
                limits,
            },
        )
    };
    let mut sites: Vec<SiteView> = ingress.sites.iter().map(&mut served).collect();
    if let Some(first) = sites.first_mut() {
        first.any_host = ingress.any_host;
    }
    for (view, site) in sites.iter_mut().zip(&ingress.sites) {
        view.limit = match (&site.rate_limit, site.names.first()) {
            (Some(own), Some(name)) => Some(zone(&mut zones, zone_name("site_", name.as_str()), own)),
            _ => limit.clone(),
        };
    }
    let headers = || sites.iter().flat_map(|site| &site.headers);
    let longest_domain = ingress.names().map(|domain| domain.as_str().len()).max().unwrap_or(0);
    let longest_header = headers().map(|header| header.name.len()).max().unwrap_or(0);
    let most_headers = sites.iter().map(|site| site.headers.len()).max().unwrap_or(0);
    View {
        header: header(model),
        domain: model.domain.to_string(),
        domains: ingress.names().map(ToString::to_string).collect(),
        names: ingress.names().map(alternative).collect::<Vec<_>>().join(","),
        tls,
        any_host: ingress.any_host,
        port: ingress.outside_port(),
        in_front: in_front(ingress),
        letsencrypt: matches!(ingress.tls, Tls::LetsEncrypt { .. }),
        given: matches!(ingress.tls, Tls::Given { .. }),
        http3: ingress.http3,
        http2_directive: at_least(&[1, 25, 1]),
        resolve: at_least(&[1, 27, 3]),
        dns: ingress.routes().any(|route| route.targets().any(|target| in_dns(model, target))),
        stages: (0..mask::STAGES).map(|n| Stage { from: stage_name(n), to: stage_name(n + 1) }).collect(),
        stage: mask::stage(&ingress.masked),
        masked: stage_name(mask::STAGES),
        clean: mask::clean(&ingress.masked),
        path: mask::path(),
        referer: mask::referer(),
        names_bucket: bucket(longest_domain),
        headers_bucket: bucket(longest_header),
        // nginx wants room for the names that it hides by itself as well.
        headers_max: (most_headers > 16).then_some(2048),
        upstreams: upstreams.into_all(),
        zones,
        body_limit: ingress.body_limit.nginx(),
        forwarded,
        websocket: sites.iter().flat_map(|site| &site.locations).any(Location::is_websocket),
        sites,
        raw_main: raw(By::Ingress, &ingress.raw_main, 0),
        raw_events: raw(By::Ingress, &ingress.raw_events, 4),
        raw_http: raw(By::Ingress, &ingress.raw_http, 4),
    }
}

/// Directives of the description, as they stand in the file.
pub fn raw(by: By, texts: &[Located<Directives>], columns: usize) -> Vec<String> {
    texts.iter().map(|text| stated(by, &indented(text.as_str(), columns))).collect()
}

fn site_view(ingress: &Ingress, proxied: &Proxied) -> SiteView {
    let site = proxied.site;
    let own = |name: &'static str| proxied.inherited(name).next().is_some();
    SiteView {
        names: site.names.iter().map(ToString::to_string).collect(),
        any_host: false,
        allow_from: site.allow_from.iter().map(ToString::to_string).collect(),
        moved: site.moved.as_ref().map(moved),
        redirects: site.redirects.iter().map(redirect).collect(),
        locations: location::locations(proxied),
        files: site.files.iter().map(files).collect(),
        private: location::private(site),
        headers: proxied.headers.to_vec(),
        hidden: hidden(ingress, proxied.headers),
        forwarded: if own("proxy_set_header") { proxied.forwarded.to_vec() } else { Vec::new() },
        body_limit: site.body_limit.map(|size| size.nginx()),
        limit: None,
        raw: [raw(By::Ingress, &ingress.raw_server, 4), raw(By::Site, &site.raw, 4)].concat(),
    }
}

/// An address without a path takes path and query along.
fn moved(url: &Url) -> MovedView {
    let rest = matches!(url.path(), "" | "/");
    MovedView { to: if rest { url.as_str().trim_end_matches('/') } else { url.as_str() }.to_owned(), rest }
}

fn files(files: &StaticFiles) -> FilesView {
    FilesView {
        path: format!("{}/", files.path.as_str().trim_end_matches('/')),
        root: files.root.clone(),
        fallback: files.fallback.as_ref().map(ToString::to_string),
        cache: files.cache.map(|time| time.nginx()),
    }
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

fn zone_name(what: &str, path: &str) -> String {
    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{what}{name}")
}

/// Adds a zone; another one that has the name already gives way by a number.
fn zone(zones: &mut Vec<Zone>, name: String, limit: &RateLimit) -> Limit {
    let free = |name: &String| !zones.iter().any(|zone| zone.name == *name);
    let numbered = (1..).map(|number| format!("{name}_{number}"));
    let name = std::iter::once(name.clone()).chain(numbered).find(free).unwrap_or(name);
    zones.push(Zone { name: name.clone(), rate: limit.rate.nginx() });
    // nginx takes no burst of 0: it is one that is not stated.
    Limit { zone: name, burst: Some(limit.burst.get()).filter(|burst| *burst > 0) }
}

/// A name as a certificate has it.
fn alternative(name: &Hostname) -> String {
    if name.is_address() { format!("IP:{name}") } else { format!("DNS:{name}") }
}

/// The standard security headers, those of the description in their place or beside them.
fn headers(ingress: &Ingress, site: &Site) -> Vec<Header> {
    let mut headers = Vec::new();
    // Not for a certificate that browsers refuse: who clicked the warning away once could never do so again.
    let trusted = matches!(ingress.tls, Tls::LetsEncrypt { .. } | Tls::Given { .. });
    if let Some(age) = ingress.hsts.filter(|_| trusted) {
        headers.push(Header::new("Strict-Transport-Security", &format!("max-age={}", age.whole_seconds())));
    }
    headers.push(Header::new("X-Content-Type-Options", "nosniff"));
    headers.push(Header::new("X-Frame-Options", "SAMEORIGIN"));
    headers.push(Header::new("Referrer-Policy", "strict-origin-when-cross-origin"));
    if ingress.http3 {
        // The port that browsers see; for a day, after which they ask again.
        headers.push(Header::new("Alt-Svc", &format!("h3=\":{}\"; ma=86400", ingress.https)));
    }
    for (name, value) in ingress.headers.iter().chain(&site.headers) {
        match (headers.iter_mut().find(|header| name.is(&header.name)), value) {
            (Some(header), Some(value)) => header.value = value.to_string(),
            (None, Some(value)) => headers.push(Header::new(name.as_str(), value.as_str())),
            (_, None) => headers.retain(|header| !name.is(&header.name)),
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
fn forwarded(tls: bool, port: &str) -> Vec<Header> {
    let proto = if tls { "$scheme" } else { "$forwarded_proto" };
    let host = format!("$host{port}");
    [
        ("Host", host.as_str()),
        ("X-Real-IP", "$remote_addr"),
        ("X-Forwarded-For", "$remote_addr"),
        ("X-Forwarded-Proto", proto),
        ("X-Forwarded-Host", &host),
        ("X-Request-ID", "$request_id"),
        ("Forwarded", "\"\""),
        ("Proxy", "\"\""),
    ]
    .into_iter()
    .map(|(name, value)| Header::new(name, value))
    .collect()
}
