//! What the environment file (`.env`) supplies.

use super::{Constraint, Origin};
use crate::values::{Duration, EnvName, Line, Name};

/// A variable that a person fills in on the host, or that CI supplies.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: EnvName,
    /// What it is for.
    pub about: Option<Line>,
    /// Whether it must stay secret. A secret has no default and is never written.
    pub secret: bool,
    /// Least number of characters that is accepted; 1 when nothing is stated.
    pub min_length: u32,
    /// What its value must be beside that.
    pub constraint: Constraint,
    /// How often it should be replaced.
    pub rotate_every: Option<Duration>,
    /// The value when none is given; never for a secret.
    pub default: Option<Line>,
    /// Services that receive it, sorted: those are restarted when it changes.
    pub used_by: Vec<Name>,
    /// What is told a new value while it runs, before anything is started anew.
    pub rotations: Vec<Rotation>,
    /// Where it is stated.
    pub origin: Origin,
}

/// What tells a running service a new value of a variable that it keeps itself.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The service.
    pub service: Name,
    /// Shell text that prints the new value in a fresh container of it.
    pub value: String,
    /// Shell text in the running container, with the new value coming in.
    pub run: String,
}
