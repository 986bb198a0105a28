//! The way in: sites, TLS, routes, limits.

use std::{cmp::Reverse, net::IpAddr};

use super::Origin;
use crate::{
    source::Located,
    values::{
        AbsPath, Address, Cidr, Count, Directives, Duration, Email, HeaderName, HeaderValue, Hostname, Line,
        Name, Port, Rate, Size, Url, UrlPath,
    },
};

/// Response headers with their values; without one, the header is left to the services.
pub type Headers = Vec<(HeaderName, Option<HeaderValue>)>;

/// The reverse proxy at the edge.
#[derive(Clone, Debug)]
pub struct Ingress {
    /// The service that runs it.
    pub service: Name,
    /// Version of nginx, such as `1.28`.
    pub version: String,
    /// What it serves, each under names of its own; the first is the system's.
    pub sites: Vec<Site>,
    /// Where certificates come from.
    pub tls: Tls,
    /// Whether its own site answers whatever name or address it is asked by.
    pub any_host: bool,
    /// The port of the host for http.
    pub http: Port,
    /// The port of the host for https, when there is TLS.
    pub https: Port,
    /// Whether it speaks HTTP/3 as well, on that port over UDP.
    pub http3: bool,
    /// Networks of a proxy in front, whose word about clients is believed.
    pub behind: Vec<Cidr>,
    /// Largest request body.
    pub body_limit: Size,
    /// The limit on requests of one client address, for all routes.
    pub rate_limit: Option<RateLimit>,
    /// Names of query parameters whose values the access log masks.
    pub masked: Vec<Line>,
    /// Response headers beyond the standard security headers, or in place of one.
    pub headers: Headers,
    /// Days in `Strict-Transport-Security`; none to leave the header away.
    pub hsts: Option<Duration>,
    /// Directives of the user's own for the outermost level.
    pub raw_main: Vec<Located<Directives>>,
    /// Directives of the user's own for `events`.
    pub raw_events: Vec<Located<Directives>>,
    /// Directives of the user's own for the `http` level.
    pub raw_http: Vec<Located<Directives>>,
    /// Directives of the user's own for the `server` level of every site.
    pub raw_server: Vec<Located<Directives>>,
    /// Where it is stated.
    pub origin: Origin,
}

impl Ingress {
    /// The names it answers to, the system's domain first.
    pub fn names(&self) -> impl Iterator<Item = &Hostname> {
        self.sites.iter().flat_map(|site| &site.names)
    }

    /// `:8443`, where users have to say a port; else nothing. Who names a proxy in front is reached through that.
    pub fn outside_port(&self) -> String {
        let plain = matches!(self.tls, Tls::None);
        let (port, usual) = if plain { (self.http, 80) } else { (self.https, 443) };
        if port.get() == usual || !self.behind.is_empty() { String::new() } else { format!(":{port}") }
    }

    /// The routes of all sites.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.sites.iter().flat_map(|site| &site.routes)
    }
}

/// What is served under some names.
#[derive(Clone, Debug)]
pub struct Site {
    /// The names; the first is its own, others lead to the same.
    pub names: Vec<Hostname>,
    /// Networks from which it may be reached; everywhere when empty.
    pub allow_from: Vec<Cidr>,
    /// Where all of it has moved to, path and all; such a site has no routes.
    pub moved: Option<Url>,
    /// Single paths that have moved.
    pub redirects: Vec<Redirect>,
    /// Routes, the longest path first, equally long ones by their text.
    pub routes: Vec<Route>,
    /// Files that the proxy itself answers with.
    pub files: Vec<StaticFiles>,
    /// Response headers in place of or beside those of the ingress.
    pub headers: Headers,
    /// Largest request body, in place of the ingress's.
    pub body_limit: Option<Size>,
    /// The limit on requests of one client address, in place of the ingress's.
    pub rate_limit: Option<RateLimit>,
    /// Directives of the user's own for its `server`, beside and before those of the ingress.
    pub raw: Vec<Located<Directives>>,
}

