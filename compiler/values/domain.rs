//! Where users reach a system: a name, or the address of the host.

use std::net::Ipv4Addr;

use super::{Hostname, Value};

/// A host name, or an IPv4 address, which takes the place of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(Hostname);

impl Domain {
    /// It as a host name.
    pub fn into_hostname(self) -> Hostname {
        self.0
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Value for Domain {
    const WHAT: &'static str = "a host name or an IPv4 address";
    const EXAMPLES: &'static [&'static str] = &["shop.example.com", "192.168.0.10"];

    fn parse(text: &str) -> Result<Self, String> {
        match text.parse::<Ipv4Addr>() {
            Ok(address) => Ok(Domain(Hostname::of(address))),
            Err(_) if matches!(text, "*" | "_") => {
                Err("a host name is one name: for any name leave `domain` away, or write `ingress any-host=#true`".into())
            }
            Err(_) => Hostname::parse(text).map(Domain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Domain, Value};

    #[test]
    fn a_name_or_an_address() {
        assert_eq!(Domain::parse("shop.example.com").unwrap().to_string(), "shop.example.com");
        assert!(Domain::parse("192.168.0.10").unwrap().into_hostname().is_address());
        for text in ["_", "*", "10.0.0.999", "2001:db8::1", "10.0.0.1:80"] {
            assert!(Domain::parse(text).is_err(), "{text}");
        }
        assert!(Domain::parse("*").unwrap_err().contains("any-host"));
    }
}
