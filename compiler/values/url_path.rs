//! The path of a request, such as a route, a health check or where metrics are served.
//!
//! It refuses queries, encodings and whatever has a meaning to nginx or a shell: a path matches itself only.

use super::{Value, character};
use std::sync::Arc;

/// A path that begins with `/`; a `/` at its end is kept, since it matters to a proxy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Arc<str>);

checked_text!(UrlPath);

const LONGEST: usize = 1024;

impl UrlPath {
    /// Whether it is `/`, the path of everything.
    pub fn is_root(&self) -> bool {
        &*self.0 == "/"
    }

    /// This path and every one that it lies below, the longest first: `/api/x/`, `/api/x`, `/api/`, `/api` and `/`
    /// cover `/api/x`.
    pub fn covering(&self) -> impl Iterator<Item = String> + '_ {
        let own = self.0.trim_end_matches('/');
        std::iter::successors(Some(own), |path| path.rsplit_once('/').map(|(above, _)| above))
            .flat_map(|path| [format!("{path}/"), path.to_owned()])
            .filter(|path| !path.is_empty())
    }

    /// `other` below this path.
    pub fn join(&self, other: &UrlPath) -> UrlPath {
        UrlPath(format!("{}{}", self.0.trim_end_matches('/'), other.0).into())
    }
}

impl Value for UrlPath {
    const WHAT: &'static str = "a URL path";
    const EXAMPLES: &'static [&'static str] = &["/", "/api", "/health/detailed"];

    fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(if text.contains("://") {
                "a URL path is the part behind the host, as in `/api`".into()
            } else {
                "a URL path begins with `/`".into()
            });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/@:+,=".contains(c);
        match character::outside(text, allowed).as_deref() {
            None => {}
            Some("`?`" | "`#`") => return Err("a URL path has no query and no fragment".into()),
            Some("`%`") => {
                return Err("a URL path is not percent-encoded: nginx compares the decoded path".into());
            }
            Some(wrong) => {
                return Err(format!("a URL path has only letters, digits and `-._~/@:+,=`, not {wrong}"));
            }
        }
        if text.contains("//") {
            return Err("a URL path has no empty part: write one `/`".into());
        }
        if text.split('/').any(|part| part == "." || part == "..") {
            return Err("a URL path has no `.` and no `..`: write where it leads".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a URL path has at most {LONGEST} characters"));
        }
        Ok(UrlPath(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{UrlPath, Value};

    fn path(text: &str) -> UrlPath {
        UrlPath::parse(text).unwrap()
    }

    #[test]
    fn accepts_paths() {
        for text in ["/", "/api", "/api/", "/v1.2/~me/a_b-c", "/.well-known/acme-challenge", "/...", "/a:b@c"]
        {
            assert_eq!(path(text).as_str(), text);
        }
    }

    #[test]
    fn knows_what_lies_below() {
        let covering = |text: &str| path(text).covering().collect::<Vec<_>>();
        assert_eq!(covering("/api/x"), ["/api/x/", "/api/x", "/api/", "/api", "/"]);
        assert_eq!(covering("/api/"), ["/api/", "/api", "/"]);
        assert_eq!(covering("/"), ["/"]);
        assert_eq!(path("/api/").join(&path("/health")).as_str(), "/api/health");
        assert_eq!(path("/").join(&path("/")).as_str(), "/");
    }

    #[test]
    fn refuses_what_a_reader_would_misread() {
        let long = format!("/{}", "a".repeat(1024));
        for text in [
            "",
            "api",
            "http://x/api",
            "//",
            "/a//b",
            "/..",
            "/a/../b",
            "/./a",
            "/a b",
            "/a?b",
            "/a#b",
            "/%20",
            "/a;b",
            "/{a}",
            "/$a",
            "/a`b",
            "/a\\b",
            "/a'b",
            "/a\"b",
            "/한글",
            "/a\n",
            "/a\0",
            "/*",
            "/a&b",
            "/(a)",
            &long,
        ] {
            assert!(UrlPath::parse(text).is_err(), "{text:?}");
        }
    }
}
