//! Trees become models: kinds and systems are read, environments laid over, references followed, the rest derived.
//!
//! What is wrong is reported and left out; what remains is expanded all the same, so that one run reports all.

mod echo;
pub mod kind;
pub mod kinds;
pub mod overlay;
mod placeholder;
pub mod proof;
pub mod read;
mod resolve;
pub mod setting;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;

pub use resolve::ReadFile;

use crate::{
    diagnostic::{Diagnostic, Diagnostics, meant},
    digest::sha256,
    model::Model,
    source::Span,
    syntax::{Fact, Facts, Node, Reader, Sink},
    values::{Name, RelPath, Value as _},
};
use kinds::Kinds;

/// One environment of one system, with the facts that its description states.
pub struct Expanded {
    /// The name of the system, known even when there is no model.
    pub system: Name,
    /// The name of the environment.
    pub environment: Name,
    /// A model for each host; none when an error left nothing to build.
    pub models: Vec<Model>,
    /// Every fact, sorted by nothing: in the order of the description, then those of the kinds in use.
    pub facts: Facts,
}

/// Name of the one environment of a system that states none.
pub const DEFAULT_ENVIRONMENT: &str = "default";

/// Expands all systems among `nodes`, in every environment that `wanted` names (all when it is empty).
pub fn expand(
    nodes: &[Node],
    wanted: &[String],
    read: &ReadFile,
    diagnostics: &mut Diagnostics,
) -> Vec<Expanded> {
    // What could not be read may be what everything else refers to.
    let unread = diagnostics.has_errors();
    let mut kind_nodes: Vec<Node> = Vec::new();
    let mut systems: Vec<&Node> = Vec::new();
    for node in nodes {
        match node.name.value.as_str() {
            "kind" => kind_nodes.push(node.clone()),
            "system" => systems.push(node),
            name => {
                let diagnostic =
                    Diagnostic::error("unknown-node", format!("a description has no `{name}` at its top"))
                        .at(node.name.span, "not known here");
                diagnostics.add(diagnostic.help(meant(name, ["system", "kind", "import"], || {
                    read::compose_words::at_top(name)
                        .unwrap_or_else(|| "known here: import, kind, system".to_owned())
                })));
            }
        }
    }
    let kinds = Kinds::read(&kind_nodes, diagnostics);
    let mut expanded: Vec<Expanded> = Vec::new();
    for node in systems {
        let Some(system) = node.key().and_then(|key| Name::parse(&key).ok()) else {
            // Reading it reports what is wrong with its name.
            let sink = Sink::default();
            Reader::read(&overlay::base(node), &sink, "system", |r| read::system::system(r, &kinds));
            diagnostics.extend(sink.finish().0);
            continue;
        };
        let environments = environments(node, wanted, diagnostics);
        let results: Vec<(Expanded, Diagnostics)> = environments
            .par_iter()
            .map(|(name, overlay)| one(node, &system, name, *overlay, &kinds, read))
            .collect();
        for (result, found) in results {
            diagnostics.extend(if unread { echo::without_missed(&found) } else { found });
            if let Some(first) =
                expanded.iter().find(|e| e.system == result.system && e.environment == result.environment)
            {
                diagnostics.add(
                    Diagnostic::error("duplicate", format!("there are two systems `{}`", first.system))
                        .at(node.span, "stated again here")
                        .help("rename one of them"),
                );
                continue;
            }
            expanded.push(result);
        }
    }
    expanded
}

