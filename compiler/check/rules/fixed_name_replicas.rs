//! A name belongs to one container.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "fixed-name-replicas", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| service.replicas.get() > 1) {
        let Some(name) = service.raw_compose.iter().rev().find(|node| node.name.value == "container_name")
        else {
            continue;
        };
        diagnostics.add(
            Diagnostic::error(
                "fixed-name-replicas",
                format!("{} containers of `{}` cannot have one name", service.replicas.get(), service.name),
            )
            .at(name.span, "named here")
            .at(service.replicas.span, "several containers")
            .help("leave the name away: the private network knows them by the service's name, `docker compose ps` shows them all"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn compose_refuses_it() {
        let raises = |replicas: u32| {
            let web = format!(
                "service \"web\" kind=\"static-site\" replicas={replicas} {{ build \".\"; compose {{ container_name \"web\" }} }}"
            );
            raised("fixed-name-replicas", &web).len()
        };
        assert_eq!(raises(2), 1);
        assert_eq!(raises(1), 0);
    }
}
