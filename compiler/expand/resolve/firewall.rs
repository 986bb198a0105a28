//! What may be reached: derived from ssh, the ingress, published ports and `open`; and what `firewall` says besides.

use std::net::IpAddr;

use super::place;
use crate::{
    diagnostic::Diagnostic,
    expand::read::{
        firewall::{FirewallSpec, OpenSpec, Policy, RuleSpec, Transport},
        system::SystemSpec,
    },
    model::{Course, Firewall, Host, Opening, Origin, Passage, Reach, Service},
    source::Located,
    syntax::Sink,
    values::{Cidr, Door, Ports},
};

/// Every opening, ssh first, then by port; and all else.
pub fn firewall(host: &Host, spec: &SystemSpec, services: &[Service], sink: &Sink) -> Firewall {
    let mut openings = Vec::new();
    if !host.ssh_tunnel {
        openings.push(Opening {
            from: host.ssh_from.clone(),
            limit: host.ssh_limit,
            ..of(Ports::one(host.ssh_port), "tcp", "ssh", host.origin.clone())
        });
    }
    let opens = spec.opens.iter().filter(|open| place::is_on(host, &open.on));
    let mut others: Vec<Opening> = opens.flat_map(|open| opened(open, sink)).collect();
    for service in services {
        for published in &service.published {
            let (from, at): (_, Option<IpAddr>) = match &published.reach {
                Reach::Loopback => continue,
                Reach::Public => (Vec::new(), None),
                Reach::Address(address, networks) => {
                    (networks.clone(), address.trim_matches(['[', ']']).parse().ok())
                }
                Reach::Networks(networks) => (networks.clone(), None),
            };
            if at.is_some_and(|at| at.is_loopback()) {
                continue;
            }
            others.push(Opening {
                from,
                at,
                published: true,
                stated_as: format!("service/{}/publish/{}", service.name, published.host),
                ..of(published.host, published.protocol, service.name.as_str(), published.origin.clone())
            });
        }
    }
    for service in services {
        let Some(unit) = service.unit().filter(|unit| !unit.listen.is_loopback()) else { continue };
        let metrics =
            service.metrics_port.filter(|port| service.metrics_path.is_some() && Some(*port) != service.port);
        for port in service.port.into_iter().chain(metrics) {
            let because = "containers reach it on the host itself".to_owned();
            let origin = Origin::Derived { because, from: service.origin.span() };
            others.push(Opening {
                containers_only: true,
                at: Some(unit.listen),
                stated_as: format!("service/{}", service.name),
                ..of(Ports::one(port), "tcp", service.name.as_str(), origin)
            });
        }
    }
    others.sort_by_key(|opening| (opening.ports.first(), opening.ports.last(), opening.protocol));
    openings.extend(others);
    let stated = spec.firewall.as_ref().map(|stated| besides(host, stated, sink)).unwrap_or_default();
    Firewall { openings, ..stated }
}

/// An opening to everybody.
fn of(ports: Ports, protocol: &'static str, purpose: &str, origin: Origin) -> Opening {
    Opening {
        ports,
        protocol,
        from: Vec::new(),
        published: false,
        containers_only: false,
        at: None,
        interface: None,
        limit: false,
        purpose: purpose.to_owned(),
        stated_as: String::new(),
        origin,
    }
}

/// What an `open` opens: for each of its ranges and protocols one.
fn opened(open: &OpenSpec, sink: &Sink) -> Vec<Opening> {
    let named = || open.ports.value.name().unwrap_or_default().to_owned();
    let purpose = open.purpose.as_ref().map_or_else(named, |text| text.value.to_string());
    let origin = Origin::Stated(open.span);
    let each = spoken(&open.ports, open.protocol.as_ref(), sink).into_iter();
    each.map(|(ports, protocol)| Opening {
        from: open.from.iter().map(|cidr| cidr.value).collect(),
        at: open.to.as_ref().map(|to| to.value.0),
        interface: open.interface.as_ref().map(|interface| interface.value.clone()),
        limit: open.limit,
        stated_as: open.address.clone(),
        ..of(ports, protocol, &purpose, origin.clone())
    })
    .collect()
}

