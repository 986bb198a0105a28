//! An IP address of a machine's own.
//!
//! It refuses names, networks and ports, and the addresses that stand for none or for many.

use super::Value;
use std::net::IpAddr;

/// One address of either version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ip(pub IpAddr);

impl Value for Ip {
    const WHAT: &'static str = "an IP address";
    const EXAMPLES: &'static [&'static str] = &["172.17.0.1", "127.0.0.1", "fd00::1"];

    fn parse(text: &str) -> Result<Self, String> {
        let ip: IpAddr =
            text.parse().map_err(|_| "an IP address is four numbers, as in `172.17.0.1`, or IPv6")?;
        if ip.is_unspecified() {
            return Err("this IP address stands for all of a machine: write the one that is meant".into());
        }
        if ip.is_multicast() {
            return Err("this IP address stands for many machines".into());
        }
        Ok(Ip(ip))
    }
}

impl std::fmt::Display for Ip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ip, Value};

    #[test]
    fn accepts_addresses_of_one_machine() {
        for text in ["172.17.0.1", "127.0.0.1", "::1"] {
            assert_eq!(Ip::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses() {
        for text in
            ["", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "10.0.0.0/8", "localhost", "1.2.3.4:80", "[::1]"]
        {
            assert!(Ip::parse(text).is_err(), "{text:?}");
        }
    }
}
