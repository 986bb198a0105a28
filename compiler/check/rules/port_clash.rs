//! Two programs cannot listen on one port of the host: the second container does not start.

use std::net::{IpAddr, Ipv4Addr};

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Published, Reach, Service},
    source::Span,
    values::Ports,
};

/// The rule.
pub const RULE: Rule = Rule { code: "port-clash", check, together: None };

/// Something that listens on the host.
struct Listener<'a> {
    ports: Ports,
    protocol: &'a str,
    /// The one address on which it listens; all of the host's when absent.
    at: Option<IpAddr>,
    who: String,
    /// Whether it is an `open`, which listens to nothing by itself.
    opened: bool,
    span: Span,
}

impl Listener<'_> {
    /// Whether both cannot listen at once.
    fn disturbs(&self, other: &Listener) -> bool {
        let same_place = self.at.is_none() || other.at.is_none() || self.at == other.at;
        self.protocol == other.protocol && self.ports.overlaps(other.ports) && same_place
    }
}

/// A port published for everyone is bound on all addresses, so a second one is refused even on loopback.
fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut taken: Vec<Listener> = of_the_host(model);
    for service in &model.services {
        for published in &service.published {
            let new = Listener {
                ports: published.host,
                protocol: published.protocol,
                at: address(&published.reach),
                who: format!("`{}`", service.name),
                opened: false,
                span: published.origin.span(),
            };
            if let Some(first) = taken.iter().find(|one| one.disturbs(&new)) {
                diagnostics.add(if first.opened {
                    opened_twice(model, service, published, first, &new)
                } else {
                    wanted_twice(published, first, &new)
                });
            }
            taken.push(new);
        }
    }
}

/// The address on which it listens; none for all of them.
fn address(reach: &Reach) -> Option<IpAddr> {
    match reach {
        Reach::Public | Reach::Networks(_) => None,
        Reach::Loopback => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        // That of IPv6 stands in brackets; `::` is all of them.
        Reach::Address(address, _) => {
            address.trim_matches(['[', ']']).parse().ok().filter(|address: &IpAddr| !address.is_unspecified())
        }
    }
}

fn wanted_twice(published: &Published, first: &Listener, new: &Listener) -> Diagnostic {
    Diagnostic::error(
        "port-clash",
        format!("port {}/{} of the host is wanted twice", published.host, new.protocol),
    )
    .at(new.span, format!("{} publishes it", new.who))
    .at(first.span, format!("{} has it", first.who))
    .help(format!("choose another port on the host: `{}`", elsewhere(published)))
}

/// The same in other ports of the host.
fn elsewhere(published: &Published) -> String {
    let (first, count) = (published.host.first().get(), published.host.count());
    if count == 1 {
        return format!("publish 1{:04} to={}", first % 10000, published.container);
    }
    format!("publish \"…-…\" to=\"{}\"`, a range of {count} that is free", published.container)
}

/// `open` is for programs of the host itself; what Docker publishes never passes it.
fn opened_twice(
    model: &Model,
    service: &Service,
    published: &Published,
    first: &Listener,
    new: &Listener,
) -> Diagnostic {
    let port = published.host;
    let ingress = model.ingress.as_ref().is_some_and(|ingress| ingress.service == service.name);
    let help = if ingress {
        "remove the `open`: the ingress has opened the port already; who may come is said by `behind` in `ingress`, or by `allow-from` of a route".to_owned()
    } else {
        format!(
            "remove the `open` and say in `publish` who may come: `publish {port} from=\"10.0.0.0/8\"`, or `public=#true` for everyone; if a program of the host itself has the port, choose another one for the container: `{}`",
            elsewhere(published)
        )
    };
    Diagnostic::error(
        "port-clash",
        format!("`open` says nothing of port {port}/{}, which {} publishes", new.protocol, new.who),
    )
    .at(first.span, "opens it for a program of the host itself")
    .at(
        new.span,
        if ingress { "the ingress opens it by itself" } else { "Docker forwards it, past this `open`" },
    )
    .help(help)
}

