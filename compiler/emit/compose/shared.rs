//! What containers share: volumes, networks and secrets, at the end of the file.

use std::net::IpAddr;

use super::{
    container::{pairs, scalar},
    text::text,
};
use crate::{
    emit::yaml::{Map, Yaml, seq},
    model::{Made, Model, Network, Scalar, SecretSource, Text},
    values::{Cidr, Value as _},
};

/// Every volume that is declared or mounted, sorted by name.
pub fn volumes(model: &Model, mounted: Vec<String>) -> Map {
    let declared = model.shared.volumes.iter().map(|volume| volume.name.to_string());
    let mut names: Vec<String> = mounted.into_iter().chain(declared).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().fold(Map::new(), |map, name| {
        let stated = model.shared.volumes.iter().find(|volume| volume.name.as_str() == name);
        let value = stated.map_or_else(|| Yaml::Map(Vec::new()), |volume| made(model, &volume.made).into());
        map.set(name, value)
    })
}

/// Every declared network, in the order of the description.
pub fn networks(model: &Model) -> Map {
    model
        .shared
        .networks
        .iter()
        .fold(Map::new(), |map, one| map.set(one.name.to_string(), network(model, one)))
}

/// Values of the environment and files, sorted by name.
pub fn secrets(model: &Model, variables: Vec<String>) -> Map {
    let of = |key: &'static str, value: String| Map::new().set(key, value);
    let mut all: Vec<(String, Map)> =
        variables.into_iter().map(|name| (name.clone(), of("environment", name))).collect();
    all.extend(model.shared.secrets.iter().map(|secret| {
        let source = match &secret.source {
            SecretSource::File(path) => of("file", text(&model.variables, path)),
            SecretSource::Variable(name) => of("environment", name.to_string()),
        };
        (secret.name.to_string(), source)
    }));
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all.dedup_by(|(one, _), (other, _)| one == other);
    all.into_iter().fold(Map::new(), |map, (name, source)| map.set(name, source))
}

fn made(model: &Model, made: &Made) -> Map {
    let of = |value: &Option<Text>| value.as_ref().map(|value| text(&model.variables, value));
    Map::new()
        .maybe("name", of(&made.name))
        .maybe("external", made.external.then_some(true))
        .maybe("driver", of(&made.driver))
        .filled("driver_opts", pairs(model, &made.options))
        .filled("labels", pairs(model, &made.labels))
}

fn network(model: &Model, network: &Network) -> Map {
    let of = |value: &Text| text(&model.variables, value);
    let networks: Vec<Option<Cidr>> =
        network.subnets.iter().map(|subnet| Cidr::parse(subnet.as_literal()?).ok()).collect();
    // A gateway is of the subnet that it is in; one that is known at run time only, of that in its place.
    let within = |place: usize, gateway: &Text| {
        let address = gateway.as_literal().and_then(|text| text.parse::<IpAddr>().ok());
        address
            .and_then(|address| {
                networks.iter().position(|known| known.is_some_and(|known| known.contains(address)))
            })
            .unwrap_or(place)
    };
    let ranges = network.subnets.iter().enumerate().map(|(index, subnet)| {
        let mut gateways = network.gateways.iter().enumerate();
        let gateway = gateways
            .find(|(place, gateway)| within(*place, gateway) == index)
            .map(|(_, gateway)| of(gateway));
        let range = Map::new()
            .set("subnet", of(subnet))
            .maybe("ip_range", network.ip_range.as_ref().filter(|_| index == 0).map(of))
            .maybe("gateway", gateway);
        Yaml::from(range)
    });
    let flag = |value: &Option<Scalar>| value.as_ref().map(|value| scalar(model, value));
    made(model, &network.made)
        .maybe("internal", flag(&network.internal))
        .maybe("attachable", flag(&network.attachable))
        .maybe("enable_ipv6", flag(&network.ipv6))
        .filled("ipam", Map::new().filled("config", seq(ranges)))
}
