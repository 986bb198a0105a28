//! Reading one node: *ask* for arguments, properties and blocks by name and type, then *finish*.
//!
//! What was never asked for is reported with the nearest name that was. The same asks, made of no node at all
//! ([`describe`]), yield the tables of the reference page, so the vocabulary is written once. And every answer is
//! kept as a [`Fact`], so that a plan can name whatever changed in a description.
//!
//! A reader never stops at the first problem: it reports, answers `None`, and the caller asks on.

mod blocks;
mod complain;
mod passed;
mod question;

pub use passed::{Form, PassedOn};
pub use question::Question;

use super::{
    fact::{Fact, shown},
    from_entry::FromEntry,
    node::{Apart, Entry, Node, Scalar},
    sink::Sink,
    table::{Ask, Default, Place, Table},
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    source::{Located, Span},
};
use complain::clipped;
pub use complain::shown_entry;

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
    /// What is required and is not there, told at the end: a misspelt name is told as that, and not twice.
    missing: Vec<(&'static str, Diagnostic)>,
    /// Errors that were there before this node was read.
    errors_before: usize,
    /// What a name means that is none of ours, as a help: a word of another program's.
    foreign: Option<Foreign>,
    table: Option<Table>,
}

/// What a name means that is not known here: `near` is the known one that it may be meant for.
pub type Foreign = fn(&str, near: Option<&str>) -> Option<String>;

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
            missing: Vec::new(),
            errors_before: sink.errors(),
            foreign: None,
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

    /// Says of which values one is meant: what an overlay states of them takes the place of the others.
    pub fn alternatives(&mut self, names: &'static [&'static str]) {
        if let Some(table) = &mut self.table {
            table.alternatives = names;
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
        for (index, entry) in entries.iter().enumerate() {
            self.fact(&format!("{name}[{index}]"), shown(entry), entry.span);
        }
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
                        .at(child.span, "nothing is given here")
                        .help(format!("write the values behind the name: `{name} …`")),
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

    /// Asks for a single value as [`Reader::prop`] does, or for several behind a child of that name.
    pub fn one_or_more<T: FromEntry>(&mut self, name: &'static str, about: &'static str) -> Vec<Located<T>> {
        let several = |child: &Node| child.name.value == name && child.args().nth(1).is_some();
        if self.node.is_some_and(|node| node.prop(name).is_none() && node.children.iter().any(several)) {
            return self.list(name, about);
        }
        self.prop(name, about).optional().into_iter().collect()
    }

    /// Whether a property or a child of that name is stated, be it right or wrong: what is stated wrongly has been
    /// reported, and is not missing as well.
    pub fn stated(&self, name: &str) -> bool {
        self.node.is_some_and(|node| {
            node.prop(name).is_some() || node.children.iter().any(|child| child.name.value == name)
        })
    }

    /// A switch: absent is false; the bare child `name`, `name #true` and `name=#true` are true.
    pub fn flag(&mut self, name: &'static str, about: &'static str) -> bool {
        if self.bare(name).is_some() {
            return true;
        }
        self.prop::<bool>(name, about).or("false").is_some_and(|value| value.value)
    }

    /// The same of something so seldom that its absence is no fact.
    pub fn switch(&mut self, name: &'static str, about: &'static str) -> bool {
        self.said(name, about).unwrap_or(false)
    }

    /// The same where what is not said is something else than `#false`.
    pub fn said(&mut self, name: &'static str, about: &'static str) -> Option<bool> {
        if self.bare(name).is_some() {
            return Some(true);
        }
        self.prop::<bool>(name, about).optional().map(|value| value.value)
    }

    /// Where a switch is stated as the bare child `name`, which means true.
    pub fn bare(&mut self, name: &'static str) -> Option<Span> {
        let bare = |child: &&Node| child.name.value == name && child.entries.is_empty() && !child.has_block;
        let child = self.node?.children.iter().find(bare)?;
        self.asked.push(name);
        self.fact(name, "true".into(), child.span);
        Some(child.span)
    }

    /// Says what to answer to names that are not known here but elsewhere.
    pub fn foreign(&mut self, answer: Foreign) {
        self.foreign = Some(answer);
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

    /// The same of a switch, which the bare child `name` turns on.
    pub fn switch_setting(&self, name: &str) -> Option<(Entry, Span)> {
        let node = self.node?;
        let mut children = node.children.iter().filter(|child| child.name.value == name);
        match (node.prop(name), children.next(), children.next()) {
            (None, Some(bare), None) if bare.entries.is_empty() && !bare.has_block => {
                let (scalar, apart) = (Scalar::Bool(true), Apart::default());
                Some((Entry { name: None, annotation: None, scalar, apart, span: bare.span }, bare.span))
            }
            _ => self.setting(name),
        }
    }

    /// Keeps a fact that was asked by [`Reader::setting`].
    pub fn keep(&self, field: &str, value: String, span: Span) {
        self.fact(field, value, span);
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
                    .at(extra.span, "this one is too many")
                    .help("keep one of them"),
                );
                None
            }
            (None, _) => {
                self.sink.report(
                    Diagnostic::error("missing-argument", format!("`{}` needs a value", child.name.value))
                        .at(child.span, "nothing is given here")
                        .help(format!("write the value behind the name: `{} …`", child.name.value)),
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
        Question { reader: self, name, about, place, answer, nothing: None, instead: None }
    }

    fn row<T: FromEntry>(&mut self, name: &'static str, about: &'static str, place: Place, default: Default) {
        if self.table.is_none() {
            return;
        }
        self.row_of::<T>(name, about, T::WHAT.to_owned(), place, default);
    }

    /// A row of the table for values of a type that are `what`.
    fn row_of<T: FromEntry>(
        &mut self,
        name: &'static str,
        about: &'static str,
        what: String,
        place: Place,
        default: Default,
    ) {
        if let Some(table) = &mut self.table {
            let (examples, few) = (T::examples(), T::FEW);
            table.asks.push(Ask { name, about, place, what, examples, few, default });
        }
    }

    fn convert<T: FromEntry>(&self, name: &str, entry: &Entry) -> Option<Located<T>> {
        match T::from_entry(entry) {
            Ok(value) => Some(Located::new(value, entry.span)),
            Err(reason) => {
                self.refuse::<T>(name, entry, T::WHAT, reason, None);
                None
            }
        }
    }

    /// Reports that an entry is not `what` is asked for.
    fn refuse<T: FromEntry>(
        &self,
        name: &str,
        entry: &Entry,
        what: &str,
        reason: String,
        instead: Option<String>,
    ) {
        let given = match &entry.scalar {
            Scalar::Text(text) => format!("`{}`", clipped(text)),
            Scalar::Bool(value) => format!("`#{value}`"),
            Scalar::Null => "`#null`".to_owned(),
            number => format!("`{}`", number.text()),
        };
        let diagnostic =
            Diagnostic::error("invalid-value", format!("`{name}` is {what}, which {given} is not"));
        // A reason that knows the remedy is better than any example.
        let (label, remedy) = match reason.split_once(": write ") {
            Some((why, remedy)) => (why.to_owned(), Some(format!("write {remedy}"))),
            None => (reason, None),
        };
        let examples = T::examples();
        let help = instead
            .or_else(|| nearly::<T>(entry, &examples))
            .or(remedy)
            .or_else(|| alike(entry, &examples).map(|example| format!("write for example {example}")));
        let diagnostic = diagnostic.at(entry.span, label);
        self.sink.report(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    fn fact(&self, field: &str, value: String, span: Span) {
        self.sink.keep(Fact {
            address: self.address.clone(),
            field: [self.prefix.as_str(), field].concat(),
            value,
            span,
        });
    }
}

/// An example of the same sort, where the entry says which: a template is no example of a plain value.
fn alike<'e>(entry: &Entry, examples: &'e [String]) -> Option<&'e String> {
    let sort = entry.annotation.as_ref().map_or(String::new(), |annotation| format!("({annotation})"));
    examples.iter().find(|example| example.starts_with(&sort)).or(examples.first())
}

/// What was meant, where only a letter or its size is wrong.
fn nearly<T: FromEntry>(entry: &Entry, examples: &[String]) -> Option<String> {
    if let Some(annotation) = &entry.annotation {
        let sorts = || examples.iter().filter_map(|example| example.strip_prefix('(')?.split(')').next());
        let sort = nearest(annotation, sorts()).filter(|_| !sorts().any(|sort| sort == annotation))?;
        let meant = Entry { name: None, annotation: Some(sort.to_owned()), ..entry.clone() };
        return Some(format!("did you mean `{}`?", shown_entry(&meant)));
    }
    let Scalar::Text(text) = &entry.scalar else { return None };
    let small = Entry { name: None, scalar: Scalar::Text(text.to_lowercase()), ..entry.clone() };
    if small.scalar != entry.scalar && T::from_entry(&small).is_ok() {
        return Some(format!("did you mean `{}`?", shown_entry(&small)));
    }
    let known = || examples.iter().map(|example| example.trim_matches('"'));
    let near = nearest(text, known()).filter(|_| T::FEW)?;
    Some(format!("did you mean `{near:?}`?"))
}

struct Answer {
    entry: Entry,
}