/// What listens on the host itself: ssh, and every program whose port is opened.
fn of_the_host(model: &Model) -> Vec<Listener<'_>> {
    let ssh = Listener {
        ports: Ports::one(model.host.ssh_port),
        protocol: "tcp",
        at: None,
        who: "ssh".into(),
        opened: false,
        span: model.host.origin.span(),
    };
    let own = model.firewall.openings.iter().filter(|opening| {
        !opening.published && (opening.ports, opening.protocol) != (Ports::one(model.host.ssh_port), "tcp")
    });
    let opened = own.map(|opening| Listener {
        ports: opening.ports,
        protocol: opening.protocol,
        at: opening.at,
        who: format!("`{}`", opening.purpose),
        opened: !opening.containers_only,
        span: opening.origin.span(),
    });
    std::iter::once(ssh).chain(opened).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn clashes(content: &str) -> usize {
        raised("port-clash", content).len()
    }

    const TWO: &str = "service \"a\" kind=\"worker\" { build \".\"; publish 8080 to=80 }\nservice \"b\" kind=\"worker\" { build \".\"; ";

    #[test]
    fn of_two_services() {
        assert_eq!(clashes(&format!("{TWO} publish 8080 to=81 public=#true }}")), 1);
        assert_eq!(clashes(&format!("{TWO} publish 8081 to=80 }}")), 0);
        assert_eq!(clashes(&format!("{TWO} publish 8080 to=80 protocol=\"udp\" }}")), 0);
    }

    #[test]
    fn with_the_ingress_and_with_ssh() {
        let web = "ingress { tls \"self-signed\"; route \"/\" to=\"web\" }\nservice \"web\" kind=\"static-site\" { build \".\"; ";
        assert_eq!(clashes(&format!("{web} publish 443 }}")), 1);
        assert_eq!(clashes(&format!("{web} publish 22 }}")), 1);
        assert_eq!(clashes(&format!("{web} publish 8443 }}")), 0);
    }

    #[test]
    fn with_a_program_of_the_host() {
        let open = "open 51820 protocol=\"udp\"\nservice \"vpn\" kind=\"worker\" { build \".\"; publish 51820 to=51820 protocol=";
        assert_eq!(clashes(&format!("{open}\"udp\" }}")), 1);
        assert_eq!(clashes(&format!("{open}\"tcp\" }}")), 0);
    }

    #[test]
    fn at_one_address_only() {
        let two = |a: &str, b: &str| {
            clashes(&format!(
                "service \"a\" kind=\"worker\" {{ build \".\"; publish 5353 to=53 {a} }}\nservice \"b\" kind=\"worker\" {{ build \".\"; publish 5353 to=53 {b} }}"
            ))
        };
        assert_eq!(two("on=\"127.0.0.1\"", "on=\"10.0.0.2\""), 0);
        assert_eq!(two("", "on=\"10.0.0.2\""), 0);
        assert_eq!(two("on=\"10.0.0.2\"", "on=\"10.0.0.2\""), 1);
        assert_eq!(two("on=\"10.0.0.2\"", "on=\"0.0.0.0\""), 1);
        assert_eq!(two("on=\"10.0.0.2\"", "public=#true"), 1);
        assert_eq!(two("", "on=\"127.0.0.1\""), 1);
    }

    #[test]
    fn an_opening_beside_what_is_published_is_no_second_program() {
        let web = "ingress { tls \"self-signed\"; route \"/\" to=\"web\" }\nservice \"web\" kind=\"static-site\" { build \".\" }";
        let found = raised("port-clash", &format!("open \"80,443/tcp\"\n{web}"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|message| message.contains("`open` says nothing of port")), "{found:?}");
        let db = "service \"a\" kind=\"worker\" { build \".\"; publish 5432 to=5432 }";
        assert_eq!(clashes(&format!("open \"5000-6000\" from=\"10.0.0.0/8\"\n{db}")), 1);
        assert_eq!(clashes(&format!("open \"5000-6000/udp\" from=\"10.0.0.0/8\"\n{db}")), 0);
    }
}
