//! Values that come from elsewhere: `(secret)"NAME"`, `url-of="redis"`.

use super::template::Template;
use crate::{
    source::Located,
    syntax::{Entry, FromEntry, Reader, Scalar},
    values::{Amount, EnvName, Name, Prose, UrlPath, Value},
};

/// A secret, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef(pub EnvName);

impl FromEntry for SecretRef {
    const WHAT: &'static str = "a secret";

    fn examples() -> Vec<String> {
        vec!["(secret)\"API_TOKEN\"".into()]
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        match (&entry.annotation, &entry.scalar) {
            (Some(annotation), Scalar::Text(name)) if annotation == "secret" => {
                EnvName::parse(name).map(SecretRef)
            }
            _ => Err("a secret is named, never written".into()),
        }
    }
}

/// A value that is written here, or taken from another part of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Written here.
    Literal(Scalar),
    /// Written here, with variables in it.
    Template(Template),
    /// The value of a secret.
    Secret(EnvName),
    /// The value of a variable.
    Variable(EnvName),
    /// How to connect to a service: `redis://:…@redis:6379/0`.
    UrlOf(Name),
    /// The name of a service on the private network.
    HostOf(Name),
    /// The port of a service.
    PortOf(Name),
    /// `host:port` of a service.
    AddressOf(Name),
    /// The public address of a path: `https://domain/path`.
    PublicUrl(Option<UrlPath>),
}

impl Source {
    /// The variables and secrets that it names.
    pub fn variables(&self) -> Vec<&EnvName> {
        match self {
            Source::Secret(name) | Source::Variable(name) => vec![name],
            Source::Template(template) => template.variables().collect(),
            _ => Vec::new(),
        }
    }

    /// The service that it refers to.
    pub fn service(&self) -> Option<&Name> {
        match self {
            Source::UrlOf(name) | Source::HostOf(name) | Source::PortOf(name) | Source::AddressOf(name) => {
                Some(name)
            }
            _ => None,
        }
    }
}

impl FromEntry for Source {
    const WHAT: &'static str = "a value, or a reference to one";

    fn examples() -> Vec<String> {
        [
            "\"info\"",
            "8080",
            "#false",
            "(secret)\"API_TOKEN\"",
            "(variable)\"CLIENT_ID\"",
            "(template)\"postgres://app:${PASSWORD}@db/app\"",
            "(url-of)\"redis\"",
            "(host-of)\"postgres\"",
            "(port-of)\"postgres\"",
            "(address-of)\"redis\"",
            "(public-url)\"/callback\"",
        ]
        .map(String::from)
        .to_vec()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        let text = entry.scalar.text();
        match entry.annotation.as_deref() {
            None if entry.scalar == Scalar::Null => Err(
                "nothing is no value: write `\"\"` for an empty one; what is handed through from where compose runs is named by `pass-env`".into()
            ),
            None => {
                if let Scalar::Text(text) = &entry.scalar {
                    Prose::parse(text)?;
                }
                Ok(Source::Literal(entry.scalar.clone()))
            }
            Some("template") => Template::parse(&text).map(Source::Template),
            Some("secret") => EnvName::parse(&text).map(Source::Secret),
            Some("variable") => EnvName::parse(&text).map(Source::Variable),
            Some("url-of") => Name::parse(&text).map(Source::UrlOf),
            Some("host-of") => Name::parse(&text).map(Source::HostOf),
            Some("port-of") => Name::parse(&text).map(Source::PortOf),
            Some("address-of") => Name::parse(&text).map(Source::AddressOf),
            Some("public-url") if text.is_empty() => Ok(Source::PublicUrl(None)),
            Some("public-url") => UrlPath::parse(&text).map(|path| Source::PublicUrl(Some(path))),
            Some(other) => Err(format!(
                "`{other}` is no source of values; known are secret, variable, template, url-of, host-of, port-of, address-of and public-url"
            )),
        }
    }
}

/// A value with its place.
pub type LocatedSource = Located<Source>;

/// A value of one type, or a reference to it: `restart "always"`, `restart (variable)"RESTART_POLICY"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Or<T> {
    /// Written here, and checked.
    Value(T),
    /// Known at run time.
    From(Source),
}

impl<T: Value> FromEntry for Or<T> {
    const WHAT: &'static str = T::WHAT;
    const FEW: bool = T::FEW;

    fn examples() -> Vec<String> {
        <T as FromEntry>::examples()
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        match entry.annotation.as_deref() {
            Some("template" | "variable" | "secret") => Source::from_entry(entry).map(Or::From),
            _ => T::from_entry(entry).map(Or::Value),
        }
    }
}

impl<T: Amount> Amount for Or<T> {
    /// What is known at run time only is not known to be nothing.
    fn is_nothing(&self) -> bool {
        matches!(self, Or::Value(value) if value.is_nothing())
    }
}

/// A value that compose fills in, with the key that it is for.
pub type Late = (&'static str, LocatedSource);

/// The value, when it is known here; one that compose fills in is put among the late ones.
pub fn known<T>(
    value: Option<Located<Or<T>>>,
    key: &'static str,
    late: &mut Vec<Late>,
) -> Option<Located<T>> {
    let Located { value, span } = value?;
    match value {
        Or::Value(value) => Some(Located::new(value, span)),
        Or::From(source) => {
            late.push((key, Located::new(source, span)));
            None
        }
    }
}

/// A switch that compose may fill in: the bare child `name`, `name=#true`, `name=(variable)"NAME"`.
pub fn switch(r: &mut Reader, name: &'static str, about: &'static str) -> Option<Located<Or<bool>>> {
    match r.bare(name) {
        Some(span) => Some(Located::new(Or::Value(true), span)),
        None => r.prop(name, about).optional(),
    }
}

impl<T: Copy> Or<T> {
    /// The value, when it is known here.
    pub fn known(&self) -> Option<T> {
        match self {
            Or::Value(value) => Some(*value),
            Or::From(_) => None,
        }
    }
}

impl<T: std::fmt::Display> Or<T> {
    /// The value as a source of text.
    pub fn source(&self) -> Source {
        match self {
            Or::Value(value) => Source::Literal(Scalar::Text(value.to_string())),
            Or::From(source) => source.clone(),
        }
    }
}
