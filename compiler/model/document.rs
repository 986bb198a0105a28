//! What is for people, and files that pass through.

use super::{Origin, Text};
use crate::source::Located;
use crate::syntax::Node;
use crate::values::{AbsPath, Duration, Email, Line, Name, Phone, Prose, Schedule, Url};

/// People who answer for the system.
#[derive(Clone, Debug)]
pub struct Team {
    /// Who.
    pub name: Name,
    /// Mail.
    pub email: Option<Email>,
    /// Telephone.
    pub phone: Option<Phone>,
    /// A chat channel.
    pub chat: Option<Line>,
    /// Whether it is called first.
    pub on_call: bool,
    /// Services that it answers for.
    pub owns: Vec<Located<Name>>,
}

/// What a disaster may cost.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Recovery point: how much of the past may be lost.
    pub rpo: Option<Duration>,
    /// Recovery time: how long a recovery may take.
    pub rto: Option<Duration>,
    /// Where it is stated.
    pub origin: Origin,
}

/// A list that people go through.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Its name.
    pub name: Line,
    /// Its items.
    pub items: Vec<Item>,
}

/// An item of a checklist.
#[derive(Clone, Debug)]
pub struct Item {
    /// What must hold or be done.
    pub text: Line,
    /// When people do it; none when it is proved, or done on some occasion.
    pub every: Option<Schedule>,
    /// A command that helps.
    pub run: Option<Located<Line>>,
    /// The compiler's proof that it holds.
    pub proof: Option<Proof>,
}

/// A proof by the compiler: a rule that held, and the evidence in words.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Name of the proof: `ingress-tls`.
    pub name: &'static str,
    /// What was seen, in the system's language.
    pub evidence: String,
}

/// What the operations guide says beyond the derived.
#[derive(Clone, Debug, Default)]
pub struct Runbook {
    /// The folder in the web in which it is served as a page.
    pub url: Option<Url>,
    /// Known troubles.
    pub troubles: Vec<Trouble>,
    /// Chapters of the user's own.
    pub sections: Vec<Section>,
    /// Links worth having.
    pub links: Vec<Link>,
}

/// A known trouble and what to do.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// What is seen.
    pub title: Line,
    /// What to do.
    pub steps: Vec<Step>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub text: Line,
    /// The command for it.
    pub run: Option<Located<Prose>>,
}

/// A chapter of the user's own, in Markdown, as it is.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its title.
    pub title: Line,
    /// Its text.
    pub body: Prose,
}

/// A link.
#[derive(Clone, Debug)]
pub struct Link {
    /// What it leads to.
    pub title: Line,
    /// Where.
    pub url: Url,
}

/// A configuration file of a user's own service, made from the description.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// The service that reads it.
    pub service: Name,
    /// Where it is in the tree: `config/app/config.yaml`.
    pub path: String,
    /// Where the container sees it.
    pub target: AbsPath,
    /// Its format.
    pub format: ConfigFormat,
    /// What is in it.
    pub value: ConfigValue,
}

/// Formats of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// TOML.
    Toml,
    /// Names and values, as environment files have them.
    Env,
}

/// A value of a configuration file.
#[derive(Clone, Debug)]
pub enum ConfigValue {
    /// A string, which may refer to variables: those appear as `${NAME}`, which the service expands.
    Text(Text),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction, as it is written, always with its point.
    Decimal(String),
    /// A boolean.
    Bool(bool),
    /// Nothing.
    Null,
    /// A list.
    List(Vec<ConfigValue>),
    /// A map, in the order of the description.
    Map(Vec<(String, ConfigValue)>),
}

/// A file of the user's that is placed into the tree as it is.
#[derive(Clone, Debug)]
pub struct ExtraFile {
    /// Where in the tree.
    pub path: String,
    /// What is in it.
    pub contents: FileContents,
    /// Permission bits.
    pub mode: u32,
    /// Where it is stated.
    pub origin: Origin,
}

/// What is in a file of the user's.
#[derive(Clone, Debug)]
pub enum FileContents {
    /// Exactly this.
    Text(String),
    /// Keys and values, for a program that reads YAML.
    Yaml(Vec<Node>),
    /// Directives of nginx.
    Nginx(Vec<Node>),
}
