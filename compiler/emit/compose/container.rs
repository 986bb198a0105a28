//! What is stated of the container of a service.

use super::{service::reached_on_host, text::text};
use crate::{
    emit::{
        quote,
        yaml::{Item, Map, Yaml, flow, seq},
    },
    model::{Attachment, Container, Logging, LoosePort, Model, Scalar, SecretMount, Service, Text},
    values::{AbsPath, EnvName},
};

/// Keys that are written with the hardening of the service.
const HARDENING: &[&str] = &["cap_add", "cap_drop", "security_opt"];

/// Where the bound of processes stands when there is no other bound.
const PIDS: &str = "pids_limit";

/// Whether a value is stated at that key.
pub fn states(container: &Container, key: &str) -> bool {
    container.scalars.iter().any(|(known, _)| *known == key)
}

/// The keys that stand for themselves, in the order of the model.
pub fn container(map: Map, model: &Model, service: &Service) -> Map {
    let own = &service.container;
    let of = |value: &Text| text(&model.variables, value);
    let beside = pids_beside(model, service).is_some();
    let scalars = own.scalars.iter().filter(|(key, _)| *key != PIDS || !beside);
    let map = scalars.fold(map, |map, (key, value)| map.set(*key, scalar(model, value)));
    let lists = own.lists.iter().filter(|(key, _)| !HARDENING.contains(key));
    let map = lists.fold(map, |map, (key, values)| map.filled(*key, seq(values.iter().map(of))));
    map.filled("networks", networks(model, &own.networks))
        .filled("expose", seq(own.expose.iter().map(of)))
        .filled("extra_hosts", extra_hosts(model, service))
        .filled("labels", labels(model, &own.labels))
        .filled("ulimits", ulimits(own))
        .filled("sysctls", pairs(model, &own.sysctls))
}

/// Names that containers know beside those of their network: stated ones, services of the host itself, and services on
/// other hosts.
fn extra_hosts(model: &Model, service: &Service) -> Map {
    let stated = &service.container.extra_hosts;
    let mut all = stated.clone();
    all.extend(
        reached_on_host(model, service)
            .into_iter()
            .filter(|(name, _)| !stated.iter().any(|(known, _)| known == name)),
    );
    let why = if service.elsewhere.is_empty() { "" } else { "Services on other hosts." };
    let map = pairs(model, &all).comment(why);
    service.elsewhere.iter().fold(map, |map, (name, addresses)| match addresses.as_slice() {
        [address] => map.set(name.to_string(), address.to_string()),
        addresses => map.set(name.to_string(), flow(addresses.iter().map(ToString::to_string))),
    })
}

/// One value of compose.
pub fn scalar(model: &Model, value: &Scalar) -> Yaml {
    match value {
        Scalar::Text(value) => text(&model.variables, value).into(),
        Scalar::Bool(value) => (*value).into(),
        Scalar::Number(number) => Yaml::Number(number.to_string()),
    }
}

/// The bound of processes where it has to stand beside others: compose takes a service that bounds memory or processors
/// under `deploy` to bound processes there as well, to none, and refuses another number elsewhere.
pub fn pids_beside(model: &Model, service: &Service) -> Option<Yaml> {
    let late = |key| service.container.late(key).is_some();
    let bounded = service.limits.cpus.is_some()
        || service.limits.memory.is_some()
        || late("limits.cpus")
        || late("limits.memory");
    let (_, value) = service.container.scalars.iter().find(|(key, _)| *key == PIDS).filter(|_| bounded)?;
    Some(scalar(model, value))
}

/// Names with values.
pub fn pairs(model: &Model, pairs: &[(String, Text)]) -> Map {
    pairs.iter().fold(Map::new(), |map, (key, value)| map.set(key.to_string(), text(&model.variables, value)))
}

/// Labels: a list where variables are in their names, which compose replaces in values only.
fn labels(model: &Model, labels: &[(String, Text)]) -> Yaml {
    if !labels.iter().any(|(key, _)| key.contains("${")) {
        return pairs(model, labels).into();
    }
    seq(labels.iter().map(|(key, value)| {
        let key = if key.contains("${") { key.clone() } else { quote::compose(key) };
        format!("{key}={}", text(&model.variables, value))
    }))
}

