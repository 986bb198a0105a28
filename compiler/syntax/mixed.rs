//! Nodes that say a value where formats such as YAML and JSON know a scalar, a list or a map, and nothing that is two of
//! them: one of the two would be lost.

use super::node::Node;
use crate::diagnostic::Diagnostic;

/// Complains of a node that is two things at once; what is within its children is theirs.
pub fn mixed(node: &Node) -> Vec<Diagnostic> {
    let properties = node.entries.iter().filter(|entry| entry.name.is_some()).map(|entry| entry.span);
    if node.is_list() {
        let keys = node.children.iter().filter(|child| !child.is_item()).map(|child| child.span);
        let found = properties.chain(keys).map(|span| {
            Diagnostic::error("mixed-list", "a list holds only `-` items")
                .at(span, "this is a key")
                .help("write the items as arguments, or each as `- …`")
        });
        return found.collect();
    }
    match node.args().next() {
        Some(one) if properties.count() > 0 || !node.children.is_empty() => {
            let (message, help) = match node.is_item() {
                true => (
                    "an item is a value and a map at once".to_owned(),
                    "a map within an item is a key of its own: `- { key { … } }`; a value needs a name: `- name=\"x\"`",
                ),
                false => (
                    format!("`{}` is a value and a map at once", node.name.value),
                    "put the value into the braces under a name",
                ),
            };
            vec![Diagnostic::error("mixed-value", message).at(one.span, "a value").help(help)]
        }
        _ => Vec::new(),
    }
}

/// Complains of nodes side by side of which some are items of a list, and others keys; `listed` says whether a list may
/// stand there at all.
pub fn mixed_block<'a>(nodes: impl IntoIterator<Item = &'a Node>, listed: bool) -> Vec<Diagnostic> {
    let (items, keys): (Vec<&Node>, Vec<&Node>) = nodes.into_iter().partition(|node| node.is_item());
    match (items.first(), keys.first()) {
        (Some(item), _) if !listed => vec![
            Diagnostic::error("mixed-list", "a list stands where keys do")
                .at(item.name.span, "this is an item")
                .help("a list is the value of a key: `key { - … }`"),
        ],
        (Some(_), Some(key)) => vec![
            Diagnostic::error("mixed-list", "a list holds only `-` items")
                .at(key.span, "this is a key")
                .help("write each as `- …`, or give the list a name: `key { - … }`"),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, source::Sources, syntax::parse};

    fn nodes(kdl: &str) -> Vec<Node> {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("x.kdl", kdl), kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{kdl}");
        nodes
    }

    #[test]
    fn two_things_at_once() {
        for (kdl, code) in [
            ("a \"x\" b=\"y\"", "mixed-value"),
            ("a \"x\" { b 1; }", "mixed-value"),
            ("- debug msg=\"x\"", "mixed-value"),
            ("a { - 1; b 2; }", "mixed-list"),
            ("(list)a { b 1; }", "mixed-list"),
            ("(list)a b=1", "mixed-list"),
            ("a 1 2 b=3", "mixed-list"),
        ] {
            let found = mixed(&nodes(kdl)[0]);
            assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), [code], "{kdl}");
        }
        for kdl in
            ["a", "a {}", "a 1", "a 1 2", "(list)a", "(list)a 1 { - 2; }", "a b=1 { c 2; }", "- { a 1; }"]
        {
            assert!(mixed(&nodes(kdl)[0]).is_empty(), "{kdl}");
        }
    }

    #[test]
    fn side_by_side() {
        assert_eq!(mixed_block(&nodes("- 1; - 2; a 3"), true).len(), 1);
        assert_eq!(mixed_block(&nodes("- 1; - 2"), false).len(), 1);
        assert!(mixed_block(&nodes("- 1; - 2"), true).is_empty());
        assert!(mixed_block(&nodes("a 1; b 2"), false).is_empty());
    }
}
