//! What the description passes on: KDL nodes as YAML, merged over what the compiler wrote.

use super::yaml::{Item, Pair, Yaml};
use crate::syntax::{Entry, Node, Scalar};

/// `base` with `nodes` merged over it: maps key by key, lists appended, anything else replaced.
pub fn merged(base: Yaml, nodes: &[Node]) -> Yaml {
    if nodes.is_empty() { base } else { merge(base, map(nodes, &[])) }
}

fn merge(base: Yaml, over: Yaml) -> Yaml {
    match (base, over) {
        (Yaml::Map(mut pairs), Yaml::Map(news)) => {
            for new in news {
                match pairs.iter_mut().find(|pair| pair.key == new.key) {
                    Some(pair) => {
                        pair.value = merge(std::mem::replace(&mut pair.value, Yaml::Null), new.value)
                    }
                    None => pairs.push(new),
                }
            }
            Yaml::Map(pairs)
        }
        (Yaml::Seq(mut items), Yaml::Seq(news)) => {
            items.extend(news);
            Yaml::Seq(items)
        }
        (Yaml::Flow(mut items), Yaml::Seq(news)) => {
            items.extend(news.into_iter().map(|item| item.value));
            Yaml::Flow(items)
        }
        (_, over) => over,
    }
}

/// Nodes and properties as a map; a node of a name that came before adds to a list.
fn map(nodes: &[Node], properties: &[&Entry]) -> Yaml {
    let mut pairs: Vec<Pair> = Vec::new();
    let stated = properties
        .iter()
        .filter_map(|entry| Some((entry.name.as_ref()?.value.clone(), scalar(&entry.scalar))));
    for (key, value) in stated.chain(nodes.iter().map(|node| (node.name.value.clone(), value(node)))) {
        match pairs.iter_mut().find(|pair| pair.key == key) {
            Some(pair) => {
                let first = std::mem::replace(&mut pair.value, Yaml::Null);
                let mut items = match first {
                    Yaml::Seq(items) => items,
                    other => vec![Item { comment: None, value: other }],
                };
                match value {
                    Yaml::Seq(more) => items.extend(more),
                    other => items.push(Item { comment: None, value: other }),
                }
                pair.value = Yaml::Seq(items);
            }
            None => pairs.push(Pair::new(key, value)),
        }
    }
    Yaml::Map(pairs)
}

fn value(node: &Node) -> Yaml {
    let args: Vec<&Entry> = node.args().collect();
    let properties: Vec<&Entry> = node.entries.iter().filter(|entry| entry.name.is_some()).collect();
    let listed = node.annotation.as_deref() == Some("list")
        || args.len() > 1
        || node.children.iter().any(|child| child.name.value == "-");
    if listed {
        let items = args.iter().map(|entry| scalar(&entry.scalar)).chain(node.children.iter().map(value));
        return Yaml::Seq(items.map(|value| Item { comment: None, value }).collect());
    }
    match args.first() {
        Some(one) if properties.is_empty() && node.children.is_empty() => scalar(&one.scalar),
        None if properties.is_empty() && node.children.is_empty() && !node.has_block => Yaml::Null,
        _ => map(&node.children, &properties),
    }
}

fn scalar(scalar: &Scalar) -> Yaml {
    match scalar {
        Scalar::Text(text) => Yaml::Str(text.clone()),
        Scalar::Integer(number) => {
            i64::try_from(*number).map_or_else(|_| Yaml::Number(number.to_string()), Yaml::Int)
        }
        Scalar::Decimal(number) => Yaml::Number(number.clone()),
        Scalar::Bool(value) => Yaml::Bool(*value),
        Scalar::Null => Yaml::Null,
    }
}
