//! Where a service runs: in containers, or on the host itself as a unit of systemd.

use super::{context::Context, made_name::made_name};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Kind,
        read::service::{ServiceSpec, UnitSpec, UnitWays},
    },
    model::{HostUnit, Part, Readiness},
    source::{Located, Span},
    syntax::{Node, Scalar},
    values::{AbsPath, Line, Name},
};

/// The unit of a service that has a `unit` block; what cannot be had beside one is reported.
pub fn unit(context: &Context, spec: &ServiceSpec, stated: &UnitSpec, kind: &Kind) -> Option<HostUnit> {
    for (what, span, help) in containers_only(spec) {
        context.sink.report(
            Diagnostic::error("not-for-a-unit", format!("{what} is for containers"))
                .at(span, "stated here")
                .at(stated.span, format!("`{}` runs on the host itself", spec.name.value))
                .help(help),
        );
    }
    if stated.user.value.is_root() {
        context.sink.report(
            Diagnostic::error("unit-as-root", format!("`{}` would run as root", spec.name.value))
                .at(stated.user.span, "every mistake in it would be one of the whole machine")
                .help("make an account for it (`adduser --system --group shop`) and write `user=\"shop\"`"),
        );
    }
    if spec.command.is_empty() && kind.command.is_empty() && !spec.faulty {
        context.sink.report(
            Diagnostic::error("no-command", format!("nobody says how `{}` is started", spec.name.value))
                .at(stated.span, "systemd needs a command")
                .help(
                    "write for example `command \"/srv/shop/bin/server\" \"--port\" \"8080\"` in the service",
                ),
        );
    }
    for (name, value) in &spec.env {
        let by_compose = |part: &Part| matches!(part, Part::Reference { .. });
        if context.value_for(spec, value).is_some_and(|text| text.parts.iter().any(by_compose)) {
            context.sink.report(
                Diagnostic::error("not-for-a-unit", format!("only compose fills `{}`", name.value))
                    .at(value.span, "stated here")
                    .at(stated.span, format!("`{}` runs on the host itself", spec.name.value))
                    .help("say what stands in for a missing value where the variable is declared: `variable \"LEVEL\" default=\"info\"`"),
            );
        }
    }
    let ways = merged(&stated.ways, &kind.unit);
    Some(HostUnit {
        name: unit_name(context, &spec.name)?,
        user: stated.user.value.clone(),
        group: stated.group.as_ref().unwrap_or(&stated.user).value.clone(),
        directory: stated.directory.value.clone(),
        source: stated.source.as_ref().map(|source| source.value.to_string()),
        shared: ways.shared,
        writes: values(&stated.writes),
        path: values(&stated.path),
        prepare: ways.prepare,
        migrate: ways.migrate,
        listen: stated.address(),
        readiness: ways.ready.unwrap_or(Readiness::Exec),
        watchdog: ways.watchdog,
        reload: ways.reload,
        jit: ways.jit.unwrap_or(true),
        open_files: stated.open_files.as_ref().map(|count| count.value),
        after: stated.after.iter().map(|unit| unit.value.clone()).collect(),
        requires: stated.requires.iter().map(|unit| unit.value.clone()).collect(),
        environment_files: values(&stated.environment_files),
        passed: passed(context, &stated.raw),
    })
}

/// Section, key and value of each line that is passed on. A value stays on its line.
fn passed(context: &Context, sections: &[Node]) -> Vec<(String, String, String)> {
    let refuse = |span: Span, what: String, why: &str, help: &str| {
        context.sink.report(Diagnostic::error("invalid-value", what).at(span, why).help(help));
    };
    let mut found = Vec::new();
    for section in sections {
        let name = section.name.value.as_str();
        if !["Unit", "Service", "Install"].contains(&name) {
            let help = "write for example `systemd { Service { PrivateTmp #true; } }`";
            refuse(
                section.name.span,
                format!("a unit has no section `{name}`"),
                "there are Unit, Service and Install",
                help,
            );
            continue;
        }
        for key in &section.children {
            let word = key.name.value.as_str();
            if !word.chars().all(|c| c.is_ascii_alphanumeric())
                || key.entries.is_empty()
                || !key.children.is_empty()
            {
                let help = "a key has its values behind it: `ExecStartPre \"/usr/bin/true\"`";
                refuse(
                    key.span,
                    format!("`{word}` is no key of a unit with a value"),
                    "systemd could not read it",
                    help,
                );
                continue;
            }
            for entry in &key.entries {
                let value = match &entry.scalar {
                    Scalar::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
                    other => other.text().into_owned(),
                };
                if entry.name.is_some() || value.contains(char::is_control) || value.ends_with('\\') {
                    let help = "write each value as one text of one line; several stand one behind the other";
                    refuse(
                        entry.span,
                        format!("`{word}` takes values of one line"),
                        "it would go on in the next line",
                        help,
                    );
                    continue;
                }
                found.push((name.to_owned(), word.to_owned(), value));
            }
        }
    }
    found
}

