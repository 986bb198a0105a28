//! A configuration as names and values, one on each line, as environment files are written.

use super::text;
use crate::{
    emit::quote,
    model::{ConfigValue, Text},
};

/// The file, with a comment at its head.
pub fn document(value: &ConfigValue, about: &str) -> String {
    let mut out: String = about.lines().map(|line| format!("# {line}\n")).collect();
    if let ConfigValue::Map(entries) = value {
        entries.iter().for_each(|(name, value)| out.push_str(&format!("{name}={}\n", one(value))));
    }
    out
}

/// A single value; lists, maps and nothing were refused when it was resolved.
fn one(value: &ConfigValue) -> String {
    match value {
        ConfigValue::Text(value) => quoted(value),
        ConfigValue::Integer(number) => number.to_string(),
        ConfigValue::Decimal(number) => number.clone(),
        ConfigValue::Bool(value) => value.to_string(),
        ConfigValue::Null | ConfigValue::List(_) | ConfigValue::Map(_) => String::new(),
    }
}

/// A text. With variables it stands in double quotes, in which they are replaced; the text beside them has no `$`.
fn quoted(value: &Text) -> String {
    if value.variables().next().is_none() {
        return quote::dotenv(&text(value));
    }
    let escaped: String = text(value)
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '`' => "\\0140".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
