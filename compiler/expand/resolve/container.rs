//! What is stated of containers, and of what they share: texts filled, references followed.

use std::collections::BTreeSet;

use super::context::Context;
use crate::{
    diagnostic::{Diagnostic, meant},
    expand::read::{
        engine::MadeSpec,
        from::{LocatedSource, Or, Source},
        service::{ServiceSpec, container::NetworkMode},
        system::SystemSpec,
        template::Template,
    },
    model::{
        Attachment, Container, Logging, Made, Network, Scalar, SecretFile, SecretMount, SecretSource, Shared,
        SharedVolume, Text,
    },
    source::{Located, Span},
    values::{EngineName, Line, Name, Value as _},
};

/// What compose calls the network of services that state none.
const DEFAULT: &str = "default";

/// How the container of a service runs.
pub fn container(context: &Context, spec: &ServiceSpec) -> Container {
    let stated = &spec.container;
    let privileges = &stated.privileges;
    Container {
        as_stated: is_as_stated(context, spec),
        restart: text(context, &stated.restart),
        entrypoint: texts(context, &stated.entrypoint),
        env_files: stated.env_files.iter().filter_map(|file| or_text(context, file)).collect(),
        optional_env_files: stated
            .optional_env_files
            .iter()
            .filter_map(|file| or_text(context, file))
            .collect(),
        pass_env: stated.pass_env.iter().map(|name| name.value.clone()).collect(),
        odd_env: stated
            .odd_env
            .iter()
            .filter_map(|(key, value)| Some((key.value.clone(), context.value(value)?)))
            .collect(),
        scalars: scalars(context, spec),
        lists: vec![
            ("cap_add", texts(context, &privileges.cap_add)),
            ("cap_drop", texts(context, &privileges.cap_drop)),
            ("security_opt", texts(context, &privileges.options)),
            ("group_add", texts(context, &privileges.groups)),
            ("devices", texts(context, &privileges.devices)),
            ("dns", stated.dns.iter().filter_map(|one| or_text(context, one)).collect()),
            ("links", links(context, spec)),
        ],
        gain: privileges.gain.map(|gain| gain.value),
        networks: attachments(context, spec),
        extra_hosts: pairs(context, &stated.extra_hosts),
        expose: stated.expose.iter().filter_map(|ports| or_text(context, ports)).collect(),
        exposed: stated.expose.iter().filter_map(|ports| ports.value.known()).collect(),
        ports: Vec::new(),
        labels: labels(context, &stated.labels),
        logging: stated.logging.as_ref().map(|logging| Logging {
            driver: text(context, &logging.driver),
            options: pairs(context, &logging.options),
        }),
        secrets: secrets(context, spec),
        profiles: stated.profiles.iter().map(|name| name.value.clone()).collect(),
        ulimits: spec
            .kernel
            .ulimits
            .iter()
            .map(|limit| (limit.name.value.clone(), limit.soft.value.0, limit.hard.map(|hard| hard.value.0)))
            .collect(),
        sysctls: pairs(context, &spec.kernel.sysctls),
        late: spec.late.iter().filter_map(|(key, value)| Some((*key, context.value(value)?))).collect(),
        unchecked: spec.health.as_ref().is_some_and(|health| health.disabled),
    }
}

/// Whether nothing is added to the container; what the compiler derives always has our defaults.
pub fn is_as_stated(context: &Context, spec: &ServiceSpec) -> bool {
    spec.container.as_stated.unwrap_or(context.spec.as_stated && spec.origin.is_none())
}

