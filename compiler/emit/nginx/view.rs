//! What the nginx templates see.

use serde::Serialize;

use crate::{
    emit::header::header,
    model::{Balance, Ingress, Model, RateLimit, Tls},
    values::{Value as _, Version},
};

#[derive(Serialize)]
pub struct View {
    header: String,
    domains: Vec<String>,
    domain: String,
    pub tls: bool,
    letsencrypt: bool,
    given: bool,
    /// `Strict-Transport-Security` in seconds; none where browsers must not remember.
    hsts: Option<u64>,
    /// `http2 on;` exists from 1.25.1; before, it is a word of `listen`.
    http2_directive: bool,
    /// `server … resolve` exists from 1.27.3; before, only a variable makes nginx ask DNS again.
    resolve: bool,
    upstreams: Vec<Upstream>,
    zones: Vec<Zone>,
    limit: Option<Limit>,
    body_limit: String,
    headers: Vec<Header>,
    masked: Vec<String>,
    websocket: bool,
    locations: Vec<Location>,
    private: Vec<String>,
    raw_http: Vec<String>,
    raw_server: Vec<String>,
}

#[derive(Serialize)]
struct Upstream {
    name: String,
    server: String,
    balance: &'static str,
    replicas: u32,
}

#[derive(Serialize)]
struct Zone {
    name: String,
    rate: String,
}

#[derive(Serialize, Clone)]
struct Limit {
    zone: String,
    burst: u32,
}

#[derive(Serialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    exact: bool,
    service: String,
    server: String,
    strip: bool,
    websocket: bool,
    timeout: Option<String>,
    body_limit: Option<String>,
    limit: Option<Limit>,
    raw: Vec<String>,
}

/// Parameters whose values are secrets wherever they occur.
const MASKED: &[&str] = &[
    "access_token",
    "api_key",
    "apikey",
    "auth",
    "code",
    "credential",
    "id_token",
    "jwt",
    "key",
    "otp",
    "passwd",
    "password",
    "pwd",
    "refresh_token",
    "secret",
    "session",
    "sig",
    "signature",
    "state",
    "token",
];

pub fn view(model: &Model, ingress: &Ingress) -> View {
    let version = Version::parse(&ingress.version).ok();
    let at_least = |wanted: &[u64]| version.as_ref().and_then(|v| v.is_at_least(wanted)).unwrap_or(true);
    let mut upstreams: Vec<Upstream> = Vec::new();
    let mut zones = Vec::new();
    let mut locations = Vec::new();
    let limit = ingress.rate_limit.as_ref().map(|limit| zone(&mut zones, "per_client", limit));
    for (index, route) in ingress.routes.iter().enumerate() {
        let server = format!("{}:{}", route.target.service, route.target.port);
        let name = upstream_name(route.target.service.as_str(), route.balance);
        if !upstreams.iter().any(|upstream| upstream.name == name) {
            upstreams.push(Upstream {
                name: name.clone(),
                server: server.clone(),
                balance: match route.balance {
                    Balance::RoundRobin => "",
                    Balance::LeastConn => "least_conn",
                    Balance::IpHash => "ip_hash",
                },
                replicas: route.target.replicas.get(),
            });
        }
        let own_limit =
            route.rate_limit.as_ref().map(|limit| zone(&mut zones, &format!("route_{index}"), limit));
        let location = |path: &str, exact: bool, websocket: bool| Location {
            path: path.to_owned(),
            exact,
            service: name.clone(),
            server: server.clone(),
            strip: route.strip && !exact,
            websocket,
            timeout: route.timeout.map(|timeout| timeout.nginx()),
            body_limit: route.body_limit.map(|size| size.nginx()),
            limit: own_limit.clone(),
            raw: route.raw.clone(),
        };
        if let Some(service) = model.service(route.target.service.as_str()) {
            for path in service.websocket_paths.iter().filter(|path| route.path.covers(path)) {
                locations.push(location(path.as_str(), false, true));
            }
        }
        locations.push(location(route.path.as_str(), false, false));
    }
    let routed = |service: &str| ingress.routes.iter().any(|route| route.target.service.as_str() == service);
    let mut private: Vec<String> = model
        .services
        .iter()
        .filter(|s| routed(s.name.as_str()))
        .flat_map(|s| &s.private_paths)
        .map(|p| p.to_string())
        .collect();
    private.sort();
    private.dedup();
    let mut masked: Vec<String> = MASKED
        .iter()
        .map(|name| (*name).to_owned())
        .chain(ingress.masked.iter().map(|name| escaped(name.as_str())))
        .collect();
    masked.sort();
    masked.dedup();
    View {
        header: header(model),
        domain: model.domain.to_string(),
        domains: ingress.domains.iter().map(ToString::to_string).collect(),
        tls: !matches!(ingress.tls, Tls::None),
        letsencrypt: matches!(ingress.tls, Tls::LetsEncrypt { .. }),
        given: matches!(ingress.tls, Tls::Given { .. }),
        hsts: ingress
            .hsts
            .filter(|_| matches!(ingress.tls, Tls::LetsEncrypt { .. } | Tls::Given { .. }))
            .map(|age| age.whole_seconds()),
        http2_directive: at_least(&[1, 25, 1]),
        resolve: at_least(&[1, 27, 3]),
        websocket: locations.iter().any(|location| location.websocket),
        upstreams,
        zones,
        limit,
        body_limit: ingress.body_limit.nginx(),
        headers: headers(ingress),
        masked,
        locations,
        private,
        raw_http: ingress.raw_http.clone(),
        raw_server: ingress.raw_server.clone(),
    }
}

fn upstream_name(service: &str, balance: Balance) -> String {
    match balance {
        Balance::RoundRobin => service.to_owned(),
        Balance::LeastConn => format!("{service}-least-conn"),
        Balance::IpHash => format!("{service}-ip-hash"),
    }
}

fn zone(zones: &mut Vec<Zone>, name: &str, limit: &RateLimit) -> Limit {
    zones.push(Zone { name: name.to_owned(), rate: limit.rate.nginx() });
    Limit { zone: name.to_owned(), burst: limit.burst.get() }
}

/// The standard security headers, those of the description in their place or beside them.
fn headers(ingress: &Ingress) -> Vec<Header> {
    let mut headers: Vec<Header> = [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]
    .into_iter()
    .map(|(name, value)| Header { name: name.into(), value: value.into() })
    .collect();
    for (name, value) in &ingress.headers {
        match headers.iter_mut().find(|header| header.name.eq_ignore_ascii_case(name.as_str())) {
            Some(header) => header.value = value.to_string(),
            None => headers.push(Header { name: name.to_string(), value: value.to_string() }),
        }
    }
    headers
}

/// A name as part of a regular expression within quotes of nginx.
fn escaped(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c))
        .map(|c| if c == '.' { "[.]".to_owned() } else { c.to_string() })
        .collect()
}
