//! Where git fetches a repository from.
//!
//! It refuses passwords and tokens, which would be secrets in the open, `http://`, over which anybody on the way could
//! put other code in, and local paths, which are of one machine.

use super::{Hostname, Url, Value, character};
use std::sync::Arc;

/// An `https://` or `ssh://` URL, or `user@host:path` as `git clone` takes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitUrl(Arc<str>);

checked_text!(GitUrl);

impl Value for GitUrl {
    const WHAT: &'static str = "an address of a git repository";
    const EXAMPLES: &'static [&'static str] =
        &["https://github.com/example/shop.git", "git@github.com:example/shop.git"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            let plain = text.strip_prefix("ssh://git@").map(|rest| format!("ssh://{rest}"));
            let url = Url::parse(plain.as_deref().unwrap_or(text))?;
            return match url.scheme() {
                "https" | "ssh" => Ok(GitUrl(text.into())),
                other => Err(format!(
                    "an address of a git repository begins with `https://`, `ssh://` or `git@`, not `{other}://`"
                )),
            };
        }
        let short = "an address of a git repository is `https://host/path` or `git@host:path`";
        let (user, rest) = text.split_once('@').ok_or(short)?;
        let (host, path) = rest.split_once(':').ok_or(short)?;
        if user.is_empty() || character::outside(user, |c| matches!(c, 'a'..='z' | '0'..='9' | '_')).is_some()
        {
            return Err(short.into());
        }
        Hostname::parse(host)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '~');
        if let Some(wrong) = character::outside(path, allowed) {
            return Err(format!("an address of a git repository cannot hold {wrong} in its path"));
        }
        if path.is_empty() || path.starts_with('-') {
            return Err(short.into());
        }
        Ok(GitUrl(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{GitUrl, Value};

    #[test]
    fn accepts_what_git_clones() {
        for text in [
            "https://github.com/example/shop.git",
            "ssh://git@git.example.com:2222/shop.git",
            "git@github.com:example/shop.git",
        ] {
            assert_eq!(GitUrl::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "shop.git",
            "/srv/git/shop.git",
            "file:///srv/shop.git",
            "http://github.com/example/shop.git",
            "https://token@github.com/example/shop.git",
            "https://user:secret@github.com/example/shop.git",
            "git@github.com:-u",
            "git@github.com:a b",
            "--upload-pack=x@y:z",
            "ext::sh -c id",
        ] {
            assert!(GitUrl::parse(text).is_err(), "{text:?}");
        }
    }
}
