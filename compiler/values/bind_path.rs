//! A file or folder of the host as compose names it: from the root, or from the folder of the compose file on.
//!
//! It refuses what absolute paths refuse. `env` and `db/password.txt` are `./env` and `./db/password.txt`; where a bare
//! word may be the name of a volume, too, that is decided there.

use super::{Value, abs_path};
use std::sync::Arc;

/// A path such as `/etc/localtime`, `./data` or `../common`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindPath(Arc<str>);

checked_text!(BindPath);

impl Value for BindPath {
    const WHAT: &'static str = "a path of the host";
    const EXAMPLES: &'static [&'static str] = &["/etc/localtime", "./data", "../common"];

    fn parse(text: &str) -> Result<Self, String> {
        let whole = text.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(text);
        if matches!(whole, "/" | "." | "..") {
            return Ok(BindPath(whole.into()));
        }
        if is_bare(whole) && !whole.is_empty() {
            return BindPath::parse(&format!("./{whole}"));
        }
        let mut rest = whole;
        if let Some(below) = whole.strip_prefix('/') {
            rest = below;
        } else if let Some(below) = whole.strip_prefix("./") {
            rest = below;
        } else {
            while let Some(below) = rest.strip_prefix("../") {
                rest = below;
            }
            if rest == whole {
                return Err(match whole.chars().next() {
                    Some('~') => "a path of the host begins with `/`, `./` or `../`: write the home folder whole, as in `/home/deploy`".into(),
                    _ => "a path of the host begins with `/`, `./` or `../`".into(),
                });
            }
        }
        if rest != ".." {
            abs_path::check(rest, "a path of the host")?;
        }
        Ok(BindPath(whole.into()))
    }
}

/// Whether it begins with the name of a file or folder.
fn is_bare(text: &str) -> bool {
    !text.starts_with(['/', '~', '$']) && !text.starts_with("./") && !text.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::{BindPath, Value};

    #[test]
    fn keeps_what_compose_understands() {
        for text in ["/", ".", "..", "/var/run/docker.sock", "./data", "../../x", "../..", "./a/b.conf"] {
            assert_eq!(BindPath::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(BindPath::parse("./setup/").unwrap().as_str(), "./setup");
        for (text, kept) in [
            (".env", "./.env"),
            ("db/password.txt", "./db/password.txt"),
            ("db.env", "./db.env"),
            ("env", "./env"),
        ] {
            assert_eq!(BindPath::parse(text).unwrap().as_str(), kept);
        }
        for text in ["", "~/a.b", "~/x", "./a b", "./a:b", "$HOME/x", "/a/../b"] {
            assert!(BindPath::parse(text).is_err(), "{text:?}");
        }
    }
}
