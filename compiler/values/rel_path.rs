//! A path within the repository that the description is in, from the description's folder on.
//!
//! It refuses to lead out of it, and what absolute paths refuse.

use super::{Value, abs_path};
use std::sync::Arc;

/// A relative path; `./backend` and `backend` are the same, which prints as `./backend`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// The path without `./` before it: `backend`; `.` for the folder itself.
    pub fn bare(&self) -> &str {
        &self.0
    }

    /// Whether it is the folder itself.
    pub fn is_here(&self) -> bool {
        &*self.0 == "."
    }

    /// What it is called in its folder; `.` for the folder itself.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The ending behind the last dot of its name: `yml`; none for a name without or with nothing before it.
    pub fn extension(&self) -> Option<&str> {
        self.file_name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension)
    }

    /// `path` from this folder on.
    pub fn join(&self, path: &RelPath) -> RelPath {
        match (self.is_here(), path.is_here()) {
            (true, _) => path.clone(),
            (false, true) => self.clone(),
            (false, false) => RelPath(format!("{}/{}", self.0, path.0).into()),
        }
    }
}

impl Value for RelPath {
    const WHAT: &'static str = "a path in the repository";
    const EXAMPLES: &'static [&'static str] = &["./backend", ".", "./ops/rules.yml"];

    fn parse(text: &str) -> Result<Self, String> {
        match text.chars().next() {
            None => {
                return Err(
                    "a path in the repository cannot be empty: write `.` for the folder itself".into()
                );
            }
            Some('/') => return Err("a path in the repository does not begin with `/`".into()),
            Some('~') => return Err("a path in the repository does not begin with `~`".into()),
            Some('-') => {
                return Err(
                    "a path in the repository does not begin with `-`: programs take it for an option".into(),
                );
            }
            Some(_) => {}
        }
        let bare = text.strip_prefix("./").unwrap_or(text);
        if text == "." || text == "./" {
            return Ok(RelPath(".".into()));
        }
        if bare.split('/').any(|part| part == "..") {
            return Err("a path in the repository has no `..`, which could lead out of it".into());
        }
        if bare.starts_with('-') {
            return Err(
                "a path in the repository does not begin with `-`: programs take it for an option".into()
            );
        }
        abs_path::check(bare.strip_suffix('/').unwrap_or(bare), "a path in the repository")?;
        Ok(RelPath(bare.strip_suffix('/').unwrap_or(bare).into()))
    }
}

impl std::fmt::Display for RelPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_here() { f.pad(".") } else { f.pad(&format!("./{}", self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::{RelPath, Value};

    fn path(text: &str) -> RelPath {
        RelPath::parse(text).unwrap()
    }

    #[test]
    fn has_one_form() {
        for (text, shown) in [
            ("./backend", "./backend"),
            ("backend/", "./backend"),
            (".", "."),
            ("./", "."),
            (".env", "./.env"),
        ] {
            assert_eq!(path(text).to_string(), shown);
        }
        assert_eq!(
            (path("a/b.tar.gz").file_name(), path("a/b.tar.gz").extension()),
            ("b.tar.gz", Some("gz"))
        );
        assert_eq!((path(".env").extension(), path("Dockerfile").extension()), (None, None));
        assert_eq!(path(".").join(&path("a")).join(&path("./b/c")), path("a/b/c"));
        assert_eq!(path("a").join(&path(".")), path("a"));
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("/a", "begin with `/`"),
            ("~/a", "`~`"),
            ("..", "lead out"),
            ("../a", "lead out"),
            ("a/../b", "lead out"),
            ("./..", "lead out"),
            ("-rf", "option"),
            ("./-rf", "option"),
            ("a//b", "empty part"),
            ("a/./b", "`.`"),
            ("a b", "split"),
            ("$a", "expand"),
            ("a\0", "NUL"),
            (".//a", "empty part"),
        ] {
            let found = RelPath::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
