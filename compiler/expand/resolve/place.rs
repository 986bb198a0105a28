//! Which host carries what, when there are several.

use std::{collections::BTreeMap, net::IpAddr};

use crate::{
    diagnostic::{Diagnostic, meant},
    expand::read::{firewall::FirewallSpec, service::ServiceSpec, system::SystemSpec},
    model::{Caller, Dependency, Host, Origin, Published, Reach, Service, Services},
    source::{Located, Span},
    syntax::Sink,
    values::{Address, Cidr, Name, Port, Ports, Value as _},
};

/// The hosts that `on` names, in their order; the first of the system when it names none.
pub fn named(hosts: &[Host], on: &[Located<Name>]) -> Vec<Name> {
    let known = hosts.iter().filter(|host| on.iter().any(|name| name.value == host.name));
    let named: Vec<Name> = known.map(|host| host.name.clone()).collect();
    if named.is_empty() { hosts.first().map(|host| host.name.clone()).into_iter().collect() } else { named }
}

/// Whether what is stated `on` these is on the host; without a word it is on every one.
pub fn is_on(host: &Host, on: &[Located<Name>]) -> bool {
    on.is_empty() || on.iter().any(|name| name.value == host.name)
}

/// Reports hosts that do not exist, and what does not say where it runs although there are several.
pub fn check(spec: &SystemSpec, services: &[ServiceSpec], sink: &Sink) {
    let ingress = spec.ingress.iter().flat_map(|ingress| &ingress.on);
    let monitor = spec.monitor.iter().flat_map(|monitor| &monitor.on);
    let stated = spec.services.iter().flat_map(|service| &service.on);
    let backups = spec.backups.iter().flat_map(|backup| &backup.on);
    let jobs = spec.jobs.iter().flat_map(|job| &job.on);
    let opens = spec.opens.iter().flat_map(|open| &open.on);
    let rules = spec.firewall.iter().flat_map(FirewallSpec::rules).flat_map(|rule| &rule.on);
    for on in ingress.chain(monitor).chain(stated).chain(backups).chain(jobs).chain(opens).chain(rules) {
        known(spec, on, sink);
    }
    if spec.hosts.len() < 2 {
        return;
    }
    let homeless = services.iter().filter(|service| service.on.is_empty());
    let mut told: Vec<Span> = Vec::new();
    for service in homeless {
        let (what, span) = match &service.origin {
            Some(Origin::Derived { because, from }) => (format!("{because}, and"), *from),
            _ => (format!("`{}` runs, and", service.name.value), service.span),
        };
        // One `monitor` brings several.
        if told.contains(&span) {
            continue;
        }
        told.push(span);
        sink.report(
            Diagnostic::error("no-host", format!("{what} it is not said where"))
                .at(span, format!("there are {} hosts", spec.hosts.len()))
                .help(format!("say which: `on \"{}\"`", spec.hosts[0].name.value)),
        );
    }
    for host in &spec.hosts {
        let address = host.internal.as_ref().or(host.address.as_ref());
        if !matches!(address.map(|address| &address.value), Some(Address::Ip(_))) {
            sink.report(
                Diagnostic::error("no-internal-address", format!("the others cannot reach `{}`", host.name.value))
                    .at(address.map_or(host.span, |address| address.span), "no IP address is stated")
                    .help("say its address in the network of the hosts: `internal \"10.0.0.11\"`; firewalls know no names"),
            );
        }
    }
}

fn known(spec: &SystemSpec, on: &Located<Name>, sink: &Sink) {
    let names: Vec<&str> = spec.hosts.iter().map(|host| host.name.value.as_str()).collect();
    if names.contains(&on.value.as_str()) {
        return;
    }
    let unknown = Diagnostic::error("unknown-host", format!("there is no host `{}`", on.value))
        .at(on.span, "named here");
    sink.report(unknown.help(meant(on.value.as_str(), names.iter().copied(), || match names.as_slice() {
        [] => format!("state it: `host \"{}\" address=\"203.0.113.10\"`", on.value),
        names => format!("hosts: {}", names.join(", ")),
    })));
}

/// The services of one host. What they need elsewhere is reached by address, and what others need of them is offered.
pub fn services(all: &Services, hosts: &[Host], host: &Host, prometheus: Option<&Name>) -> Services {
    let internal =
        |name: &Name| hosts.iter().find(|other| other.name == *name).and_then(|other| other.internal);
    let here = all.iter().filter(|service| service.hosts.contains(&host.name)).map(|service| {
        let mut service = service.clone();
        let (local, remote): (Vec<Dependency>, Vec<Dependency>) = service
            .needs
            .drain(..)
            .partition(|need| all.named(&need.service).is_none_or(|other| other.hosts.contains(&host.name)));
        service.needs = local;
        service.elsewhere = remote
            .into_iter()
            .filter_map(|need| {
                let addresses = all.named(&need.service)?.hosts.iter().filter_map(internal).collect();
                Some((need.service, addresses))
            })
            .collect();
        for (port, callers) in callers(all, host, &service, prometheus) {
            let reached = callers.iter().filter_map(|(host, who)| Some((internal(host)?, *who)));
            offer(&mut service, port, reached);
        }
        service
    });
    Services::new(here.collect())
}

