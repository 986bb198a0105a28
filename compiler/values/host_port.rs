//! A server with the port on which it listens.

use super::{Address, Port, Value};

/// An address and a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    address: Address,
    port: Port,
}

impl Value for HostPort {
    const WHAT: &'static str = "a server with its port";
    const EXAMPLES: &'static [&'static str] =
        &["smtp.example.com:587", "203.0.113.10:25", "[2001:db8::1]:25"];

    fn parse(text: &str) -> Result<Self, String> {
        let (address, port) = text
            .rsplit_once(':')
            .ok_or("a server with its port has a `:` between them, as in `smtp.example.com:587`")?;
        let bare = match address.strip_prefix('[') {
            Some(rest) => rest
                .strip_suffix(']')
                .filter(|ip| ip.contains(':'))
                .ok_or("an IPv6 address stands in brackets before its port")?,
            None if address.contains(':') => {
                return Err("an IPv6 address stands in brackets before its port".into());
            }
            None => address,
        };
        Ok(HostPort { address: Address::parse(bare)?, port: Port::parse(port)? })
    }
}

impl std::fmt::Display for HostPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.address.with_port(self.port))
    }
}

#[cfg(test)]
mod tests {
    use super::{HostPort, Value};

    #[test]
    fn reads_both_parts() {
        for text in HostPort::EXAMPLES {
            assert_eq!(HostPort::parse(text).unwrap().to_string(), *text);
        }
        for text in [
            "",
            "smtp.example.com",
            "smtp.example.com:",
            ":25",
            "smtp:0",
            "2001:db8::1:25",
            "[smtp]:25",
            "a b:25",
            "smtp:25\0",
        ] {
            assert!(HostPort::parse(text).is_err(), "{text:?}");
        }
    }
}
