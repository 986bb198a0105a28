//! What is mounted into a container.

use std::collections::BTreeMap;

use super::{container, context::Context, log};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::{Kind, KindMountSource},
        placeholder::Scope,
        read::{
            from::Or,
            service::{MountLabel, ServiceSpec, VolumeSpec},
        },
    },
    model::{Mount, MountHow, MountSource, Service, Text, Volume, VolumeOwner},
    source::Span,
    values::{AbsPath, BindPath, Name, RelPath, Value as _},
};

/// Everything that its kind, the compiler and the service itself mount.
pub fn mounts(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<Mount> {
    let mut mounts = Vec::new();
    // What the service itself mounts at a path of its kind takes its place.
    let own = |target: &AbsPath| spec.volumes.iter().any(|volume| volume.target.value == *target);
    for mount in kind.mounts.iter().filter(|mount| !own(&mount.target.value)) {
        let source = match &mount.source {
            KindMountSource::Volume(name) => {
                MountSource::Volume(Volume::of_kind(&spec.name.value, name.as_str()))
            }
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
            how: MountHow::default(),
            about: None,
            stated: None,
        });
    }
    mounts.extend(spec.derived.mounts.iter().cloned());
    mounts.extend(spec.volumes.iter().filter_map(|volume| stated(context, spec, volume)));
    for written in spec.logs.iter().filter(|_| spec.unit.is_none()) {
        let folder = written.path.value.folder();
        let (Ok(host), Ok(target)) = (AbsPath::parse(&log::folder(context, spec)), AbsPath::parse(folder))
        else {
            continue;
        };
        if !mounts.iter().any(|mount| mount.target == target) {
            let about = Some("Its log files, where the host rotates them.".to_owned());
            mounts.push(Mount {
                source: MountSource::Host(host),
                target,
                read_only: false,
                how: MountHow::default(),
                about,
                stated: None,
            });
        }
    }
    mounts
}

/// A stated mount.
fn stated(context: &Context, spec: &ServiceSpec, volume: &VolumeSpec) -> Option<Mount> {
    Some(Mount {
        source: source(context, spec, volume)?,
        target: volume.target.value.clone(),
        read_only: volume.read_only,
        how: MountHow {
            label: volume.label.map(|label| match label {
                MountLabel::Shared => "z",
                MountLabel::Private => "Z",
            }),
            propagation: volume.propagation.as_ref().map(|propagation| propagation.value.as_str()),
            must_exist: volume.must_exist,
        },
        about: None,
        stated: Some(volume.source.as_ref().map_or(volume.span, |source| source.span)),
    })
}

fn source(context: &Context, spec: &ServiceSpec, volume: &VolumeSpec) -> Option<MountSource> {
    let in_memory = volume.memory || volume.size.is_some() || volume.mode.is_some();
    let Some(stated) = &volume.source else {
        return Some(if in_memory {
            MountSource::Memory(volume.size.map(|size| size.value), volume.mode.map(|mode| mode.value.bits()))
        } else {
            MountSource::Anonymous
        });
    };
    if in_memory {
        context.sink.report(
            Diagnostic::error("invalid-volume", "what lives in memory has no source")
                .at(stated.span, "mounted from here")
                .help("write `volume at=\"/run/app\" memory=#true size=\"64MiB\"`"),
        );
        return None;
    }
    let text = match &stated.value {
        Or::Value(line) => line.as_str(),
        Or::From(_) => return container::or_text(context, stated).map(MountSource::Filled),
    };
    if volume.of_source {
        return of_source(context, stated.span, text);
    }
    if let Some(shared) = container::shared_volume(context, text) {
        return Some(MountSource::Volume(Volume::shared(shared.as_str(), VolumeOwner::System)));
    }
    // Compose would take `my.data` for the name of a volume.
    let is_path = text.starts_with('.') || text.contains('/');
    match (AbsPath::parse(text), BindPath::parse(text), Name::parse(text)) {
        (Ok(path), ..) => Some(MountSource::Host(path)),
        (_, Ok(path), _) if is_path => Some(beside(path.as_str())),
        (.., Ok(name)) => Some(MountSource::Volume(Volume::own(&spec.name.value, name.as_str()))),
        _ => {
            context.sink.report(
                Diagnostic::error(
                    "invalid-volume",
                    format!("`{text}` is neither the name of a volume nor a path of the host"),
                )
                .at(stated.span, "mounted here")
                .help(if text.starts_with('~') {
                    "whose home that is differs between people and cron: write it whole, as in \"/home/deploy/uploads\""
                } else {
                    "write a name such as \"uploads\", a path such as \"/srv/uploads\" or \"./uploads\", or declare the volume in the system: `volume \"my_uploads\"`"
                }),
            );
            None
        }
    }
}