/// Variables with values, and those that are handed through.
pub fn environment(model: &Model, service: &Service) -> Map {
    let own = &service.container;
    let known = service.environment.iter().map(|(name, value)| (name.as_str(), value));
    let map = known
        .chain(own.odd_env.iter().map(|(key, value)| (key.as_str(), value)))
        .fold(Map::new(), |map, (key, value)| map.set(key.to_owned(), text(&model.variables, value)));
    own.pass_env.iter().fold(map, |map, name| map.set(name.to_string(), Yaml::Null))
}

/// Networks: a list where only their names are stated.
fn networks(model: &Model, networks: &[Attachment]) -> Yaml {
    let of = |value: &Option<Text>| value.as_ref().map(|value| text(&model.variables, value));
    let bare = |network: &Attachment| {
        network.aliases.is_empty()
            && [&network.ipv4, &network.ipv6, &network.mac].into_iter().all(Option::is_none)
            && network.priority.is_none()
    };
    if networks.iter().all(bare) {
        return seq(networks.iter().map(|network| network.network.as_str()));
    }
    let map = networks.iter().fold(Map::new(), |map, network| {
        let details = Map::new()
            .filled("aliases", seq(network.aliases.iter().map(|alias| text(&model.variables, alias))))
            .maybe("ipv4_address", of(&network.ipv4))
            .maybe("ipv6_address", of(&network.ipv6))
            .maybe("mac_address", of(&network.mac))
            .maybe("priority", network.priority);
        map.set(network.network.to_string(), if bare(network) { Yaml::Null } else { details.into() })
    });
    map.into()
}

fn ulimits(container: &Container) -> Map {
    container.ulimits.iter().fold(Map::new(), |map, (name, soft, hard)| match hard {
        Some(hard) => map.set(name.to_string(), Map::new().set("soft", *soft).set("hard", *hard)),
        None => map.set(name.to_string(), *soft),
    })
}

/// A port whose number on the host is not known here.
pub fn loose_port(model: &Model, port: &LoosePort) -> Item {
    let of = |value: &Text| text(&model.variables, value);
    let container = of(&port.container);
    let pair = match (&port.address, &port.host) {
        (Some(address), Some(host)) => format!("{}:{}:{container}", of(address), of(host)),
        (Some(address), None) => format!("{}::{container}", of(address)),
        (None, Some(host)) => format!("{}:{container}", of(host)),
        (None, None) => container,
    };
    let protocol = if port.protocol == "tcp" { "" } else { "/udp" };
    Item { comment: None, value: format!("{pair}{protocol}").into() }
}

/// Secrets as files: values of the environment, and those that the system declares as files.
pub fn secrets(service: &Service) -> Vec<Item> {
    service.secret_files.iter().map(variable).chain(service.container.secrets.iter().map(secret)).collect()
}

/// A variable as a file, in short where compose puts it there by itself.
fn variable((name, path): &(EnvName, AbsPath)) -> Item {
    let value = if path.as_str() == format!("/run/secrets/{name}") {
        name.as_str().into()
    } else {
        Map::new().set("source", name.as_str()).set("target", path.as_str()).into()
    };
    Item { comment: None, value }
}

fn secret(secret: &SecretMount) -> Item {
    let name = secret.name.as_str();
    let bare =
        secret.target.is_none() && secret.uid.is_none() && secret.gid.is_none() && secret.mode.is_none();
    let value = if bare {
        name.into()
    } else {
        Map::new()
            .set("source", name)
            .maybe("target", secret.target.as_ref().map(|path| path.to_string()))
            .maybe("uid", secret.uid.map(|number| number.to_string()))
            .maybe("gid", secret.gid.map(|number| number.to_string()))
            .maybe("mode", secret.mode.map(i64::from))
            .into()
    };
    Item { comment: None, value }
}

/// What happens to the output: as stated, or as with every container of ours.
pub fn logging(model: &Model, service: &Service) -> Option<Yaml> {
    let Some(Logging { driver, options }) = &service.container.logging else {
        return (!service.container.as_stated).then_some(Yaml::Alias("logging"));
    };
    let map = Map::new()
        .maybe("driver", driver.as_ref().map(|driver| text(&model.variables, driver)))
        .filled("options", pairs(model, options));
    Some(map.into())
}
