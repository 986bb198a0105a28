//! What a `compose` block passes on, merged into a service by the rules that compose has for several files.

use super::service::logging;
use crate::{
    emit::{
        raw,
        yaml::{Item, Map, Pair, Yaml},
    },
    syntax::Node,
};

/// Keys whose list is one thing: compose replaces it.
const REPLACED: &[&str] = &["command", "entrypoint", "test"];

/// Keys that hold a list even when there is one item, which KDL cannot tell from a scalar.
const LISTS: &[&str] = &[
    "annotations",
    "cap_add",
    "cap_drop",
    "configs",
    "depends_on",
    "device_cgroup_rules",
    "devices",
    "dns_opt",
    "environment",
    "expose",
    "external_links",
    "extra_hosts",
    "group_add",
    "labels",
    "links",
    "models",
    "networks",
    "ports",
    "profiles",
    "secrets",
    "security_opt",
    "sysctls",
    "volumes",
    "volumes_from",
];

/// All services, with what the system's own `compose` block says of them merged over them.
pub fn services(services: Map, nodes: &[Node]) -> Yaml {
    let mut base = services.spaced();
    let Yaml::Map(pairs) = &mut base else { return base };
    for node in nodes.iter().filter(|node| node.name.value == "services").flat_map(|node| &node.children) {
        if let Some(Pair { value: Yaml::Map(service), .. }) =
            pairs.iter_mut().find(|pair| pair.key == node.name.value)
        {
            give_log_of_its_own(service, &node.children);
            give_networks_details(service, &node.children);
        }
    }
    for node in nodes.iter().filter(|node| node.name.value == "services") {
        base = raw::merged_replacing(base, &node.children, REPLACED);
    }
    if let Yaml::Map(pairs) = &mut base {
        pairs.iter_mut().for_each(|pair| tidy(&mut pair.value));
    }
    base
}

/// The service with `nodes` merged over it.
pub fn service(mut service: Vec<Pair>, nodes: &[Node]) -> Yaml {
    give_log_of_its_own(&mut service, nodes);
    give_networks_details(&mut service, nodes);
    let mut merged = raw::merged_replacing(Yaml::Map(service), nodes, REPLACED);
    tidy(&mut merged);
    merged
}

/// The document, its services complete, with the rest of what is passed on merged over it.
pub fn document(document: Yaml, nodes: &[Node]) -> Yaml {
    let rest: Vec<Node> = nodes.iter().filter(|node| node.name.value != "services").cloned().collect();
    let mut document = raw::merged(document, &rest);
    for network in within(&mut document, "networks").iter_mut() {
        let config = within(&mut network.value, "ipam").iter_mut().find(|pair| pair.key == "config");
        if let Some(Yaml::Seq(ranges)) = config.map(|pair| &mut pair.value) {
            join_ranges(ranges);
        }
    }
    document
}

/// What stands at a key, when that is a map; nothing elsewhere.
fn within<'a>(value: &'a mut Yaml, key: &str) -> &'a mut [Pair] {
    let found = match value {
        Yaml::Map(pairs) => pairs.iter_mut().find(|pair| pair.key == key),
        _ => None,
    };
    match found.map(|pair| &mut pair.value) {
        Some(Yaml::Map(pairs)) => pairs,
        _ => &mut [],
    }
}

/// What is said of addresses without their subnet, or with one that stands above, is said of those above.
fn join_ranges(ranges: &mut Vec<Item>) {
    let subnet = |item: &Item| match &item.value {
        Yaml::Map(pairs) => pairs.iter().find(|pair| pair.key == "subnet").map(|pair| pair.value.clone()),
        _ => None,
    };
    let mut joined: Vec<Item> = Vec::new();
    for range in ranges.drain(..) {
        let own = subnet(&range);
        let above = joined.iter_mut().find(|above| own.is_none() || subnet(above) == own);
        match (above.map(|above| &mut above.value), range.value) {
            (Some(Yaml::Map(above)), Yaml::Map(said)) => {
                for pair in said {
                    above.retain(|known| known.key != pair.key);
                    above.push(pair);
                }
            }
            (_, value) => joined.push(Item { comment: range.comment, value }),
        }
    }
    *ranges = joined;
}

