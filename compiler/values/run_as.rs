//! The account that a program runs as: a name or a number, perhaps with a group.
//!
//! It refuses what accounts and groups refuse.

use super::{UserName, Value};

/// An account, and perhaps a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunAs {
    user: Id,
    group: Option<Id>,
}

/// A name, or a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Id {
    Name(UserName),
    Number(u32),
}

impl RunAs {
    /// The account, if it has a name.
    pub fn user(&self) -> Option<&UserName> {
        match &self.user {
            Id::Name(name) => Some(name),
            Id::Number(_) => None,
        }
    }

    /// The group as it is written, if one is.
    pub fn group(&self) -> Option<String> {
        self.group.as_ref().map(ToString::to_string)
    }
}

impl Value for RunAs {
    const WHAT: &'static str = "an account to run as";
    const EXAMPLES: &'static [&'static str] = &["www-data", "33", "app:app"];

    fn parse(text: &str) -> Result<Self, String> {
        let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
        Ok(RunAs { user: id(user)?, group: group.map(id).transpose()? })
    }
}

fn id(text: &str) -> Result<Id, String> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let number = text.parse().ok().filter(|_| text == "0" || !text.starts_with('0'));
        return number.map(Id::Number).ok_or("the number of an account is a whole number, as in `33`".into());
    }
    UserName::parse(text).map(Id::Name)
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Id::Name(name) => f.pad(name.as_str()),
            Id::Number(number) => f.pad(&number.to_string()),
        }
    }
}

impl std::fmt::Display for RunAs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.group {
            Some(group) => f.pad(&format!("{}:{group}", self.user)),
            None => f.pad(&self.user.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RunAs, Value};

    #[test]
    fn names_and_numbers() {
        for text in ["www-data", "33", "0", "app:app", "1000:1000", "app:0"] {
            assert_eq!(RunAs::parse(text).unwrap().to_string(), text);
        }
        assert!(RunAs::parse("33").unwrap().user().is_none());
        for text in
            ["", ":", "app:", ":app", "033", "-1", "4294967296", "Root", "a b", "a:b:c", "$x", "app\n"]
        {
            assert!(RunAs::parse(text).is_err(), "{text:?}");
        }
    }
}
