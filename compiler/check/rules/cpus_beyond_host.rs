//! Docker refuses to make a container that may use more processors than there are.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "cpus-beyond-host", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(has) = model.host.cpus else { return };
    for service in &model.services {
        let Some(limit) = &service.limits.cpus else { continue };
        if limit.value.parse::<f64>().is_ok_and(|wanted| wanted > f64::from(has.get())) {
            diagnostics.add(
                Diagnostic::error(
                    "cpus-beyond-host",
                    format!("no container of `{}` could be made on this host", service.name),
                )
                .at(limit.span, format!("may use {} processors", limit.value))
                .at(model.host.origin.span(), format!("has {has}"))
                .help(format!("write at most `cpus={has}`; Docker refuses more than there are")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn more_than_there_are() {
        let raises = |cpus: &str, host: &str| {
            let web = format!("service \"web\" kind=\"static-site\" {{ build \".\"; limits cpus={cpus} }}");
            raised("cpus-beyond-host", &format!("host \"app-1\" {{ {host} }}\n{web}")).len()
        };
        assert_eq!(raises("2.5", "cpus 2"), 1);
        assert_eq!(raises("2", "cpus 2"), 0);
        assert_eq!(raises("64", "memory \"1GiB\""), 0);
    }
}
