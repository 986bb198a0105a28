//! How services grow step by step, as the guide's templates see it.

use serde::Serialize;

use crate::{
    model::{
        Model, Service,
        capacity::size,
        scale::{Scale, Takes, left},
    },
    source::Located,
    values::{Bound, Decimal},
};

/// The plan of a service.
#[derive(Serialize)]
pub struct View {
    service: String,
    what: String,
    now: u32,
    /// The alert that tells that the next step is due.
    alert: Option<String>,
    /// What it takes to go to the next step until the next deployment; none when only the description can.
    at_once: Option<String>,
    /// The step that comes next.
    next: Option<u32>,
    /// What one container may use.
    limit: Option<String>,
    /// What the host leaves.
    left: Option<String>,
    /// The processors that it has: those of its container, when nothing is added but within it.
    cpus: Option<String>,
    /// Whether nginx passes requests to what is added.
    balanced: bool,
    takes: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    step: u32,
    now: bool,
    container: Option<String>,
    host: Option<String>,
    taken: Vec<String>,
    /// Whether all of it is there.
    fits: bool,
}

/// The plans of the services that have one.
pub fn views(model: &Model) -> Vec<View> {
    model.services.iter().filter_map(|service| Some(view(model, service, service.scale.as_ref()?))).collect()
}

fn view(model: &Model, service: &Service, scale: &Scale) -> View {
    let left = left(&model.host, &model.services, service);
    let told = |(_, bound, _): &(_, Located<Bound>, _)| {
        let mut alerts = model.monitoring.as_ref()?.explained();
        Some(alerts.find(|alert| alert.origin.span() == bound.span)?.name.clone())
    };
    let within =
        service.limits.cpus.as_ref().filter(|_| !scale.adds_containers()).map(|cpus| cpus.value.clone());
    View {
        service: service.name.to_string(),
        what: scale.what.to_string(),
        now: scale.now,
        alert: scale.when.as_ref().and_then(told),
        at_once: scale
            .next()
            .filter(|_| scale.adds_containers() && service.unit().is_none())
            .map(|next| scale.at_once(&service.name, next)),
        next: scale.next(),
        limit: service.limits.memory.map(|limit| limit.to_string()),
        left: left.map(bytes),
        cpus: within.or_else(|| model.host.cpus.map(|cpus| cpus.to_string())),
        balanced: scale.adds_containers() && model.routes().any(|route| route.target.service == service.name),
        takes: scale.takes.iter().map(|one| format!("{} {}", one.of, one.setting)).collect(),
        steps: scale.steps.iter().map(|step| view_of(service, scale, left, step.value.get())).collect(),
    }
}

fn view_of(service: &Service, scale: &Scale, left: Option<u64>, step: u32) -> Step {
    let (container, host) = (scale.of_container(service, step), scale.of_host(service, step));
    let limit = service.limits.memory.map(|limit| limit.bytes());
    let within =
        |needs: Option<u64>, most: Option<u64>| needs.zip(most).is_none_or(|(needs, most)| needs <= most);
    let taken = |takes: &Takes| scale.taken(service, takes, step);
    Step {
        step,
        now: step == scale.now,
        container: container.map(bytes),
        host: host.map(bytes),
        taken: scale.takes.iter().map(|one| format!("{} / {}", taken(one), one.most)).collect(),
        fits: within(container, limit)
            && within(host, left)
            && scale.takes.iter().all(|one| taken(one) <= one.most),
    }
}

fn bytes(n: u64) -> String {
    size(Decimal::millionths(i128::from(n) * 1_000_000))
}
