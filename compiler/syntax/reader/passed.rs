//! Nodes that are not read but passed on as they are.

use super::{Reader, complain::shown_entry};
use crate::{
    diagnostic::Diagnostic,
    syntax::{
        fact::outline,
        mixed::{mixed, mixed_block},
        node::{Entry, Node},
        table::{Ask, Default, Place},
    },
};

/// What the reference says of nodes that are not read further.
fn any_nodes(name: &'static str, about: &'static str) -> Ask {
    Ask {
        name,
        about,
        place: Place::Raw,
        what: "any nodes".to_owned(),
        examples: Vec::new(),
        few: false,
        default: Default::Optional,
    }
}

/// What nodes mean that are passed on.
#[derive(Clone, Copy)]
pub struct PassedOn<'s> {
    /// What they are.
    pub form: Form,
    /// Annotations of values that the caller follows.
    pub followed: &'s [&'s str],
    /// What to write in place of a reference, which nobody follows here.
    pub instead: &'static str,
}

/// What nodes are that are passed on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Keys with their values.
    Keys,
    /// Keys with their values, or the items of a list.
    KeysOrItems,
    /// Directives: each may have parameters, and a block as well.
    Directives,
}

impl<'a> Reader<'a> {
    /// The children of all blocks of that name as they are, for formats that ondol passes through.
    pub fn raw(&mut self, name: &'static str, about: &'static str, how: PassedOn) -> Vec<&'a Node> {
        self.blocks.push(name);
        if let Some(table) = &mut self.table {
            table.asks.push(any_nodes(name, about));
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let nodes: Vec<&Node> = node
            .children
            .iter()
            .filter(|child| child.name.value == name)
            .flat_map(|block| &block.children)
            .collect();
        for block in node.children.iter().filter(|child| child.name.value == name) {
            if let Some(entry) = block.entries.first() {
                self.sink.report(
                    Diagnostic::error(
                        "unexpected-argument",
                        format!("`{name}` takes nothing but what is in its braces"),
                    )
                    .at(entry.span, "this would be lost")
                    .help(format!("write what is passed on as nodes: `{name} {{ key \"value\" }}`")),
                );
            }
        }
        if how.form != Form::Directives {
            let wrong = mixed_block(nodes.iter().copied(), how.form == Form::KeysOrItems);
            wrong.into_iter().for_each(|problem| self.sink.report(problem));
        }
        for (index, child) in nodes.iter().enumerate() {
            self.fact(&format!("{name}[{index}]"), outline(child), child.span);
            self.passed_on(child, how);
        }
        nodes
    }

    /// Reports what would be lost in nodes that are passed on: annotations, for which nothing is looked up, and one part of
    /// what is two things at once.
    fn passed_on(&self, node: &Node, how: PassedOn) {
        if how.form != Form::Directives {
            mixed(node).into_iter().for_each(|problem| self.sink.report(problem));
        }
        if let Some(annotation) = &node.annotation
            && !["list", "override", "reset"].contains(&annotation.as_str())
        {
            self.sink.report(
                Diagnostic::error("invalid-value", format!("`({annotation})` has no meaning before a key that is passed on"))
                    .at(node.span, "here")
                    .help("known are `(list)`, `(override)`, which replaces what stands there, and `(reset)`, which removes it"),
            );
        }
        for entry in &node.entries {
            if let Some(annotation) = &entry.annotation
                && !how.followed.contains(&annotation.as_str())
            {
                let name = &node.name.value;
                let help = match annotation.as_str() {
                    "list" | "override" | "reset" => {
                        let plain = Entry { annotation: None, ..entry.clone() };
                        format!("it stands before the key: `({annotation}){name} {}`", shown_entry(&plain))
                    }
                    _ => how.instead.to_owned(),
                };
                self.sink.report(
                    Diagnostic::error(
                        "invalid-value",
                        format!("`({annotation})` has no meaning in what is passed on"),
                    )
                    .at(entry.span, "no reference is followed here")
                    .help(help),
                );
            }
        }
        node.children.iter().for_each(|child| self.passed_on(child, how));
    }

    /// The block of that name as it is, for what is laid under other nodes and read there.
    pub fn laid_under(&mut self, name: &'static str, about: &'static str) -> Option<Node> {
        self.blocks.push(name);
        if let Some(table) = &mut self.table {
            table.asks.push(any_nodes(name, about));
            return None;
        }
        let mut found = self.node?.children.iter().filter(|child| child.name.value == name);
        let first = found.next()?;
        for other in found {
            self.duplicate(name, other.span, first.span);
        }
        Some(first.clone())
    }

    /// All children of this node as they are, for what the description says in words of its own.
    pub fn contents(&mut self, about: &'static str) -> Vec<Node> {
        self.open = true;
        if let Some(table) = &mut self.table {
            table.asks.push(any_nodes("…", about));
        }
        let Some(node) = self.node else { return Vec::new() };
        self.report_unknown_properties(&self.vocabulary());
        for child in &node.children {
            self.fact(&format!("contents.{}", child.name.value), outline(child), child.span);
        }
        node.children.clone()
    }
}
