//! When all services use what they may, the kernel kills one of them to go on.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    values::Size,
};

/// The rule.
pub const RULE: Rule = Rule { code: "memory-overcommitted", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(has) = model.host.memory else { return };
    // What is started on demand only stays out of it.
    let running = model.services.iter().filter(|service| service.profile.is_none());
    let mut wanted: Vec<_> = running
        .filter_map(|service| {
            let limit = service.limits.memory?;
            let releases = if service.beside.is_some() { 2 } else { 1 };
            Some((
                limit.bytes().saturating_mul(service.replicas.get().into()).saturating_mul(releases),
                service,
                limit,
            ))
        })
        .collect();
    let sum = wanted.iter().fold(0_u64, |sum, (bytes, ..)| sum.saturating_add(*bytes));
    if sum <= has.bytes() {
        return;
    }
    wanted.sort_by_key(|(bytes, ..)| std::cmp::Reverse(*bytes));
    let mut diagnostic = Diagnostic::warning(
        "memory-overcommitted",
        format!("services may use {} together, and the host has {has}", Size::from_bytes(sum)),
    );
    for (_, service, limit) in wanted {
        let label = match service.replicas.get() {
            1 if service.beside.is_some() => {
                format!(
                    "{} for each of two releases of `{}`, which stand side by side",
                    limit.value, service.name
                )
            }
            several if service.beside.is_some() => format!(
                "{} for each of {several} containers of `{}`, in two releases that stand side by side",
                limit.value, service.name
            ),
            1 => format!("{} for `{}`", limit.value, service.name),
            several => format!("{} for each of {several} containers of `{}`", limit.value, service.name),
        };
        diagnostic = diagnostic.at(limit.span, label);
    }
    diagnostics.add(
        diagnostic.at(model.host.origin.span(), format!("has {has}")).help(
            "lower the limits or the replicas, or take a larger host; its own programs need memory too",
        ),
    );
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(host: &str, limits: &str) -> Vec<String> {
        raised(
            "memory-overcommitted",
            &format!(
                "host \"app-1\" {{ {host} }}\nservice \"web\" kind=\"static-site\" replicas=3 {{ build \".\"; {limits} }}"
            ),
        )
    }

    #[test]
    fn every_container_counts() {
        let found = messages("memory \"4GiB\"", "limits memory=\"2GiB\"");
        assert_eq!(found, ["services may use 6GiB together, and the host has 4GiB"]);
        assert!(messages("memory \"8GiB\"", "limits memory=\"2GiB\"").is_empty());
    }

    #[test]
    fn what_is_not_stated_is_not_known() {
        assert!(messages("cpus 2", "limits memory=\"64GiB\"").is_empty());
        assert!(messages("memory \"1GiB\"", "limits cpus=1").is_empty());
    }
}
