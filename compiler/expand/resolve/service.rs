//! A service: what its kind says, with what the description says over it.

use std::collections::BTreeMap;

use super::{command, container, context::Context, mount, place, publish, scale, unit};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::{Kind, KindTmpfs, Role},
        placeholder::Scope,
        read::{
            from::Source,
            service::{HealthSpec, ResourceSpec, ServiceSpec, Strategy},
        },
        setting::Typed,
    },
    model::{
        Beside, Build, Condition, Container, Dependency, Health, Image, InMemory, Metric, Origin, Resources,
        Runs, Service, SettingValue, Text,
    },
    source::Located,
    values::{AbsPath, Count, Duration, EnvName, Language, Name, Port, Value as _},
};

/// Resolves one service.
pub fn service(context: &Context, spec: &ServiceSpec) -> Option<Service> {
    let kind = context.kind(spec)?;
    let scope = context.scope(&spec.name.value)?;
    let runs = match &spec.unit {
        Some(stated) => unit::unit(context, spec, stated, kind).map(|unit| Runs::Unit(Box::new(unit))),
        None => image(context, spec, kind, scope).map(Runs::Container),
    };
    let needs = needs(context, spec);
    let port = spec.port.as_ref().or(kind.port.as_ref()).map(|port| port.value);
    let metrics_path = context.metrics_path(spec, kind);
    let metrics_port = metrics_port(context, spec, port);
    let application = kind.role == Role::Application;
    let as_stated = container::is_as_stated(context, spec);
    secrets_exist(context, spec);
    let (published, ports) = publish::published(context, spec, port);
    let stated = spec.container.tmpfs.iter();
    let stated = stated.map(|one| InMemory { place: one.value.text.clone(), about: None });
    let environment = environment(context, spec, kind, scope);
    Some(Service {
        name: spec.name.value.clone(),
        kind: spec.kind.value.clone(),
        about: kind.about.get(context.language).to_owned(),
        datastore: kind.role == Role::Datastore || spec.datastore,
        tool: !matches!(kind.role, Role::Application | Role::Datastore | Role::Ingress),
        runs: runs?,
        version: spec.version.as_ref().or(kind.version.as_ref()).map(|version| version.value.to_string()),
        hosts: place::named(context.hosts, &spec.on),
        elsewhere: Vec::new(),
        replicas: spec.replicas,
        command: command::command(context, spec, kind, scope),
        unauthenticated: unauthenticated(spec, kind, &environment),
        environment,
        mounts: mount::mounts(context, spec, kind, scope),
        tmpfs: kind.tmpfs.iter().filter_map(|one| in_memory(context, one, scope)).chain(stated).collect(),
        port,
        published,
        health: health(context, spec, kind, scope),
        health_path: spec
            .health
            .as_ref()
            .and_then(|h| h.path.as_ref())
            .or(kind.health_path.as_ref())
            .map(|path| path.value.clone()),
        private_paths: spec
            .health_detail
            .iter()
            .map(|path| path.value.clone())
            // No route leads to another port.
            .chain(metrics_path.clone().filter(|_| application && metrics_port == port))
            .collect(),
        metrics_path,
        metrics_port,
        websocket_paths: spec.websocket.iter().map(|path| path.value.clone()).collect(),
        needs,
        limits: resources(spec.limits.as_ref()),
        reservations: resources(spec.reserve.as_ref()),
        user: match &kind.run_as {
            Some(user) if spec.run_as.is_none() => Some(Text::literal(user.value.as_str())),
            _ => container::text(context, &spec.run_as),
        },
        read_only: kind.read_only && !as_stated,
        capabilities: kind
            .capabilities
            .as_ref()
            .filter(|_| !as_stated)
            .map(|kept| kept.iter().map(|c| c.value.clone()).collect()),
        beside: beside(spec),
        scale: scale::scale(context, spec),
        stop_grace: spec
            .stop_grace
            .as_ref()
            .or(kind.stop_grace.as_ref().filter(|_| !as_stated))
            .map(|grace| grace.value),
        profile: spec.derived.profile.clone(),
        secret_files: spec.derived.secret_files.clone(),
        metrics: metrics(context, spec, kind),
        exporter: spec.derived.exported_by.clone(),
        observes: spec.derived.observes.clone(),
        settings: setting_values(spec, kind, context.language),
        container: Container { ports, ..container::container(context, spec) },
        raw_compose: spec.raw_compose.clone(),
        origin: spec.origin.clone().unwrap_or(Origin::Stated(spec.span)),
    })
}

