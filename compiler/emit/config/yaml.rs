//! A configuration as YAML.

use super::text;
use crate::{
    emit::yaml::{Item, Pair, Yaml},
    model::ConfigValue,
};

/// The value as YAML. Texts with variables stand in quotes, for a service may expand them before it reads YAML: the
/// value `12345` or `a #b` has to stay a string then.
pub fn yaml(value: &ConfigValue) -> Yaml {
    match value {
        ConfigValue::Text(value) if value.variables().next().is_some() => Yaml::Quoted(text(value)),
        ConfigValue::Text(value) => Yaml::Str(text(value)),
        ConfigValue::Integer(number) => Yaml::Number(number.to_string()),
        ConfigValue::Decimal(number) => Yaml::Number(number.clone()),
        ConfigValue::Bool(value) => Yaml::Bool(*value),
        ConfigValue::Null => Yaml::Null,
        ConfigValue::List(items) => {
            Yaml::Seq(items.iter().map(|item| Item { comment: None, value: yaml(item) }).collect())
        }
        ConfigValue::Map(entries) => Yaml::Map(entries.iter().map(pair).collect()),
    }
}

fn pair((key, value): &(String, ConfigValue)) -> Pair {
    Pair::new(key.clone(), yaml(value))
}
