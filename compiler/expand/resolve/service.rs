//! A service: what its kind says, with what the description says over it.

use std::collections::BTreeMap;

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::{Kind, KindMountSource, Role},
        placeholder::Scope,
        read::{
            from::Source,
            service::{HealthSpec, PublishSpec, ResourceSpec, ServiceSpec},
        },
        setting::Typed,
    },
    model::{
        Build, Condition, Dependency, Health, Image, Log, LogReport, Metric, Mount, MountSource, Origin,
        Published, Reach, Resources, Service, SettingValue, Text,
    },
    source::Located,
    values::{AbsPath, EnvName, Language, Name, Value as _},
};

/// Resolves one service.
pub fn service(context: &Context, spec: &ServiceSpec) -> Option<Service> {
    let kind = context.kind(spec)?;
    let scope = context.scope(&spec.name.value)?;
    let image = image(context, spec, kind, scope);
    let needs = needs(context, spec);
    let port = spec.port.as_ref().or(kind.port.as_ref()).map(|port| port.value);
    let metrics_path = spec.metrics.as_ref().or(kind.metrics_path.as_ref()).map(|path| path.value.clone());
    let application = kind.role == Role::Application;
    secrets_exist(context, spec);
    Some(Service {
        name: spec.name.value.clone(),
        kind: spec.kind.value.clone(),
        about: kind.about.get(context.language).to_owned(),
        datastore: kind.role == Role::Datastore,
        image: image?,
        version: spec.version.as_ref().or(kind.version.as_ref()).map(|version| version.value.to_string()),
        replicas: spec.replicas,
        command: command(context, spec, kind, scope),
        environment: environment(context, spec, kind, scope),
        mounts: mounts(context, spec, kind, scope),
        tmpfs: kind.tmpfs.iter().map(|path| path.value.clone()).collect(),
        port,
        published: spec.publish.iter().filter_map(|p| published(context, spec, p, port)).collect(),
        health: health(context, spec.health.as_ref(), kind, scope),
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
            .chain(metrics_path.clone().filter(|_| application))
            .collect(),
        metrics_path,
        websocket_paths: spec.websocket.iter().map(|path| path.value.clone()).collect(),
        needs,
        limits: resources(spec.limits.as_ref()),
        reservations: resources(spec.reserve.as_ref()),
        user: spec.run_as.as_ref().or(kind.run_as.as_ref()).map(|user| user.value.clone()),
        read_only: kind.read_only,
        capabilities: kind.capabilities.as_ref().map(|kept| kept.iter().map(|c| c.value.clone()).collect()),
        stop_grace: spec.stop_grace.as_ref().or(kind.stop_grace.as_ref()).map(|grace| grace.value),
        profile: spec.derived.profile.clone(),
        secret_files: spec.derived.secret_files.clone(),
        metrics: metrics(context, spec, kind),
        exporter: spec.derived.exported_by.clone(),
        observes: spec.derived.observes.clone(),
        settings: setting_values(spec, kind, context.language),
        raw_compose: spec.raw_compose.clone(),
        origin: spec.origin.clone().unwrap_or(Origin::Stated(spec.span)),
    })
}