/// A folder of the source.
fn of_source(context: &Context, span: Span, text: &str) -> Option<MountSource> {
    match RelPath::parse(text) {
        Ok(path) => Some(MountSource::Source(path)),
        Err(reason) => {
            context.sink.report(
                Diagnostic::error("invalid-volume", format!("`{text}` is no folder of the source: {reason}"))
                    .at(span, "mounted from here")
                    .help("write it as in `build`, from the description on: `volume \"./web\" at=\"/app\" of-source=#true`"),
            );
            None
        }
    }
}

/// What lies in the folder of compose.yaml is of the tree; what lies beside that is not.
pub fn beside(path: &str) -> MountSource {
    match path.strip_prefix("./") {
        Some(inside) => MountSource::Tree(inside.to_owned()),
        None if path == "." => MountSource::Tree(".".to_owned()),
        None => MountSource::Beside(path.to_owned()),
    }
}

/// Two volumes whose names in the project are the same are one for the engine: `c` of `a-b` and `b-c` of `a`.
pub fn tell_apart(context: &Context, services: &[Service]) {
    let declared = context.spec.volumes.iter().map(|volume| {
        let name = volume.name.value.as_str();
        Named { volume: Volume::shared(name, VolumeOwner::System), hosts: &[], span: volume.name.span }
    });
    let mounted = services.iter().flat_map(|service| {
        service.mounts.iter().filter_map(|mount| match &mount.source {
            MountSource::Volume(volume) => Some(Named {
                volume: volume.clone(),
                hosts: &service.hosts,
                span: mount.stated.unwrap_or(service.origin.span()),
            }),
            _ => None,
        })
    });
    let mut known: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    for one in declared.chain(mounted) {
        let others = known.entry(one.volume.name.clone()).or_default();
        if others.iter().any(|other| other.volume == one.volume && other.hosts == one.hosts) {
            continue;
        }
        let told = others.iter().any(|other| other.volume == one.volume);
        let clash = others.iter().find(|other| other.volume != one.volume && other.meets(&one));
        if let Some(first) = clash.filter(|_| !told) {
            context.sink.report(
                Diagnostic::error(
                    "duplicate-volume",
                    format!(
                        "{} and {} would be one volume, `{}`",
                        first.spoken(),
                        one.spoken(),
                        one.volume.name
                    ),
                )
                .at(one.span, format!("{} is `{}` for the engine", one.spoken(), one.volume.name))
                .at(first.span, format!("{} is, too", first.spoken()))
                .help("call one of them otherwise; what services are to share is declared in the system, `volume \"…\"`, and mounted by that name"),
            );
        }
        others.push(one);
    }
}

/// A volume, and where there is one of that name.
struct Named<'a> {
    volume: Volume,
    /// The hosts on which it is; all of them when empty.
    hosts: &'a [Name],
    span: Span,
}

impl Named<'_> {
    /// Whether both are on one host.
    fn meets(&self, other: &Named) -> bool {
        let all = self.hosts.is_empty() || other.hosts.is_empty();
        all || self.hosts.iter().any(|host| other.hosts.contains(host))
    }

    fn spoken(&self) -> String {
        let called = &self.volume.called;
        match &self.volume.owner {
            VolumeOwner::Service(service) => format!("`{called}` of `{service}`"),
            VolumeOwner::System => format!("`{called}` of the system"),
            VolumeOwner::Derived => format!("`{called}` of the proxy"),
        }
    }
}
