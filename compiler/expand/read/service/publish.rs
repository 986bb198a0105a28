//! A port that the host offers.

use crate::{
    expand::read::{from::Or, host::Protocol},
    source::{Located, Span},
    syntax::Reader,
    values::{Address, Cidr, Ports},
};

/// A stated `publish`.
#[derive(Clone, Debug)]
pub struct PublishSpec {
    /// On the host; any that is free when absent.
    pub host: Option<Located<Or<Ports>>>,
    /// In the container; the service's port when absent.
    pub container: Option<Located<Or<Ports>>>,
    /// The protocol.
    pub protocol: Option<Located<Protocol>>,
    /// The address of the host on which it listens.
    pub on: Option<Located<Or<Address>>>,
    /// From where; none stated means from the host itself only.
    pub from: Vec<Located<Cidr>>,
    /// From everywhere.
    pub public: bool,
    /// Where it is stated.
    pub span: Span,
}

impl PublishSpec {
    /// One port of the host that leads to one of the container, or to the service's own.
    pub fn one(
        host: Located<Ports>,
        container: Option<Located<Ports>>,
        public: bool,
        span: Span,
    ) -> PublishSpec {
        let stated = |ports: Located<Ports>| ports.map(Or::Value);
        PublishSpec {
            host: Some(stated(host)),
            container: container.map(stated),
            protocol: None,
            on: None,
            from: Vec::new(),
            public,
            span,
        }
    }
}

pub(super) fn publish(r: &mut Reader) -> Option<PublishSpec> {
    r.example("publish 5432 from=\"10.0.0.0/8\"");
    let host = r
        .arg::<Or<Ports>>("port", "the port on the host, or a range; any that is free when absent")
        .optional();
    let container =
        r.prop::<Or<Ports>>("to", "the port in the container; the service's own when absent").optional();
    let protocol = r.prop::<Protocol>("protocol", "`tcp` or `udp`; `tcp` when absent").optional();
    let on = r.prop::<Or<Address>>("on", "the address of the host on which it listens").optional();
    let from = r.list::<Cidr>("from", "networks from which it may be reached");
    let public = r.flag("public", "whether it may be reached from everywhere");
    Some(PublishSpec { host, container, protocol, on, from, public, span: r.span()? })
}
