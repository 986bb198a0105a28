//! Reading one node: *ask* for arguments, properties and blocks by name and type, then *finish*.
//!
//! What was never asked for is reported with the nearest name that was. The same asks, made of no node at all
//! ([`describe`]), yield the tables of the reference page, so the vocabulary is written once. And every answer is
//! kept as a [`Fact`], so that a plan can name whatever changed in a description.
//!
//! A reader never stops at the first problem: it reports, answers `None`, and the caller asks on.

use std::{cell::RefCell, collections::BTreeMap};

use super::{
    node::{Entry, Node, Scalar},
    table::{Ask, Default, Place, Table},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, nearest},
    source::{Located, Span},
    values::Value,
};

/// One thing that a description (or the kind of a service) says, flat: `service/backend`, `replicas`, `3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The thing that it is said of: `system`, `service/backend`, `route//api`.
    pub address: String,
    /// What is said, with the blocks in which it stands: `limits.memory`.
    pub field: String,
    /// The value as text. Secrets are names here, never values.
    pub value: String,
    /// Where it is said; for a default, the thing that has it.
    pub span: Span,
}

/// What reading adds to: diagnostics and facts.
#[derive(Default)]
pub struct Sink {
    diagnostics: RefCell<Diagnostics>,
    facts: RefCell<Vec<Fact>>,
}

impl Sink {
    /// Reports a problem.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().add(diagnostic);
    }

    /// Whether an error has been reported.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.borrow().has_errors()
    }

    /// Everything reported and every fact, in the order of reading.
    pub fn finish(self) -> (Diagnostics, Vec<Fact>) {
        (self.diagnostics.into_inner(), self.facts.into_inner())
    }
}

/// A value that one argument or property holds. Every [`Value`] is one; references to secrets are others.
pub trait FromEntry: Sized {
    /// What it is, with its article.
    const WHAT: &'static str;
    /// Correct examples as they are typed in KDL, quotes included.
    fn examples() -> Vec<String>;
    /// Reads an entry; the error says what is wrong.
    fn from_entry(entry: &Entry) -> Result<Self, String>;
}

impl<T: Value> FromEntry for T {
    const WHAT: &'static str = T::WHAT;

    fn examples() -> Vec<String> {
        T::EXAMPLES.iter().map(|example| typed(example)).collect()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        if let Some(annotation) = &entry.annotation {
            return Err(format!("`({annotation})` has no meaning here"));
        }
        match &entry.scalar {
            Scalar::Null => Err("`#null` is no value".into()),
            scalar => T::parse(&scalar.text()),
        }
    }
}

/// An example as it is typed: numbers and booleans bare, the rest in quotes.
fn typed(example: &str) -> String {
    match example {
        "true" | "false" => format!("#{example}"),
        _ if example.parse::<f64>().is_ok() => example.to_owned(),
        _ => format!("{example:?}"),
    }
}

/// Reads one node, or describes what would be read of it.
pub struct Reader<'a> {
    node: Option<&'a Node>,
    sink: &'a Sink,
    address: String,
    prefix: String,
    args: usize,
    asked: Vec<&'static str>,
    blocks: Vec<&'static str>,
    open: bool,
    table: Option<Table>,
}

/// The table of everything that `read` asks for.
pub fn describe(name: &'static str, about: &'static str, read: impl FnOnce(&mut Reader)) -> Table {
    let sink = Sink::default();
    let mut reader = Reader::new(None, &sink, String::new(), String::new());
    reader.table = Some(Table::new(name, about));
    read(&mut reader);
    reader.table.unwrap_or_else(|| Table::new(name, about))
}

impl<'a> Reader<'a> {
    fn new(node: Option<&'a Node>, sink: &'a Sink, address: String, prefix: String) -> Self {
        Reader {
            node,
            sink,
            address,
            prefix,
            args: 0,
            asked: Vec::new(),
            blocks: Vec::new(),
            open: false,
            table: None,
        }
    }

    /// Reads `node` with `read`, whose facts stand under `address`, and reports what was not asked for.
    pub fn read<T>(
        node: &'a Node,
        sink: &'a Sink,
        address: impl Into<String>,
        read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    ) -> Option<T> {
        let mut reader = Reader::new(Some(node), sink, address.into(), String::new());
        let value = read(&mut reader);
        reader.finish();
        value
    }

    /// The place of the node that is read. Only for building values, which never happens while describing.
    pub fn span(&self) -> Option<Span> {
        self.node.map(|node| node.span)
    }

