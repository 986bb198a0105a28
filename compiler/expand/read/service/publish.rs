//! A port that the host offers.

use crate::{
    expand::read::{from::Or, host::Protocol},
    source::{Located, Span},
    syntax::Reader,
    values::{Address, Cidr, Port, Ports},
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
    /// Why the compiler publishes it, when nobody stated it.
    pub because: Option<String>,
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
            because: None,
            span,
        }
    }
}

impl PublishSpec {
    /// The port of the host that leads to that one, which is the service's own.
    pub fn host_of(&self, own: Port) -> Option<Port> {
        let number = |ports: &Located<Or<Ports>>| match &ports.value {
            Or::Value(ports) if ports.count() == 1 => Some(ports.first()),
            _ => None,
        };
        let inside = self.container.as_ref().map_or(Some(own), number);
        (inside == Some(own)).then(|| self.host.as_ref().and_then(number)).flatten()
    }
}

/// How a port in compose's notation is said: `127.0.0.1:8000:80/udp`.
fn from_compose(text: &str) -> Option<String> {
    let (text, protocol) = text.split_once('/').map_or((text, ""), |(text, protocol)| (text, protocol));
    let (before, container) = text.rsplit_once(':')?;
    let (address, host) = match before.rsplit_once(':') {
        Some((address, host)) => (address.trim_matches(['[', ']']), host),
        None => ("0.0.0.0", before),
    };
    let written = |port: &str| match port.parse::<u16>() {
        Ok(number) => number.to_string(),
        Err(_) => format!("{port:?}"),
    };
    let protocol = match protocol {
        "" | "tcp" => String::new(),
        other => format!(" protocol={other:?}"),
    };
    let said = format!("publish {} to={}{protocol}", written(host), written(container));
    Some(match address {
        "127.0.0.1" | "::1" => format!("write `{said}`: only the host itself reaches it"),
        "0.0.0.0" | "::" => {
            format!("write `{said} public=#true`, or without `public` for the host itself only")
        }
        address => format!("write `{said} on={address:?}`"),
    })
}

/// Reads a `publish`.
pub fn publish(r: &mut Reader) -> Option<PublishSpec> {
    r.example("publish 5432 from=\"10.0.0.0/8\"");
    let text = r.node().and_then(|node| node.args().next()).map(|entry| entry.scalar.text());
    let host = r
        .arg::<Or<Ports>>("port", "the port on the host, or a range; any that is free when absent")
        .instead(text.as_deref().and_then(from_compose))
        .optional();
    let container =
        r.prop::<Or<Ports>>("to", "the port in the container; the service's own when absent").optional();
    // What is stated and wrong has been reported: nothing else is to be said of this port.
    let refused = (host.is_none() && text.is_some()) || (container.is_none() && r.stated("to"));
    let protocol = r.prop::<Protocol>("protocol", "`tcp` or `udp`; `tcp` when absent").optional();
    let on = r.prop::<Or<Address>>("on", "the address of the host on which it listens").optional();
    let from = r.list::<Cidr>("from", "networks from which it may be reached");
    let public = r.flag("public", "whether it may be reached from everywhere");
    if refused {
        return None;
    }
    Some(PublishSpec { host, container, protocol, on, from, public, because: None, span: r.span()? })
}

#[cfg(test)]
mod tests {
    use super::from_compose;

    #[test]
    fn the_notation_of_compose() {
        let said = |text: &str| from_compose(text).unwrap();
        assert!(said("8000:80").starts_with("write `publish 8000 to=80 public=#true`"));
        assert!(said("127.0.0.1:8000:80/udp").starts_with("write `publish 8000 to=80 protocol=\"udp\"`"));
        assert!(
            said("10.0.0.5:8000-8010:80-90").contains("publish \"8000-8010\" to=\"80-90\" on=\"10.0.0.5\"")
        );
        assert!(from_compose("8000").is_none());
    }
}