/// What one service says about its log must not reach the others through the alias.
fn give_log_of_its_own(service: &mut [Pair], nodes: &[Node]) {
    if nodes.iter().any(|node| node.name.value == "logging") {
        service
            .iter_mut()
            .filter(|pair| pair.key == "logging")
            .for_each(|pair| pair.value = logging().into());
    }
}

/// A list of networks has no place for what is said of one of them: a map has.
fn give_networks_details(service: &mut [Pair], nodes: &[Node]) {
    let detailed = |node: &Node| node.name.value == "networks" && matches!(raw::value(node), Yaml::Map(_));
    if !nodes.iter().any(detailed) {
        return;
    }
    for pair in service.iter_mut().filter(|pair| pair.key == "networks") {
        if let Yaml::Seq(items) = &pair.value {
            let names = items.iter().filter_map(|item| match &item.value {
                Yaml::Str(name) => Some(name.as_str()),
                _ => None,
            });
            pair.value = names.fold(Map::new(), |map, name| map.set(name.to_owned(), Yaml::Null)).into();
        }
    }
}

/// Puts right what KDL cannot say and what the engine would refuse.
fn tidy(service: &mut Yaml) {
    let Yaml::Map(pairs) = service else { return };
    for pair in pairs {
        if LISTS.contains(&&*pair.key) && matches!(pair.value, Yaml::Str(_) | Yaml::Int(_)) {
            let value = std::mem::replace(&mut pair.value, Yaml::Null);
            pair.value = Yaml::Seq(vec![Item { comment: None, value }]);
        }
        match (&*pair.key, &mut pair.value) {
            ("volumes", Yaml::Seq(items)) => last_of_each(items, target),
            ("ports", Yaml::Seq(items)) => last_of_each(items, port),
            // What is named alone is waited for as compose does it.
            ("depends_on", Yaml::Map(needed)) => {
                for need in needed.iter_mut().filter(|need| need.value == Yaml::Null) {
                    need.value = Map::new().set("condition", "service_started").into();
                }
            }
            _ => {}
        }
    }
}

/// Two mounts at one place are an error for the engine, and so is a port of the host that is taken twice: the one that
/// is passed on, which comes last, stays.
fn last_of_each<K: PartialEq>(items: &mut Vec<Item>, key: fn(&Item) -> Option<K>) {
    let targets: Vec<Option<K>> = items.iter().map(key).collect();
    let mut index = 0;
    items.retain(|_| {
        let own = &targets[index];
        index += 1;
        own.is_none() || !targets[index..].contains(own)
    });
}

/// Where an item of `volumes` is mounted: `target` of a map, the second part of `SOURCE:TARGET[:MODE]`.
fn target(item: &Item) -> Option<String> {
    match &item.value {
        Yaml::Map(pairs) => text(pairs, "target").map(str::to_owned),
        // The colons of a reference to a variable are not those between the parts.
        Yaml::Str(text) if !text.contains("${") => text.split(':').nth(1).map(str::to_owned),
        _ => None,
    }
}