/// Who on other hosts connects to the service on this one, by its port: the host, and the service there. Who has an instance on its
/// own host uses that.
fn callers<'a>(
    all: &'a Services,
    host: &Host,
    service: &Service,
    prometheus: Option<&'a Name>,
) -> BTreeMap<Port, Vec<(&'a Name, &'a Name)>> {
    let mut callers: BTreeMap<Port, Vec<_>> = BTreeMap::new();
    for caller in all.iter().filter(|caller| caller.needs.iter().any(|need| need.service == service.name)) {
        let away = caller.hosts.iter().filter(|host| !service.hosts.contains(host));
        if let Some(port) = service.port {
            callers.entry(port).or_default().extend(away.map(|host| (host, &caller.name)));
        }
    }
    let scraper = prometheus.and_then(|name| all.named(name)).filter(|_| service.metrics_path.is_some());
    if let (Some(scraper), Some(port)) = (scraper, service.metrics_port) {
        let away = scraper.hosts.iter().filter(|other| **other != host.name);
        callers.entry(port).or_default().extend(away.map(|host| (host, &scraper.name)));
    }
    callers
}

/// What on another host works with services of this one. What only operates the system does not, nor does what is started
/// by hand.
pub fn callers_on(all: &Services, host: &Host, other: &Host) -> Vec<Caller> {
    let works = |one: &&Service| !one.tool && one.profile.is_none() && one.hosts.contains(&other.name);
    let calls = |caller: &Service| -> Vec<Name> {
        let called = caller.needs.iter().filter_map(|need| all.named(&need.service));
        // Who has an instance on its own host uses that.
        let here = called.filter(|one| one.hosts.contains(&host.name) && !one.hosts.contains(&other.name));
        here.map(|one| one.name.clone()).collect()
    };
    let callers = all.iter().filter(works).map(|one| Caller {
        name: one.name.clone(),
        unit: one.unit().map(|unit| unit.name.clone()),
        calls: calls(one),
    });
    callers.filter(|caller| !caller.calls.is_empty()).collect()
}

/// Publishes that port of the service to these callers.
fn offer<'a>(service: &mut Service, port: Port, callers: impl Iterator<Item = (IpAddr, &'a Name)>) {
    let mut networks: Vec<Cidr> = Vec::new();
    let mut who: Vec<&str> = Vec::new();
    for (address, caller) in callers {
        let length = if address.is_ipv4() { 32 } else { 128 };
        networks.extend(Cidr::parse(&format!("{address}/{length}")));
        who.push(caller.as_str());
    }
    networks.sort();
    networks.dedup();
    who.sort_unstable();
    who.dedup();
    if networks.is_empty() {
        return;
    }
    apart(&mut service.published, port);
    let own = Ports::one(port);
    match service.published.iter_mut().find(|one| one.container == own && one.protocol == "tcp") {
        Some(Published { reach: Reach::Public, .. }) => {}
        Some(Published { reach: Reach::Address(_, stated), .. }) if stated.is_empty() => {}
        Some(Published { reach: Reach::Networks(stated) | Reach::Address(_, stated), .. }) => {
            stated.extend(networks);
        }
        Some(published) => published.reach = Reach::Networks(networks),
        None => service.published.push(Published {
            host: own,
            container: own,
            protocol: "tcp",
            reach: Reach::Networks(networks),
            late: None,
            origin: Origin::Derived {
                because: format!("{} on another host connects to it", who.join(", ")),
                from: service.origin.span(),
            },
        }),
    }
}

/// Parts a range that leads to that port, among others: what is said of it from then on is not said of those.
fn apart(published: &mut Vec<Published>, port: Port) {
    let is_range = |one: &Published| {
        one.protocol == "tcp"
            && one.late.is_none()
            && one.container.count() > 1
            && one.container.contains(port)
    };
    let Some(index) = published.iter().position(is_range) else { return };
    let whole = published.remove(index);
    let part = |first: Option<Port>, last: Option<Port>| {
        let (first, last) = (first?, last?);
        let container = (first <= last).then(|| Ports::range(first, last))?;
        let host = Ports::range(whole.leading_to(first)?, whole.leading_to(last)?);
        Some(Published { host, container, ..whole.clone() })
    };
    let (before, after) = (Port::new(port.get() - 1), port.get().checked_add(1).and_then(Port::new));
    let parts = [
        part(Some(whole.container.first()), before),
        part(Some(port), Some(port)),
        part(after, Some(whole.container.last())),
    ];
    published.splice(index..index, parts.into_iter().flatten());
}
