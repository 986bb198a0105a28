//! A reference to a container image, by the grammar that registries share.
//!
//! It refuses to ask a registry; whether the image exists shows when it is pulled.

use super::{Address, Port, Value, Version, character};
use std::sync::Arc;

/// An image: registry, repository, tag and digest, as far as they are stated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Image {
    registry: Option<Arc<str>>,
    repository: Arc<str>,
    tag: Option<Version>,
    digest: Option<Arc<str>>,
}

const LONGEST: usize = 255;

impl Image {
    /// The registry with its port: `ghcr.io`; none for Docker Hub.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// The name in the registry: `library/redis`, `redis`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Registry and repository, without tag and digest.
    pub fn name(&self) -> String {
        match &self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None => self.repository.to_string(),
        }
    }

    /// The tag.
    pub fn tag(&self) -> Option<&Version> {
        self.tag.as_ref()
    }

    /// The digest: `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Whether the same reference can be another image tomorrow, without a word: no digest, and a tag that is absent
    /// or has no number.
    pub fn is_floating(&self) -> bool {
        self.digest.is_none() && self.tag.as_ref().is_none_or(Version::is_floating)
    }
}

impl Value for Image {
    const WHAT: &'static str = "an image";
    const EXAMPLES: &'static [&'static str] = &["redis:7.2", "ghcr.io/company/app:1.4.0"];

    fn parse(text: &str) -> Result<Self, String> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/:@+".contains(c);
        if let Some(wrong) = character::outside(text, allowed) {
            return Err(format!("an image has only letters, digits and `._-/:@`, not {wrong}"));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(parse_digest(digest)?)),
            None => (text, None),
        };
        // A colon behind the last slash begins the tag; one before it begins the registry's port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let tag =
            tag.map(|tag| Version::parse(tag).map_err(|e| e.replacen("a version", "the tag of an image", 1)));
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
            _ => (None, name),
        };
        if let Some(registry) = registry {
            check_registry(registry)?;
        }
        check_repository(repository)?;
        if name.len() > LONGEST {
            return Err(format!("the name of an image has at most {LONGEST} characters"));
        }
        Ok(Image {
            registry: registry.map(Arc::from),
            repository: repository.into(),
            tag: tag.transpose()?,
            digest: digest.map(Arc::from),
        })
    }
}

fn parse_digest(digest: &str) -> Result<&str, String> {
    let hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match digest.split_once(':') {
        Some(("sha256", sum)) if sum.len() == 64 && hex(sum) => Ok(digest),
        Some(("sha512", sum)) if sum.len() == 128 && hex(sum) => Ok(digest),
        _ => Err("the digest of an image is `sha256:` and 64 hexadecimal digits in lower case".into()),
    }
}

fn check_registry(registry: &str) -> Result<(), String> {
    let (host, port) = match registry.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (registry, None),
    };
    Address::parse(host).map_err(|e| format!("the registry of the image is wrong: {e}"))?;
    port.map(Port::parse).transpose().map_err(|e| format!("the registry of the image is wrong: {e}"))?;
    Ok(())
}

/// Parts of lower-case letters and digits, joined by `.`, `_`, `__` or dashes inside.
fn check_repository(repository: &str) -> Result<(), String> {
    if repository.is_empty() {
        return Err("an image needs a name, as in `redis:7.2`".into());
    }
    for part in repository.split('/') {
        let good = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-');
        if let Some(wrong) = character::outside(part, good) {
            return Err(format!("the name of an image has only a-z, 0-9 and `._-`, not {wrong}"));
        }
        let letter = |c: char| c.is_ascii_alphanumeric();
        if !part.starts_with(letter) || !part.ends_with(letter) {
            return Err("each part of an image's name begins and ends with a letter or digit".into());
        }
        let joints = part.split(letter).filter(|joint| !joint.is_empty());
        if joints
            .into_iter()
            .any(|joint| joint != "." && joint != "_" && joint != "__" && joint.contains(['.', '_']))
        {
            return Err("the parts of an image's name are joined by `.`, `_`, `__` or dashes".into());
        }
    }
    Ok(())
}

impl std::fmt::Display for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = self.name();
        if let Some(tag) = &self.tag {
            text.push_str(&format!(":{tag}"));
        }
        if let Some(digest) = &self.digest {
            text.push_str(&format!("@{digest}"));
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Image, Value};

    fn image(text: &str) -> Image {
        Image::parse(text).unwrap()
    }

    #[test]
    fn takes_images_apart() {
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        let full = format!("localhost:5000/team/my_app__x-y.z:1.2@{digest}");
        for text in [
            "redis",
            "redis:7",
            "library/redis",
            "ghcr.io/company/app:1.4.0",
            "a--b:v1",
            "10.0.0.5:5000/x",
            &full,
        ] {
            assert_eq!(image(text).to_string(), text);
        }
        let i = image(&full);
        assert_eq!((i.registry(), i.repository()), (Some("localhost:5000"), "team/my_app__x-y.z"));
        assert_eq!((i.tag().unwrap().as_str(), i.digest()), ("1.2", Some(digest.as_str())));
        assert_eq!(image("company/app").registry(), None);
    }

    #[test]
    fn knows_what_floats() {
        let digest = format!("sha256:{}", "0".repeat(64));
        assert!(
            image("redis").is_floating()
                && image("redis:latest").is_floating()
                && image("nginx:alpine").is_floating()
        );
        assert!(!image("redis:7").is_floating() && !image(&format!("redis@{digest}")).is_floating());
    }

    #[test]
    fn refuses_with_a_reason() {
        let long = "a".repeat(256);
        for (text, reason) in [
            ("", "needs a name"),
            (":7", "needs a name"),
            ("Redis", "not `R`"),
            ("redis:", "tag"),
            ("redis:^7", "`^`"),
            ("redis:7:8", "not `:`"),
            ("redis@sha256:abc", "digest"),
            ("redis@", "digest"),
            ("a//b", "begins and ends"),
            ("/a", "begins and ends"),
            ("a/", "begins and ends"),
            ("-a", "begins and ends"),
            ("a..b", "joined"),
            ("a___b", "joined"),
            ("a._b", "joined"),
            ("ghcr.io:0/a", "registry"),
            ("ghcr.io/", "needs a name"),
            ("re dis", "a space"),
            ("$IMAGE", "`$`"),
            ("redis\0", "NUL"),
            ("레디스", "`레`"),
            (&long, "255"),
        ] {
            let found = Image::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