fn values(paths: &[crate::source::Located<AbsPath>]) -> Vec<AbsPath> {
    paths.iter().map(|path| path.value.clone()).collect()
}

/// The name of the service, with that of the system before it unless it begins so: other systems of the host have units.
fn unit_name(context: &Context, service: &Located<Name>) -> Option<Name> {
    let system = context.spec.name.value.as_str();
    let name = service.value.as_str();
    let own = name == system || name.starts_with(&format!("{system}-"));
    let full = if own { name.to_owned() } else { format!("{system}-{name}") };
    made_name(&full, service.span, context.sink)
}

/// What the service says over what its kind says. Commands of the service follow those of its kind.
fn merged(stated: &UnitWays, kind: &UnitWays) -> UnitWays {
    let mut shared = kind.shared.clone();
    shared.extend(stated.shared.iter().filter(|path| !kind.shared.contains(path)).cloned());
    let both = |kind: &[Line], stated: &[Line]| kind.iter().chain(stated).cloned().collect();
    UnitWays {
        ready: stated.ready.or(kind.ready),
        watchdog: stated.watchdog.or(kind.watchdog),
        reload: stated.reload.or(kind.reload),
        jit: stated.jit.or(kind.jit),
        shared,
        prepare: both(&kind.prepare, &stated.prepare),
        migrate: both(&kind.migrate, &stated.migrate),
    }
}

/// What is stated of the service that only a container has: what, where, and what to do instead.
fn containers_only(spec: &ServiceSpec) -> Vec<(&'static str, Span, &'static str)> {
    let mut found = Vec::new();
    if let Some(build) = &spec.build {
        found.push((
            "an image that is built",
            build.context.span,
            "remove it; `prepare` in `unit` builds a release on the host",
        ));
    }
    if let Some(image) = &spec.image {
        found.push(("an image", image.span, "remove it"));
    }
    if spec.replicas.get() > 1 {
        found.push((
            "`replicas`",
            spec.replicas.span,
            "let the program start workers of its own: one unit listens on one port",
        ));
    }
    found.extend(spec.publish.iter().map(|publish| {
        ("`publish`", publish.span, "it listens on the host already; `open` opens its port to others")
    }));
    found.extend(spec.volumes.iter().map(|volume| {
        ("`volume`", volume.span, "say which folders it may write to: `shared` or `writes` in `unit`")
    }));
    found.extend(spec.configs.iter().map(|config| {
        ("a mounted `config`", config.span, "give it variables in `env`, or place the file with a release")
    }));
    if let Some(run_as) = &spec.run_as {
        found.push(("`run-as`", run_as.span, "the account is the `user` of `unit`"));
    }
    if let Some(stated) = &spec.unit
        && !(spec.container.is_silent()
            && spec.container.process.is_silent()
            && spec.container.privileges.is_silent())
    {
        found.push((
            "a word about its container",
            stated.span,
            "remove it: compose does not know of this service",
        ));
    }
    if let Some(health) = spec.health.as_ref().filter(|health| health.of_image) {
        found.push(("`health of-image`", health.span, "say which path answers: `health \"/health\"`"));
    }
    if let Some((_, value)) = spec.late.first() {
        found.push(("a value that only compose fills in", value.span, "write the value itself"));
    }
    if let Some(span) = spec.kernel.span() {
        found.push((
            "a bound of processes, shared memory or the kernel",
            span,
            "remove it; a unit has `open-files`, and `limits` its `cpus` and `memory`",
        ));
    }
    if let Some(node) = spec.raw_compose.first() {
        found.push(("`compose`", node.span, "remove it: compose does not know of this service"));
    }
    found
}
