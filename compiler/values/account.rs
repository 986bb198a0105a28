//! An account with a group, as `su` and `create` of logrotate and `chown` name them.
//!
//! It refuses what accounts and groups refuse.

use super::{UserName, Value};

/// An account and a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    user: UserName,
    group: UserName,
}

impl Value for Account {
    const WHAT: &'static str = "an account and a group";
    const EXAMPLES: &'static [&'static str] = &["www-data adm", "root adm"];

    fn parse(text: &str) -> Result<Self, String> {
        let (user, group) = text
            .split_once(' ')
            .ok_or("an account and a group have a blank between them, as in `www-data adm`")?;
        Ok(Account { user: UserName::parse(user)?, group: UserName::parse(group)? })
    }
}

impl std::fmt::Display for Account {
    /// `www-data adm`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{} {}", self.user, self.group))
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, Value};

    #[test]
    fn reads_both() {
        for text in Account::EXAMPLES {
            assert_eq!(Account::parse(text).unwrap().to_string(), *text);
        }
        for text in ["", "root", "root  adm", "root adm x", "Root adm", "root:adm", "root adm\n", "0 0"] {
            assert!(Account::parse(text).is_err(), "{text:?}");
        }
    }
}
