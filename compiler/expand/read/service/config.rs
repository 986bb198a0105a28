//! A configuration file that is made from the description.

use crate::{
    model::ConfigFormat,
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{AbsPath, choice},
};

/// A stated `config`.
#[derive(Clone, Debug)]
pub struct ConfigSpec {
    /// Where the container sees it.
    pub target: Located<AbsPath>,
    /// Its format.
    pub format: ConfigFormat,
    /// What is in it.
    pub nodes: Vec<Node>,
    /// Where it is stated.
    pub span: Span,
}

choice! { ConfigFormat, "a format", { "yaml" => Yaml, "json" => Json, "toml" => Toml, "env" => Env, } }

pub(super) fn config(r: &mut Reader) -> Option<ConfigSpec> {
    r.example("config \"/app/config.yaml\" format=\"yaml\" {\n    server port=8080 host=\"0.0.0.0\"\n}");
    let target = r.arg::<AbsPath>("path", "where the container sees it").required();
    let format = r.prop::<ConfigFormat>("format", "its format").required();
    let nodes = r.contents("the configuration itself: a node is a key; properties and children are a map, several arguments or `(list)` are a list");
    Some(ConfigSpec { target: target?, format: format?.value, nodes, span: r.span()? })
}
