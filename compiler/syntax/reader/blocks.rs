//! Asks for blocks: nodes with nodes within them.

use std::collections::BTreeMap;

use super::{Answer, Reader, complain::clipped};
use crate::{
    diagnostic::Diagnostic,
    source::{Located, Span},
    syntax::{
        FromEntry,
        fact::{Fact, shown},
        node::Node,
        table::{Default, Place, Table},
    },
    values::Value,
};

impl<'a> Reader<'a> {
    /// A block of which there is at most one.
    pub fn block<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    ) -> Option<T> {
        self.blocks.push(name);
        if self.table.is_some() {
            self.describe_block(name, about, false, false, |r| drop(read(r)));
            return None;
        }
        let mut found = self.node?.children.iter().filter(|child| child.name.value == name);
        let first = found.next()?;
        for other in found {
            self.duplicate(name, other.span, first.span);
        }
        let address = self.address.clone();
        let prefix = format!("{}{name}.", self.prefix);
        self.fact(name, String::new(), first.span);
        let mut reader = Reader::new(Some(first), self.sink, address, prefix);
        reader.foreign = self.foreign;
        let value = read(&mut reader);
        reader.finish();
        value
    }

    /// Blocks that have a name of their own as first argument, which no two of them share. Overlays address them.
    pub fn keyed<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: impl FnMut(&mut Reader<'a>) -> Option<T>,
    ) -> Vec<T> {
        self.keyed_apart(name, about, |_| String::new(), read)
    }

    /// The same where several may have one name, as long as `apart` tells each from the first of that name; nothing
    /// tells it from no other. Facts of those after the first stand under the name and what tells them apart.
    pub fn keyed_apart<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        apart: fn(&Node) -> String,
        mut read: impl FnMut(&mut Reader<'a>) -> Option<T>,
    ) -> Vec<T> {
        self.blocks.push(name);
        if self.table.is_some() {
            self.describe_block(name, about, true, true, |r| drop(read(r)));
            if let Some(block) = self.table.as_mut().and_then(|table| table.blocks.last_mut()) {
                block.apart = apart;
            }
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let mut seen: BTreeMap<String, &Node> = BTreeMap::new();
        let mut values = Vec::new();
        for child in node.children.iter().filter(|child| child.name.value == name) {
            let mut key = child.key().unwrap_or_default().into_owned();
            let own = apart(child);
            let first = seen.get(&key).map(|first| apart(first));
            if first.is_some_and(|first| !first.is_empty() && !own.is_empty() && first != own) {
                key = format!("{key} {own}");
            }
            if let Some(first) = seen.get(&key) {
                self.duplicate(&format!("{name} `{key}`"), child.span, first.span);
                continue;
            }
            seen.insert(key.clone(), child);
            let parent = if self.address == "system" { String::new() } else { format!("{}/", self.address) };
            let address = format!("{parent}{name}/{key}");
            self.sink.keep(Fact {
                address: address.clone(),
                field: String::new(),
                value: String::new(),
                span: child.span,
            });
            let mut reader = Reader::new(Some(child), self.sink, address, String::new());
            reader.foreign = self.foreign;
            values.extend(read(&mut reader));
            reader.finish();
        }
        values
    }

    /// Blocks with a name of their own in the words of the node that they stand in: the reference tells these once.
    pub fn alike<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: fn(&mut Reader<'a>) -> Option<T>,
    ) -> Vec<T> {
        if self.table.is_some() {
            self.blocks.push(name);
            self.describe_block(name, about, true, true, |_| ());
            return Vec::new();
        }
        self.keyed(name, about, read)
    }

    /// Blocks without a name of their own, of which there may be several.
    pub fn blocks<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        mut read: impl FnMut(&mut Reader<'a>) -> Option<T>,
    ) -> Vec<T> {
        self.blocks.push(name);
        if self.table.is_some() {
            self.describe_block(name, about, false, true, |r| drop(read(r)));
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let mut values = Vec::new();
        for (index, child) in node.children.iter().filter(|child| child.name.value == name).enumerate() {
            self.fact(&format!("{name}[{index}]"), String::new(), child.span);
            let prefix = format!("{}{name}[{index}].", self.prefix);
            let mut reader = Reader::new(Some(child), self.sink, self.address.clone(), prefix);
            reader.foreign = self.foreign;
            values.extend(read(&mut reader));
            reader.finish();
        }
        values
    }

    /// A block whose children are names of the user's own, each with one value: `env { NAME "value" }`.
    pub fn map<K: Value, T: FromEntry>(
        &mut self,
        name: &'static str,
        about: &'static str,
    ) -> Vec<(Located<K>, Located<T>)> {
        self.blocks.push(name);
        if self.table.is_some() {
            self.row::<T>(name, about, Place::Map, Default::Optional);
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut values = Vec::new();
        for child in
            node.children.iter().filter(|child| child.name.value == name).flat_map(|block| &block.children)
        {
            if let Some(first) = seen.insert(&child.name.value, child.span) {
                self.duplicate(&format!("`{}`", child.name.value), child.span, first);
                continue;
            }
            if child.name.value.is_empty() {
                self.sink.report(
                    Diagnostic::error("invalid-value", format!("a name in `{name}` is empty"))
                        .at(child.name.span, "nothing stands here")
                        .help("write the name before its value, or remove the line"),
                );
                continue;
            }
            let key = match K::parse(&child.name.value) {
                Ok(key) => Located::new(key, child.name.span),
                Err(error) => {
                    let what = format!("`{}` is not {}", clipped(&child.name.value), K::WHAT);
                    let diagnostic = Diagnostic::error("invalid-value", what).at(child.name.span, error);
                    self.sink.report(match K::EXAMPLES.first() {
                        Some(example) => diagnostic.help(format!("write for example `{example}`")),
                        None => diagnostic,
                    });
                    continue;
                }
            };
            let Some(Answer { entry }) = self.child_value(child) else { continue };
            if let Some(value) = self.convert::<T>(&child.name.value, &entry) {
                self.fact(&format!("{name}.{}", child.name.value), shown(&entry), child.span);
                values.push((key, value));
            }
        }
        values
    }

    fn describe_block(
        &mut self,
        name: &'static str,
        about: &'static str,
        keyed: bool,
        many: bool,
        read: impl FnOnce(&mut Reader<'a>),
    ) {
        let mut reader = Reader::new(None, self.sink, String::new(), String::new());
        reader.table = Some(Table { keyed, many, ..Table::new(name, about) });
        read(&mut reader);
        if let (Some(table), Some(block)) = (&mut self.table, reader.table) {
            table.blocks.push(block);
        }
    }
}
