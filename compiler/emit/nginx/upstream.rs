//! What requests are spread over: the upstreams of nginx, each of the routes that spread them alike.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{
    gives_way::By,
    view::{in_dns, raw},
};
use crate::{
    emit::header::header,
    model::{Balance, Ingress, Model, Route, Target},
    values::{Address, Count, Duration},
};

/// One upstream.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Upstream {
    name: String,
    servers: Vec<Server>,
    /// The services whose servers are in files of their own, because their releases stand side by side.
    beside: Vec<String>,
    balance: &'static str,
    raw: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Server {
    address: String,
    /// Whether Docker's DNS knows it, to be asked again and again; a service of the host itself is in the hosts file of the
    /// container, one of another host is known by address.
    in_dns: bool,
    settings: Settings,
}

/// What stands behind the address of a server.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Settings {
    /// None for nginx's own, 1.
    weight: Option<u32>,
    max_fails: u32,
    fail_timeout: String,
    spare: bool,
}

/// The servers of a service, in a file of their own.
#[derive(Serialize)]
pub struct Servers {
    header: String,
    pub service: String,
    server: String,
    settings: Settings,
}

/// The upstreams, in the order of their routes.
pub struct Upstreams {
    all: Vec<Upstream>,
    /// What each is called, by what it is before anything is known of the others.
    names: HashMap<Upstream, String>,
}

impl Upstreams {
    /// Those of all routes. Without `resolve`, what is on this host is found in the locations instead.
    pub fn of(model: &Model, ingress: &Ingress, resolve: bool) -> Upstreams {
        let (mut all, mut names) = (Vec::new(), HashMap::new());
        let mut alike: HashMap<String, usize> = HashMap::new();
        for route in ingress.routes().filter(|route| resolve || !route.target.elsewhere.is_empty()) {
            let upstream = upstream(model, route);
            if names.contains_key(&upstream) {
                continue;
            }
            let number = alike.entry(upstream.name.clone()).or_default();
            *number += 1;
            let name = match number {
                1 => upstream.name.clone(),
                _ => format!("{}.{number}", upstream.name),
            };
            all.push(Upstream { name: name.clone(), ..upstream.clone() });
            names.insert(upstream, name);
        }
        Upstreams { all, names }
    }

    /// What the upstream of a route is called.
    pub fn name(&self, model: &Model, route: &Route) -> String {
        let wanted = upstream(model, route);
        self.names.get(&wanted).cloned().unwrap_or(wanted.name)
    }

    /// All of them.
    pub fn into_all(self) -> Vec<Upstream> {
        self.all
    }
}

/// The upstream of a route, under the name that it has unless another one has it. No service's name has a dot.
fn upstream(model: &Model, route: &Route) -> Upstream {
    let services: Vec<&str> = route.targets().map(|target| target.service.as_str()).collect();
    let services = services.join("_");
    let (balance, name) = match route.balance {
        Balance::RoundRobin => ("", services),
        Balance::LeastConn => ("least_conn", format!("{services}_least_conn")),
        Balance::IpHash => ("ip_hash", format!("{services}_ip_hash")),
    };
    let (beside, asked): (Vec<&Target>, Vec<&Target>) =
        route.targets().partition(|target| stands_beside(model, target));
    let servers = asked.into_iter().flat_map(|target| {
        let (in_dns, settings) = (in_dns(model, target), settings(route, target));
        addresses(target).into_iter().map(move |address| Server {
            address,
            in_dns,
            settings: settings.clone(),
        })
    });
    Upstream {
        name,
        servers: servers.collect(),
        beside: beside.into_iter().map(|target| target.service.to_string()).collect(),
        balance,
        raw: raw(By::Route, &route.raw_upstream, 4),
    }
}

fn settings(route: &Route, target: &Target) -> Settings {
    Settings {
        weight: Some(target.weight.get()).filter(|weight| *weight != 1),
        max_fails: route.max_fails.map_or(3, Count::get),
        fail_timeout: format!("{}s", route.fail_timeout.map_or(10, Duration::whole_seconds)),
        spare: target.spare,
    }
}

/// The services on this host whose releases stand side by side for a while, each with its server. All routes ask one
/// alike: a rule sees to it.
pub fn beside(model: &Model, ingress: &Ingress) -> Vec<Servers> {
    let all = ingress.routes().flat_map(|route| route.targets().map(move |target| (route, target)));
    let found: BTreeMap<_, _> = all
        .filter(|(_, target)| stands_beside(model, target))
        .map(|(route, target)| (target.service.to_string(), (target.port, settings(route, target))))
        .collect();
    let file = |(service, (port, settings))| Servers {
        header: header(model),
        server: format!("{service}:{port}"),
        settings,
        service,
    };
    found.into_iter().map(file).collect()
}

/// Whether releases of the service stand side by side, here where nginx switches between them.
fn stands_beside(model: &Model, target: &Target) -> bool {
    in_dns(model, target) && model.service(&target.service).is_some_and(|service| service.beside.is_some())
}

/// Where a target is asked, each of its hosts by address.
pub fn addresses(target: &Target) -> Vec<String> {
    let Target { service, port, elsewhere, outside, .. } = target;
    match (elsewhere.as_slice(), outside) {
        ([], Some(outside)) => vec![outside.address.with_port(*port)],
        ([], None) => vec![format!("{service}:{port}")],
        (hosts, _) => hosts.iter().map(|host| Address::Ip(*host).with_port(*port)).collect(),
    }
}
