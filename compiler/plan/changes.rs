//! What would change in the system: the difference between the facts of the last apply and those of now.

use std::{borrow::Cow, collections::BTreeMap};

use super::manifest::Manifest;
use crate::{
    source::Span,
    syntax::{Fact, Facts},
};

/// What happens to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is new.
    Create,
    /// It changes.
    Update,
    /// It goes away.
    Delete,
}

impl Action {
    /// The symbol, as Terraform's users know it.
    pub fn symbol(self) -> char {
        match self {
            Action::Create => '+',
            Action::Update => '~',
            Action::Delete => '-',
        }
    }

    /// The word for JSON.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }
}

/// A change in the system.
#[derive(Clone, Debug)]
pub struct SystemChange {
    /// What changes: `service/backend`.
    pub address: String,
    /// How.
    pub action: Action,
    /// What is said differently of it: for an update each field that differs; for a new thing all that is said.
    pub fields: Vec<FieldChange>,
    /// Where it is stated now.
    pub span: Option<Span>,
    /// Of a new thing: the name of the one that goes and said the same, so that this is a new name only.
    pub renames: Option<String>,
}

/// A change of one thing that is said.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// What is said: `limits.memory`.
    pub field: String,
    /// What was said before.
    pub before: Option<String>,
    /// What is said now.
    pub after: Option<String>,
    /// Where.
    pub span: Option<Span>,
}

/// The semantic difference between the facts of the last manifest and those of now: what is new or different in the
/// order of the description, then what goes. `after` is the manifest of `facts`.
pub fn system_changes(before: &Manifest, after: &Manifest, facts: &Facts) -> Vec<SystemChange> {
    if before.facts == after.facts {
        return Vec::new();
    }
    let mut order: Vec<&str> = Vec::new();
    let mut now: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for said in facts.runs() {
        let address = said[0].address.as_str();
        let known = now.entry(address).or_insert_with(|| {
            order.push(address);
            Vec::new()
        });
        known.extend(said);
    }
    let gone = before.facts.iter().filter(|(address, _)| !now.contains_key(address.as_str()));
    let mut going: Vec<SystemChange> = gone.map(|(address, old)| deleted(address, old)).collect();
    // What people state stands before the kinds that it brings along, as it does among what is new.
    going.sort_by_key(|change| change.address.starts_with("kind/"));
    let mut changes: Vec<SystemChange> = order
        .into_iter()
        .filter_map(|address| match before.facts.get(address) {
            None => Some(created(address, &now[address], &going)),
            Some(old) if after.facts.get(address) == Some(old) => None,
            Some(old) => updated(address, old, &now[address]),
        })
        .collect();
    changes.append(&mut going);
    changes
}

fn created(address: &str, facts: &[&Fact], going: &[SystemChange]) -> SystemChange {
    let now = listed(facts.iter().map(|fact| (fact.field.as_str(), fact.value.as_str(), Some(fact.span))));
    let fields = now.iter().map(|(field, is)| is.first(field)).collect::<Vec<_>>();
    SystemChange {
        address: address.to_owned(),
        action: Action::Create,
        span: Some(place(facts)),
        renames: renamed(address, &fields, going),
        fields,
    }
}

fn deleted(address: &str, old: &BTreeMap<String, String>) -> SystemChange {
    let was = listed(old.iter().map(|(field, value)| (field.as_str(), value.as_str(), None)));
    SystemChange {
        address: address.to_owned(),
        action: Action::Delete,
        fields: differing(&was, &BTreeMap::new()),
        span: None,
        renames: None,
    }
}

fn updated(address: &str, old: &BTreeMap<String, String>, facts: &[&Fact]) -> Option<SystemChange> {
    let was = listed(old.iter().map(|(field, value)| (field.as_str(), value.as_str(), None)));
    let is = listed(facts.iter().map(|fact| (fact.field.as_str(), fact.value.as_str(), Some(fact.span))));
    let fields = differing(&was, &is);
    let span = fields.iter().find_map(|field| field.span).or_else(|| Some(place(facts)));
    let (address, action) = (address.to_owned(), Action::Update);
    (!fields.is_empty()).then_some(SystemChange { address, action, fields, span, renames: None })
}

/// A name, a value, and where it is stated.
type Field<'a> = (&'a str, &'a str, Option<Span>);

/// What is said under one field: a value, or the items of a list or of blocks that may be repeated.
#[derive(Default)]
struct Said<'a> {
    items: Vec<(Cow<'a, str>, Option<Span>)>,
    /// Whether the items are blocks, which are told apart by what they hold.
    blocks: bool,
}