/// What tells a port from others: the address, the port of the host, the one inside and the protocol.
fn port(item: &Item) -> Option<[String; 4]> {
    match &item.value {
        Yaml::Map(pairs) => {
            let part = |key: &str| match &pairs.iter().find(|pair| pair.key == key)?.value {
                Yaml::Str(text) | Yaml::Quoted(text) => Some(text.clone()),
                Yaml::Int(number) => Some(number.to_string()),
                _ => None,
            };
            let address = part("host_ip").unwrap_or_default();
            let protocol = part("protocol").unwrap_or_else(|| "tcp".to_owned());
            Some([address, part("published")?, part("target")?, protocol])
        }
        Yaml::Str(text) if !text.contains("${") => {
            let (pair, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
            let (host, target) = pair.rsplit_once(':')?;
            let (address, host) = host.rsplit_once(':').unwrap_or(("", host));
            Some([address, host, target, protocol].map(str::to_owned))
        }
        _ => None,
    }
}

/// Whether a service has the log that all of ours have.
pub fn uses_alias(services: &Yaml) -> bool {
    pairs(services)
        .iter()
        .flat_map(|service| pairs(&service.value))
        .any(|pair| matches!(pair.value, Yaml::Alias(_)))
}

/// The named volumes that services with everything merged in mount.
pub fn named_volumes(services: &Yaml) -> Vec<String> {
    let mounts = pairs(services).iter().flat_map(|service| pairs(&service.value));
    let items = mounts.filter(|pair| pair.key == "volumes").flat_map(|pair| match &pair.value {
        Yaml::Seq(items) => items.as_slice(),
        _ => &[],
    });
    items.filter_map(source).filter(|source| is_name(source)).map(str::to_owned).collect()
}

fn pairs(map: &Yaml) -> &[Pair] {
    match map {
        Yaml::Map(pairs) => pairs,
        _ => &[],
    }
}

/// What an item of `volumes` mounts; none for one that compose makes up a volume for.
fn source(item: &Item) -> Option<&str> {
    match &item.value {
        Yaml::Map(pairs) => text(pairs, "source"),
        Yaml::Str(text) => text.split_once(':').map(|(source, _)| source),
        _ => None,
    }
}

/// The string at a key.
fn text<'a>(pairs: &'a [Pair], key: &str) -> Option<&'a str> {
    match &pairs.iter().find(|pair| pair.key == key)?.value {
        Yaml::Str(text) => Some(text),
        _ => None,
    }
}

