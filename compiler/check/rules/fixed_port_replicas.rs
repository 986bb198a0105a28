//! Several containers cannot share one port of the host.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Service},
    source::Span,
};

/// The rule.
pub const RULE: Rule = Rule { code: "fixed-port-replicas", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &*model.services {
        let most = service.most_containers();
        if most.value.get() < 2 {
            continue;
        }
        for (port, span) in fixed(service) {
            diagnostics.add(
                Diagnostic::error(
                    "fixed-port-replicas",
                    format!("{} containers of `{}` want port {port} of the host", most.value.get(), service.name),
                )
                .at(span, "published here")
                .at(most.span, "several containers")
                .help(format!(
                    "publish no port and route to it: `ingress {{ route \"/\" to=\"{}\" }}` reaches every container",
                    service.name
                )),
            );
        }
    }
}

/// Ports of the host that are its own, and where they are published. Of a range, or of none that is named, each
/// container takes what is free.
fn fixed(service: &Service) -> Vec<(String, Span)> {
    let published = service.published.iter().map(|one| (one.host.to_string(), one.origin.span()));
    let loose = service.container.ports.iter().filter_map(|port| {
        let host = port.host.as_ref()?.as_literal()?;
        (!host.contains('-')).then(|| (host.to_owned(), port.origin.span()))
    });
    published.chain(loose).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised_of_containers;

    fn raises(replicas: u32, words: &str) -> usize {
        raised_of_containers("fixed-port-replicas", replicas, words)
    }

    #[test]
    fn only_one_container_gets_it() {
        assert_eq!(raises(3, "publish 8080"), 1);
        assert_eq!(raises(3, ""), 0);
        assert_eq!(raises(1, "publish 8080"), 0);
    }

    #[test]
    fn nor_could_it_grow() {
        assert_eq!(raises(1, "publish 8080; scale-out \"replicas\" { steps 1 3; }"), 1);
        assert_eq!(raises(1, "scale-out \"replicas\" { steps 1 3; }"), 0);
    }
}