    /// The node itself, for what is passed on as it is.
    pub fn node(&self) -> Option<&'a Node> {
        self.node
    }

    /// Where this reader reports to.
    pub fn sink(&self) -> &'a Sink {
        self.sink
    }

    /// What this reader's facts are said of: `service/backend`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Gives the reference page a complete example: a node as it would be typed.
    pub fn example(&mut self, text: &'static str) {
        if let Some(table) = &mut self.table {
            table.examples.push(text);
        }
    }

    /// Asks for the next argument.
    pub fn arg<T: FromEntry>(&mut self, name: &'static str, about: &'static str) -> Question<'_, 'a, T> {
        let entry = self
            .node
            .and_then(|node| node.args().nth(self.args))
            .map(|entry| Answer { entry: entry.clone() });
        self.args += 1;
        self.question(name, about, Place::Argument, entry)
    }

    /// Asks for all arguments that are left.
    pub fn args<T: FromEntry>(&mut self, name: &'static str, about: &'static str) -> Vec<Located<T>> {
        self.row::<T>(name, about, Place::Arguments, Default::Optional);
        let entries: Vec<&Entry> =
            self.node.map(|node| node.args().skip(self.args).collect()).unwrap_or_default();
        self.args = usize::MAX;
        entries.into_iter().filter_map(|entry| self.convert(name, entry)).collect()
    }

    /// Asks for a single value: a property, or a child of that name with the value as its only argument. A value
    /// that comes from elsewhere may also be a child with one property: `password secret="TOKEN"`.
    pub fn prop<T: FromEntry>(&mut self, name: &'static str, about: &'static str) -> Question<'_, 'a, T> {
        self.asked.push(name);
        let answer = self.node.and_then(|node| self.single(node, name));
        self.question(name, about, Place::Property, answer)
    }

    /// Asks for any number of values: the arguments of all children of that name, or one property.
    pub fn list<T: FromEntry>(&mut self, name: &'static str, about: &'static str) -> Vec<Located<T>> {
        self.asked.push(name);
        self.row::<T>(name, about, Place::List, Default::Optional);
        let Some(node) = self.node else { return Vec::new() };
        let mut entries: Vec<&Entry> = node.prop(name).into_iter().collect();
        for child in node.children.iter().filter(|child| child.name.value == name) {
            if let Some(extra) = child.entries.iter().find(|e| e.name.is_some()) {
                self.unknown_property(extra, child, &[]);
            }
            if let Some(grandchild) = child.children.first() {
                self.unknown_node(grandchild, &child.name.value, &[]);
            }
            if child.args().next().is_none() {
                self.sink.report(
                    Diagnostic::error("missing-argument", format!("`{name}` needs {}", T::WHAT))
                        .at(child.span, "nothing is given here"),
                );
            }
            entries.extend(child.args());
        }
        let values: Vec<Located<T>> = entries.iter().filter_map(|entry| self.convert(name, entry)).collect();
        for (index, entry) in entries.iter().enumerate() {
            self.fact(&format!("{name}[{index}]"), shown(entry), entry.span);
        }
        values
    }

    /// A switch: absent is false; the bare child `name`, `name #true` and `name=#true` are true.
    pub fn flag(&mut self, name: &'static str, about: &'static str) -> bool {
        if let Some(node) = self.node
            && let Some(child) =
                node.children.iter().find(|c| c.name.value == name && c.entries.is_empty() && !c.has_block)
        {
            self.asked.push(name);
            self.fact(name, "true".into(), child.span);
            return true;
        }
        self.prop::<bool>(name, about).or("false").is_some_and(|value| value.value)
    }

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
        let value = read(&mut reader);
        reader.finish();
        value
    }

    /// Blocks that have a name of their own as first argument, which no two of them share. Overlays address them.
    pub fn keyed<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        mut read: impl FnMut(&mut Reader<'a>) -> Option<T>,
    ) -> Vec<T> {
        self.blocks.push(name);
        if self.table.is_some() {
            self.describe_block(name, about, true, true, |r| drop(read(r)));
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut values = Vec::new();
        for child in node.children.iter().filter(|child| child.name.value == name) {
            let key = child.key().unwrap_or_default().into_owned();
            if let Some(first) = seen.get(&key) {
                self.duplicate(&format!("{name} `{key}`"), child.span, *first);
                continue;
            }
            seen.insert(key.clone(), child.span);
            let parent = if self.address == "system" { String::new() } else { format!("{}/", self.address) };
            let address = format!("{parent}{name}/{key}");
            self.sink.facts.borrow_mut().push(Fact {
                address: address.clone(),
                field: String::new(),
                value: String::new(),
                span: child.span,
            });
            let mut reader = Reader::new(Some(child), self.sink, address, String::new());
            values.extend(read(&mut reader));
            reader.finish();
        }
        values
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
            values.extend(read(&mut reader));
            reader.finish();
        }
        values
    }

    /// Whether a property or a child of that name is stated, be it right or wrong: what is stated wrongly has been
    /// reported, and is not missing as well.
    pub fn stated(&self, name: &str) -> bool {
        self.node.is_some_and(|node| {
            node.prop(name).is_some() || node.children.iter().any(|child| child.name.value == name)
        })
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
            let key = match K::parse(&child.name.value) {
                Ok(key) => Located::new(key, child.name.span),
                Err(error) => {
                    self.sink.report(
                        Diagnostic::error(
                            "invalid-value",
                            format!("`{}` is not {}: {error}", child.name.value, K::WHAT),
                        )
                        .at(child.name.span, error),
                    );
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

    /// The children of all blocks of that name as they are, for formats that ondol passes through.
    pub fn raw(&mut self, name: &'static str, about: &'static str) -> Vec<&'a Node> {
        self.blocks.push(name);
        if let Some(table) = &mut self.table {
            table.asks.push(Ask {
                name,
                about,
                place: Place::Raw,
                what: "any nodes",
                examples: Vec::new(),
                default: Default::Optional,
            });
            return Vec::new();
        }
        let Some(node) = self.node else { return Vec::new() };
        let nodes: Vec<&Node> = node
            .children
            .iter()
            .filter(|child| child.name.value == name)
            .flat_map(|block| &block.children)
            .collect();
        for (index, child) in nodes.iter().enumerate() {
            self.fact(&format!("{name}[{index}]"), outline(child), child.span);
            self.passed_on(child);
        }
        nodes
    }

    /// Reports annotations that would be lost in nodes that are passed on: nothing is looked up for them.
    fn passed_on(&self, node: &Node) {
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
            if let Some(annotation) = &entry.annotation {
                self.sink.report(
                    Diagnostic::error(
                        "invalid-value",
                        format!("`({annotation})` has no meaning in what is passed on"),
                    )
                    .at(entry.span, "no reference is followed here")
                    .help("in compose write the variable itself: `\"${NAME}\"`"),
                );
            }
        }
        node.children.iter().for_each(|child| self.passed_on(child));
    }

    /// All children of this node as they are, for what the description says in words of its own.
    pub fn contents(&mut self, about: &'static str) -> Vec<Node> {
        self.open = true;
        if let Some(table) = &mut self.table {
            table.asks.push(Ask {
                name: "…",
                about,
                place: Place::Raw,
                what: "any nodes",
                examples: Vec::new(),
                default: Default::Optional,
            });
        }
        let Some(node) = self.node else { return Vec::new() };
        self.report_unknown_properties(&self.vocabulary());
        for child in &node.children {
            self.fact(&format!("contents.{}", child.name.value), outline(child), child.span);
        }
        node.children.clone()
    }

    /// Says that whatever is left belongs to somebody else who reads it (the typed settings of a kind).
    pub fn leave_rest(&mut self) {
        self.open = true;
    }

    /// The names that were asked for so far, as properties and as blocks.
    pub fn vocabulary(&self) -> Vec<&'static str> {
        self.asked.iter().chain(&self.blocks).copied().collect()
    }

    /// Asks by a name that is only known at run time (a setting of a kind). The value is text that the caller types.
    pub fn setting(&self, name: &str) -> Option<(Entry, Span)> {
        let node = self.node?;
        self.single(node, name).map(|answer| {
            let span = answer.entry.span;
            (answer.entry, span)
        })
    }

    /// Keeps a fact that was asked by [`Reader::setting`].
    pub fn keep(&self, field: &str, value: String, span: Span) {
        self.fact(field, value, span);
    }

    /// Reports what is in the node and in none of `names`, for callers of [`Reader::leave_rest`].
    pub fn report_unknown(&self, names: &[&str]) {
        self.report_unknown_properties(names);
        for child in self.node.iter().flat_map(|node| &node.children) {
            let Some(node) = self.node else { return };
            if !names.contains(&child.name.value.as_str()) {
                self.unknown_node(child, &node.name.value, names);
            }
        }
    }

    fn report_unknown_properties(&self, names: &[&str]) {
        let Some(node) = self.node else { return };
        for entry in &node.entries {
            if let Some(name) = &entry.name
                && !names.contains(&name.value.as_str())
            {
                self.unknown_property(entry, node, names);
            }
        }
    }

    fn finish(&self) {
        let Some(node) = self.node else { return };
        if let Some(extra) = node.args().nth(self.args) {
            self.sink.report(
                Diagnostic::error(
                    "unexpected-argument",
                    format!(
                        "`{}` takes {} here",
                        node.name.value,
                        match self.args {
                            0 => "no argument".to_owned(),
                            1 => "one argument".to_owned(),
                            n => format!("{n} arguments"),
                        }
                    ),
                )
                .at(extra.span, "this one is too many"),
            );
        }
        if !self.open {
            self.report_unknown(&self.vocabulary());
        }
    }

    fn single(&self, node: &Node, name: &str) -> Option<Answer> {
        let mut children = node.children.iter().filter(|child| child.name.value == name);
        let property = node.prop(name);
        let mut first = property.map(|entry| entry.span);
        if let Some(earlier) = node.entries.iter().find(|e| e.name.as_ref().is_some_and(|n| n.value == name))
            && let Some(last) = first
            && earlier.span != last
        {
            self.duplicate(&format!("`{name}`"), last, earlier.span);
        }
        let mut answer = property.map(|entry| Answer { entry: entry.clone() });
        if answer.is_none()
            && let Some(child) = children.next()
        {
            first = Some(child.span);
            answer = self.child_value(child);
        }
        for other in children {
            self.duplicate(&format!("`{name}`"), other.span, first.unwrap_or(other.span));
        }
        answer
    }

    /// The one value of a child node: its only argument, or one property that says where the value comes from.
    fn child_value(&self, child: &Node) -> Option<Answer> {
        if let Some(grandchild) = child.children.first() {
            self.unknown_node(grandchild, &child.name.value, &[]);
        }
        let mut entries = child.entries.iter();
        match (entries.next(), entries.next()) {
            (Some(entry), None) => {
                let mut entry = entry.clone();
                if let Some(name) = entry.name.take() {
                    entry.annotation = Some(name.value);
                }
                Some(Answer { entry })
            }
            (Some(_), Some(extra)) => {
                self.sink.report(
                    Diagnostic::error(
                        "unexpected-argument",
                        format!("`{}` takes one value", child.name.value),
                    )
                    .at(extra.span, "this one is too many"),
                );
                None
            }
            (None, _) => {
                self.sink.report(
                    Diagnostic::error("missing-argument", format!("`{}` needs a value", child.name.value))
                        .at(child.span, "nothing is given here"),
                );
                None
            }
        }
    }

    fn question<T: FromEntry>(
        &mut self,
        name: &'static str,
        about: &'static str,
        place: Place,
        answer: Option<Answer>,
    ) -> Question<'_, 'a, T> {
        Question { reader: self, name, about, place, answer, marker: std::marker::PhantomData }
    }

    fn row<T: FromEntry>(&mut self, name: &'static str, about: &'static str, place: Place, default: Default) {
        if let Some(table) = &mut self.table {
            table.asks.push(Ask { name, about, place, what: T::WHAT, examples: T::examples(), default });
        }
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

    fn convert<T: FromEntry>(&self, name: &str, entry: &Entry) -> Option<Located<T>> {
        match T::from_entry(entry) {
            Ok(value) => Some(Located::new(value, entry.span)),
            Err(error) => {
                let given = match &entry.scalar {
                    Scalar::Text(text) => format!("`{}`", clipped(text)),
                    Scalar::Bool(value) => format!("`#{value}`"),
                    Scalar::Null => "`#null`".to_owned(),
                    number => format!("`{}`", number.text()),
                };
                let mut diagnostic = Diagnostic::error(
                    "invalid-value",
                    format!("`{name}` is {}, which {given} is not", T::WHAT),
                )
                .at(entry.span, error);
                if let Some(example) = T::examples().first() {
                    diagnostic = diagnostic.help(format!("write for example {example}"));
                }
                self.sink.report(diagnostic);
                None
            }
        }
    }

    fn fact(&self, field: &str, value: String, span: Span) {
        self.sink.facts.borrow_mut().push(Fact {
            address: self.address.clone(),
            field: format!("{}{field}", self.prefix),
            value,
            span,
        });
    }

    fn duplicate(&self, what: &str, again: Span, first: Span) {
        self.sink.report(
            Diagnostic::error("duplicate", format!("{what} is stated twice"))
                .at(again, "stated again here")
                .at(first, "first stated here")
                .help("keep one of them"),
        );
    }

    fn unknown_property(&self, entry: &Entry, node: &Node, names: &[&str]) {
        let Some(name) = &entry.name else { return };
        let diagnostic = Diagnostic::error(
            "unknown-property",
            format!("`{}` has no property `{}`", node.name.value, clipped(&name.value)),
        );
        self.sink.report(with_suggestion(diagnostic.at(name.span, "not known here"), &name.value, names));
    }

    fn unknown_node(&self, child: &Node, parent: &str, names: &[&str]) {
        let diagnostic = Diagnostic::error(
            "unknown-node",
            format!("`{parent}` has no `{}` in it", clipped(&child.name.value)),
        );
        self.sink.report(with_suggestion(
            diagnostic.at(child.name.span, "not known here"),
            &child.name.value,
            names,
        ));
    }
}

