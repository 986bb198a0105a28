//! What is refused stands ahead of what is open: an opening of which nothing is left lets nobody in.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Course, Model, Passage},
    values::{Port, Ports},
};

/// The rule.
pub const RULE: Rule = Rule { code: "firewall-contradiction", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let firewall = &model.firewall;
    for opening in &firewall.openings {
        let Some(refusal) = firewall.refusals.iter().find(|refusal| refusal.undoes(opening)) else {
            continue;
        };
        let place = opening.origin.span();
        let ports = format!("{}/{}", opening.ports, opening.protocol);
        let (message, help) = if place == model.host.origin.span() {
            (
                "ssh is refused to all who may come by it".to_owned(),
                "refuse less: the network of whoever administers the host must be left".to_owned(),
            )
        } else {
            (
                format!("port {ports} is open, and refused to all for whom it is"),
                "remove one of them; what nothing opens is refused anyway, so that `from` of what is open is enough to keep others out".to_owned(),
            )
        };
        diagnostics.add(
            Diagnostic::error("firewall-contradiction", message)
                .at(refusal.origin.span(), "refused here, ahead of all that is open")
                .at(place, "open here")
                .help(help),
        );
    }
    for passage in &firewall.leaving {
        let undone = firewall.refusals.iter().find(|refusal| holds_back(refusal, passage));
        if let Some(refusal) = undone {
            diagnostics.add(
                Diagnostic::error("firewall-contradiction", "what may go out is held back")
                    .at(refusal.origin.span(), "held back here, ahead of all that may go out")
                    .at(passage.origin.span(), "let out here")
                    .help("remove one of them; with `outgoing \"deny\"` nothing goes out that is not opened"),
            );
        }
    }
    let Some(closed) = &firewall.closed else { return };
    let names = |passage: &Passage| {
        passage
            .ports
            .is_none_or(|(ports, _)| Port::new(53).is_some_and(|port| ports.overlaps(Ports::one(port))))
    };
    if !firewall.leaving.iter().any(names) {
        diagnostics.add(
            Diagnostic::warning("firewall-contradiction", "nothing finds the address of another machine by its name")
                .at(closed.span(), "no query for a name goes out")
                .help("let them out: `open \"DNS\"`, or `open \"DNS\" to=\"10.0.0.2\"` when the name server is that one"),
        );
    }
    if model.host.ssh_tunnel && firewall.leaving.is_empty() {
        diagnostics.add(
            Diagnostic::error("firewall-contradiction", "the tunnel by which ssh arrives cannot be built")
                .at(closed.span(), "nothing goes out")
                .at(model.host.origin.span(), "ssh arrives through a tunnel, which begins on this host")
                .help("let out what the tunnel needs: `open 443`, or for WireGuard `open \"51820/udp\"`"),
        );
    }
}

/// Whether nothing of what may go out is left.
fn holds_back(refusal: &Passage, passage: &Passage) -> bool {
    refusal.course == Course::Out
        && passage.ports.map_or(refusal.ports.is_none(), |(ports, protocol)| {
            refusal.touches(ports, protocol, Ports::covers)
        })
        && (refusal.out.is_none() || refusal.out == passage.out)
        && (refusal.to.is_empty()
            || !passage.to.is_empty()
                && passage.to.iter().all(|to| refusal.to.iter().any(|network| network.covers(*to))))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn found(content: &str) -> Vec<String> {
        let web = "service \"web\" kind=\"static-site\" { build \".\"; publish 8080 from=\"10.0.0.0/8\" }";
        raised("firewall-contradiction", &format!("{web}\n{content}"))
    }

    #[test]
    fn open_and_refused() {
        let refused = |rule: &str, open: &str| found(&format!("{open}\nfirewall {{ {rule} }}")).len();
        assert_eq!(refused("deny 9100", "open 9100"), 1);
        assert_eq!(refused("reject \"9000-9200\"", "open 9100 from=\"10.0.0.0/8\""), 1);
        assert_eq!(refused("deny 9100 from=\"10.0.0.0/8\"", "open 9100 from=\"10.1.0.0/16\""), 1);
        assert_eq!(refused("deny 9100 interface=\"eth1\"", "open 9100 interface=\"eth1\""), 1);
        assert_eq!(refused("deny 8080", ""), 1);
    }

    #[test]
    fn an_exception_is_none() {
        let refused = |rule: &str, open: &str| found(&format!("{open}\nfirewall {{ {rule} }}")).len();
        assert_eq!(refused("deny 9100 from=\"10.0.0.5\"", "open 9100"), 0);
        assert_eq!(refused("deny 9100 interface=\"eth1\"", "open 9100"), 0);
        assert_eq!(refused("deny 9105", "open \"9100-9110\""), 0);
        assert_eq!(refused("deny \"9100/udp\"", "open 9100"), 0);
        assert_eq!(refused("deny 8080 from=\"10.0.0.5\"", ""), 0);
        assert_eq!(refused("deny from=\"203.0.113.0/24\"", "open 9100"), 0);
    }

    #[test]
    fn ssh_is_never_refused_to_all() {
        assert_eq!(found("firewall { deny 22 }"), ["ssh is refused to all who may come by it"]);
        let host = "host \"a\" { ssh from=\"10.0.0.0/8\" }";
        assert_eq!(found(&format!("{host}\nfirewall {{ deny from=\"10.0.0.0/8\" }}")).len(), 2);
        assert!(found("firewall { deny 22 from=\"203.0.113.0/24\" }").is_empty());
    }

    #[test]
    fn what_goes_out() {
        assert!(found("firewall { outgoing \"deny\" { open \"DNS\"; open 443 } }").is_empty());
        assert_eq!(found("firewall { outgoing \"deny\" { open 443 } }").len(), 1);
        assert!(found("firewall { outgoing \"deny\" { open to=\"10.0.0.0/8\" } }").is_empty());
        assert_eq!(found("firewall { outgoing \"deny\" { open \"DNS\"; open 25; deny 25 } }").len(), 1);
        assert!(
            found("firewall { outgoing \"deny\" { open \"DNS\"; open 25; deny 25 to=\"10.0.0.0/8\" } }")
                .is_empty()
        );
        assert!(found("firewall { outgoing \"allow\" { deny 25 } }").is_empty());
    }
}
