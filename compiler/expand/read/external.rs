//! `external`: what the system uses and somebody else runs.

use crate::{
    source::{Located, Span},
    syntax::{Entry, FromEntry, Reader, Scalar},
    values::{Address, EnvName, Line, Name, Port, Url, UrlPath, Value},
};

/// A stated `external`.
#[derive(Clone, Debug)]
pub struct ExternalSpec {
    /// Its name.
    pub name: Located<Name>,
    /// What it is.
    pub about: Option<Line>,
    /// How others connect.
    pub url: Option<Located<ExternalUrl>>,
    /// The machine that answers.
    pub address: Option<Located<Address>>,
    /// The port on it.
    pub port: Option<Located<Port>>,
    /// The path that answers when it works.
    pub health: Option<Located<UrlPath>>,
    /// Who runs it.
    pub contact: Option<Line>,
    /// Where it is stated.
    pub span: Span,
}

impl ExternalSpec {
    /// The URL, when it is written here.
    pub fn known(&self) -> Option<&Url> {
        match self.url.as_ref().map(|url| &url.value) {
            Some(ExternalUrl::Known(url)) => Some(url),
            _ => None,
        }
    }

    /// The URL, when it is written here and can be asked over HTTP.
    pub fn web(&self) -> Option<&Url> {
        self.known().filter(|url| matches!(url.scheme(), "http" | "https"))
    }

    /// Where it answers, as far as that is no secret.
    pub fn at(&self) -> Option<(&Address, Port)> {
        let address = self.address.as_ref().map(|address| &address.value).or(self.known().map(Url::host))?;
        let port = self.port.as_ref().map(|port| port.value).or_else(|| self.known().and_then(Url::port))?;
        Some((address, port))
    }

    /// Whether it says, other than by a secret, where it can be asked whether it works.
    pub fn is_probed(&self) -> bool {
        self.web().is_some() || self.at().is_some()
    }
}

/// A URL that is written here when it is no secret, or named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternalUrl {
    /// Written here.
    Known(Url),
    /// The value of a secret, since it holds a password.
    Secret(EnvName),
    /// The value of a variable.
    Variable(EnvName),
}

impl FromEntry for ExternalUrl {
    const WHAT: &'static str = "a URL, or a reference to one";

    fn examples() -> Vec<String> {
        ["\"https://api.example.com/v1\"", "(secret)\"DATABASE_URL\"", "(variable)\"API_URL\""]
            .map(String::from)
            .to_vec()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        match (entry.annotation.as_deref(), &entry.scalar) {
            (None, Scalar::Text(text)) => Url::parse(text).map(ExternalUrl::Known),
            (Some("secret"), Scalar::Text(name)) => EnvName::parse(name).map(ExternalUrl::Secret),
            (Some("variable"), Scalar::Text(name)) => EnvName::parse(name).map(ExternalUrl::Variable),
            _ => Err("it is written, or comes from a secret or a variable".into()),
        }
    }
}

/// Reads an `external`.
pub fn external(r: &mut Reader) -> Option<ExternalSpec> {
    r.example("external \"user-db\" about=\"PostgreSQL of the cloud\" {\n    url secret=\"DATABASE_URL\"\n    address \"db.example.com\"\n    port 5432\n    contact \"the cloud's support, contract 4711\"\n}");
    r.example("external \"geocoder\" url=\"https://api.example.com/v1\" health=\"/status\"");
    let name = r.arg::<Name>("name", "its name: what `needs` and `url-of` call it").required();
    let about = r.prop::<Line>("about", "what it is").optional();
    let url = r
        .prop::<ExternalUrl>(
            "url",
            "how others connect, what `url-of` gives; one that holds a password comes from a secret",
        )
        .optional();
    let address =
        r.prop::<Address>("address", "the machine that answers, when the `url` does not say").optional();
    let port = r.prop::<Port>("port", "the port on it, when the `url` does not say").optional();
    let health = r
        .prop::<UrlPath>(
            "health",
            "the path on its host that answers with 2xx when it works, whatever path the `url` has; without one, any answer will do",
        )
        .optional();
    let contact = r.prop::<Line>("contact", "who runs it, and how they are reached").optional();
    Some(ExternalSpec {
        name: name?,
        about: about.map(|text| text.value),
        url,
        address,
        port,
        health,
        contact: contact.map(|text| text.value),
        span: r.span()?,
    })
}
