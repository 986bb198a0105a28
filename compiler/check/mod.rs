//! Rules over a whole model: what is stated may each be right and still not go together.
//!
//! A rule is one file. What cannot even be built into a model has been reported by `expand`.

use crate::{diagnostic::Diagnostics, model::Model};

/// A rule: its code and the function that looks for it.
pub struct Rule {
    /// The code of its diagnostics.
    pub code: &'static str,
    /// Looks.
    pub check: fn(&Model, &mut Diagnostics),
}

/// Every rule, sorted by code.
pub const ALL: &[Rule] = &[];

/// Checks a model against every rule.
pub fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for rule in ALL {
        (rule.check)(model, diagnostics);
    }
}