/// The port on which it exports metrics: its own, unless another one is stated.
fn metrics_port(context: &Context, spec: &ServiceSpec, own: Option<Port>) -> Option<Port> {
    let Some(stated) = &spec.metrics else { return own };
    let port = stated.port.map(|port| port.value).or(own);
    if port.is_none() {
        context.sink.report(
            Diagnostic::error(
                "no-port",
                format!("`{}` has no port on which metrics could be asked for", spec.name.value),
            )
            .at(stated.span, "stated here")
            .help("say which: `metrics \"/metrics\" port=9100`, or the `port` of the service"),
        );
    }
    port
}

/// How releases stand side by side, where they do.
fn beside(spec: &ServiceSpec) -> Option<Beside> {
    let release = spec.release.as_ref().filter(|release| release.strategy.value == Strategy::BlueGreen)?;
    Some(Beside { drain: release.drain.value, span: release.span })
}

fn image(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Option<Image> {
    if let Some(build) = &spec.build {
        if let Some(image) = &spec.image {
            context.sink.report(
                Diagnostic::error("image-and-build", "an image is either pulled or built")
                    .at(build.context.span, "built here")
                    .at(image.span, "pulled here")
                    .help("keep one of them; what a built image is called is its `tag`: `build \"./api\" tag=\"ghcr.io/team/api:1.4\"`"),
            );
        }
        return Some(Image::Built(Build {
            context: build.context.value.clone(),
            dockerfile: build.dockerfile.as_ref().map(|path| path.value.clone()),
            target: build.target.as_ref().map(|target| target.value.clone()),
            args: build
                .args
                .iter()
                .filter_map(|(name, value)| Some((name.value.clone(), context.value(value)?)))
                .collect(),
            tag: container::text(context, &build.tag),
            cache_from: container::texts(context, &build.cache_from),
            network: container::text(context, &build.network),
        }));
    }
    if let Some(image) = &spec.image {
        return Some(Image::Pulled(Located::new(container::or_text(context, image)?, image.span)));
    }
    let filled = kind.image.as_ref().and_then(|image| context.fill(scope, image, 0));
    match filled.filter(|image| image.as_literal().is_some()) {
        Some(image) => Some(Image::Pulled(Located::new(image, spec.span))),
        None if spec.faulty => None,
        None => {
            context.sink.report(
                Diagnostic::error("no-image", format!("`{}` has no image", spec.name.value))
                    .at(spec.span, format!("the kind `{}` brings none", spec.kind.value))
                    .help("say where its source is (`build \"./api\"`) or which image is pulled (`image \"ghcr.io/team/api:1.4\"`)"),
            );
            None
        }
    }
}

/// Secrets that settings name must be stated: a placeholder does not look.
fn secrets_exist(context: &Context, spec: &ServiceSpec) {
    let settings = spec.settings.iter().map(|(_, values, _, span)| (values, *span));
    let derived = spec.derived.settings.iter().map(|(_, values)| (values, spec.span));
    for (values, span) in settings.chain(derived) {
        for value in values {
            if let Typed::Secret(name) = value {
                context.variable(name, true, span);
            }
        }
    }
}

fn environment(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<(EnvName, Text)> {
    let mut variables: Vec<(EnvName, Text)> = Vec::new();
    // What the service hands through is not the kind's any more.
    let passed = |name: &EnvName| spec.container.pass_env.iter().any(|passed| passed.value == *name);
    for (name, value) in kind.environment.iter().filter(|(name, _)| !passed(&name.value)) {
        if let Some(text) = context.fill(scope, value, 0) {
            variables.push((name.value.clone(), text));
        }
    }
    for (name, value) in &spec.env {
        let Some(text) = context.value_for(spec, value) else { continue };
        match variables.iter_mut().find(|(known, _)| *known == name.value) {
            Some((_, old)) => *old = text,
            None => variables.push((name.value.clone(), text)),
        }
    }
    variables
}

/// The variable by which it asks nobody for a password, as far as that can be seen: a value that is known at run time
/// only may be the one.
fn unauthenticated(spec: &ServiceSpec, kind: &Kind, environment: &[(EnvName, Text)]) -> Option<EnvName> {
    let is_open = |name: &EnvName, value: &str| {
        let given = environment.iter().find(|(given, _)| given == name);
        given.is_some_and(|(_, text)| text.as_literal().is_none_or(|text| text == value))
            || spec.container.pass_env.iter().any(|passed| passed.value == *name)
    };
    let found = kind.unauthenticated.iter().find(|(name, value)| is_open(&name.value, value.value.as_str()));
    found.map(|(name, _)| name.value.clone())
}

/// A directory in memory of the kind.
fn in_memory(context: &Context, kinds: &KindTmpfs, scope: &Scope) -> Option<InMemory> {
    let place = context.fill(scope, &kinds.path, 0)?.as_literal()?.to_owned();
    if let Err(wrong) = AbsPath::parse(&place) {
        let found =
            Diagnostic::error("invalid-value", format!("`{place}` cannot be a directory in memory: {wrong}"));
        context.sink.report(
            found
                .at(kinds.path.span, "made of this")
                .help("it is a path from the root on, such as `/run/metrics`"),
        );
        return None;
    }
    Some(InMemory { place, about: kinds.about.clone() })
}

/// The test of a service's health. The kinds' are made for containers: a unit is asked for its path from outside.
fn health(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Option<Health> {
    let stated = spec.health.as_ref();
    if let Some(stated) = stated {
        asked_one_way(context, stated);
    }
    let images = stated.is_some_and(|health| health.is_images());
    let other = stated.is_some_and(|health| health.of_image) || spec.unit.is_some();
    // What is exactly as stated is asked when that is stated.
    let silent = stated.is_none() && container::is_as_stated(context, spec);
    let standard = kind.health.as_ref().filter(|_| !other && !silent);
    if stated.is_some_and(|health| health.disabled) {
        return None;
    }
    let own = stated.filter(|health| !health.command.is_empty());
    let line = stated.and_then(|health| health.shell.as_ref());
    let (test, shell) = match (line, own, standard) {
        (Some(line), ..) => (vec![Text::literal("sh"), Text::literal("-c"), context.value(line)?], true),
        (None, Some(own), _) => (container::texts(context, &own.command), false),
        (None, None, Some(standard)) => {
            (standard.command.iter().map(|word| context.fill(scope, word, 0)).collect::<Option<_>>()?, false)
        }
        // The image's own test is asked, at the times that are said or its own.
        (None, None, None) if images && spec.unit.is_none() => (Vec::new(), false),
        (None, None, None) => return None,
    };
    // A command that only starts a shell is for the shell of the image, unless exactly the command is asked for.
    let shell = shell || (starts_shell(&test) && !container::is_as_stated(context, spec));
    // What nobody states is the engine's choice in a container that is as stated, and ours elsewhere.
    let ours = !test.is_empty() && (standard.is_some() || !container::is_as_stated(context, spec));
    let seconds = |stated: Option<&Located<Duration>>, standard: Option<Duration>, else_: u64| {
        stated.map(|v| v.value).or(standard).or(ours.then(|| Duration::from_seconds(else_)))
    };
    Some(Health {
        test,
        shell,
        interval: seconds(stated.and_then(|h| h.interval.as_ref()), standard.map(|h| h.interval), 10),
        timeout: seconds(stated.and_then(|h| h.timeout.as_ref()), standard.map(|h| h.timeout), 5),
        retries: stated
            .and_then(|h| h.retries.as_ref())
            .map(|v| v.value)
            .or(standard.map(|h| h.retries))
            .or_else(|| Count::parse("5").ok().filter(|_| ours)),
        start_period: seconds(
            stated.and_then(|h| h.start_period.as_ref()),
            standard.map(|h| h.start_period),
            10,
        ),
        start_interval: stated.and_then(|h| h.start_interval.as_ref()).map(|v| v.value),
    })
}

/// Of several tests only one could be asked.
fn asked_one_way(context: &Context, stated: &HealthSpec) {
    let ways: Vec<String> = stated.ways().into_iter().map(|word| format!("`{word}`")).collect();
    if ways.len() > 1 {
        context.sink.report(
            Diagnostic::error(
                "health-contradiction",
                format!("one health check says {}", ways.join(" and ")),
            )
            .at(stated.span, "a container has one health check or none")
            .help("keep the one that is meant"),
        );
    }
}

/// Whether a command is one line for a shell.
fn starts_shell(test: &[Text]) -> bool {
    matches!(test, [shell, flag, _] if shell.as_literal() == Some("sh") && flag.as_literal() == Some("-c"))
}

fn needs<'a>(context: &Context, spec: &'a ServiceSpec) -> Vec<Dependency> {
    let mut needs: Vec<Dependency> = Vec::new();
    let mut positions: BTreeMap<&Name, usize> = BTreeMap::new();
    let derived = |span, because: &str| Origin::Derived { because: because.to_owned(), from: span };
    let as_said = |names: &'a [Located<Name>], condition: Option<Condition>| {
        names.iter().map(move |name| (&name.value, Origin::Stated(name.span), condition))
    };
    let stated = as_said(&spec.needs, None)
        .chain(as_said(&spec.container.starts_after, Some(Condition::Merely)))
        .chain(as_said(&spec.container.needs_done, Some(Condition::Completed)));
    let following = spec
        .derived
        .needs
        .iter()
        .map(|name| (&name.value, derived(name.span, "it reaches that service"), None));
    // Who is given a URL connects with it; an address alone may be for later, or for something else.
    let referred = spec.env.iter().filter_map(|(_, value)| {
        let origin = match &value.value {
            Source::UrlOf(_) => Origin::Stated(value.span),
            _ => derived(value.span, "it is given its address"),
        };
        Some((value.value.service()?, origin, None))
    });
    for (name, origin, condition) in stated.chain(following).chain(referred) {
        let span = origin.span();
        if context.external(name).is_some() {
            continue; // nothing here starts it
        }
        let Some(other) = context.reference(name, span) else { continue };
        let by_name = [&spec.needs, &spec.container.starts_after, &spec.container.needs_done];
        if *name == spec.name.value && by_name.into_iter().flatten().any(|need| need.span == span) {
            context.sink.report(
                Diagnostic::error("dependency-cycle", format!("`{name}` waits for itself"))
                    .at(span, "needed here")
                    .help("it could never start: remove this name"),
            );
        }
        if other.name.value == spec.name.value {
            continue;
        }
        if let Some(index) = positions.get(&other.name.value) {
            let known = &mut needs[*index];
            if matches!(origin, Origin::Stated(_)) && !matches!(known.origin, Origin::Stated(_)) {
                known.origin = origin;
            }
            continue;
        }
        positions.insert(&other.name.value, needs.len());
        // A kind's test whose path nobody states is none.
        let healthy = context
            .kind(other)
            .zip(context.scope(&other.name.value))
            .is_some_and(|(kind, scope)| health(context, other, kind, scope).is_some());
        needs.push(Dependency {
            service: other.name.value.clone(),
            condition: condition.unwrap_or(if healthy { Condition::Healthy } else { Condition::Started }),
            origin,
        });
    }
    needs
}

fn resources(spec: Option<&ResourceSpec>) -> Resources {
    spec.map_or_else(Resources::default, |spec| Resources {
        cpus: spec.cpus.clone().map(|cpus| cpus.map(|cpus| cpus.0)),
        memory: spec.memory,
    })
}

fn metrics(context: &Context, spec: &ServiceSpec, kind: &Kind) -> Vec<Metric> {
    let exporter = spec
        .derived
        .exported_by
        .as_ref()
        .and_then(|name| context.service(name))
        .and_then(|exporter| context.kind(exporter));
    let drawn = spec.logs.iter().flat_map(|log| &log.metrics).map(|drawn| &drawn.metric);
    spec.own_metrics
        .iter()
        .chain(drawn)
        .chain(&kind.metrics)
        .chain(exporter.into_iter().flat_map(|exporter| &exporter.metrics))
        .map(|metric| Metric {
            name: metric.name.value.clone(),
            kind: metric.kind,
            labels: metric.labels.iter().map(|label| label.value.clone()).collect(),
            about: metric.about.clone(),
        })
        .collect()
}

fn setting_values(spec: &ServiceSpec, kind: &Kind, language: Language) -> Vec<SettingValue> {
    spec.settings
        .iter()
        .map(|(name, values, stated, _)| SettingValue {
            name: name.to_string(),
            value: values.iter().map(shown).collect::<Vec<_>>().join(", "),
            about: kind
                .settings
                .iter()
                .find(|s| s.name.value == *name)
                .map(|setting| setting.about.get(language).to_owned())
                .unwrap_or_default(),
            stated: *stated,
        })
        .collect()
}

fn shown(value: &Typed) -> String {
    match value {
        Typed::Text(text) => text.clone(),
        Typed::Bool(value) => value.to_string(),
        Typed::Duration(duration) => duration.to_string(),
        Typed::Size(size) => size.to_string(),
        Typed::Percent(percent) => percent.to_string(),
        Typed::Secret(name) => format!("${{{name}}}"),
    }
}
