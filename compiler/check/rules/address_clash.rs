//! An address of a network is that of one container, and within the network.

use std::net::IpAddr;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Network, Service},
    source::Span,
    values::{Cidr, EngineName, Value as _},
};

/// The rule.
pub const RULE: Rule = Rule { code: "address-clash", check, together: None };

/// An address that a service states.
struct Fixed<'a> {
    service: &'a Service,
    network: &'a EngineName,
    address: IpAddr,
    span: Span,
}

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let fixed: Vec<Fixed> = model.services.iter().flat_map(fixed).collect();
    for (index, one) in fixed.iter().enumerate() {
        let meets = |other: &&Fixed| {
            (other.network, other.address) == (one.network, one.address)
                && other.service.hosts.iter().any(|host| one.service.hosts.contains(host))
        };
        if let Some(first) = fixed[..index].iter().find(meets) {
            diagnostics.add(
                Diagnostic::error(
                    "address-clash",
                    format!("{} of the network `{}` is wanted twice", one.address, one.network),
                )
                .at(one.span, format!("`{}` wants it", one.service.name))
                .at(first.span, format!("`{}` has it", first.service.name))
                .help("choose another address, or leave it away: services know each other by their names"),
            );
        }
        let most = one.service.most_containers();
        if most.value.get() > 1 {
            diagnostics.add(
                Diagnostic::error(
                    "address-clash",
                    format!("{} containers of `{}` want {}", most.value.get(), one.service.name, one.address),
                )
                .at(one.span, "stated here")
                .at(most.span, "several containers")
                .help("leave the address away: the private network knows them by the service's name"),
            );
        }
        if let Some(network) = model.shared.networks.iter().find(|network| network.name == *one.network) {
            within(model, network, one, diagnostics);
        }
    }
}

/// The addresses of a service that are known here.
fn fixed(service: &Service) -> impl Iterator<Item = Fixed<'_>> {
    service.container.networks.iter().flat_map(move |attached| {
        let addresses = attached.ipv4.iter().chain(&attached.ipv6);
        let known = addresses.filter_map(|text| text.as_literal()?.parse().ok());
        known.filter_map(move |address| {
            Some(Fixed { service, network: &attached.network, address, span: attached.stated? })
        })
    })
}

/// Reports an address that the network does not have. Of one that is there already, and of one whose addresses are passed
/// on or known at run time only, nothing is known.
fn within(model: &Model, network: &Network, one: &Fixed, diagnostics: &mut Diagnostics) {
    let passed = model.raw_compose.iter().any(|node| node.name.value == "networks");
    let subnets: Option<Vec<Cidr>> =
        network.subnets.iter().map(|subnet| Cidr::parse(subnet.as_literal()?).ok()).collect();
    let Some(subnets) = subnets.filter(|_| !network.made.external && !passed) else { return };
    let gateway = network.gateways.iter().any(|gateway| {
        gateway.as_literal().and_then(|text| text.parse::<IpAddr>().ok()) == Some(one.address)
    });
    let (what, help) = if gateway {
        ("is the way out of".to_owned(), "choose another address".to_owned())
    } else if subnets.iter().any(|subnet| subnet.contains(one.address)) {
        return;
    } else if subnets.is_empty() {
        let subnet = match one.address {
            IpAddr::V4(ip) => {
                Cidr::parse(&format!("{}.{}.{}.0/24", ip.octets()[0], ip.octets()[1], ip.octets()[2]))
                    .map(|cidr| cidr.to_string())
            }
            IpAddr::V6(_) => Cidr::parse("fd00:28::/64").map(|cidr| cidr.to_string()),
        };
        let subnet = subnet.unwrap_or_else(|_| "172.28.0.0/24".to_owned());
        (
            "cannot be chosen on".to_owned(),
            format!(
                "say which addresses the network has: `network \"{}\" subnet=\"{subnet}\"`",
                network.name
            ),
        )
    } else {
        let subnets: Vec<String> = subnets.iter().map(ToString::to_string).collect();
        ("is not of".to_owned(), format!("choose one of {}", subnets.join(", ")))
    };
    diagnostics.add(
        Diagnostic::error("address-clash", format!("{} {what} the network `{}`", one.address, network.name))
            .at(one.span, format!("`{}` wants it", one.service.name))
            .help(help),
    );
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(network: &str, one: &str, other: &str) -> usize {
        let service = |name: &str, on: &str| {
            format!("service \"{name}\" kind=\"container\" image=\"nginx:1.28\" {{ network \"lan\" {on} }}")
        };
        let content = format!("network \"lan\" {network}\n{}\n{}", service("a", one), service("b", other));
        raised("address-clash", &content).len()
    }

    #[test]
    fn an_address_is_of_one_container() {
        let lan = "subnet=\"192.168.1.0/24\" gateway=\"192.168.1.254\"";
        assert_eq!(raises(lan, "ipv4=\"192.168.1.3\"", "ipv4=\"192.168.1.3\""), 1);
        assert_eq!(raises(lan, "ipv4=\"192.168.1.3\"", "ipv4=\"192.168.1.4\""), 0);
        assert_eq!(raises(lan, "ipv4=\"192.168.1.3\"", ""), 0);
        assert_eq!(raises(lan, "ipv4=\"192.168.1.254\"", ""), 1);
    }

    #[test]
    fn and_within_the_network() {
        assert_eq!(raises("subnet=\"192.168.1.0/24\"", "ipv4=\"192.168.2.3\"", ""), 1);
        assert_eq!(raises("", "ipv4=\"192.168.2.3\"", ""), 1);
        assert_eq!(raises("external=#true", "ipv4=\"192.168.2.3\"", ""), 0);
        assert_eq!(
            raises("{ subnet \"192.168.1.0/24\" \"fd00::/64\" }", "ipv6=\"fd00::3\"", "ipv6=\"fd01::3\""),
            1
        );
    }
}
