//! What the description passes on: KDL nodes as YAML, merged over what the compiler wrote.
//!
//! A node is a key. One argument is a scalar; several arguments, `- …` children or `(list)` before the node make a
//! list; properties and children make a map. Maps merge key by key, lists grow, anything else is replaced. As in the
//! merge tags of compose, `(override)` before a node replaces what stood there whole, and `(reset)` removes it.
//! Texts are passed on as they are: in compose `$` acts there, and `$$` is a dollar sign.

use super::yaml::{Item, Pair, Yaml};
use crate::syntax::{Entry, Node, Scalar};

/// A document of its own: keys of a map, or items of a list.
pub fn document(nodes: &[Node]) -> Yaml {
    if nodes.iter().any(Node::is_item) {
        return Yaml::Seq(nodes.iter().map(|node| Item { comment: None, value: value(node) }).collect());
    }
    merged(Yaml::Map(Vec::new()), nodes)
}

/// `base` with `nodes` merged over it.
pub fn merged(base: Yaml, nodes: &[Node]) -> Yaml {
    merged_replacing(base, nodes, &[])
}

/// `base` with `nodes` merged over it; lists under the keys `replaced`, at any depth, are replaced rather than grown.
pub fn merged_replacing(base: Yaml, nodes: &[Node], replaced: &[&str]) -> Yaml {
    match base {
        Yaml::Map(pairs) => Yaml::Map(merge(pairs, nodes, &[], replaced)),
        _ if nodes.is_empty() => base,
        _ => Yaml::Map(merge(Vec::new(), nodes, &[], replaced)),
    }
}

/// Nodes and properties merged over the pairs of a map.
fn merge(mut pairs: Vec<Pair>, nodes: &[Node], properties: &[&Entry], replaced: &[&str]) -> Vec<Pair> {
    for entry in properties {
        if let Some(name) = &entry.name {
            put(&mut pairs, &name.value, scalar(&entry.scalar));
        }
    }
    for (index, node) in nodes.iter().enumerate() {
        let key = node.name.value.as_str();
        // Of several nodes of one name, only the first replaces what the compiler wrote; the others add to it.
        let first = !nodes[..index].iter().any(|before| before.name.value == key);
        match node.annotation.as_deref() {
            Some("reset") => pairs.retain(|pair| pair.key != key),
            Some("override") => put(&mut pairs, key, value(node)),
            _ if first && replaced.contains(&key) => put(&mut pairs, key, value(node)),
            _ => match pairs.iter_mut().find(|pair| pair.key == key) {
                Some(pair) => {
                    let base = std::mem::replace(&mut pair.value, Yaml::Null);
                    pair.value = combined(base, node, replaced, first);
                }
                None => put(&mut pairs, key, value(node)),
            },
        }
    }
    pairs
}

/// Sets a key, in its place when it is there already.
fn put(pairs: &mut Vec<Pair>, key: &str, value: Yaml) {
    match pairs.iter_mut().find(|pair| pair.key == key) {
        Some(pair) => (pair.value, pair.anchor) = (value, None),
        None => pairs.push(Pair::new(key.to_owned(), value)),
    }
}

/// What stands at a key with a node over it.
fn combined(base: Yaml, node: &Node, replaced: &[&str], first: bool) -> Yaml {
    match (base, value(node)) {
        (Yaml::Map(pairs), Yaml::Map(_)) => {
            let properties: Vec<&Entry> = node.entries.iter().filter(|entry| entry.name.is_some()).collect();
            Yaml::Map(merge(pairs, &node.children, &properties, replaced))
        }
        // `KEY=value`, once or in a list, is that map; a name alone is a key without a value.
        (Yaml::Map(mut pairs), over)
            if listed(over.clone()).iter().all(|item| assignment(item).is_some()) =>
        {
            for (key, value) in listed(over).iter().filter_map(assignment) {
                put(&mut pairs, key, value.map_or(Yaml::Null, Into::into));
            }
            Yaml::Map(pairs)
        }
        // What is in the list already is not said twice: lists of names are sets to Compose and Alertmanager.
        (Yaml::Seq(mut items), over) => {
            let new = |item: &Item| !first || !items.iter().any(|known| same(&known.value, &item.value));
            let over: Vec<Item> = listed(over).into_iter().filter(new).collect();
            items.extend(over);
            Yaml::Seq(items)
        }
        (Yaml::Flow(mut items), over) => {
            let over = listed(over).into_iter().map(|item| item.value);
            let new = |value: &Yaml| !items.iter().any(|known| same(known, value));
            let over: Vec<Yaml> = over.filter(new).collect();
            items.extend(over);
            Yaml::Flow(items)
        }
        // The same key again, and neither a list nor a map: KDL's way to write a list line by line.
        (base, over) if !first => Yaml::Seq([listed(base), listed(over)].concat()),
        (_, over) => over,
    }
}

/// Whether two items are one scalar, however it is written.
fn same(one: &Yaml, other: &Yaml) -> bool {
    match (one, other) {
        (Yaml::Str(one) | Yaml::Quoted(one), Yaml::Str(other) | Yaml::Quoted(other)) => one == other,
        (Yaml::Map(_) | Yaml::Seq(_) | Yaml::Flow(_), _) => false,
        (one, other) => one == other,
    }
}

