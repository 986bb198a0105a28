//! A line of `iptables-restore` that appends a rule to a chain of the firewall.
//!
//! It refuses chains that ufw does not empty when it is loaded anew: the line would stand there once more each time.

use super::{Cidr, Value, character};
use std::sync::Arc;

/// A line such as `-A ufw-after-input -p igmp -j ACCEPT`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainRule(Arc<str>);

checked_text!(ChainRule);

/// What the names of chains begin with that are emptied whenever the firewall is loaded.
const EMPTIED: [&str; 4] = ["ufw-before-", "ufw-after-", "ufw-user-", "DOCKER-USER"];

impl ChainRule {
    /// Whether it is for this version of IP: a line with an address is for that of the address, any other for both.
    pub fn is_for(&self, v4: bool) -> bool {
        let mut networks = self.0.split([' ', ',']).filter(|word| word.contains(['.', ':']));
        networks.find_map(|word| Cidr::parse(word).ok()).is_none_or(|network| network.is_v4() == v4)
    }
}

impl Value for ChainRule {
    const WHAT: &'static str = "a rule of iptables";
    const EXAMPLES: &'static [&'static str] =
        &["-A ufw-before-input -p igmp -j ACCEPT", "-A DOCKER-USER -s 10.9.0.0/16 -j DROP"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| c == ' ' || c.is_ascii_graphic()) {
            return Err(format!("a rule of iptables is one line of ASCII, without {wrong}"));
        }
        let Some(chain) = text.strip_prefix("-A ").and_then(|rest| rest.split(' ').next()) else {
            return Err(
                "a rule of iptables begins with `-A` and its chain, as in `-A ufw-after-input`".into()
            );
        };
        if !EMPTIED.iter().any(|known| chain.starts_with(known)) {
            return Err("a rule of iptables is for a chain that ufw empties when it reloads, or it would stand there twice: `ufw-before-…`, `ufw-after-…`, `ufw-user-…` or `DOCKER-USER`".into());
        }
        if !text.contains(" -j ") && !text.contains(" -g ") {
            return Err("a rule of iptables says what becomes of the packet: `-j ACCEPT`".into());
        }
        Ok(ChainRule(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{ChainRule, Value};

    #[test]
    fn tells_for_which_version_it_is() {
        let is_for = |text: &str| {
            let rule = ChainRule::parse(text).unwrap();
            (rule.is_for(true), rule.is_for(false))
        };
        assert_eq!(is_for("-A ufw-before-input -p igmp -j ACCEPT"), (true, true));
        assert_eq!(is_for("-A DOCKER-USER -s 10.9.0.0/16 -j DROP"), (true, false));
        assert_eq!(is_for("-A ufw-before-input -s fe80::/10 -j DROP"), (false, true));
    }

    #[test]
    fn refuses_the_rest() {
        for (text, reason) in [
            ("", "begins with"),
            ("*nat", "begins with"),
            ("-A INPUT -j ACCEPT", "twice"),
            ("-F INPUT", "begins with"),
            ("-A ufw-after-input -p tcp", "becomes"),
            ("-A ufw-after-input -j DROP\nCOMMIT", "line break"),
        ] {
            let found = ChainRule::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
