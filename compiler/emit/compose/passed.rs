//! What a `compose` block passes on, merged into a service by the rules that compose has for several files.

use super::service::logging;
use crate::{
    emit::{
        raw,
        yaml::{Item, Pair, Yaml},
    },
    syntax::Node,
};

/// Keys whose list is one thing: compose replaces it.
const REPLACED: &[&str] = &["command", "entrypoint", "test"];

/// Keys that hold a list even when there is one item, which KDL cannot tell from a scalar.
const LISTS: &[&str] = &[
    "cap_add",
    "cap_drop",
    "configs",
    "device_cgroup_rules",
    "devices",
    "expose",
    "external_links",
    "group_add",
    "links",
    "ports",
    "profiles",
    "secrets",
    "security_opt",
    "volumes",
    "volumes_from",
];

/// The service with `nodes` merged over it.
pub fn merged(mut service: Vec<Pair>, nodes: &[Node]) -> Yaml {
    if nodes.iter().any(|node| node.name.value == "logging") {
        // What one service says about its log must not reach the others through the alias.
        service
            .iter_mut()
            .filter(|pair| pair.key == "logging")
            .for_each(|pair| pair.value = logging().into());
    }
    let mut merged = raw::merged_replacing(Yaml::Map(service), nodes, REPLACED);
    if let Yaml::Map(pairs) = &mut merged {
        for pair in pairs {
            if LISTS.contains(&pair.key.as_str()) && matches!(pair.value, Yaml::Str(_) | Yaml::Int(_)) {
                let value = std::mem::replace(&mut pair.value, Yaml::Null);
                pair.value = Yaml::Seq(vec![Item { comment: None, value }]);
            }
            if let ("volumes", Yaml::Seq(items)) = (pair.key.as_str(), &mut pair.value) {
                last_of_each_target(items);
            }
        }
    }
    merged
}

/// Two mounts at one place are an error for the engine: the one that is passed on, which comes last, stays.
fn last_of_each_target(items: &mut Vec<Item>) {
    let targets: Vec<Option<String>> = items.iter().map(target).collect();
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
        Yaml::Map(pairs) => {
            pairs.iter().find(|pair| pair.key == "target").and_then(|pair| match &pair.value {
                Yaml::Str(target) => Some(target.clone()),
                _ => None,
            })
        }
        // The colons of a reference to a variable are not those between the parts.
        Yaml::Str(text) if !text.contains("${") => text.split(':').nth(1).map(str::to_owned),
        _ => None,
    }
}

/// The named volumes that a service with everything merged in mounts.
pub fn named_volumes(service: &Yaml) -> Vec<String> {
    let Yaml::Map(pairs) = service else { return Vec::new() };
    let Some(Yaml::Seq(items)) = pairs.iter().find(|pair| pair.key == "volumes").map(|pair| &pair.value)
    else {
        return Vec::new();
    };
    items.iter().filter_map(source).filter(|source| is_name(source)).map(str::to_owned).collect()
}

/// What an item of `volumes` mounts; none for one that compose makes up a volume for.
fn source(item: &Item) -> Option<&str> {
    match &item.value {
        Yaml::Map(pairs) => {
            pairs.iter().find(|pair| pair.key == "source").and_then(|pair| match &pair.value {
                Yaml::Str(source) => Some(source.as_str()),
                _ => None,
            })
        }
        Yaml::Str(text) => text.split_once(':').map(|(source, _)| source),
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
    use crate::{
        diagnostic::Diagnostics,
        emit::yaml::{Map, seq},
        source::Sources,
        syntax::parse,
    };

    fn over(kdl: &str) -> Yaml {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{kdl}");
        let service = Map::new()
            .set("command", seq(["redis-server"]))
            .set("volumes", seq(["redis-data:/data", "./redis.conf:/etc/redis.conf:ro"]))
            .set("healthcheck", Map::new().set("test", seq(["CMD", "true"])).set("interval", "10s"))
            .set("logging", Yaml::Alias("logging"));
        let Yaml::Map(pairs) = service.into() else { unreachable!() };
        merged(pairs, &nodes)
    }

    fn text(kdl: &str) -> String {
        over(kdl).document("")
    }

    #[test]
    fn commands_are_replaced_whole() {
        assert!(
            text("command \"redis-server\" \"--save\" \"\"")
                .starts_with("command:\n  - redis-server\n  - --save\n  - \"\"\n")
        );
        assert!(
            text("healthcheck { test \"CMD\" \"redis-cli\" \"ping\"; }")
                .contains("  test:\n    - CMD\n    - redis-cli\n    - ping\n  interval: 10s\n")
        );
    }

    #[test]
    fn one_item_is_a_list_where_compose_wants_one() {
        assert!(
            text("cap_add \"NET_ADMIN\"\nexpose 6379")
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
        assert_eq!(named_volumes(&merged), ["mine", "more"]);
    }

    #[test]
    fn a_log_of_its_own_leaves_the_others_alone() {
        assert!(
            text("logging { options { max-size \"50m\"; }; }").contains(
                "logging:\n  driver: json-file\n  options:\n    max-size: 50m\n    max-file: \"5\"\n"
            )
        );
    }
}
