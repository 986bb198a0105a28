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

/// In the order of the description.
pub fn views(model: &Model) -> Vec<AcceptedView> {
    let view = |allow: &Allow| AcceptedView {
        code: allow.code.to_string(),
        of: if allow.within.is_empty() { Vec::new() } else { of(model, allow) },
        because: allow.because.to_string(),
    };
    model.allows.iter().map(view).collect()
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
