//! Several containers cannot share one port of the host.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "fixed-port-replicas", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| service.replicas.get() > 1) {
        for published in &service.published {
            diagnostics.add(
                Diagnostic::error(
                    "fixed-port-replicas",
                    format!("{} containers of `{}` want port {} of the host", service.replicas.get(), service.name, published.host),
                )
                .at(published.origin.span(), "published here")
                .at(service.replicas.span, "several containers")
                .help(format!(
                    "publish no port and route to it: `ingress {{ route \"/\" to=\"{}\" }}` reaches every container",
                    service.name
                )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn only_one_container_gets_it() {
        let raises = |replicas: u32, publish: &str| {
            let web = format!(
                "service \"web\" kind=\"static-site\" replicas={replicas} {{ build \".\"; {publish} }}"
            );
            raised("fixed-port-replicas", &web).len()
        };
        assert_eq!(raises(3, "publish 8080"), 1);
        assert_eq!(raises(3, ""), 0);
        assert_eq!(raises(1, "publish 8080"), 0);
    }
}
