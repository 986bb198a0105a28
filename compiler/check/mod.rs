//! Rules over a whole model: each statement may be right and still not fit the others.
//!
//! A rule is one file of [`rules`]. What cannot even be built into a model has been reported by `expand`.

mod allow;
mod commands;
mod databases;
pub mod rules;
mod together;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    model::{Allow, Model},
    source::Span,
    values::Name,
};

/// A rule: its code and the function that looks for it.
pub struct Rule {
    /// The code of its diagnostics.
    pub code: &'static str,
    /// Looks.
    pub check: fn(&Model, &mut Diagnostics),
    /// The message for so many findings of one system, when all of them have one cause and are told as one.
    pub together: Option<fn(usize) -> String>,
}

/// The codes of warnings, sorted: what `--allow` and `--deny` may name.
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).chain([allow::UNNEEDED]).collect();
    codes.sort_unstable();
    codes
}

/// How bad a finding is, its code and its places.
type Finding = (Severity, &'static str, Vec<Span>);

/// Checks models against every rule, without the warnings that their descriptions allow. `whole` says that these are
/// all environments, so that what is allowed in vain shows.
///
/// Where reading went wrong, only errors are told: a warning might echo a part that is missing for that reason.
pub fn check<'a>(models: impl Iterator<Item = &'a Model>, whole: bool, diagnostics: &mut Diagnostics) {
    let incomplete = diagnostics.has_errors();
    // Each allowance, and whether it silenced something in one of the environments.
    let mut allowed: BTreeMap<_, (&Allow, bool)> = BTreeMap::new();
    let mut told: BTreeMap<(&Name, &str), Diagnostics> = BTreeMap::new();
    // Findings of environments before: the same places are told once, be the numbers in the text others.
    let mut before: BTreeSet<Finding> = BTreeSet::new();
    for model in models {
        let mut now = Vec::new();
        for allow in &model.allows {
            allowed.entry(allow.origin.span()).or_insert((allow, false));
        }
        for rule in rules::ALL {
            let mut found = Diagnostics::default();
            (rule.check)(model, &mut found);
            for diagnostic in found.into_sorted() {
                let by = model.allows.iter().find(|one| allow::silences(one, &diagnostic));
                if let Some((_, used)) = by.and_then(|one| allowed.get_mut(&one.origin.span())) {
                    *used = true;
                } else if diagnostic.severity == Severity::Error || !incomplete {
                    let spans = diagnostic.labels.iter().map(|label| label.span).collect();
                    let finding = (diagnostic.severity, diagnostic.code, spans);
                    if !before.contains(&finding) {
                        told.entry((&model.system, rule.code)).or_default().add(diagnostic);
                    }
                    now.push(finding);
                }
            }
        }
        before.extend(now);
    }
    for ((_, code), found) in told {
        let together = rules::ALL.iter().find(|rule| rule.code == code).and_then(|rule| rule.together);
        together::told(found, together).into_iter().for_each(|one| diagnostics.add(one));
    }
    if whole && !diagnostics.has_errors() {
        let idle = allowed.values().filter(|(_, used)| !used);
        idle.map(|(allow, _)| allow::unneeded(allow)).for_each(|one: Diagnostic| diagnostics.add(one));
    }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests;
