//! `deploy.sh` and `rollback.sh`: a release comes up, answers or goes, and is recorded.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Script,
    configuration::{self, Configuration},
    header, services,
    unit::{self, UnitView},
};
use crate::{
    emit::template::{Format, Template},
    model::{Image, Ingress, Model, Service, Tls},
    values::Port,
};

pub(super) static DEPLOY: Template = Template::new(Format::Shell, include_str!("deploy.sh.tera"));
static BESIDE: Template = Template::new(Format::Shell, include_str!("beside.sh.tera"));
pub(super) static ROLLBACK: Template = Template::new(Format::Shell, include_str!("rollback.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    directory: String,
    built: Vec<String>,
    units: Vec<UnitView>,
    /// Whether a release is a tag of a repository.
    tagged: bool,
    readers: Vec<Reader>,
    /// Where curl finds the proxy: `name:port:address`.
    resolve: String,
    checks: Vec<String>,
    /// The part for releases that stand side by side; empty when there are none.
    beside: String,
    /// Services that may end by themselves, and nothing waits for that.
    tasks: Vec<String>,
    /// Services for whose end others wait.
    awaited: Vec<String>,
    /// Every other service that is brought up, when there are such.
    lasting: Vec<String>,
    /// Built services whose image has one name for all releases, with that name; without it when it is known at run
    /// time only.
    fixed: Vec<Fixed>,
    /// What can be restored.
    stores: Vec<String>,
}

/// What stands side by side, and beside what.
#[derive(Serialize)]
struct BesideView {
    /// The compose project.
    project: String,
    proxy: String,
    switched: Vec<Switched>,
    /// Every other service that is brought up.
    others: Vec<String>,
    /// Tasks, before the new release is asked.
    tasks: Vec<String>,
    /// Tasks that need the new release.
    later: Vec<String>,
    /// Everything else, when there are such.
    lasting: Vec<String>,
}

/// A service whose releases stand side by side.
#[derive(Serialize)]
struct Switched {
    service: String,
    replicas: u32,
    drain: u64,
    /// Files of the tree that it reads.
    files: Vec<String>,
}

/// A service whose image is built under a name that says nothing of the release.
#[derive(Serialize)]
struct Fixed {
    service: String,
    /// The name of the image; empty when variables are in it.
    called: String,
    /// The name under which each release keeps its own.
    kept: String,
}

/// A service that reads files of the tree, and how it is told that they have changed.
#[derive(Serialize)]
struct Reader {
    service: String,
    way: &'static str,
    mounts: Vec<Configuration>,
}

/// Brings up what the tree says.
pub fn deploy(model: &Model) -> Script {
    let mut from: Vec<String> = services(model).collect();
    from.extend(model.routes().map(|route| format!("route/{}", route.path)));
    Script { name: "deploy".to_owned(), text: DEPLOY.render(&view(model)), from }
}

/// Goes back to what ran before.
pub fn rollback(model: &Model) -> Script {
    Script {
        name: "rollback".to_owned(),
        text: ROLLBACK.render(&view(model)),
        from: unit::addresses(model).collect(),
    }
}

fn view(model: &Model) -> View {
    let tasks: Vec<String> = model.tasks().map(|task| task.name.to_string()).collect();
    let (scheme, port) = model.ingress.as_ref().map_or(("http", 80), |ingress| entrance(model, ingress));
    View {
        header: header(model),
        directory: model.directory().to_owned(),
        built: model.built_images(),
        tagged: model.units().any(|(_, unit)| unit.source.is_some()),
        units: unit::units(model),
        readers: model.services.iter().filter_map(|service| reader(model, service)).collect(),
        resolve: format!("{}:{port}:127.0.0.1", names(model)),
        checks: model
            .checks()
            .into_iter()
            .map(|(_, name, path)| format!("{scheme}://{name}:{port}{path}"))
            .collect(),
        beside: beside(model),
        tasks: tasks.clone(),
        awaited: model.awaited_tasks().map(|task| task.name.to_string()).collect(),
        lasting: lasting(model, &tasks),
        fixed: model.services.iter().filter_map(|service| fixed(model, service)).collect(),
        stores: model.backups.iter().map(|backup| backup.name.to_string()).collect(),
    }
}

/// What is waited for beside tasks; nothing when there are none, and compose waits for all.
fn lasting(model: &Model, tasks: &[String]) -> Vec<String> {
    let lasts = |service: &&Service| {
        service.unit().is_none()
            && service.profile.is_none()
            && service.container.profiles.is_empty()
            && !service.may_end()
    };
    let all = model.services.iter().filter(lasts).map(|service| service.name.to_string());
    if tasks.is_empty() { Vec::new() } else { all.collect() }
}

/// What a built image is called, unless the release is in its name.
fn fixed(model: &Model, service: &Service) -> Option<Fixed> {
    let Some(Image::Built(build)) = service.image() else { return None };
    let called = match &build.tag {
        Some(tag) if tag.variables().any(|name| name.as_str() == "RELEASE") => return None,
        Some(tag) => tag.as_literal().unwrap_or_default().to_owned(),
        // As compose calls what is called nothing.
        None if service.container.as_stated => format!("{}-{}", model.system, service.name),
        None => return None,
    };
    Some(Fixed {
        service: service.name.to_string(),
        called,
        kept: format!("{}/{}", model.system, service.name),
    })
}

/// The name under which the checks ask this host; several are `*`.
fn names(model: &Model) -> String {
    let mut names: Vec<String> = model.checks().into_iter().map(|(_, name, _)| name.to_string()).collect();
    names.dedup();
    match names.as_slice() {
        [] => model.domain.to_string(),
        [name] => name.clone(),
        _ => "*".to_owned(),
    }
}

/// What a deployment does of which two releases stand side by side.
fn beside(model: &Model) -> String {
    let in_containers = || model.services.iter().filter(|service| service.unit().is_none());
    let switched: Vec<Switched> = in_containers()
        .filter_map(|service| {
            let beside = service.beside?;
            Some(Switched {
                service: service.name.to_string(),
                replicas: service.replicas.get(),
                drain: beside.drain.whole_seconds(),
                files: configuration::of(model, service).into_iter().map(|read| read.path).collect(),
            })
        })
        .collect();
    let Some(ingress) = model.ingress.as_ref().filter(|_| !switched.is_empty()) else { return String::new() };
    let tasks: Vec<String> = model.tasks().map(|task| task.name.to_string()).collect();
    let (later, before): (Vec<&Service>, Vec<&Service>) =
        model.tasks().partition(|task| needed(model, task).any(|needed| needed.beside.is_some()));
    let named =
        |services: Vec<&Service>| services.into_iter().map(|service| service.name.to_string()).collect();
    let others = in_containers()
        .filter(|service| service.beside.is_none() && service.profile.is_none())
        .filter(|service| !tasks.iter().any(|task| task == service.name.as_str()));
    let text = BESIDE.render(&BesideView {
        project: model.system.to_string(),
        proxy: ingress.service.to_string(),
        tasks: named(before),
        later: named(later),
        lasting: lasting(model, &tasks),
        others: others.map(|service| service.name.to_string()).collect(),
        switched,
    });
    text.trim_end().to_owned()
}

/// Everything that a service needs, and what that needs.
fn needed<'a>(model: &'a Model, service: &'a Service) -> impl Iterator<Item = &'a Service> {
    let (mut open, mut known) = (vec![service], BTreeSet::new());
    std::iter::from_fn(move || {
        let one = open.pop()?;
        let needs = one.needs.iter().filter(|need| known.insert(&need.service));
        open.extend(needs.filter_map(|need| model.service(&need.service)));
        Some(one)
    })
    .skip(1)
}

/// The scheme and the port of the host on which the proxy takes requests.
fn entrance(model: &Model, ingress: &Ingress) -> (&'static str, u16) {
    let (scheme, inside) = if matches!(ingress.tls, Tls::None) { ("http", 80) } else { ("https", 443) };
    let service = model.service(&ingress.service);
    let published = service.zip(Port::new(inside)).and_then(|(service, inside)| {
        service.published.iter().find_map(|published| published.leading_to(inside))
    });
    (scheme, published.map_or(inside, Port::get))
}

/// How the service learns of changed files; none when it reads none.
fn reader(model: &Model, service: &Service) -> Option<Reader> {
    let mounts = configuration::of(model, service);
    let monitoring = model.monitoring.as_ref();
    let way = if model.ingress.as_ref().is_some_and(|ingress| ingress.service == service.name) {
        "nginx"
    } else if monitoring.is_some_and(|monitoring| monitoring.prometheus.0 == service.name) {
        "prometheus"
    } else if monitoring.and_then(|m| m.alertmanager.as_ref()).is_some_and(|(name, _)| *name == service.name)
    {
        "alertmanager"
    } else {
        "restart"
    };
    // One that stands beside the next is not restarted: new files are a new release of it.
    (!mounts.is_empty() && service.profile.is_none() && service.beside.is_none()).then(|| Reader {
        service: service.name.to_string(),
        way,
        mounts,
    })
}
