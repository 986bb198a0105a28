//! A warning that the description accepts, with its reason.

use super::Origin;
use crate::{
    source::Span,
    values::{Line, Name},
};

/// `allow "backup-same-disk" because="…"`.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The code of the warning.
    pub code: Name,
    /// Why it is accepted.
    pub because: Line,
    /// Every place of the thing in whose braces it stands; empty when it is said of the whole system.
    pub within: Vec<Span>,
    /// Where it is stated.
    pub origin: Origin,
}

impl Allow {
    /// Whether it is said of a thing that has that place, or of the whole system.
    pub fn covers(&self, span: Span) -> bool {
        let holds =
            |outer: &Span| outer.source == span.source && outer.start <= span.start && span.end <= outer.end;
        self.within.is_empty() || self.within.iter().any(holds)
    }
}