fn with_suggestion(diagnostic: Diagnostic, wrong: &str, names: &[&str]) -> Diagnostic {
    match nearest(wrong, names.iter().copied()) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None if names.is_empty() => diagnostic.help("nothing of that sort can stand here"),
        None => {
            let mut names = names.to_vec();
            names.sort_unstable();
            names.dedup();
            diagnostic.help(format!("known here: {}", names.join(", ")))
        }
    }
}

/// User text for a message: at most 60 characters.
fn clipped(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// An entry as a fact shows it: `(secret)TOKEN`, `30s`.
fn shown(entry: &Entry) -> String {
    match &entry.annotation {
        Some(annotation) => format!("({annotation}){}", entry.scalar.text()),
        None => entry.scalar.text().into_owned(),
    }
}

/// A passed-through node on one line, so that any change in it is a changed fact.
fn outline(node: &Node) -> String {
    let mut text = node.annotation.as_ref().map(|annotation| format!("({annotation})")).unwrap_or_default();
    text.push_str(&node.name.value);
    for entry in &node.entries {
        text.push(' ');
        if let Some(name) = &entry.name {
            text.push_str(&name.value);
            text.push('=');
        }
        text.push_str(&shown(entry));
    }
    if !node.children.is_empty() {
        let children: Vec<String> = node.children.iter().map(outline).collect();
        text.push_str(&format!(" {{ {} }}", children.join("; ")));
    }
    text
}

struct Answer {
    entry: Entry,
}

/// An ask that still has to say what happens when there is no answer.
pub struct Question<'r, 'a, T> {
    reader: &'r mut Reader<'a>,
    name: &'static str,
    about: &'static str,
    place: Place,
    answer: Option<Answer>,
    marker: std::marker::PhantomData<T>,
}

impl<T: FromEntry> Question<'_, '_, T> {
    /// The value; a missing one is reported.
    pub fn required(self) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Required);
        if self.answer.is_none()
            && let Some(node) = self.reader.node
            && !self.reader.attempted(node, self.name)
        {
            let (code, what) = match self.place {
                Place::Argument | Place::Arguments => {
                    ("missing-argument", format!("`{}` needs its {}", node.name.value, self.name))
                }
                _ => ("missing-property", format!("`{}` needs `{}`", node.name.value, self.name)),
            };
            let mut diagnostic = Diagnostic::error(code, what)
                .at(node.span, format!("{} is missing: {}", T::WHAT, self.about));
            if let Some(example) = T::examples().first() {
                diagnostic = diagnostic.help(match self.place {
                    Place::Argument | Place::Arguments => {
                        format!("write for example `{} {example}`", node.name.value)
                    }
                    _ => format!(
                        "write for example `{} {example}` inside, or `{}={example}` behind",
                        self.name, self.name
                    ),
                });
            }
            self.reader.sink.report(diagnostic);
        }
        self.value()
    }

    /// The value, or none.
    pub fn optional(self) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Optional);
        self.value()
    }

    /// The value, or `default`, which must be a correct one (a test reads all of them). None only while describing,
    /// and when what is written is wrong and has been reported.
    pub fn or(self, default: &'static str) -> Option<Located<T>> {
        self.reader.row::<T>(self.name, self.about, self.place, Default::Value(default));
        if self.answer.is_none()
            && let Some(node) = self.reader.node
        {
            self.reader.fact(self.name, default.to_owned(), node.span);
            let name = None;
            let entry =
                Entry { name, annotation: None, scalar: Scalar::Text(default.to_owned()), span: node.span };
            return T::from_entry(&entry).ok().map(|value| Located::new(value, node.span));
        }
        self.value()
    }

    fn value(self) -> Option<Located<T>> {
        let entry = self.answer?.entry;
        self.reader.fact(self.name, shown(&entry), entry.span);
        self.reader.convert(self.name, &entry)
    }
}

impl Reader<'_> {
    /// Whether the node has something of that name, even if it is no usable value (which has been reported then).
    fn attempted(&self, node: &Node, name: &str) -> bool {
        node.children.iter().any(|child| child.name.value == name)
    }
}
