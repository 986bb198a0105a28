//! An address in the web: a link, a webhook, a service elsewhere.
//!
//! It refuses user names and passwords, which would be secrets in the open, and every character that a shell,
//! YAML, Markdown or nginx could take for its own.

use super::{Address, Port, Value, character};
use std::sync::Arc;

/// An absolute URL with a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    text: Arc<str>,
    scheme: Arc<str>,
    host: Address,
    port: Option<Port>,
    path: usize,
}

const LONGEST: usize = 2048;
const BRACKETS: &str = "an IPv6 address in a URL stands in brackets, and nothing else does";

impl Url {
    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme: `https`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host.
    pub fn host(&self) -> &Address {
        &self.host
    }

    /// The port, as far as it is stated or the scheme implies one.
    pub fn port(&self) -> Option<Port> {
        self.port.or_else(|| {
            Port::new(match &*self.scheme {
                "http" | "ws" => 80,
                "https" | "wss" => 443,
                "postgres" | "postgresql" => 5432,
                "redis" => 6379,
                "rediss" => 6379,
                "ssh" | "sftp" => 22,
                _ => 0,
            })
        })
    }

    /// Path, query and fragment; empty when there is none.
    pub fn path(&self) -> &str {
        self.text.get(self.path..).unwrap_or_default()
    }
}

impl Value for Url {
    const WHAT: &'static str = "a URL";
    const EXAMPLES: &'static [&'static str] = &["https://wiki.example.com/runbook", "http://10.0.0.5:8080"];

    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) =
            text.split_once("://").ok_or("a URL begins with its scheme, as in `https://example.com`")?;
        let good_scheme = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '+' | '-' | '.');
        if !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || !scheme.chars().all(good_scheme) {
            return Err("the scheme of a URL is in lower case, as in `https`".into());
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("a URL has no user and no password: name a secret instead".into());
        }
        let (host, port) = authority_parts(authority)?;
        check_path(path)?;
        if text.len() > LONGEST {
            return Err(format!("a URL has at most {LONGEST} characters"));
        }
        Ok(Url { text: text.into(), scheme: scheme.into(), host, port, path: text.len() - path.len() })
    }
}

/// Host and port, with the brackets of an IPv6 address.
fn authority_parts(authority: &str) -> Result<(Address, Option<Port>), String> {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ip, "")) => (ip, None),
        Some((ip, port)) => (ip, Some(port.strip_prefix(':').ok_or("the port of a URL stands behind `:`")?)),
        None if authority.matches(':').count() > 1 => return Err(BRACKETS.into()),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err("a URL needs a host, as in `https://example.com`".into());
    }
    let bracketed = authority.starts_with('[');
    let address = Address::parse(host).map_err(|e| format!("the host is wrong: {e}"))?;
    if bracketed != matches!(address, Address::Ip(std::net::IpAddr::V6(_))) {
        return Err(BRACKETS.into());
    }
    Ok((address, port.map(Port::parse).transpose()?))
}

/// Letters, digits, harmless signs and well-formed `%` codes.
fn check_path(path: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/?#@:+,=&%".contains(c);
    if let Some(wrong) = path.chars().find(|c| !allowed(*c)) {
        let mut bytes = [0; 4];
        let code: String = wrong.encode_utf8(&mut bytes).bytes().map(|b| format!("%{b:02X}")).collect();
        return Err(format!(
            "a URL has no {}: write `{code}`",
            character::named(wrong).trim_start_matches("a ")
        ));
    }
    let mut codes = path.split('%').skip(1);
    if codes.any(|code| !code.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))) {
        return Err("a `%` in a URL is followed by two hexadecimal digits".into());
    }
    Ok(())
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Url, Value};

    #[test]
    fn takes_urls_apart() {
        let url = Url::parse("https://wiki.example.com:8443/a/b?x=1&y=%20#top").unwrap();
        assert_eq!((url.scheme(), url.host().to_string().as_str()), ("https", "wiki.example.com"));
        assert_eq!((url.port().unwrap().get(), url.path()), (8443, "/a/b?x=1&y=%20#top"));
        let url = Url::parse("http://[::1]").unwrap();
        assert_eq!((url.host().to_string().as_str(), url.port().unwrap().get(), url.path()), ("::1", 80, ""));
        assert_eq!(Url::parse("http://backend:8000").unwrap().to_string(), "http://backend:8000");
    }

    #[test]
    fn refuses_with_a_reason() {
        let long = format!("https://a/{}", "a".repeat(2048));
        for (text, reason) in [
            ("", "scheme"),
            ("example.com", "scheme"),
            ("HTTPS://a", "lower case"),
            ("1http://a", "lower case"),
            ("https://", "needs a host"),
            ("https:///x", "needs a host"),
            ("file:///etc/passwd", "needs a host"),
            ("https://user:pw@a.com", "password"),
            ("https://a:0", "port"),
            ("https://a:b:c", "brackets"),
            ("https://a b", "a space"),
            ("https://a/ b", "write `%20`"),
            ("https://a/한", "write `%ED%95%9C`"),
            ("https://a/\"", "write `%22`"),
            ("https://a/$x", "write `%24`"),
            ("https://a/(x)", "write `%28`"),
            ("https://a/\0", "write `%00`"),
            ("https://a/%2", "hexadecimal"),
            ("https://a/%한", "write"),
            ("https://[1.2.3.4]", "brackets"),
            ("https://::1", "brackets"),
            ("https://[::1", "brackets"),
            ("https://a:b", "port"),
            ("https://[::1]x", "behind `:`"),
            ("javascript:alert(1)", "scheme"),
            (&long, "2048"),
        ] {
            let found = Url::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
