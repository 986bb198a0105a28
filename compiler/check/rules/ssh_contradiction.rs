//! What is said of ssh and what is opened must mean the same.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Opening},
    values::Cidr,
};

/// The rule.
pub const RULE: Rule = Rule { code: "ssh-contradiction", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let host = &model.host;
    let span = host.origin.span();
    if host.ssh_tunnel && !host.ssh_from.is_empty() {
        diagnostics.add(
            Diagnostic::warning(
                "ssh-contradiction",
                "ssh arrives through a tunnel, so `from` lets nobody in",
            )
            .at(span, "its `ssh` says both")
            .help("leave `from` away, or `tunnel` if ssh comes in by its port"),
        );
    }
    for opening in model.firewall.openings.iter().filter(|opening| is_ssh(model, opening)) {
        let place = opening.origin.span();
        if place == span {
            // What `ssh` itself opens.
            continue;
        }
        let wider = host.ssh_from.is_empty() || within(opening, &host.ssh_from);
        let (message, label) = if host.ssh_tunnel {
            ("ssh arrives through a tunnel, and its port is open all the same", "its `ssh` says `tunnel`")
        } else if wider {
            ("the port of ssh is opened twice", "`ssh` opens it already")
        } else {
            ("ssh can be reached from more places than `ssh` says", "its `ssh` says from where")
        };
        diagnostics.add(
            Diagnostic::warning("ssh-contradiction", message)
                .at(place, format!("opens port {}, on which ssh listens", host.ssh_port))
                .at(span, label)
                .help("remove this `open`: `ssh` in `host` says from where ssh is reached"),
        );
    }
}

fn is_ssh(model: &Model, opening: &Opening) -> bool {
    !opening.published && opening.protocol == "tcp" && opening.ports.contains(model.host.ssh_port)
}

/// Whether an opening is for none but addresses of these networks.
fn within(opening: &Opening, networks: &[Cidr]) -> bool {
    !opening.from.is_empty()
        && opening.from.iter().all(|from| networks.iter().any(|network| network.covers(*from)))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(ssh: &str, open: &str) -> Vec<String> {
        let web = "service \"web\" kind=\"static-site\" { build \".\" }";
        raised("ssh-contradiction", &format!("host \"app-1\" {{ ssh {ssh} }}\n{open}\n{web}"))
    }

    #[test]
    fn a_limit_that_something_else_lifts() {
        let more = ["ssh can be reached from more places than `ssh` says"];
        assert_eq!(messages("from=\"10.0.0.0/8\"", "open 22"), more);
        assert_eq!(messages("port=2222 from=\"10.0.0.0/8\"", "open 2222 from=\"192.168.0.0/16\""), more);
        assert_eq!(
            messages("from=\"10.0.0.0/8\"", "open 22 from=\"10.1.0.0/16\""),
            ["the port of ssh is opened twice"]
        );
        assert!(messages("port=2222 from=\"10.0.0.0/8\"", "open 22").is_empty());
        assert!(messages("from=\"10.0.0.0/8\"", "open 22 protocol=\"udp\"").is_empty());
        assert!(messages("from=\"10.0.0.0/8\"", "").is_empty());
    }

    #[test]
    fn a_tunnel_needs_no_opening() {
        assert_eq!(messages("tunnel=#true", "open 22").len(), 1);
        assert_eq!(messages("tunnel=#true from=\"10.0.0.0/8\"", "").len(), 1);
        assert!(messages("tunnel=#true", "").is_empty());
    }
}
