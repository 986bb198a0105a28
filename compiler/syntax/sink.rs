//! Where reading puts what it finds.

use std::cell::RefCell;

use super::fact::Fact;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

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

    /// How many errors have been reported.
    pub(super) fn errors(&self) -> usize {
        self.diagnostics.borrow().iter().filter(|one| one.severity == Severity::Error).count()
    }

    /// Keeps a fact.
    pub(super) fn keep(&self, fact: Fact) {
        self.facts.borrow_mut().push(fact);
    }

    /// Everything reported and every fact, in the order of reading.
    pub fn finish(self) -> (Diagnostics, Vec<Fact>) {
        (self.diagnostics.into_inner(), self.facts.into_inner())
    }
}
