//! What is kept free for a container cannot be more than it may use: Docker refuses it.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "reserve-beyond-limit", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        let (Some(limit), Some(reserved)) = (service.limits.memory, service.reservations.memory) else {
            continue;
        };
        if reserved.value > limit.value {
            diagnostics.add(
                Diagnostic::error(
                    "reserve-beyond-limit",
                    format!("more memory is reserved for `{}` than it may use", service.name),
                )
                .at(reserved.span, format!("{} is reserved", reserved.value))
                .at(limit.span, format!("{} is the limit", limit.value))
                .help(format!("reserve at most `memory=\"{}\"`, or raise the limit", limit.value)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn docker_refuses_it() {
        let raises = |reserve: &str| {
            let web = format!(
                "service \"web\" kind=\"static-site\" {{ build \".\"; limits memory=\"1GiB\"; reserve {reserve} }}"
            );
            raised("reserve-beyond-limit", &web).len()
        };
        assert_eq!(raises("memory=\"2GiB\""), 1);
        assert_eq!(raises("memory=\"1024MiB\""), 0);
        assert_eq!(raises("cpus=1"), 0);
    }
}
