//! Several findings of one cause are one diagnostic with several places: a small description does not drown in them.

use crate::diagnostic::{Diagnostic, Diagnostics, Label};

/// The findings of one rule, as one when the rule has a message for several. The help is that of the first.
pub fn told(found: Diagnostics, message: Option<fn(usize) -> String>) -> Vec<Diagnostic> {
    let all = found.into_sorted();
    let (Some(message), Some(first)) = (message, all.first()) else { return all };
    // A place may differ between environments in what is said of it; it is one place.
    let mut labels: Vec<Label> = Vec::new();
    for label in all.iter().flat_map(|one| &one.labels) {
        if !labels.iter().any(|known| known.span == label.span) {
            labels.push(label.clone());
        }
    }
    match labels.len() {
        0 | 1 => vec![first.clone()],
        several => vec![Diagnostic { message: message(several), labels, ..first.clone() }],
    }
}