fn scalars(context: &Context, spec: &ServiceSpec) -> Vec<(&'static str, Scalar)> {
    let process = &spec.container.process;
    let privileges = &spec.container.privileges;
    let kernel = &spec.kernel;
    network_of(context, spec);
    let all = [
        ("container_name", of(context, &process.name)),
        ("hostname", of(context, &process.hostname)),
        ("domainname", of(context, &process.domainname)),
        ("platform", of(context, &process.platform)),
        ("pull_policy", of(context, &process.pull)),
        ("working_dir", of(context, &process.working_dir)),
        ("runtime", of(context, &process.runtime)),
        ("stop_signal", of(context, &process.stop_signal)),
        ("init", yes(context, &process.init)),
        ("tty", yes(context, &process.tty)),
        ("stdin_open", yes(context, &process.stdin)),
        ("attach", yes(context, &process.attach)),
        ("gpus", of(context, &process.gpus)),
        ("read_only", yes(context, &privileges.read_only)),
        ("privileged", yes(context, &privileges.privileged)),
        ("pid", of(context, &privileges.pid)),
        ("ipc", of(context, &privileges.ipc)),
        ("cgroup", of(context, &privileges.cgroup)),
        ("userns_mode", of(context, &privileges.userns)),
        ("network_mode", of(context, &spec.container.network_mode)),
        ("shm_size", shm(context, spec)),
        (
            "pids_limit",
            match kernel.pids.as_ref().map(|pids| &pids.value) {
                Some(Or::Value(count)) => Some(Scalar::Number(count.get().into())),
                _ => of(context, &kernel.pids),
            },
        ),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn shm(context: &Context, spec: &ServiceSpec) -> Option<Scalar> {
    match &spec.kernel.shm.as_ref()?.value {
        Or::Value(size) => Some(Scalar::Text(Text::literal(size.compose()))),
        Or::From(_) => of(context, &spec.kernel.shm),
    }
}

fn of<T: std::fmt::Display>(context: &Context, value: &Option<Located<Or<T>>>) -> Option<Scalar> {
    text(context, value).map(Scalar::Text)
}

fn yes(context: &Context, value: &Option<Located<Or<bool>>>) -> Option<Scalar> {
    match value.as_ref().map(|value| &value.value) {
        Some(Or::Value(value)) => Some(Scalar::Bool(*value)),
        _ => of(context, value),
    }
}

/// The same where what is not so needs no word.
fn only_yes(context: &Context, value: &Option<Located<Or<bool>>>) -> Option<Scalar> {
    yes(context, value).filter(|value| !matches!(value, Scalar::Bool(false)))
}

/// The text of a value that may be known at run time only.
pub fn text<T: std::fmt::Display>(context: &Context, value: &Option<Located<Or<T>>>) -> Option<Text> {
    or_text(context, value.as_ref()?)
}

/// The same of one that is stated.
pub fn or_text<T: std::fmt::Display>(context: &Context, value: &Located<Or<T>>) -> Option<Text> {
    context.value(&Located::new(value.value.source(), value.span))
}

/// The texts of values.
pub fn texts(context: &Context, values: &[LocatedSource]) -> Vec<Text> {
    values.iter().filter_map(|value| context.value(value)).collect()
}

fn pairs(context: &Context, stated: &[(Located<Line>, LocatedSource)]) -> Vec<(String, Text)> {
    stated.iter().filter_map(|(key, value)| Some((key.value.to_string(), context.value(value)?))).collect()
}

/// Labels. In their names stand variables too, as in `traefik.http.routers.${NAME}.rule`, which must be declared.
fn labels(context: &Context, stated: &[(Located<Line>, LocatedSource)]) -> Vec<(String, Text)> {
    for (key, _) in stated.iter().filter(|(key, _)| key.value.as_str().contains("${")) {
        match Template::parse(key.value.as_str()) {
            Ok(template) => drop(context.value(&Located::new(Source::Template(template), key.span))),
            Err(reason) => context.sink.report(
                Diagnostic::error("invalid-value", format!("`{}` is no name of a label", key.value))
                    .at(key.span, reason)
                    .help("a variable stands in it as `${NAME}`; a dollar sign alone as `$$`"),
            ),
        }
    }
    pairs(context, stated)
}

fn links(context: &Context, spec: &ServiceSpec) -> Vec<Text> {
    let link = |link: &crate::expand::read::service::container::Link| {
        let service = context.reference(&link.service.value, link.service.span)?;
        let name = &service.name.value;
        Some(Text::literal(
            link.alias.as_ref().map_or(name.to_string(), |alias| format!("{name}:{}", alias.value)),
        ))
    };
    spec.container.links.iter().filter_map(link).collect()
}

/// A service whose network is used must be one, and then there is no network of its own.
fn network_of(context: &Context, spec: &ServiceSpec) {
    let Some(mode) = &spec.container.network_mode else { return };
    if let Or::Value(value) = &mode.value
        && let Some(name) = NetworkMode::service(value).and_then(|name| Name::parse(name).ok())
    {
        context.reference(&name, mode.span);
    }
    let other = match (spec.container.networks.first(), spec.publish.first()) {
        (Some(network), _) => (network.span, "a network of its own"),
        (None, Some(publish)) => (publish.span, "a port of its own"),
        (None, None) => return,
    };
    context.sink.report(
        Diagnostic::error(
            "network-of-another",
            format!("`{}` uses the network of something else, and states {}", spec.name.value, other.1),
        )
        .at(mode.span, "the network of something else")
        .at(other.0, other.1)
        .help("keep one of them; ports of `service:NAME` are published by that service"),
    );
}

fn attachments(context: &Context, spec: &ServiceSpec) -> Vec<Attachment> {
    let networks = &context.spec.networks;
    if spec.origin.is_some() {
        return joined(context, spec);
    }
    let mut found = Vec::new();
    for stated in &spec.container.networks {
        let name = stated.name.value.as_str();
        let known: Vec<&str> = networks.iter().map(|network| network.name.value.as_str()).collect();
        unknown(context, "network", name, stated.name.span, &known, name != DEFAULT);
        found.push(Attachment {
            network: stated.name.value.clone(),
            aliases: stated.aliases.iter().filter_map(|alias| or_text(context, alias)).collect(),
            ipv4: text(context, &stated.ipv4),
            ipv6: text(context, &stated.ipv6),
            mac: text(context, &stated.mac),
            priority: stated.priority.map(|priority| priority.value.get()),
            stated: Some(stated.span),
        });
    }
    found
}

/// The networks of a service that the compiler derives: the one of all services, and those on which what it reaches is.
fn joined(context: &Context, spec: &ServiceSpec) -> Vec<Attachment> {
    let reached: Vec<&Name> =
        spec.derived.needs.iter().map(|need| &need.value).chain(&spec.derived.observes).collect();
    let names: BTreeSet<&EngineName> = context
        .specs
        .iter()
        .filter(|other| {
            other.origin.is_none() && (reached.is_empty() || reached.contains(&&other.name.value))
        })
        .flat_map(|other| &other.container.networks)
        .map(|network| &network.name.value)
        .filter(|name| name.as_str() != DEFAULT)
        .collect();
    let on = |network: EngineName| Attachment {
        network,
        aliases: Vec::new(),
        ipv4: None,
        ipv6: None,
        mac: None,
        priority: None,
        stated: None,
    };
    match EngineName::parse(DEFAULT) {
        Ok(default) if !names.is_empty() => {
            std::iter::once(default).chain(names.into_iter().cloned()).map(on).collect()
        }
        _ => Vec::new(),
    }
}

/// Reports a name of something shared that the system does not declare.
fn unknown(context: &Context, word: &str, name: &str, span: Span, known: &[&str], wanted: bool) {
    if !wanted || known.contains(&name) {
        return;
    }
    let diagnostic =
        Diagnostic::error("unknown-shared", format!("there is no {word} `{name}`")).at(span, "named here");
    let help =
        meant(name, known.iter().copied(), || format!("declare it in the system: `{word} \"{name}\"`"));
    context.sink.report(diagnostic.help(help));
}

fn secrets(context: &Context, spec: &ServiceSpec) -> Vec<SecretMount> {
    let known: Vec<&str> =
        context.spec.secret_files.iter().map(|secret| secret.name.value.as_str()).collect();
    let mut found = Vec::new();
    for stated in &spec.container.secret_files {
        unknown(context, "secret-file", stated.name.value.as_str(), stated.name.span, &known, true);
        found.push(SecretMount {
            name: stated.name.value.clone(),
            target: stated.target.as_ref().map(|path| path.value.0.clone()),
            uid: stated.uid.map(|number| number.value.get()),
            gid: stated.gid.map(|number| number.value.get()),
            mode: stated.mode.map(|mode| mode.value.bits()),
        });
    }
    found
}

/// What the containers of the system share.
pub fn shared(context: &Context, spec: &SystemSpec) -> Shared {
    Shared {
        volumes: spec
            .volumes
            .iter()
            .map(|volume| SharedVolume { name: volume.name.value.clone(), made: made(context, &volume.made) })
            .collect(),
        networks: spec
            .networks
            .iter()
            .map(|network| Network {
                name: network.name.value.clone(),
                made: made(context, &network.made),
                internal: only_yes(context, &network.internal),
                attachable: only_yes(context, &network.attachable),
                ipv6: only_yes(context, &network.ipv6),
                subnets: network.subnets.iter().filter_map(|subnet| or_text(context, subnet)).collect(),
                gateways: network.gateways.iter().filter_map(|gateway| or_text(context, gateway)).collect(),
                ip_range: text(context, &network.ip_range),
            })
            .collect(),
        secrets: spec.secret_files.iter().filter_map(|secret| secret_file(context, secret)).collect(),
    }
}

fn made(context: &Context, made: &MadeSpec) -> Made {
    Made {
        name: text(context, &made.name),
        external: made.external,
        driver: text(context, &made.driver),
        options: pairs(context, &made.options),
        labels: pairs(context, &made.labels),
    }
}

fn secret_file(
    context: &Context,
    stated: &crate::expand::read::engine::SecretFileSpec,
) -> Option<SecretFile> {
    let source = match (&stated.path, &stated.variable) {
        (Some(path), None) => SecretSource::File(or_text(context, path)?),
        (None, Some(name)) => {
            context.variable(&name.value, true, name.span)?;
            SecretSource::Variable(name.value.clone())
        }
        (path, _) => {
            let what =
                if path.is_some() { "both a file and a variable" } else { "neither a file nor a variable" };
            context.sink.report(
                Diagnostic::error("secret-without-source", format!("`{}` has {what}", stated.name.value))
                    .at(stated.span, "a secret comes from one place")
                    .help(
                        "say where it comes from: `path=\"./db/password.txt\"`, or `secret=\"DB_PASSWORD\"`",
                    ),
            );
            return None;
        }
    };
    Some(SecretFile { name: stated.name.value.clone(), source })
}

/// The name of a volume that services share, if the system declares it.
pub fn shared_volume<'a>(context: &'a Context, name: &str) -> Option<&'a EngineName> {
    context.spec.volumes.iter().map(|volume| &volume.name.value).find(|known| known.as_str() == name)
}