/// Files that the proxy answers with, without a service.
#[derive(Clone, Debug)]
pub struct StaticFiles {
    /// The start of the path.
    pub path: UrlPath,
    /// The folder in the container below which they lie as their paths say: `/static/a.css` is `static/a.css` there.
    pub root: String,
    /// What is answered where there is no such file.
    pub fallback: Option<UrlPath>,
    /// How long browsers may keep them.
    pub cache: Option<Duration>,
    /// Where it is stated.
    pub origin: Origin,
}

/// A path that has moved.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The path, without what is below it.
    pub path: UrlPath,
    /// Where to; a path is one of the same site.
    pub to: MovedTo,
    /// The status that tells so.
    pub status: Moved,
}

/// Where something has moved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MovedTo {
    /// To another path of the site.
    Path(UrlPath),
    /// Elsewhere.
    Url(Url),
}

impl std::fmt::Display for MovedTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MovedTo::Path(path) => path.fmt(f),
            MovedTo::Url(url) => url.fmt(f),
        }
    }
}

/// How a client is told that something has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// 301: for good, and what was posted may be asked for instead.
    Permanently,
    /// 302: for now, and what was posted may be asked for instead.
    Found,
    /// 307: for now, with the same method.
    Temporarily,
    /// 308: for good, with the same method.
    ForGood,
}

impl Moved {
    /// The number of the status.
    pub fn status(self) -> u16 {
        match self {
            Moved::Permanently => 301,
            Moved::Found => 302,
            Moved::Temporarily => 307,
            Moved::ForGood => 308,
        }
    }
}

impl Site {
    /// Paths that answer when the services behind them work, each by the route that leads to its service.
    pub fn checks(&self) -> Vec<(&Name, &Hostname, String)> {
        let Some(name) = self.names.first() else { return Vec::new() };
        let answers = self.routes.iter().filter_map(|route| {
            let target = &route.target;
            let path = target.health_path.as_ref()?;
            // What is closed to outsiders is closed to this check too.
            if target.private_paths.contains(path)
                || !route.allow_from.is_empty()
                || route.auth_basic.is_some()
                // Where several take turns, an answer says nothing of the one.
                || !route.others.is_empty()
            {
                return None;
            }
            if route.strip {
                let prefix = route.path.as_str().trim_end_matches('/');
                return Some((&target.service, name, format!("{prefix}{path}")));
            }
            let leads = self.route_to(path)?;
            (leads.path == route.path).then(|| (&target.service, name, path.to_string()))
        });
        let mut checks: Vec<_> = answers.collect();
        checks.sort_by(|(.., one), (.., other)| one.cmp(other));
        checks.dedup_by(|(.., one), (.., other)| one == other);
        checks
    }

    /// The route that takes `path`: the longest that covers it.
    pub fn route_to(&self, path: &UrlPath) -> Option<&Route> {
        path.covering().find_map(|wanted| {
            let wanted = (Reverse(wanted.len()), wanted.as_str());
            let order =
                |route: &Route| (Reverse(route.path.as_str().len()), route.path.as_str()).cmp(&wanted);
            self.routes.binary_search_by(order).ok().map(|index| &self.routes[index])
        })
    }

    /// Under which path a path of the route's service is seen from outside; none if another route catches that.
    pub fn seen_outside(&self, route: &Route, path: &UrlPath) -> Option<UrlPath> {
        let outside = if route.strip { route.path.join(path) } else { path.clone() };
        let owner = self.route_to(&outside)?;
        (owner.path == route.path).then_some(outside)
    }

