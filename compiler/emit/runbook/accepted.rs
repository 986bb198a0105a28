//! Warnings that the description accepts, and why: who operates the system should know what its authors knew.

use serde::Serialize;

use crate::model::{Allow, Model, Origin};

/// A warning that is accepted.
#[derive(Serialize)]
pub struct AcceptedView {
    code: String,
    /// Of what it is accepted; empty for the whole system.
    of: Vec<String>,
    because: String,
}

/// In the order of the description. What is accepted of a thing on another host is in the guide of that one.
pub fn views(model: &Model) -> Vec<AcceptedView> {
    let view = |allow: &Allow| {
        let of = if allow.within.is_empty() { Vec::new() } else { of(model, allow) };
        let here = allow.within.is_empty() || !of.is_empty();
        here.then(|| AcceptedView { code: allow.code.to_string(), of, because: allow.because.to_string() })
    };
    model.allows.iter().filter_map(view).collect()
}

/// The things in whose braces it stands.
fn of(model: &Model, allow: &Allow) -> Vec<String> {
    let stated = model.services.iter().filter(|one| matches!(one.origin, Origin::Stated(_)));
    let services = stated.map(|one| (one.name.to_string(), one.origin.span()));
    let backups = model.backups.iter().map(|one| (one.name.to_string(), one.origin.span()));
    let stated = model.jobs.iter().filter(|one| matches!(one.origin, Origin::Stated(_)));
    let jobs = stated.map(|one| (one.name.to_string(), one.origin.span()));
    let variables = model.variables.iter().map(|one| (one.name.to_string(), one.origin.span()));
    let all = services.chain(backups).chain(jobs).chain(variables);
    all.filter(|(_, span)| allow.covers(*span)).map(|(name, _)| name).collect()
}
