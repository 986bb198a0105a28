//! A rule in the words of ufw, for what the language has no word for.
//!
//! It refuses what is no rule (`ufw disable`), what stands in front of the rules for ssh, and a comment: by that the
//! firewall's script knows which rules it made. Whether the rule is one is for ufw itself to say.

use super::{Value, character};
use std::sync::Arc;

/// A rule as it stands behind `ufw`: `allow in on tailscale0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UfwRule(Arc<str>);

checked_text!(UfwRule);

/// What a comment of ufw has room for, its tag included.
const LONGEST: usize = 180;
const VERBS: [&str; 5] = ["allow", "deny", "limit", "reject", "route"];

impl Value for UfwRule {
    const WHAT: &'static str = "a rule of ufw";
    const EXAMPLES: &'static [&'static str] = &["allow in on tailscale0", "allow proto gre from 10.0.0.0/8"];

    fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split(' ').collect();
        if words.contains(&"comment") {
            return Err("a rule of ufw gets its comment from ondol, which knows it by that: leave `comment` and what is behind it away".into());
        }
        if !VERBS.contains(&words[0]) {
            return Err("a rule of ufw begins with `allow`, `deny`, `limit`, `reject` or `route`".into());
        }
        if let Some(wrong) = character::outside(text, |c| {
            c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ':' | '/' | ',' | '-' | '_' | '+')
        }) {
            return Err(format!(
                "a rule of ufw cannot hold {wrong}; a profile with a space in its name is written by its ports"
            ));
        }
        if words.iter().any(|word| word.is_empty() || word.starts_with('-')) {
            return Err("a rule of ufw is words with one space between them, and no options".into());
        }
        if words.len() < 2 || text.len() > LONGEST {
            return Err(format!("a rule of ufw is at least two words, and at most {LONGEST} characters"));
        }
        Ok(UfwRule(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{UfwRule, Value};

    #[test]
    fn accepts_rules() {
        for text in
            ["allow in on tailscale0", "allow proto esp from 10.0.0.0/8", "route allow in on wg+ out on eth0"]
        {
            assert_eq!(UfwRule::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for (text, reason) in [
            ("", "begins with"),
            ("disable", "begins with"),
            ("prepend deny 22", "begins with"),
            ("allow", "two words"),
            ("allow  22", "one space"),
            ("allow 22 comment 'x y'", "comment"),
            ("allow --force 22", "options"),
            ("allow 22; reboot", "`;`"),
            ("allow $(id)", "`$`"),
            ("allow 'Nginx Full'", "quote"),
        ] {
            let found = UfwRule::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