/// Ranges of ports, each with its protocol: the one behind it, or the one stated elsewhere.
fn spoken(
    door: &Located<Door>,
    stated: Option<&Located<Transport>>,
    sink: &Sink,
) -> Vec<(Ports, &'static str)> {
    let mut all = Vec::new();
    for ports in door.value.ports() {
        let plain = ports.plain();
        match (ports.protocol(), stated) {
            (Some(behind), Some(stated)) if !stated.value.each().contains(&behind) => {
                sink.report(
                    Diagnostic::error(
                        "two-protocols",
                        format!("a port of {behind} and of {}", stated.value.each()[0]),
                    )
                    .at(door.span, format!("it is of {behind}"))
                    .at(stated.span, "another one is stated")
                    .help("keep one of them, or say `protocol=\"both\"` and no protocol behind the port"),
                );
                return Vec::new();
            }
            (Some(behind), _) => all.push((plain, behind)),
            (None, stated) => {
                let each = stated.map_or(Transport::Tcp, |stated| stated.value).each();
                all.extend(each.iter().map(|protocol| (plain, *protocol)));
            }
        }
    }
    all
}

/// What `firewall` says of this host.
fn besides(host: &Host, stated: &FirewallSpec, sink: &Sink) -> Firewall {
    let of = |rules: &[RuleSpec], verb: &'static str, course: Course| -> Vec<Passage> {
        let here = rules.iter().filter(|rule| place::is_on(host, &rule.on));
        here.flat_map(|rule| passages(rule, verb, course, sink)).collect()
    };
    let mut refusals = of(&stated.denied, "deny", Course::In);
    refusals.extend(of(&stated.rejected, "reject", Course::In));
    let outgoing = stated.outgoing.as_ref();
    refusals.extend(outgoing.map(|out| of(&out.denied, "deny", Course::Out)).unwrap_or_default());
    let closed = outgoing.filter(|out| out.policy.value == Policy::Deny);
    Firewall {
        openings: Vec::new(),
        refusals,
        forwards: of(&stated.forwarded, "allow", Course::Through),
        // Where everything goes out, there is nothing to open.
        leaving: closed.map(|out| of(&out.opened, "allow", Course::Out)).unwrap_or_default(),
        closed: closed.map(|out| Origin::Stated(out.span)),
        logging: stated.logging.as_ref().map(|level| level.value.as_str()),
        rules: stated.rules.clone(),
        chains: stated.chains.clone(),
    }
}

/// What a rule says, range by range.
fn passages(rule: &RuleSpec, verb: &'static str, course: Course, sink: &Sink) -> Vec<Passage> {
    let ports: Vec<Option<(Ports, &'static str)>> = match &rule.ports {
        None => vec![None],
        Some(door) => spoken(door, rule.protocol.as_ref(), sink).into_iter().map(Some).collect(),
    };
    let plain = |networks: &[Located<Cidr>]| -> Vec<Cidr> {
        // What is for everybody says nothing of networks.
        if networks.iter().any(|network| network.value.is_everything()) {
            return Vec::new();
        }
        networks.iter().map(|network| network.value).collect()
    };
    let named = || rule.ports.as_ref().and_then(|door| door.value.name()).unwrap_or_default().to_owned();
    let purpose = rule.purpose.as_ref().map_or_else(named, |text| text.value.to_string());
    ports
        .into_iter()
        .map(|ports| Passage {
            verb,
            course,
            ports,
            from: plain(&rule.from),
            to: plain(&rule.to),
            into: rule.into.as_ref().map(|interface| interface.value.clone()),
            out: rule.out.as_ref().map(|interface| interface.value.clone()),
            purpose: purpose.clone(),
            origin: Origin::Stated(rule.span),
        })
        .collect()
}
