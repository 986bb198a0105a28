//! Ports of a service that the host offers, and to whom.

use super::{LoosePort, Origin};
use crate::values::{Cidr, Port, Ports};

/// A port that the host offers, or a range of them that lead to as many others.
#[derive(Clone, Debug)]
pub struct Published {
    /// On the host, without a protocol.
    pub host: Ports,
    /// In the container, as many.
    pub container: Ports,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// From where.
    pub reach: Reach,
    /// How compose is told, when variables say what holds: the numbers here are their defaults then.
    pub late: Option<LoosePort>,
    /// Where it is stated, or why it is published.
    pub origin: Origin,
}

impl Published {
    /// The port of the host that leads to that one in the container.
    pub fn leading_to(&self, inside: Port) -> Option<Port> {
        self.container.across(inside, self.host)
    }
}

/// From where a published port may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From everywhere: only what the ingress needs.
    Public,
    /// From the host itself.
    Loopback,
    /// From these networks.
    Networks(Vec<Cidr>),
    /// At that address of the host, from these networks; from wherever it is reached when there are none.
    Address(String, Vec<Cidr>),
}
