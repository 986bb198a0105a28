//! Which path leads where: the locations of nginx from the routes.
//!
//! A route `/api` is `/api` and what is below it, never `/apix`; nginx needs two locations for that. No path has two
//! locations of one kind, which nginx would refuse.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    stated::indented,
    view::{Header, Limit, in_dns, upstream_name},
};
use crate::{
    model::{Model, Route, Site},
    values::UrlPath,
};

/// A location, as the template writes it.
#[derive(Serialize)]
pub struct Location {
    path: String,
    exact: bool,
    upstream: String,
    /// The path that takes the place of the location's, when one does.
    uri: String,
    server: String,
    /// Whether Docker's DNS knows the service.
    in_dns: bool,
    /// The same for versions that pass requests through a variable.
    rewrite: Option<String>,
    websocket: bool,
    timeout: Option<String>,
    body_limit: Option<String>,
    limit: Option<Limit>,
    /// Networks from which it may be reached; from where the site may be when empty.
    allow_from: Vec<String>,
    /// How long browsers may keep replies.
    cache: Option<String>,
    /// Whether replies are passed on as they come.
    stream: bool,
    /// Whether it has request headers of its own, and so inherits none.
    own_forwarded: bool,
    /// The request headers of the server but for those that the description sets; empty when it sets none.
    forwarded: Vec<Header>,
    /// What has been cut off the path.
    prefix: String,
    /// The response headers of the server, when the description adds one.
    headers: Vec<Header>,
    raw: Vec<String>,
}

impl Location {
    /// Whether connections are upgraded there.
    pub fn is_websocket(&self) -> bool {
        self.websocket
    }
}

/// What locations are made from.
pub struct Proxied<'a> {
    pub model: &'a Model,
    pub site: &'a Site,
    /// Response headers of the server.
    pub headers: &'a [Header],
    /// Request headers of the server.
    pub forwarded: &'a [Header],
    /// The limit of each route.
    pub limits: Vec<Option<Limit>>,
}

/// A path that outsiders ask for, what the service is asked instead, and how it is served.
struct Entry<'a> {
    outside: UrlPath,
    inside: UrlPath,
    route: &'a Route,
    limit: Option<Limit>,
    websocket: bool,
}

/// Every location, those of a route together, the longest route first.
pub fn locations(proxied: &Proxied) -> Vec<Location> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    // What has moved is told in a location of its own.
    let moved: BTreeSet<&str> =
        proxied.site.redirects.iter().map(|redirect| redirect.path.as_str()).collect();
    let mut is_new = |outside: &UrlPath| known.insert(outside.as_str().trim_end_matches('/').to_owned());
    for (route, limit) in proxied.site.routes.iter().zip(&proxied.limits) {
        let entry = |outside: UrlPath, inside: UrlPath, websocket: bool| Entry {
            outside,
            inside,
            route,
            limit: limit.clone(),
            websocket,
        };
        let upgraded: Vec<_> = route
            .target
            .websocket_paths
            .iter()
            .filter_map(|path| Some((seen_outside(proxied.site, route, path)?, path.clone())))
            .collect();
        let own = upgraded.iter().any(|(outside, _)| same(outside, &route.path));
        for (outside, inside) in upgraded {
            if !same(&outside, &route.path) && is_new(&outside) {
                entries.push(entry(outside, inside, true));
            }
        }
        if is_new(&route.path) {
            let inside = if route.strip { root(&route.path) } else { route.path.clone() };
            entries.push(entry(route.path.clone(), inside, own));
        }
    }
    let locations = entries.iter().flat_map(|entry| pair(proxied, entry));
    locations.filter(|location| !(location.exact && moved.contains(location.path.as_str()))).collect()
}

/// Regular expressions of the paths that are closed to outsiders.
pub fn private(site: &Site) -> Vec<String> {
    let paths = site.closed();
    let mut closed: Vec<String> = paths.iter().map(|(path, _)| expression(path)).collect();
    closed.sort();
    closed.dedup();
    closed
}

/// The path and whatever a service might take for it: with a suffix, with parameters, with a line break behind.
fn expression(path: &UrlPath) -> String {
    format!(r"^{}(?![\w-])", literal(path))
}

/// The path without a slash at its end, as part of a regular expression.
fn literal(path: &UrlPath) -> String {
    path.as_str().trim_end_matches('/').replace('.', r"\.").replace('+', r"\+")
}

/// Under which path a path of the route's service is seen from outside; none if another route catches that.
fn seen_outside(site: &Site, route: &Route, path: &UrlPath) -> Option<UrlPath> {
    let outside = if route.strip { route.path.join(path) } else { path.clone() };
    let owner = site.route_to(&outside)?;
    (owner.path == route.path).then_some(outside)
}

fn same(a: &UrlPath, b: &UrlPath) -> bool {
    a.as_str().trim_end_matches('/') == b.as_str().trim_end_matches('/')
}

/// What is left of a path when all of it is cut off.
fn root(path: &UrlPath) -> UrlPath {
    use crate::values::Value as _;
    UrlPath::parse("/").unwrap_or_else(|_| path.clone())
}

/// The location of the path itself and that of everything below it; for `/` they are one.
fn pair(proxied: &Proxied, entry: &Entry) -> Vec<Location> {
    let outside = entry.outside.as_str().trim_end_matches('/');
    let inside = entry.inside.as_str().trim_end_matches('/');
    let slash = |path: &str| if path.is_empty() { "/".to_owned() } else { path.to_owned() };
    let below = location(proxied, entry, format!("{outside}/"), format!("{inside}/"), false);
    if outside.is_empty() {
        return vec![below];
    }
    vec![location(proxied, entry, slash(outside), slash(inside), true), below]
}

fn location(proxied: &Proxied, entry: &Entry, path: String, uri: String, exact: bool) -> Location {
    let route = entry.route;
    let says = |directive: &str| route.raw.iter().any(|line| line.contains(directive));
    let mut forwarded = Vec::new();
    if says("proxy_set_header") {
        forwarded = proxied.forwarded.to_vec();
        forwarded.retain(|header| !says(&format!("proxy_set_header {} ", header.name)));
    }
    let mut headers = Vec::new();
    if says("add_header") {
        headers = proxied.headers.to_vec();
        headers.retain(|header| !says(&format!("add_header {} ", header.name)));
    }
    Location {
        exact,
        upstream: upstream_name(route.target.service.as_str(), route.balance),
        uri: if route.strip { uri } else { String::new() },
        server: if route.target.elsewhere.is_empty() {
            format!("{}:{}", route.target.service, route.target.port)
        } else {
            upstream_name(route.target.service.as_str(), route.balance)
        },
        in_dns: in_dns(proxied.model, &route.target),
        // `(?s)`: a path with a line break in it is cut as well.
        rewrite: route.strip.then(|| format!("(?s)^{}/?(.*)$ /$1", literal(&route.path))),
        path,
        websocket: entry.websocket,
        timeout: route.timeout.map(|timeout| timeout.nginx()),
        body_limit: route.body_limit.map(|size| size.nginx()),
        limit: entry.limit.clone(),
        allow_from: route.allow_from.iter().map(ToString::to_string).collect(),
        cache: route.cache.map(|time| time.nginx()),
        stream: route.stream,
        own_forwarded: entry.websocket || route.strip || says("proxy_set_header"),
        forwarded,
        prefix: if route.strip {
            route.path.as_str().trim_end_matches('/').to_owned()
        } else {
            String::new()
        },
        headers,
        raw: route.raw.iter().map(|text| indented(text, 8)).collect(),
    }
}
