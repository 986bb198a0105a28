//! Which path leads where: the locations of nginx from the routes.
//!
//! A route `/api` is `/api` and what is below it, never `/apix`; nginx needs two locations for that. No path has two
//! locations of one kind, which nginx would refuse.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    gives_way::{By, stated},
    upstream::{Upstreams, addresses},
    view::{Header, Limit, in_dns, raw},
};
use crate::{
    model::{Ingress, Model, Route, Site},
    source::Located,
    values::{Directives, UrlPath},
};

/// A location, as the template writes it.
#[derive(Serialize)]
pub struct Location {
    path: String,
    exact: bool,
    scheme: &'static str,
    /// The name in the certificate of an external server, which is the name that it is asked by as well.
    certified: Option<String>,
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
    /// The file of the users who may use it.
    auth_basic: Option<String>,
    /// How long browsers may keep replies.
    cache: Option<String>,
    /// Whether replies are passed on as they come.
    stream: bool,
    /// Whether it has request headers of its own, and so inherits none.
    own_forwarded: bool,
    /// The request headers of the server but for those that the description sets; empty when it sets none.
    forwarded: Vec<Header>,
    /// Those that the description sets for the server.
    set: Vec<String>,
    /// What has been cut off the path.
    prefix: String,
    /// The response headers of the server, when the description adds one.
    headers: Vec<Header>,
    /// Those that the description adds for the server.
    added: Vec<String>,
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
    pub ingress: &'a Ingress,
    pub site: &'a Site,
    /// Response headers of the server.
    pub headers: &'a [Header],
    /// Request headers of the server.
    pub forwarded: &'a [Header],
    /// What requests are spread over.
    pub upstreams: &'a Upstreams,
    /// The limit of each route.
    pub limits: Vec<Option<Limit>>,
}

impl<'a> Proxied<'a> {
    /// Directives of that name that the description states for the server, the site's behind the ingress's.
    pub fn inherited(&self, name: &'a str) -> impl Iterator<Item = (By, &'a str)> {
        let of = move |by: By, texts: &'a [Located<Directives>]| {
            texts.iter().flat_map(move |text| text.named(name)).map(move |text| (by, text))
        };
        of(By::Ingress, &self.ingress.raw_server).chain(of(By::Site, &self.site.raw))
    }
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
            .targets()
            .flat_map(|target| &target.websocket_paths)
            .filter_map(|path| Some((proxied.site.seen_outside(route, path)?, path.clone())))
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
    // One of these in a location, and those of the server count no more: all of them again, and what gives way goes.
    let says = |directive: &'static str| route.raw.iter().any(|text| text.named(directive).next().is_some());
    let again = |directive: &'static str| {
        proxied.inherited(directive).map(|(by, text)| stated(by, text)).collect::<Vec<String>>()
    };
    let outside = route.target.outside.as_ref().filter(|outside| outside.https);
    let certified = outside.map(|outside| outside.address.in_url());
    let own_forwarded = entry.websocket || route.strip || certified.is_some() || says("proxy_set_header");
    let set = if own_forwarded { again("proxy_set_header") } else { Vec::new() };
    let mut forwarded = Vec::new();
    if says("proxy_set_header") || !set.is_empty() || certified.is_some() {
        forwarded = proxied.forwarded.to_vec();
    }
    if let (Some(name), Some(host)) = (&certified, forwarded.iter_mut().find(|header| header.name == "Host"))
    {
        host.value.clone_from(name);
    }
    let (headers, added) = if says("add_header") {
        (proxied.headers.to_vec(), again("add_header"))
    } else {
        (Vec::new(), Vec::new())
    };
    let upstream = proxied.upstreams.name(proxied.model, route);
    Location {
        exact,
        scheme: if certified.is_some() { "https" } else { "http" },
        certified,
        upstream: upstream.clone(),
        uri: if route.strip { uri } else { String::new() },
        server: match addresses(&route.target).as_slice() {
            [one] if route.target.elsewhere.is_empty() => one.clone(),
            _ => upstream,
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
        auth_basic: route.auth_basic.as_ref().map(ToString::to_string),
        cache: route.cache.map(|time| time.nginx()),
        stream: route.stream,
        own_forwarded,
        forwarded,
        set,
        prefix: if route.strip {
            route.path.as_str().trim_end_matches('/').to_owned()
        } else {
            String::new()
        },
        headers,
        added,
        raw: raw(By::Route, &route.raw, 8),
    }
}
