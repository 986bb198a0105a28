//! Networks of a container.

use crate::{
    expand::read::{compose_words, from::Or},
    source::{Located, Span},
    syntax::Reader,
    values::{Address, Count, EngineName, Hostname, MacAddress, Name, Value},
};

/// A network that a service is on.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name in the system.
    pub name: Located<EngineName>,
    /// Other names of the service there.
    pub aliases: Vec<Located<Or<EngineName>>>,
    /// Its address there.
    pub ipv4: Option<Located<Or<Address>>>,
    /// Its address there.
    pub ipv6: Option<Located<Or<Address>>>,
    /// Its hardware address there.
    pub mac: Option<Located<Or<MacAddress>>>,
    /// How early it is attached.
    pub priority: Option<Located<Count>>,
    /// Where it is stated.
    pub span: Span,
}

/// Another name of a service.
#[derive(Clone, Debug)]
pub struct Link {
    /// The service.
    pub service: Located<Name>,
    /// Its other name.
    pub alias: Option<Located<Hostname>>,
}

/// The network of something else: `host`, `none`, `bridge`, `service:NAME`, `container:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkMode(String);

impl NetworkMode {
    /// The service whose network it is.
    pub fn service(&self) -> Option<&str> {
        self.0.strip_prefix("service:")
    }
}

impl std::fmt::Display for NetworkMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl Value for NetworkMode {
    const WHAT: &'static str = "a network of something else";
    const EXAMPLES: &'static [&'static str] = &["host", "none", "service:vpn", "container:vpn"];

    fn parse(text: &str) -> Result<Self, String> {
        let known = match text.split_once(':') {
            Some(("service", name)) => Name::parse(name).is_ok(),
            Some(("container", name)) => EngineName::parse(name).is_ok(),
            Some(_) => false,
            None => matches!(text, "host" | "none" | "bridge"),
        };
        if known {
            Ok(NetworkMode(text.to_owned()))
        } else {
            Err("it is `host`, `none`, `bridge`, `service:` or `container:` with a name".into())
        }
    }
}

pub(super) fn attachment(r: &mut Reader) -> Option<Attachment> {
    r.example("network \"backend\" { alias \"db\" }");
    r.foreign(compose_words::in_attachment);
    let name = r.arg::<EngineName>("name", "a network of the system, or `default`").required();
    let aliases = r.list::<Or<EngineName>>("alias", "another name of the service there");
    let ipv4 = r.prop::<Or<Address>>("ipv4", "its address there, within the network's `subnet`").optional();
    let ipv6 = r.prop::<Or<Address>>("ipv6", "its IPv6 address there").optional();
    let mac = r.prop::<Or<MacAddress>>("mac", "its hardware address there").optional();
    let priority = r
        .prop::<Count>(
            "priority",
            "which of its networks it is attached to first, the highest: the way out of a container is the first's",
        )
        .optional();
    Some(Attachment { name: name?, aliases, ipv4, ipv6, mac, priority, span: r.span()? })
}

pub(super) fn link(r: &mut Reader) -> Option<Link> {
    r.example("link \"server\" as=\"redash\"");
    let service = r.arg::<Name>("service", "the service").required();
    let alias = r.prop::<Hostname>("as", "its other name").optional();
    Some(Link { service: service?, alias })
}
