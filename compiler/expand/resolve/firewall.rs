//! What may be reached: derived from ssh, the ingress, published ports and `open`.

use super::place;
use crate::{
    expand::read::system::SystemSpec,
    model::{Firewall, Host, Opening, Origin, Reach, Service},
};

/// Every opening, ssh first, then by port.
pub fn firewall(host: &Host, spec: &SystemSpec, services: &[Service]) -> Firewall {
    let mut openings = Vec::new();
    if !host.ssh_tunnel {
        openings.push(Opening {
            port: host.ssh_port,
            protocol: "tcp",
            from: host.ssh_from.clone(),
            container_port: None,
            containers_only: false,
            at: None,
            purpose: "ssh".into(),
            origin: host.origin.clone(),
        });
    }
    let mut others: Vec<Opening> = spec
        .opens
        .iter()
        .filter(|open| place::is_on(host, &open.on))
        .map(|open| Opening {
            port: open.port.value,
            protocol: open.protocol.as_str(),
            from: open.from.iter().map(|cidr| cidr.value).collect(),
            container_port: None,
            containers_only: false,
            at: None,
            purpose: open.purpose.as_ref().map(|text| text.value.to_string()).unwrap_or_default(),
            origin: Origin::Stated(open.span),
        })
        .collect();
    for service in services {
        for published in &service.published {
            let from = match &published.reach {
                Reach::Loopback => continue,
                Reach::Public | Reach::Address(_) => Vec::new(),
                Reach::Networks(networks) => networks.clone(),
            };
            others.push(Opening {
                port: published.host,
                protocol: published.protocol,
                from,
                container_port: Some(published.container),
                containers_only: false,
                at: None,
                purpose: service.name.to_string(),
                origin: published.origin.clone(),
            });
        }
    }
    for service in services {
        let (Some(unit), Some(port)) = (service.unit(), service.port) else { continue };
        if unit.listen.is_loopback() {
            continue;
        }
        others.push(Opening {
            port,
            protocol: "tcp",
            from: Vec::new(),
            container_port: None,
            containers_only: true,
            at: Some(unit.listen),
            purpose: service.name.to_string(),
            origin: Origin::Derived {
                because: "containers reach it on the host itself".into(),
                from: service.origin.span(),
            },
        });
    }
    others.sort_by_key(|opening| (opening.port, opening.protocol));
    openings.extend(others);
    Firewall { openings }
}