/// Whether compose takes a source for the name of a volume and not for a path.
fn is_name(source: &str) -> bool {
    source.starts_with(|c: char| c.is_ascii_alphanumeric())
        && source.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, emit::yaml::seq, source::Sources, syntax::parse};

    fn over(kdl: &str) -> Yaml {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{kdl}");
        let service = Map::new()
            .set("command", seq(["redis-server"]))
            .set("volumes", seq(["redis-data:/data", "./redis.conf:/etc/redis.conf:ro"]))
            .set("environment", Map::new().set("LEVEL", "info"))
            .set("depends_on", Map::new().set("db", Map::new().set("condition", "service_healthy")))
            .set("networks", seq(["front", "back"]))
            .set("ports", seq(["127.0.0.1:8080:80", "8080:80", "53:53/udp"]))
            .set("healthcheck", Map::new().set("test", seq(["CMD", "true"])).set("interval", "10s"))
            .set("logging", Yaml::Alias("logging"));
        let Yaml::Map(pairs) = service.into() else { unreachable!() };
        super::service(pairs, &nodes)
    }

    /// Keys of which Compose takes a list of texts, perhaps something else besides, and no single one.
    #[test]
    fn lists_are_those_of_compose() {
        let shapes: serde_json::Value =
            serde_json::from_str(include_str!("../../check/shapes/compose.json")).unwrap();
        let of_texts = |shape: &serde_json::Value| {
            shape
                .as_array()
                .is_some_and(|items| items[0] == "string" || items[0] == "text" || items[0]["|"].is_array())
        };
        let keys = shapes["service"].as_object().unwrap().iter().filter(|(_, shape)| {
            let shape = shape.as_str().and_then(|name| shapes.get(name)).unwrap_or(shape);
            match shape["|"].as_array() {
                Some(several) => {
                    several.iter().any(of_texts) && !several.iter().any(serde_json::Value::is_string)
                }
                None => of_texts(shape),
            }
        });
        assert_eq!(keys.map(|(key, _)| key.as_str()).collect::<Vec<_>>(), LISTS);
    }

    fn written(kdl: &str) -> String {
        over(kdl).document("")
    }

    #[test]
    fn commands_are_replaced_whole() {
        assert!(
            written("command \"redis-server\" \"--save\" \"\"")
                .starts_with("command:\n  - redis-server\n  - --save\n  - \"\"\n")
        );
        assert!(
            written("healthcheck { test \"CMD\" \"redis-cli\" \"ping\"; }")
                .contains("  test:\n    - CMD\n    - redis-cli\n    - ping\n  interval: 10s\n")
        );
    }

    #[test]
    fn one_item_is_a_list_where_compose_wants_one() {
        assert!(
            written("cap_add \"NET_ADMIN\"\nexpose 6379")
                .ends_with("cap_add:\n  - NET_ADMIN\n\nexpose:\n  - 6379\n")
        );
    }

    #[test]
    fn one_mount_at_a_place() {
        let merged = over(
            "volumes \"mine:/data\" \"${HOME:-/root}:/home:ro\"\nvolumes { - type=\"volume\" source=\"more\" target=\"/more\"; }",
        );
        assert!(
            merged.document("").contains(
                "volumes:\n  - ./redis.conf:/etc/redis.conf:ro\n  - mine:/data\n  - ${HOME:-/root}:/home:ro\n  - type: volume\n"
            ),
            "{}",
            merged.document("")
        );
        let services = Map::new().set("redis", merged).into();
        assert_eq!(named_volumes(&services), ["mine", "more"]);
    }

    #[test]
    fn one_port_of_the_host() {
        let merged = written(
            "ports { - target=80 published=\"8080\" mode=\"host\"; - target=53 published=53 protocol=\"udp\"; }",
        );
        assert!(
            merged.contains(
                "ports:\n  - \"127.0.0.1:8080:80\"\n  - target: 80\n    published: \"8080\"\n    mode: host\n  - target: 53\n"
            ),
            "{merged}"
        );
        assert!(!merged.contains("- 8080:80"), "{merged}");
    }

    #[test]
    fn what_is_said_of_one_of_several_networks() {
        let merged = written("networks { back priority=100; }");
        assert!(merged.contains("networks:\n  front: null\n  back:\n    priority: 100\n"), "{merged}");
    }

    #[test]
    fn names_without_values_join_those_with_values() {
        let merged = written("environment \"TZ\"\ndepends_on \"cache\"");
        assert!(merged.contains("environment:\n  LEVEL: info\n  TZ: null\n"), "{merged}");
        assert!(
            merged.contains(
                "depends_on:\n  db:\n    condition: service_healthy\n  cache:\n    condition: service_started\n"
            ),
            "{merged}"
        );
    }

    #[test]
    fn the_system_speaks_of_every_service() {
        let kdl = "services { redis { networks \"back\"; logging { options { max-size \"1m\"; }; }; }; }\nnetworks { back internal=#true; }";
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        let services = Map::new()
            .set("redis", Map::new().set("image", "redis:7").set("logging", Yaml::Alias("logging")))
            .set("nginx", Map::new().set("logging", Yaml::Alias("logging")));
        let document =
            Map::new().set("services", super::services(services, &nodes)).set("volumes", Map::new());
        assert_eq!(
            super::document(document.into(), &nodes).document(""),
            "services:\n  redis:\n    image: redis:7\n    logging:\n      driver: json-file\n      options:\n        max-size: 1m\n        max-file: \"5\"\n    networks:\n      - back\n\n  nginx:\n    logging: *logging\n\nvolumes: {}\n\nnetworks:\n  back:\n    internal: true\n"
        );
    }

    #[test]
    fn a_log_of_its_own_leaves_the_others_alone() {
        assert!(
            written("logging { options { max-size \"50m\"; }; }").contains(
                "logging:\n  driver: json-file\n  options:\n    max-size: 50m\n    max-file: \"5\"\n"
            )
        );
    }
}