fn assignment(item: &Item) -> Option<(&str, Option<&str>)> {
    match &item.value {
        Yaml::Str(text) => {
            Some(text.split_once('=').map_or((text.as_str(), None), |(key, value)| (key, Some(value))))
        }
        _ => None,
    }
}

/// A value as items of a list.
fn listed(value: Yaml) -> Vec<Item> {
    match value {
        Yaml::Seq(items) => items,
        other => vec![Item { comment: None, value: other }],
    }
}

/// What a node says.
pub fn value(node: &Node) -> Yaml {
    let args: Vec<&Entry> = node.args().collect();
    let properties: Vec<&Entry> = node.entries.iter().filter(|entry| entry.name.is_some()).collect();
    if node.is_list() {
        let items = args.iter().map(|entry| scalar(&entry.scalar)).chain(node.children.iter().map(value));
        return Yaml::Seq(items.map(|value| Item { comment: None, value }).collect());
    }
    match args.first() {
        Some(one) if properties.is_empty() && node.children.is_empty() => scalar(&one.scalar),
        None if properties.is_empty() && !node.has_block => Yaml::Null,
        _ => Yaml::Map(merge(Vec::new(), &node.children, &properties, &[])),
    }
}

fn scalar(scalar: &Scalar) -> Yaml {
    match scalar {
        Scalar::Text(text) => Yaml::Str(text.clone()),
        Scalar::Integer(number) => {
            i64::try_from(*number).map_or_else(|_| Yaml::Number(number.to_string()), Yaml::Int)
        }
        // Zeros before a whole number would have it read as an octal one.
        Scalar::Decimal(number) if !number.contains('.') => {
            let digits = number.trim_start_matches('0');
            Yaml::Number(if digits.is_empty() { "0" } else { digits }.to_owned())
        }
        Scalar::Decimal(number) => Yaml::Number(number.clone()),
        Scalar::Bool(value) => Yaml::Bool(*value),
        Scalar::Null => Yaml::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Diagnostics,
        emit::yaml::{Map, flow, seq},
        source::Sources,
        syntax::parse,
    };

    /// What `kdl` makes of what the compiler wrote.
    fn over(base: impl Into<Yaml>, kdl: &str) -> String {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let id = sources.add("test.kdl", kdl);
        let nodes = parse(id, kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{kdl}");
        merged_replacing(base.into(), &nodes, &["command"]).document("")
    }

    fn base() -> Map {
        Map::new()
            .set("image", "redis:7")
            .set("command", seq(["redis-server"]))
            .set("environment", Map::new().set("A", "1").set("B", "2"))
            .set("cap_drop", flow(["ALL"]))
    }

    #[test]
    fn kdl_becomes_yaml() {
        assert_eq!(
            over(
                Map::new(),
                "a 1\nb 1 2\n(list)c \"x\"\nd { - 1; - k=\"v\" { nil #null; } }\ne k=\"v\" { f 1.5; }\ng\nh {}\ni #true"
            ),
            "a: 1\n\nb:\n  - 1\n  - 2\n\nc:\n  - x\n\nd:\n  - 1\n  - k: v\n    nil: null\n\ne:\n  k: v\n  f: 1.5\ng: null\n\nh: {}\ni: true\n"
        );
    }

    #[test]
    fn a_list_is_a_document_too() {
        let kdl = "- name=\"x\"\n- name=\"z\" { of 1 2; }\n- 3";
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        assert_eq!(document(&nodes).document(""), "- name: x\n- name: z\n  of:\n    - 1\n    - 2\n- 3\n");
    }

    #[test]
    fn what_was_written_stays_unless_it_is_said_again() {
        assert_eq!(
            over(base(), "environment { B \"3\"; C \"4\"; }\ncap_drop \"NET_RAW\"\nmem_swappiness 0"),
            "image: redis:7\n\ncommand:\n  - redis-server\n\nenvironment:\n  A: \"1\"\n  B: \"3\"\n  C: \"4\"\ncap_drop: [\"ALL\", \"NET_RAW\"]\nmem_swappiness: 0\n"
        );
        for kdl in ["(list)environment \"B=3\"", "environment \"B=3\""] {
            assert!(over(base(), kdl).contains("A: \"1\"\n  B: \"3\""), "{kdl}");
        }
    }

    #[test]
    fn what_is_listed_already_is_not_listed_again() {
        let text = over(base(), "cap_drop \"ALL\" \"NET_RAW\"");
        assert!(text.ends_with("cap_drop: [\"ALL\", \"NET_RAW\"]\n"), "{text}");
    }

    #[test]
    fn it_can_be_replaced_and_removed() {
        let text = over(
            base(),
            "command \"redis-server\" \"/etc/redis.conf\"\n(reset)cap_drop\n(override)environment C=\"4\"",
        );
        assert_eq!(
            text,
            "image: redis:7\n\ncommand:\n  - redis-server\n  - /etc/redis.conf\n\nenvironment:\n  C: \"4\"\n"
        );
    }

    #[test]
    fn the_same_key_again_makes_a_list() {
        assert_eq!(
            over(Map::new(), "dns \"1.1.1.1\"\ndns \"9.9.9.9\""),
            "dns:\n  - \"1.1.1.1\"\n  - \"9.9.9.9\"\n"
        );
    }
}