fn image(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Option<Image> {
    if let Some(build) = &spec.build {
        if let Some(image) = &spec.image {
            context.sink.report(
                Diagnostic::error("image-and-build", "an image is either pulled or built")
                    .at(build.context.span, "built here")
                    .at(image.span, "pulled here")
                    .help("keep one of them"),
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
        }));
    }
    if let Some(image) = &spec.image {
        return Some(Image::Pulled(Located::new(image.value.to_string(), image.span)));
    }
    let filled = kind.image.as_ref().and_then(|image| context.fill(scope, image, 0));
    match filled.as_ref().and_then(Text::as_literal) {
        Some(image) => Some(Image::Pulled(Located::new(image.to_owned(), spec.span))),
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

fn command(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<Text> {
    if !spec.command.is_empty() {
        return spec.command.iter().map(|word| Text::literal(word.value.as_str())).collect();
    }
    let mut command = Vec::new();
    for group in &kind.command {
        let times = group.iter().map(|word| scope.repeats(word.value.as_str())).max().unwrap_or(1);
        for nth in 0..times {
            let words: Option<Vec<Text>> = group.iter().map(|word| context.fill(scope, word, nth)).collect();
            command.extend(words.unwrap_or_default());
        }
    }
    command
}

fn environment(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<(EnvName, Text)> {
    let mut variables: Vec<(EnvName, Text)> = Vec::new();
    for (name, value) in &kind.environment {
        if let Some(text) = context.fill(scope, value, 0) {
            variables.push((name.value.clone(), text));
        }
    }
    for (name, value) in &spec.env {
        let Some(text) = context.value(value) else { continue };
        match variables.iter_mut().find(|(known, _)| *known == name.value) {
            Some((_, old)) => *old = text,
            None => variables.push((name.value.clone(), text)),
        }
    }
    variables
}

fn mounts(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for mount in &kind.mounts {
        let source = match &mount.source {
            // Two services of one kind have a volume each.
            KindMountSource::Volume(name) if *name == spec.name.value => {
                MountSource::Volume(name.to_string())
            }
            KindMountSource::Volume(name) => MountSource::Volume(format!("{}-{name}", spec.name.value)),
            KindMountSource::Tree(path) => {
                let filled = context.filled(scope.fill(path, 0), mount.target.span);
                MountSource::Tree(filled.as_ref().and_then(Text::as_literal).unwrap_or(path).to_owned())
            }
            KindMountSource::Host(path) => MountSource::Host(path.clone()),
        };
        mounts.push(Mount {
            source,
            target: mount.target.value.clone(),
            read_only: mount.read_only,
            about: None,
            stated: None,
        });
    }
    mounts.extend(spec.derived.mounts.iter().cloned());
    for volume in &spec.volumes {
        let text = volume.source.value.as_str();
        let source = match (AbsPath::parse(text), Name::parse(text)) {
            (Ok(path), _) => MountSource::Host(path),
            (_, Ok(name)) => MountSource::Volume(format!("{}-{name}", spec.name.value)),
            _ => {
                context.sink.report(
                    Diagnostic::error(
                        "invalid-volume",
                        format!("`{text}` is neither the name of a volume nor an absolute path"),
                    )
                    .at(volume.source.span, "mounted here")
                    .help("write a name such as \"uploads\" or a path such as \"/srv/uploads\""),
                );
                continue;
            }
        };
        mounts.push(Mount {
            source,
            target: volume.target.value.clone(),
            read_only: volume.read_only,
            about: None,
            stated: Some(volume.source.span),
        });
    }
    for log in &spec.logs {
        let folder = parent(log.path.value.as_str());
        let (Ok(host), Ok(target)) = (AbsPath::parse(&log_folder(context, spec)), AbsPath::parse(folder))
        else {
            continue;
        };
        if !mounts.iter().any(|mount| mount.target == target) {
            let about = Some("Its log files, where the host rotates them.".to_owned());
            mounts.push(Mount {
                source: MountSource::Host(host),
                target,
                read_only: false,
                about,
                stated: None,
            });
        }
    }
    mounts
}

fn log_folder(context: &Context, spec: &ServiceSpec) -> String {
    format!("/var/log/{}/{}", context.spec.name.value, spec.name.value)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// The rotation rules of all log files that services write.
pub fn logs(context: &Context) -> Vec<Log> {
    let mut logs = Vec::new();
    for spec in context.specs {
        for log in &spec.logs {
            let file = log.path.value.as_str().rsplit('/').next().unwrap_or_default();
            logs.push(Log {
                pattern: format!("{}/{file}", log_folder(context, spec)),
                rhythm: log.rhythm.as_str(),
                keep: log.keep.value.get(),
                copytruncate: !log.reopens,
                max_size: log.max_size.as_ref().map(|size| size.value),
                create: None,
                raw: log.raw.clone(),
                reports: log
                    .reports
                    .iter()
                    .map(|report| LogReport {
                        text: report.text.value.to_string(),
                        by: report.by.as_ref().map(|field| field.value.to_string()),
                        about: report
                            .about
                            .as_ref()
                            .map_or(report.text.value.as_str(), |about| about.get(context.language))
                            .to_owned(),
                    })
                    .collect(),
                origin: Origin::Stated(log.span),
            });
        }
    }
    logs
}

fn published(
    context: &Context,
    spec: &ServiceSpec,
    publish: &PublishSpec,
    port: Option<crate::values::Port>,
) -> Option<Published> {
    let Some(container) = publish.container.as_ref().map(|p| p.value).or(port) else {
        context.sink.report(
            Diagnostic::error("no-port", format!("`{}` has no port", spec.name.value))
                .at(publish.span, "published here")
                .help("say which port in the container: `publish 8080 to=80`"),
        );
        return None;
    };
    let reach = if publish.public {
        Reach::Public
    } else if publish.from.is_empty() {
        Reach::Loopback
    } else {
        Reach::Networks(publish.from.iter().map(|cidr| cidr.value).collect())
    };
    Some(Published {
        host: publish.host.value,
        container,
        protocol: publish.protocol.as_str(),
        reach,
        origin: Origin::Stated(publish.span),
    })
}

fn health(context: &Context, stated: Option<&HealthSpec>, kind: &Kind, scope: &Scope) -> Option<Health> {
    let own = stated.filter(|health| !health.command.is_empty());
    let standard = kind.health.as_ref();
    let test: Vec<Text> = match (own, standard) {
        (Some(own), _) => own.command.iter().map(|word| Text::literal(word.value.as_str())).collect(),
        (None, Some(standard)) => {
            standard.command.iter().map(|word| context.fill(scope, word, 0)).collect::<Option<_>>()?
        }
        (None, None) => return None,
    };
    let seconds = crate::values::Duration::from_seconds;
    Some(Health {
        test,
        interval: stated
            .and_then(|h| h.interval.as_ref())
            .map(|v| v.value)
            .or(standard.map(|h| h.interval))
            .unwrap_or(seconds(10)),
        timeout: stated
            .and_then(|h| h.timeout.as_ref())
            .map(|v| v.value)
            .or(standard.map(|h| h.timeout))
            .unwrap_or(seconds(5)),
        retries: stated
            .and_then(|h| h.retries.as_ref())
            .map(|v| v.value)
            .or(standard.map(|h| h.retries))
            .or_else(|| crate::values::Count::parse("5").ok())?,
        start_period: stated
            .and_then(|h| h.start_period.as_ref())
            .map(|v| v.value)
            .or(standard.map(|h| h.start_period))
            .unwrap_or(seconds(10)),
    })
}

fn needs(context: &Context, spec: &ServiceSpec) -> Vec<Dependency> {
    let mut needs: Vec<Dependency> = Vec::new();
    let mut positions: BTreeMap<&Name, usize> = BTreeMap::new();
    let derived = |span, because: &str| Origin::Derived { because: because.to_owned(), from: span };
    let stated = spec.needs.iter().map(|name| (&name.value, Origin::Stated(name.span)));
    let following =
        spec.derived.needs.iter().map(|name| (&name.value, derived(name.span, "it reaches that service")));
    // Who is given a URL connects with it; an address alone may be for later, or for something else.
    let referred = spec.env.iter().filter_map(|(_, value)| {
        let origin = match &value.value {
            Source::UrlOf(_) => Origin::Stated(value.span),
            _ => derived(value.span, "it is given its address"),
        };
        Some((value.value.service()?, origin))
    });
    for (name, origin) in stated.chain(following).chain(referred) {
        let span = origin.span();
        if context.external(name).is_some() {
            continue; // nothing here starts it
        }
        let Some(other) = context.reference(name, span) else { continue };
        if *name == spec.name.value && spec.needs.iter().any(|need| need.span == span) {
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
            .is_some_and(|(kind, scope)| health(context, other.health.as_ref(), kind, scope).is_some());
        needs.push(Dependency {
            service: other.name.value.clone(),
            condition: if healthy { Condition::Healthy } else { Condition::Started },
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
    spec.own_metrics
        .iter()
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
