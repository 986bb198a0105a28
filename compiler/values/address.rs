//! Where a machine is reached: an IP address or a host name.
//!
//! It refuses ports and networks, which are other things.

use super::{Hostname, Port, Value};
use std::net::IpAddr;

/// An IP address or a host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// An IP address of either version.
    Ip(IpAddr),
    /// A name to look up.
    Host(Hostname),
}

impl Address {
    /// Address and port in one, with the brackets that an IPv6 address needs.
    pub fn with_port(&self, port: Port) -> String {
        format!("{}:{port}", self.in_url())
    }

    /// As it stands in a URL: an IPv6 address in brackets.
    pub fn in_url(&self) -> String {
        match self {
            Address::Ip(IpAddr::V6(ip)) => format!("[{ip}]"),
            other => other.to_string(),
        }
    }
}

impl Value for Address {
    const WHAT: &'static str = "an address";
    const EXAMPLES: &'static [&'static str] = &["203.0.113.10", "app-1.example.com", "2001:db8::1"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(ip) = text.parse() {
            return Ok(Address::Ip(ip));
        }
        if let Some((host, rest)) = text.split_once('/').filter(|_| !text.contains("://")) {
            return Err(match host.parse::<IpAddr>().is_ok() && rest.bytes().all(|b| b.is_ascii_digit()) {
                true => "an address is one machine, not a network".into(),
                false => "an address stands alone: leave the path away".into(),
            });
        }
        if text.starts_with('[') || text.matches(':').count() > 1 {
            return Err("an IPv6 address is written as in `2001:db8::1`, without brackets and port".into());
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(
                "an IPv4 address is four numbers from 0 to 255, without leading zeros, as in `203.0.113.10`"
                    .into(),
            );
        }
        Hostname::parse(text).map(Address::Host).map_err(|e| e.replacen("a host name", "an address", 1))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Ip(ip) => ip.fmt(f),
            Address::Host(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Value};
    use crate::values::Port;

    #[test]
    fn accepts_addresses() {
        for (text, shown) in
            [("203.0.113.10", "203.0.113.10"), ("2001:DB8:0::1", "2001:db8::1"), ("app-1", "app-1")]
        {
            assert_eq!(Address::parse(text).unwrap().to_string(), shown);
        }
        let port = Port::parse("80").unwrap();
        assert_eq!(Address::parse("::1").unwrap().with_port(port), "[::1]:80");
        assert_eq!(Address::parse("db").unwrap().with_port(port), "db:80");
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "an address cannot be empty"),
            ("10.0.0", "four numbers"),
            ("256.1.1.1", "four numbers"),
            ("010.0.0.1", "four numbers"),
            ("10.0.0.0/8", "network"),
            ("api.example.com/v1", "the path"),
            ("10.0.0.1/v1", "the path"),
            ("[::1]", "brackets"),
            ("[::1]:80", "brackets"),
            ("fe80::1%eth0", "IPv6"),
            ("1.2.3.4:80", "port"),
            ("host name", "a space"),
            ("h\0", "NUL"),
        ] {
            assert!(Address::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
