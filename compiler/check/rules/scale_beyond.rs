//! A step of a plan to scale out must be one that can be taken at night, when somebody is woken for it.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{
        Model, Service,
        scale::{Scale, left},
    },
    values::Size,
};

/// The rule.
pub const RULE: Rule = Rule { code: "scale-beyond", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (service, scale) in model.services.iter().filter_map(|one| Some((one, one.scale.as_ref()?))) {
        host(model, service, scale, diagnostics);
        container(service, scale, diagnostics);
        connections(service, scale, diagnostics);
    }
}

/// The memory of the host, of which the others may use their parts.
fn host(model: &Model, service: &Service, scale: &Scale, diagnostics: &mut Diagnostics) {
    let Some(left) = left(&model.host, &model.services, service) else { return };
    let Some((step, needs)) = first(scale, |step| scale.of_host(service, step).filter(|needs| *needs > left))
    else {
        return;
    };
    diagnostics.add(
        beyond(
            service,
            scale,
            step.value.get(),
            format!("{} of memory, and {} has {} for it", shown(needs), model.host.name, shown(left)),
        )
        .at(step.span, "this step")
        .at(model.host.origin.span(), "the host, less what the other services may use")
        .help("end the plan before it, take a larger host, or run the service on one more: `on \"app-1\" \"app-2\"`"),
    );
}

/// What one container may use, in which everything that is added has to fit.
fn container(service: &Service, scale: &Scale, diagnostics: &mut Diagnostics) {
    let Some(limit) = service.limits.memory else { return };
    let over = |step| scale.of_container(service, step).filter(|needs| *needs > limit.bytes());
    let Some((step, needs)) = first(scale, over) else { return };
    let mut found = beyond(
        service,
        scale,
        step.value.get(),
        format!("{} of memory in a container that may use {}", shown(needs), limit.value),
    )
    .at(limit.span, "is killed when it uses more");
    if let Some(each) = scale.memory {
        found = found.at(each.span, format!("of each of {}", step.value.get()));
    }
    diagnostics.add(found.help("raise the limit to what the last step needs, or end the plan before it"));
}

/// What is taken of others.
fn connections(service: &Service, scale: &Scale, diagnostics: &mut Diagnostics) {
    for takes in &scale.takes {
        let over = |step| Some(scale.taken(service, takes, step)).filter(|taken| *taken > takes.most);
        let Some((step, taken)) = first(scale, over) else { continue };
        diagnostics.add(
            beyond(
                service,
                scale,
                step.value.get(),
                format!("{taken} of `{}`, whose `{}` is {}", takes.of, takes.setting, takes.most),
            )
            .at(takes.span, "taken by each, on every host")
            .at(step.span, "this step")
            .help(format!(
                "raise `{}` of `{}`, let each take fewer, or end the plan before it",
                takes.setting, takes.of
            )),
        );
    }
}

/// The first step of which `over` says how much it needs in vain.
fn first(
    scale: &Scale,
    over: impl Fn(u32) -> Option<u64>,
) -> Option<(crate::source::Located<crate::values::Count>, u64)> {
    scale.steps.iter().find_map(|step| Some((*step, over(step.value.get())?)))
}

fn beyond(service: &Service, scale: &Scale, step: u32, needs: String) -> Diagnostic {
    Diagnostic::warning(
        "scale-beyond",
        format!("`{}` with {step} {} needs {needs}", service.name, scale.what),
    )
}

fn shown(bytes: u64) -> Size {
    Size::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(memory: &str, limit: &str, scale: &str) -> Vec<String> {
        raised(
            "scale-beyond",
            &format!(
                "secret \"PASSWORD\"\nhost \"app-1\" {{ memory \"{memory}\" }}\n\
                 service \"db\" kind=\"postgres\" {{ password secret=\"PASSWORD\"; max-connections 100; limits memory=\"1GiB\" }}\n\
                 service \"api\" kind=\"fastapi\" {{ build \".\"; workers 2; limits memory=\"{limit}\"; scale-out {scale} }}"
            ),
        )
    }

    #[test]
    fn memory_of_the_host_and_of_the_container() {
        let workers = "\"workers\" { steps 2 4 8; memory \"512MiB\" }";
        assert!(messages("5GiB", "4GiB", workers).is_empty());
        assert_eq!(
            messages("4GiB", "4GiB", workers),
            ["`api` with 8 workers needs 4GiB of memory, and app-1 has 3GiB for it"]
        );
        assert_eq!(
            messages("8GiB", "2GiB", workers),
            ["`api` with 8 workers needs 4GiB of memory in a container that may use 2GiB"]
        );
        let replicas = "\"replicas\" { steps 1 2 4 }";
        assert!(messages("9GiB", "2GiB", replicas).is_empty());
        assert_eq!(
            messages("8GiB", "2GiB", replicas),
            ["`api` with 4 replicas needs 8GiB of memory, and app-1 has 7GiB for it"]
        );
    }

    #[test]
    fn connections_of_all_of_them() {
        let takes = |n: u32| {
            format!("\"workers\" {{ steps 2 4 10; takes {n} of=\"db\" setting=\"max-connections\" }}")
        };
        assert!(messages("8GiB", "2GiB", &takes(10)).is_empty());
        assert_eq!(
            messages("8GiB", "2GiB", &takes(11)),
            ["`api` with 10 workers needs 110 of `db`, whose `max-connections` is 100"]
        );
    }
}
