//! A port that the host offers.

use crate::{
    expand::read::host::Protocol,
    source::{Located, Span},
    syntax::Reader,
    values::{Cidr, Port},
};

/// A stated `publish`.
#[derive(Clone, Debug)]
pub struct PublishSpec {
    /// On the host.
    pub host: Located<Port>,
    /// In the container; the service's port when absent.
    pub container: Option<Located<Port>>,
    /// The protocol.
    pub protocol: Protocol,
    /// From where; none stated means from the host itself only.
    pub from: Vec<Located<Cidr>>,
    /// From everywhere.
    pub public: bool,
    /// Where it is stated.
    pub span: Span,
}

pub(super) fn publish(r: &mut Reader) -> Option<PublishSpec> {
    r.example("publish 5432 from=\"10.0.0.0/8\"");
    let host = r.arg::<Port>("port", "the port on the host").required();
    let container =
        r.prop::<Port>("to", "the port in the container; the service's own when absent").optional();
    let protocol = r.prop::<Protocol>("protocol", "`tcp` or `udp`").or("tcp");
    let from = r.list::<Cidr>("from", "networks from which it may be reached");
    let public = r.flag("public", "whether it may be reached from everywhere");
    Some(PublishSpec { host: host?, container, protocol: protocol?.value, from, public, span: r.span()? })
}
