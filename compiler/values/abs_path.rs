//! A path from the root, on a host or in a container.
//!
//! It refuses what one of its readers would split, expand or cut: the same path is read by cron, logrotate, a shell,
//! compose and systemd, each with other special characters.

use super::{Name, RelPath, Value, character};
use std::sync::Arc;

/// An absolute path without `.` and `..`; `/srv/shop/` and `/srv/shop` are the same, which prints as `/srv/shop`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsPath(Arc<str>);

checked_text!(AbsPath);

const LONGEST: usize = 1024;

impl AbsPath {
    /// Whether it is `/`.
    pub fn is_root(&self) -> bool {
        &*self.0 == "/"
    }

    /// What it is called in its folder; empty for `/`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in; none for `/`.
    pub fn parent(&self) -> Option<AbsPath> {
        let (parent, name) = self.0.rsplit_once('/')?;
        (!name.is_empty()).then(|| AbsPath(if parent.is_empty() { "/".into() } else { parent.into() }))
    }

    /// What is called `name` in this folder.
    pub fn child(&self, name: &Name) -> AbsPath {
        self.below(name.as_str())
    }

    /// `path` from this folder on.
    pub fn join(&self, path: &RelPath) -> AbsPath {
        if path.is_here() { self.clone() } else { self.below(path.bare()) }
    }

    fn below(&self, rest: &str) -> AbsPath {
        AbsPath(format!("{}/{rest}", self.0.trim_end_matches('/')).into())
    }

    /// Whether it is `folder` or lies below it.
    pub fn is_within(&self, folder: &AbsPath) -> bool {
        match self.0.strip_prefix(folder.0.trim_end_matches('/')) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }
}

impl Value for AbsPath {
    const WHAT: &'static str = "an absolute path";
    const EXAMPLES: &'static [&'static str] = &["/var/backups/shop", "/etc/ssl/private/shop.key"];

    fn parse(text: &str) -> Result<Self, String> {
        if text == "/" {
            return Ok(AbsPath("/".into()));
        }
        let rest = text.strip_prefix('/').ok_or(match text.chars().next() {
            Some('~') => {
                "an absolute path begins with `/`: write the home folder whole, as in `/home/deploy`"
            }
            _ => "an absolute path begins with `/`",
        })?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        check(rest, "an absolute path")?;
        Ok(AbsPath(format!("/{rest}").into()))
    }
}

/// Checks the parts of a path that stands behind its beginning; `what` begins the message.
pub(super) fn check(rest: &str, what: &str) -> Result<(), String> {
    if let Some(wrong) = rest.chars().find(|c| !(c.is_ascii_alphanumeric() || "-._@+,=/".contains(*c))) {
        let named = character::named(wrong);
        return Err(match wrong {
            '*' | '?' | '[' | ']' => {
                format!("{what} cannot hold {named}: a shell would look for files that match")
            }
            '$' | '`' => format!("{what} cannot hold {named}: a shell and compose would expand it"),
            '%' => format!(
                "{what} cannot hold {named}: cron takes it for the end of the line, systemd for a specifier"
            ),
            ':' => format!("{what} cannot hold {named}: compose separates its mounts with it"),
            c if c.is_whitespace() => {
                format!("{what} cannot hold {named}: cron, logrotate and a shell would split it there")
            }
            c if c.is_alphanumeric() => {
                format!("{what} cannot hold {named}: programs of the host may run without a UTF-8 locale")
            }
            _ => format!("{what} has only letters, digits and `-._@+,=`, not {named}"),
        });
    }
    if rest.ends_with('/') {
        return Err(format!("{what} does not end with `/`"));
    }
    for part in rest.split('/') {
        match part {
            "" => return Err(format!("{what} has no empty part: write one `/`")),
            "." | ".." => return Err(format!("{what} has no `{part}`: write where it leads")),
            _ if part.len() > 255 => return Err(format!("each part of {what} has at most 255 characters")),
            _ => {}
        }
    }
    if rest.len() > LONGEST {
        return Err(format!("{what} has at most {LONGEST} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{AbsPath, Value};
    use crate::values::{Name, RelPath};

    fn path(text: &str) -> AbsPath {
        AbsPath::parse(text).unwrap()
    }

    #[test]
    fn takes_paths_apart() {
        let p = path("/var/backups/shop");
        assert_eq!((p.file_name(), p.parent()), ("shop", Some(path("/var/backups"))));
        assert_eq!(
            (path("/").parent(), path("/a").parent(), path("/").file_name()),
            (None, Some(path("/")), "")
        );
        assert_eq!(p.child(&Name::parse("redis").unwrap()), path("/var/backups/shop/redis"));
        assert_eq!(path("/").join(&RelPath::parse("./a/b").unwrap()), path("/a/b"));
        assert_eq!(p.join(&RelPath::parse(".").unwrap()), p);
        assert_eq!(path("/var/backups/shop/"), p);
        assert!(p.is_within(&path("/var")) && p.is_within(&path("/")) && p.is_within(&p));
        assert!(!path("/variable").is_within(&path("/var")));
    }

    #[test]
    fn refuses_with_a_reason() {
        let (long, part) = ("/a".repeat(513), format!("/{}", "a".repeat(256)));
        for (text, reason) in [
            ("", "begins with `/`"),
            ("var", "begins with `/`"),
            ("~/x", "home folder"),
            ("/a//", "end with"),
            ("//a", "empty part"),
            ("//", "empty part"),
            ("/a/../b", "`..`"),
            ("/./a", "`.`"),
            ("/a b", "split"),
            ("/a\n", "split"),
            ("/*", "match"),
            ("/$HOME", "expand"),
            ("/a%b", "cron"),
            ("/a:b", "mounts"),
            ("/한글", "locale"),
            ("/a'b", "single quote"),
            ("/a\"", "double quote"),
            ("/a\\", "`\\`"),
            ("/a;b", "`;`"),
            ("/a\0", "NUL"),
            ("/{a}", "`{`"),
            (&long, "1024"),
            (&part, "255"),
        ] {
            assert!(AbsPath::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
