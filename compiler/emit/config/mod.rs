//! Configuration files of the user's own services, as the description states them; and files that pass through.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Item, Pair, Yaml},
};
use crate::model::{ConfigValue, Model, Part};

/// Makes every configuration file.
pub fn emit(model: &Model) -> Vec<Artifact> {
    model
        .configs
        .iter()
        .map(|config| Artifact {
            path: config.path.clone(),
            contents: match config.format {
                "json" => serde_json::to_string_pretty(&json(&config.value)).unwrap_or_default() + "\n",
                _ => yaml(&config.value).document(&format!(
                    "{}\n${{NAME}} is expanded by {} from its environment.",
                    header(model),
                    config.service
                )),
            },
            mode: 0o644,
            emitter: "config",
            from: vec![
                format!("service/{}", config.service),
                format!("service/{}/config/{}", config.service, config.target),
            ],
            on_change: OnChange::Restart(config.service.to_string()),
        })
        .collect()
}

/// Passes the user's files through.
pub fn files(model: &Model) -> Vec<Artifact> {
    model
        .files
        .iter()
        .map(|file| Artifact {
            path: file.path.clone(),
            contents: file.contents.clone(),
            mode: file.mode,
            emitter: "file",
            from: vec![format!("file/{}", file.path)],
            on_change: OnChange::Nothing,
        })
        .collect()
}

fn text(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => literal.clone(),
            Part::Variable(name) => format!("${{{name}}}"),
        })
        .collect()
}

fn yaml(value: &ConfigValue) -> Yaml {
    match value {
        ConfigValue::Text(value) => Yaml::Str(text(&value.parts)),
        ConfigValue::Integer(number) => Yaml::Int(*number),
        ConfigValue::Decimal(number) => Yaml::Number(number.clone()),
        ConfigValue::Bool(value) => Yaml::Bool(*value),
        ConfigValue::Null => Yaml::Null,
        ConfigValue::List(items) => {
            Yaml::Seq(items.iter().map(|item| Item { comment: None, value: yaml(item) }).collect())
        }
        ConfigValue::Map(entries) => {
            Yaml::Map(entries.iter().map(|(key, value)| Pair::new(key.clone(), yaml(value))).collect())
        }
    }
}

fn json(value: &ConfigValue) -> serde_json::Value {
    match value {
        ConfigValue::Text(value) => text(&value.parts).into(),
        ConfigValue::Integer(number) => (*number).into(),
        // Kept as written where JSON can carry it, else as text: no digit is lost.
        ConfigValue::Decimal(number) => {
            serde_json::from_str(number).unwrap_or_else(|_| number.clone().into())
        }
        ConfigValue::Bool(value) => (*value).into(),
        ConfigValue::Null => serde_json::Value::Null,
        ConfigValue::List(items) => items.iter().map(json).collect(),
        ConfigValue::Map(entries) => {
            serde_json::Value::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
    }
}
