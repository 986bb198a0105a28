//! Two programs cannot listen on one port of the host: the second container does not start.

use std::net::{IpAddr, Ipv4Addr};

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Reach},
    source::Span,
};

/// The rule.
pub const RULE: Rule = Rule { code: "port-clash", check, together: None };

/// Something that listens on the host.
struct Listener<'a> {
    port: u16,
    protocol: &'a str,
    /// The one address on which it listens; all of the host's when absent.
    at: Option<IpAddr>,
    who: String,
    span: Span,
}

impl Listener<'_> {
    /// Whether both cannot listen at once.
    fn disturbs(&self, other: &Listener) -> bool {
        let same_place = self.at.is_none() || other.at.is_none() || self.at == other.at;
        (self.port, self.protocol) == (other.port, other.protocol) && same_place
    }
}

/// Where containers are published that only the host itself reaches.
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A port published for everyone is bound on all addresses, so a second one is refused even on loopback.
fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut taken: Vec<Listener> = of_the_host(model);
    for service in &model.services {
        for published in &service.published {
            let new = Listener {
                port: published.host.get(),
                protocol: published.protocol,
                at: (published.reach == Reach::Loopback).then_some(LOOPBACK),
                who: format!("`{}`", service.name),
                span: published.origin.span(),
            };
            if let Some(first) = taken.iter().find(|one| one.disturbs(&new)) {
                diagnostics.add(
                    Diagnostic::error(
                        "port-clash",
                        format!("port {}/{} of the host is wanted twice", new.port, new.protocol),
                    )
                    .at(new.span, format!("{} publishes it", new.who))
                    .at(first.span, format!("{} has it", first.who))
                    .help(format!(
                        "choose another port on the host: `publish 1{:04} to={}`",
                        new.port % 10000,
                        published.container
                    )),
                );
            }
            taken.push(new);
        }
    }
}

/// What listens on the host itself: ssh, and every program whose port is opened.
fn of_the_host(model: &Model) -> Vec<Listener<'_>> {
    let ssh = Listener {
        port: model.host.ssh_port.get(),
        protocol: "tcp",
        at: None,
        who: "ssh".into(),
        span: model.host.origin.span(),
    };
    let own = model.firewall.openings.iter().filter(|opening| {
        opening.container_port.is_none() && (opening.port, opening.protocol) != (model.host.ssh_port, "tcp")
    });
    let opened = own.map(|opening| Listener {
        port: opening.port.get(),
        protocol: opening.protocol,
        at: opening.at,
        who: if opening.containers_only {
            format!("`{}`", opening.purpose)
        } else {
            "a program of the host itself".into()
        },
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
}
