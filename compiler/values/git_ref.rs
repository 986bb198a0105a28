//! The name of a branch or tag of git, or all that begin alike.
//!
//! It refuses what git does, and more: what stands in it means nothing to a workflow, to a shell or to YAML.

use super::{Value, character};
use std::sync::Arc;

/// A branch or a tag; with `*` at its end, all names that begin so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitRef(Arc<str>);

checked_text!(GitRef);

const LONGEST: usize = 100;

impl GitRef {
    /// What names begin with, when it stands for several.
    pub fn prefix(&self) -> Option<&str> {
        self.0.strip_suffix('*')
    }
}

impl Value for GitRef {
    const WHAT: &'static str = "a branch or tag";
    const EXAMPLES: &'static [&'static str] = &["main", "v*", "release/2.x"];

    fn parse(text: &str) -> Result<Self, String> {
        let name = text.strip_suffix('*').unwrap_or(text);
        if let Some(wrong) = character::outside(name, |c| c.is_ascii_alphanumeric() || "._/-".contains(c)) {
            return Err(format!(
                "a branch or tag has letters, digits, `.`, `_`, `/`, `-`, and `*` at its end, not {wrong}"
            ));
        }
        if text.is_empty() || text.len() > LONGEST {
            return Err(format!("a branch or tag has 1 to {LONGEST} characters"));
        }
        if name.starts_with(['/', '-', '.']) || name.contains("..") || name.contains("//") {
            return Err("a branch or tag does not begin with `/`, `-` or `.`, and has no `..` or `//`".into());
        }
        Ok(GitRef(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{GitRef, Value};

    #[test]
    fn accepts_names_of_git() {
        assert_eq!(GitRef::parse("v*").unwrap().prefix(), Some("v"));
        assert_eq!(GitRef::parse("release/2.x").unwrap().prefix(), None);
        assert!(GitRef::parse("*").is_ok());
    }

    #[test]
    fn refuses_what_acts() {
        for text in ["", "a b", "a'b", "${{ x }}", "-a", "a..b", "v*x", "/a", "a//b", "한"] {
            assert!(GitRef::parse(text).is_err(), "{text:?}");
        }
    }
}
