//! A name belongs to one container.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Service},
    source::Span,
};

/// The rule.
pub const RULE: Rule = Rule { code: "fixed-name-replicas", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &*model.services {
        let most = service.most_containers();
        let Some(named) = named(service).filter(|_| most.value.get() > 1) else { continue };
        diagnostics.add(
            Diagnostic::error(
                "fixed-name-replicas",
                format!("{} containers of `{}` cannot have one name", most.value.get(), service.name),
            )
            .at(named, "named here")
            .at(most.span, "several containers")
            .help("leave the name away: the private network knows them by the service's name, `docker compose ps` shows them all"),
        );
    }
}

/// Where its container is given a name, as near as that is known.
fn named(service: &Service) -> Option<Span> {
    let passed = service.raw_compose.iter().rev().find(|node| node.name.value == "container_name");
    let stated = || service.container.scalars.iter().any(|(key, _)| *key == "container_name");
    passed.map(|node| node.name.span).or_else(|| stated().then(|| service.origin.span()))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised_of_containers;

    fn raises(replicas: u32, words: &str) -> usize {
        raised_of_containers("fixed-name-replicas", replicas, words)
    }

    #[test]
    fn compose_refuses_it() {
        for name in ["compose { container_name \"web\" }", "container name=\"web\""] {
            assert_eq!(raises(2, name), 1, "{name}");
            assert_eq!(raises(1, name), 0, "{name}");
        }
    }

    #[test]
    fn nor_could_it_grow() {
        let name = "container name=\"web\"";
        assert_eq!(raises(1, &format!("{name}; scale-out \"replicas\" {{ steps 1 2; }}")), 1);
    }
}
