//! What the system uses and somebody else runs: a managed database, an object store, an API.

use super::Origin;
use crate::values::{Address, Line, Name, Port, Url};

/// Something that others may need and refer to, that is watched, and that is never deployed.
#[derive(Clone, Debug)]
pub struct External {
    /// Its name: what `needs` and `url-of` call it, and the value of the label `external` on its probes.
    pub name: Name,
    /// What it is, for people.
    pub about: Option<Line>,
    /// Where it answers, as far as that is no secret.
    pub address: Option<(Address, Port)>,
    /// How it is asked whether it works; none when nothing but a secret says where it is.
    pub probe: Option<Probe>,
    /// Who runs it, and how they are reached.
    pub contact: Option<Line>,
    /// The services that need it, sorted.
    pub used_by: Vec<Name>,
    /// Where it is stated.
    pub origin: Origin,
}

/// A question that tells whether something works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A connection can be made.
    Tcp(Address, Port),
    /// It answers, whatever it thinks of a caller without credentials: every status below 500.
    Answers(Url),
    /// It answers with a status of 2xx.
    Healthy(Url),
}

impl Probe {
    /// The name of the module of the prober that asks so.
    pub fn module(&self) -> &'static str {
        match self {
            Probe::Tcp(..) => "tcp",
            Probe::Answers(_) => "http_answers",
            Probe::Healthy(_) => "http_healthy",
        }
    }

    /// The scrape job that asks so. No service's name has `_`.
    pub fn job(&self) -> String {
        format!("probe_{}", self.module())
    }

    /// What is asked: `host:port` or a URL.
    pub fn target(&self) -> String {
        match self {
            Probe::Tcp(address, port) => address.with_port(*port),
            Probe::Answers(url) | Probe::Healthy(url) => url.to_string(),
        }
    }
}