    /// Paths, as they are seen from outside, that are closed with all that is below them: they tell more than outsiders
    /// should know. Each with the service that answers there.
    pub fn closed(&self) -> Vec<(UrlPath, Name)> {
        let mut closed = Vec::new();
        for route in &self.routes {
            let private =
                route.targets().flat_map(|one| one.private_paths.iter().map(move |path| (one, path)));
            for (target, path) in private {
                let outside = if route.strip { route.path.join(path) } else { path.clone() };
                // Not where the description itself leads the same path to another service.
                let owner = self.route_to(&outside);
                let owns = |owner: &Route| owner.targets().any(|one| one.service == target.service);
                if owner.is_none_or(|owner| owner.path.is_root() || owns(owner)) {
                    closed.push((outside, target.service.clone()));
                }
            }
        }
        closed
    }
}

/// Where certificates come from.
#[derive(Clone, Debug)]
pub enum Tls {
    /// Issued and renewed by certbot over http-01.
    LetsEncrypt {
        /// Where the authority writes to.
        email: Email,
    },
    /// Made on the host; for development.
    SelfSigned,
    /// Files that are on the host already.
    Given {
        /// The certificate with its chain.
        certificate: AbsPath,
        /// The key.
        key: AbsPath,
    },
    /// No TLS at all: only behind another proxy.
    None,
}

/// Where requests of one path go.
#[derive(Clone, Debug)]
pub struct Route {
    /// The start of the path.
    pub path: UrlPath,
    /// Where to.
    pub target: Target,
    /// Who else answers there.
    pub others: Vec<Target>,
    /// How requests are spread.
    pub balance: Balance,
    /// So many failures within `fail_timeout`, and a container is not asked for that long; 3 when none is stated.
    pub max_fails: Option<Count>,
    /// See `max_fails`; 10 s when none is stated.
    pub fail_timeout: Option<Duration>,
    /// Directives of the user's own for the `upstream`.
    pub raw_upstream: Vec<Located<Directives>>,
    /// The limit on requests of one client address, for this route.
    pub rate_limit: Option<RateLimit>,
    /// Whether the path is cut off before the service sees it.
    pub strip: bool,
    /// Time that a reply may take.
    pub timeout: Option<Duration>,
    /// Largest request body on this route.
    pub body_limit: Option<Size>,
    /// Networks from which it may be reached; from where its site may be when empty.
    pub allow_from: Vec<Cidr>,
    /// The file of the users who may use it, with their passwords, in the container.
    pub auth_basic: Option<AbsPath>,
    /// How long browsers may keep what it answers.
    pub cache: Option<Duration>,
    /// Whether replies are passed on piece by piece.
    pub stream: bool,
    /// Directives of the user's own for the `location`.
    pub raw: Vec<Located<Directives>>,
    /// Where it is stated.
    pub origin: Origin,
}

impl Route {
    /// Everybody who answers there.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.target).chain(&self.others)
    }
}

/// A service and its port.
#[derive(Clone, Debug)]
pub struct Target {
    /// The service, or what is external.
    pub service: Name,
    /// Where the external one answers.
    pub outside: Option<Outside>,
    /// Its part of the requests, container by container.
    pub weight: Count,
    /// Whether it is asked only when none of the others can be.
    pub spare: bool,
    /// The port within the private network.
    pub port: Port,
    /// The addresses of the hosts that it runs on, when the proxy's is not one of them.
    pub elsewhere: Vec<IpAddr>,
    /// The path that answers when it works.
    pub health_path: Option<UrlPath>,
    /// Paths that tell more than outsiders should see.
    pub private_paths: Vec<UrlPath>,
    /// Paths that are upgraded to WebSocket.
    pub websocket_paths: Vec<UrlPath>,
}

/// Where something external is reached.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Its machine.
    pub address: Address,
    /// Whether over TLS.
    pub https: bool,
}

/// How requests are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// One after the other.
    RoundRobin,
    /// To the one with the fewest open requests.
    LeastConn,
    /// By client address.
    IpHash,
}

/// A limit on requests of one client address.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// How many.
    pub rate: Rate,
    /// How many more may come at once.
    pub burst: Count,
}