impl Said<'_> {
    /// The field where nothing was said before.
    fn first(&self, field: &str) -> FieldChange {
        let (after, span) = self.beside(None);
        FieldChange { field: field.to_owned(), before: None, after, span }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|(text, _)| text.as_ref())
    }

    /// All of it, or of blocks those that `other` does not hold: the rest has only moved.
    fn beside(&self, other: Option<&Said>) -> (Option<String>, Option<Span>) {
        let held = |item: &str| other.is_some_and(|other| other.texts().any(|text| text == item));
        let all = !self.blocks || other.is_some_and(|other| other.items.len() == self.items.len());
        let told: Vec<_> = self.items.iter().filter(|(text, _)| all || !held(text)).collect();
        let Some((first, rest)) = told.split_first() else { return (None, None) };
        let separator = if self.blocks { "; " } else { ", " };
        let text = rest.iter().fold(first.0.to_string(), |text, (next, _)| text + separator + next);
        (Some(text), first.1)
    }
}

/// The fields that differ.
fn differing(was: &BTreeMap<&str, Said>, is: &BTreeMap<&str, Said>) -> Vec<FieldChange> {
    let mut names: Vec<&str> = was.keys().chain(is.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter_map(|field| {
        let (was, is) = (was.get(field), is.get(field));
        if was.is_some_and(|was| is.is_some_and(|is| was.texts().eq(is.texts()))) {
            return None;
        }
        let (after, told) = is.map(|is| is.beside(was)).unwrap_or_default();
        Some(FieldChange {
            field: field.to_owned(),
            before: was.and_then(|was| was.beside(is).0),
            after,
            span: told.or_else(|| is?.items.first()?.1),
        })
    });
    changed.collect()
}

/// The fields with the items of a list, and blocks that may be repeated, in one each: an item that comes in front is
/// one change, not one of each behind it.
fn listed<'a>(fields: impl Iterator<Item = Field<'a>>) -> BTreeMap<&'a str, Said<'a>> {
    let mut blocks: BTreeMap<(&str, usize), Vec<Field>> = BTreeMap::new();
    let mut said: BTreeMap<&str, Said> = BTreeMap::new();
    for (field, value, span) in fields {
        let item = field.split_once('[').and_then(|(name, rest)| {
            let (index, rest) = rest.split_once(']')?;
            Some((name, index.parse().ok()?, rest))
        });
        match item {
            Some((name, index, rest)) => {
                blocks.entry((name, index)).or_default().push((rest.trim_start_matches('.'), value, span));
            }
            None => said.entry(field).or_default().items.push((value.into(), span)),
        }
    }
    for ((name, _), mut parts) in blocks {
        let entry = said.entry(name).or_default();
        parts.sort_by_key(|(part, _, _)| *part);
        let span = parts.first().and_then(|(_, _, span)| *span);
        let text = match parts.as_slice() {
            [("", value, _)] if !value.is_empty() => Cow::Borrowed(*value),
            _ => {
                entry.blocks = true;
                let parts = parts.iter().filter(|(part, value, _)| !(part.is_empty() && value.is_empty()));
                parts.map(|(part, value, _)| format!("{part}={value}")).collect::<Vec<_>>().join(" ").into()
            }
        };
        entry.items.push((text, span));
    }
    said
}

/// Where a thing is stated: its own place, else that of the first thing said of it.
fn place(facts: &[&Fact]) -> Span {
    facts.iter().find(|fact| fact.field.is_empty()).unwrap_or(&facts[0]).span
}

/// The thing of the same sort that goes and said just the same, but for its name.
fn renamed(address: &str, fields: &[FieldChange], going: &[SystemChange]) -> Option<String> {
    if going.is_empty() {
        return None;
    }
    let (noun, _) = address.rsplit_once('/')?;
    let said =
        |value: fn(&FieldChange) -> Option<&String>, fields: &[FieldChange]| -> BTreeMap<String, String> {
            let named = fields.iter().filter(|field| field.field != "name");
            named.filter_map(|field| Some((field.field.clone(), value(field)?.clone()))).collect()
        };
    let now = said(|field| field.after.as_ref(), fields);
    let mut same = going.iter().filter(|gone| {
        gone.address.rsplit_once('/').is_some_and(|(sort, _)| sort == noun)
            && said(|field| field.before.as_ref(), &gone.fields) == now
    });
    match (same.next(), same.next()) {
        (Some(one), None) if !now.is_empty() => Some(one.address.clone()),
        _ => None,
    }
}
