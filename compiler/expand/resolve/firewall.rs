//! What may be reached: derived from ssh, the ingress, published ports and `open`.

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
            purpose: "ssh".into(),
            origin: host.origin.clone(),
        });
    }
    let mut others: Vec<Opening> = spec
        .opens
        .iter()
        .map(|open| Opening {
            port: open.port.value,
            protocol: open.protocol.as_str(),
            from: open.from.iter().map(|cidr| cidr.value).collect(),
            container_port: None,
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
                purpose: service.name.to_string(),
                origin: published.origin.clone(),
            });
        }
    }
    others.sort_by_key(|opening| (opening.port, opening.protocol));
    openings.extend(others);
    Firewall { openings }
}
