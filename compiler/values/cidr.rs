//! A network of addresses, for what may reach what.
//!
//! It refuses an address with bits behind the prefix: it is unclear whether the machine or the network is meant.

use super::{Value, character};
use ipnet::IpNet;
use std::net::IpAddr;

/// A network of IPv4 or IPv6 addresses. A single address is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(IpNet);

impl Cidr {
    /// The first address.
    pub fn network(self) -> IpAddr {
        self.0.network()
    }

    /// How many leading bits are fixed.
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether it is of IPv4.
    pub fn is_v4(self) -> bool {
        matches!(self.0, IpNet::V4(_))
    }

    /// Whether it is one address only.
    pub fn is_single(self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }

    /// Whether it is every address of its version, as `0.0.0.0/0`.
    pub fn is_everything(self) -> bool {
        self.0.prefix_len() == 0
    }

    /// Whether `ip` is in it.
    pub fn contains(self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }

    /// Whether all of `other` is in it.
    pub fn covers(self, other: Cidr) -> bool {
        self.0.contains(&other.0)
    }

    /// Whether none of it is routed in the public internet: private, loopback and link-local networks.
    pub fn is_private(self) -> bool {
        const PRIVATE: [&str; 8] = [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ];
        PRIVATE.iter().filter_map(|text| text.parse::<IpNet>().ok()).any(|net| net.contains(&self.0))
    }
}

impl Value for Cidr {
    const WHAT: &'static str = "a network";
    const EXAMPLES: &'static [&'static str] = &["10.0.0.0/8", "203.0.113.10", "fd00::/8"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) =
            character::outside(text, |c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/'))
        {
            return Err(format!("a network is an address and a prefix, as in `10.0.0.0/8`, not {wrong}"));
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| {
            "a network begins with an IP address, as in `10.0.0.0/8` or `fd00::/8`".to_string()
        })?;
        let Some(prefix) = prefix else { return Ok(Cidr(IpNet::from(address))) };
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let plain = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let network = Some(prefix)
            .filter(|_| plain && (prefix.len() == 1 || !prefix.starts_with('0')))
            .and_then(|prefix| IpNet::new(address, prefix.parse().ok()?).ok())
            .ok_or_else(|| format!("the prefix of this network is a number from 0 to {longest}"))?;
        if network.network() != address {
            let right = network.trunc();
            return Err(format!(
                "a network has no bits behind its prefix: write `{right}`, or `{address}` for one address"
            ));
        }
        Ok(Cidr(network))
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cidr, Value};

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    #[test]
    fn accepts_networks() {
        for (text, shown) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("203.0.113.10", "203.0.113.10/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("FD00::/8", "fd00::/8"),
            ("::1", "::1/128"),
        ] {
            assert_eq!(cidr(text).to_string(), shown);
        }
    }

    #[test]
    fn knows_what_is_in_it() {
        assert!(
            cidr("10.0.0.0/8").contains("10.9.8.7".parse().unwrap())
                && cidr("10.0.0.0/8").covers(cidr("10.1.0.0/16"))
        );
        assert!(!cidr("10.1.0.0/16").covers(cidr("10.0.0.0/8")) && !cidr("0.0.0.0/0").covers(cidr("::1")));
        assert!(
            cidr("10.1.0.0/16").is_private() && cidr("::1").is_private() && !cidr("0.0.0.0/0").is_private()
        );
        assert!(cidr("203.0.113.10").is_single() && cidr("::/0").is_everything());
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("10.0.0.5/8", "write `10.0.0.0/8`, or `10.0.0.5` for one address"),
            ("fd00::1/8", "write `fd00::/8`"),
            ("10.0.0.0/33", "0 to 32"),
            ("fd00::/129", "0 to 128"),
            ("10.0.0.0/", "0 to 32"),
            ("10.0.0.0/08", "0 to 32"),
            ("10.0.0.0/255.0.0.0", "0 to 32"),
            ("10.0.0/8", "IP address"),
            ("", "IP address"),
            ("office", "not `o`"),
            ("10.0.0.0/8\0", "NUL"),
            ("10.0.0.0 /8", "a space"),
        ] {
            assert!(Cidr::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
