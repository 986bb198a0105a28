//! What stands in the picture: boxes and who may reach whom, from the model.

use std::collections::BTreeMap;

use super::{Edge, Node, Text, Zone, layout, svg};
use crate::{
    model::{Kept, Model, Opening, Published, Reach, Route, Service},
    values::{Cidr, Name},
};

/// Boxes up to which a picture shows more than it hides.
const MOST: usize = 80;

/// The picture as SVG; none for what is too large to be one.
pub fn picture(model: &Model) -> Option<String> {
    if model.services.len() + model.externals.len() > MOST {
        return None;
    }
    let mut graph = Graph { model, nodes: Vec::new(), edges: Vec::new(), places: BTreeMap::new() };
    graph.services();
    graph.host();
    graph.elsewhere();
    graph.externals();
    graph.inside();
    graph.outside();
    graph.depths();
    let layout = layout::layout(&graph.nodes, &graph.edges);
    Some(svg::svg(model, &graph.nodes, &graph.edges, &layout))
}

struct Graph<'a> {
    model: &'a Model,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// The box of each service, here or elsewhere, and of each external.
    places: BTreeMap<&'a Name, usize>,
}

impl<'a> Graph<'a> {
    fn pick(&self, english: &'static str, korean: &'static str) -> &'static str {
        self.model.language.pick(english, korean)
    }

    fn node(&mut self, zone: Zone, name: &str, lines: &[&str]) -> usize {
        let lines = lines.iter().filter(|line| !line.is_empty()).map(|line| Text::line(line)).collect();
        let name = Text::name(name);
        self.nodes.push(Node { zone, depth: 0, name, lines, bare: false, measured: false });
        self.nodes.len() - 1
    }

    /// Joins two boxes, once; labels are put together.
    fn edge(&mut self, from: usize, to: usize, label: &str) {
        match self.edges.iter_mut().find(|edge| (edge.from, edge.to) == (from, to)) {
            Some(edge) if label.is_empty() || edge.label == label => {}
            Some(edge) => edge.label = format!("{}, {label}", edge.label),
            None => self.edges.push(Edge { from, to, label: label.to_owned() }),
        }
    }

    fn services(&mut self) {
        let entry = self.model.ingress.as_ref().map(|ingress| &ingress.service);
        for service in &self.model.services {
            let saved = self.model.backups.iter().find(|backup| match &backup.kept {
                Kept::Data(dump) => dump.service == service.name,
                // Files of several services are nobody's data.
                Kept::Files(_) => backup.name == service.name,
                Kept::Objects(_) => false,
            });
            let zone = match service {
                _ if entry == Some(&service.name) => Zone::Entry,
                service if service.tool => Zone::Tools,
                service if service.datastore || saved.is_some() => Zone::Data,
                _ => Zone::Services,
            };
            let name = match service.replicas.get() {
                1 => service.name.to_string(),
                many => format!("{} ×{many}", service.name),
            };
            let observes = match &service.observes {
                Some(observed) => format!("{}: {observed}", self.pick("measures", "측정 대상")),
                None => String::new(),
            };
            let saved = saved.map_or(String::new(), |backup| {
                format!("{}: {}", self.pick("backup", "백업"), backup.schedule.words(self.model.language))
            });
            let demand = if service.profile.is_some() {
                self.pick("on demand", "필요할 때만 실행")
            } else {
                ""
            };
            let reach = self.reach(service);
            let index = self.node(zone, &name, &[&service.about, &reach, &observes, &saved, demand]);
            self.nodes[index].bare = service.unit().is_some();
            self.nodes[index].measured = zone != Zone::Tools
                && self.model.monitoring.is_some()
                && (service.metrics_path.is_some() || service.exporter.is_some());
            self.places.insert(&service.name, index);
        }
    }

    /// On which ports it answers, and to whom.
    fn reach(&self, service: &Service) -> String {
        let published: Vec<String> = service.published.iter().map(|port| self.published(port)).collect();
        match (service.unit(), service.port) {
            (Some(unit), Some(port)) => format!("{}:{port}", unit.listen),
            _ if !published.is_empty() => published.join(", "),
            (None, Some(port)) => format!("{port} ({})", self.pick("inner", "내부")),
            (_, None) => String::new(),
        }
    }

    fn published(&self, port: &Published) -> String {
        let host = port.host;
        match &port.reach {
            Reach::Public => format!("{host} ({})", self.pick("public", "공개")),
            Reach::Loopback => format!("127.0.0.1:{host}"),
            Reach::Address(address, _) => format!("{address}:{host}"),
            Reach::Networks(networks) => {
                let from: Vec<String> = networks.iter().map(|network| self.caller(network)).collect();
                format!("{host} ← {}", from.join(", "))
            }
        }
    }

    /// The name of whoever is in that network.
    fn caller(&self, network: &Cidr) -> String {
        let is = |ip| network.is_single() && network.network() == ip;
        let peer = self.model.peers.iter().find(|peer| peer.host.internal.is_some_and(is));
        peer.map_or_else(|| network.to_string(), |peer| peer.host.name.to_string())
    }

    /// The host itself, which its administrators reach.
    fn host(&mut self) {
        let host = &self.model.host;
        let address = host.address.as_ref().map(ToString::to_string).unwrap_or_default();
        let ssh = format!("ssh {}", host.ssh_port);
        let tunnel = if host.ssh_tunnel { self.pick("through a tunnel", "터널 경유") } else { "" };
        let index = self.node(Zone::Entry, host.name.as_str(), &[&address, &ssh, tunnel]);
        self.nodes[index].bare = true;
    }

    /// Services on other hosts that are needed here.
    fn elsewhere(&mut self) {
        for peer in &self.model.peers {
            for name in &peer.services {
                let needed = |service: &Service| service.elsewhere.iter().any(|(one, _)| one == name);
                let routed =
                    self.model.routes().flat_map(Route::targets).any(|target| target.service == *name);
                if self.places.contains_key(name) || !(routed || self.model.services.iter().any(needed)) {
                    continue;
                }
                let at = peer.host.internal.map(|ip| format!(" ({ip})")).unwrap_or_default();
                let on = format!("{}{at}", peer.host.name);
                let index = self.node(Zone::Beyond, name.as_str(), &[&on]);
                self.places.insert(name, index);
            }
        }
    }

    fn externals(&mut self) {
        for external in &self.model.externals {
            let about = external.about.as_ref().map(ToString::to_string).unwrap_or_default();
            let address = external.address.as_ref().map(|(at, port)| at.with_port(*port)).unwrap_or_default();
            let index = self.node(Zone::Beyond, external.name.as_str(), &[&about, &address]);
            self.places.insert(&external.name, index);
        }
    }

    /// Who reaches whom within the host, and from it.
    fn inside(&mut self) {
        let place = |graph: &Self, name: &Name| graph.places.get(name).copied();
        let mut pairs = Vec::new();
        for route in self.model.routes() {
            let proxy = self.model.ingress.as_ref().and_then(|ingress| place(self, &ingress.service));
            pairs.extend(route.targets().map(|target| (proxy, place(self, &target.service))));
        }
        for service in self.model.services.iter().filter(|service| !service.tool) {
            let from = place(self, &service.name);
            let needs = service.needs.iter().map(|need| &need.service);
            let needs = needs.chain(service.elsewhere.iter().map(|(name, _)| name));
            pairs.extend(needs.map(|name| (from, place(self, name))));
        }
        for external in &self.model.externals {
            let to = place(self, &external.name);
            pairs.extend(external.used_by.iter().map(|name| (place(self, name), to)));
        }
        for (from, to) in pairs {
            if let (Some(from), Some(to)) = (from, to)
                && from != to
                && self.nodes[to].zone != Zone::Tools
                && self.nodes[from].zone != Zone::Tools
            {
                self.edge(from, to, "");
            }
        }
    }

    /// Whom the firewall lets in.
    fn outside(&mut self) {
        let host = self.nodes.iter().position(|node| node.zone == Zone::Entry && node.bare);
        let mut callers: BTreeMap<String, usize> = BTreeMap::new();
        for opening in self.model.firewall.openings.iter().filter(|opening| !opening.containers_only) {
            let answers = |service: &&Service| {
                let offers =
                    |one: &Published| opening.ports.overlaps(one.host) && one.protocol == opening.protocol;
                service.published.iter().any(offers)
                    || service.unit().is_some()
                        && service.port.is_some_and(|port| opening.ports.contains(port))
            };
            let service = self.model.services.iter().find(answers);
            let to = service.and_then(|service| self.places.get(&service.name).copied()).or(host);
            let Some(to) = to.filter(|to| self.nodes[*to].zone != Zone::Tools) else { continue };
            for caller in self.callers(opening) {
                let from = match callers.get(&caller) {
                    Some(from) => *from,
                    None => {
                        let from = self.node(Zone::Outside, &caller, &[]);
                        callers.insert(caller, from);
                        from
                    }
                };
                let protocol = if opening.protocol == "tcp" { "" } else { "/udp" };
                self.edge(from, to, &format!("{}{protocol}", opening.ports));
            }
        }
    }

    fn callers(&self, opening: &Opening) -> Vec<String> {
        if opening.from.is_empty() {
            return vec![self.pick("everyone", "모든 곳").to_owned()];
        }
        opening.from.iter().map(|network| self.caller(network)).collect()
    }

    /// How deep services stand: behind all services that need them.
    fn depths(&mut self) {
        // What needs each other in a circle is an error already; here it merely ends.
        for _ in 0..self.nodes.len() {
            let mut changed = false;
            for edge in &self.edges {
                let (from, to) = (&self.nodes[edge.from], &self.nodes[edge.to]);
                if from.zone == Zone::Services && to.zone == Zone::Services && to.depth <= from.depth {
                    self.nodes[edge.to].depth = self.nodes[edge.from].depth + 1;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }
}
