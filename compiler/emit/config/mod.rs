//! Configuration files of the user's own services, as the description states them.
//!
//! References to variables stay references, `${NAME}`: the service expands them from its environment, so that no
//! secret is in a file.

mod env;
mod json;
mod toml;
mod yaml;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
};
use crate::model::{ConfigFile, ConfigFormat, ConfigValue, Model, Part, Text};

/// Makes every file.
pub fn emit(model: &Model) -> Vec<Artifact> {
    model.configs.iter().map(|config| file(model, config)).collect()
}

fn file(model: &Model, config: &ConfigFile) -> Artifact {
    Artifact {
        path: config.path.clone(),
        contents: match config.format {
            ConfigFormat::Json => json::document(&config.value),
            ConfigFormat::Toml => toml::document(&config.value, &about(model, config)),
            ConfigFormat::Env => env::document(&config.value, &about(model, config)),
            ConfigFormat::Yaml => yaml::yaml(&config.value).document(&about(model, config)),
        }
        .into(),
        mode: 0o644,
        emitter: "config",
        from: vec![
            format!("service/{}", config.service),
            format!("service/{}/config/{}", config.service, config.target),
        ],
        // Mounted as a file, it is the old one to a container until that starts again.
        on_change: OnChange::Restart(config.service.to_string()),
    }
}

fn about(model: &Model, config: &ConfigFile) -> String {
    let header = header(model);
    if refers(&config.value) {
        format!("{header}\n{} replaces ${{NAME}} by its environment variable of that name.", config.service)
    } else {
        header
    }
}

/// Whether it refers to a variable.
fn refers(value: &ConfigValue) -> bool {
    match value {
        ConfigValue::Text(text) => text.variables().next().is_some(),
        ConfigValue::List(items) => items.iter().any(refers),
        ConfigValue::Map(entries) => entries.iter().any(|(_, value)| refers(value)),
        _ => false,
    }
}

/// A text with its variables as references.
fn text(text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Variable(name) => format!("${{{name}}}"),
        Part::Reference { text, .. } => text.clone(),
    };
    text.parts.iter().map(part).collect()
}