fn one(
    node: &Node,
    system: &Name,
    environment: &Name,
    overlay: Option<&Node>,
    kinds: &Kinds,
    read: &ReadFile,
) -> (Expanded, Diagnostics) {
    let sink = Sink::default();
    let mut merged = match overlay {
        Some(overlay) => overlay::overlaid(node, overlay, &sink),
        None => overlay::base(node),
    };
    overlay::with_kinds(&mut merged, kinds, &sink);
    let spec = Reader::read(&merged, &sink, "system", |r| read::system::system(r, kinds));
    if let Some(spec) = &spec {
        delivered(node, spec, &sink);
    }
    let contents = Mutex::new(Vec::new());
    let read = |span: Span, path: &RelPath| {
        let text = read(span, path);
        if let Ok(text) = &text {
            // What such a file holds is part of the description, too: a plan must be able to name it.
            let fact = Fact {
                address: format!("contents/{}", path.bare()),
                field: "sha256".into(),
                value: sha256(text.as_bytes())[..12].to_owned(),
                span,
            };
            contents.lock().unwrap_or_else(PoisonError::into_inner).push(fact);
        }
        text
    };
    let models = spec.as_ref().map(|spec| resolve::resolve(spec, environment, kinds, &read, &sink));
    let models = models.unwrap_or_default();
    let (diagnostics, mut facts) = sink.finish();
    let diagnostics = echo::without(diagnostics, &merged, overlay::table, kinds.any_wrong());
    let mut contents = contents.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Each host reads them.
    let mut known = BTreeSet::new();
    contents.retain(|fact| known.insert((fact.address.clone(), fact.span)));
    facts.extend(contents);
    let mut used: Vec<&str> = models.iter().flat_map(|m| &m.services).map(|s| s.kind.as_str()).collect();
    used.sort_unstable();
    used.dedup();
    let mut facts = Facts::from(facts);
    for defined in used.iter().filter_map(|kind| kinds.get(kind)) {
        facts.push(defined.facts.clone());
    }
    (Expanded { system: system.clone(), environment: environment.clone(), models, facts }, diagnostics)
}

/// Reports environments that a pipeline delivers to and that the system does not have.
fn delivered(node: &Node, spec: &read::system::SystemSpec, sink: &Sink) {
    let stated = node.children.iter().filter(|child| child.name.value == "environment");
    let mut known: Vec<String> = stated.filter_map(Node::key).map(|key| key.to_string()).collect();
    if known.is_empty() {
        known.push("default".to_owned());
    }
    for environment in spec.ci.iter().flat_map(|ci| &ci.environments) {
        if known.iter().any(|name| name == environment.value.as_str()) {
            continue;
        }
        let diagnostic = Diagnostic::error(
            "unknown-environment",
            format!("there is no environment `{}`", environment.value),
        )
        .at(environment.span, "delivered to");
        let names = known.iter().map(String::as_str);
        let all = || format!("environments: {}", known.join(", "));
        sink.report(diagnostic.help(meant(environment.value.as_str(), names, all)));
    }
}

/// The environments of a system that are wanted, each with its overlay.
fn environments<'a>(
    system: &'a Node,
    wanted: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<(Name, Option<&'a Node>)> {
    let mut found: Vec<(Name, Option<&Node>)> = Vec::new();
    for node in system.children.iter().filter(|child| child.name.value == "environment") {
        let key = node.key().unwrap_or_default();
        match Name::parse(&key) {
            Ok(name) => match found.iter().find(|(known, _)| *known == name) {
                Some((_, first)) => diagnostics.add(
                    Diagnostic::error("duplicate", format!("environment `{name}` is stated twice"))
                        .at(node.span, "stated again here")
                        .at(first.map_or(node.span, |n| n.span), "first stated here")
                        .help("keep one of them"),
                ),
                None => found.push((name, Some(node))),
            },
            Err(error) => diagnostics.add(
                Diagnostic::error("invalid-value", "an environment needs a name")
                    .at(node.span, error)
                    .help("write for example `environment \"prod\" { … }`"),
            ),
        }
        if let Some(extra) = node.entries.get(1) {
            diagnostics.add(
                Diagnostic::error("unexpected-argument", "`environment` takes its name only")
                    .at(extra.span, "this one is too many")
                    .help("what it changes stands in its braces"),
            );
        }
    }
    if found.is_empty()
        && let Ok(name) = Name::parse(DEFAULT_ENVIRONMENT)
    {
        found.push((name, None));
    }
    // An environment that another system of the same run has is simply not this one's.
    found.retain(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name.as_str()));
    found
}
