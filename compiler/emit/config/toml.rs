//! A configuration as TOML. The only file that knows `toml`.

use super::json::Plain;
use crate::model::ConfigValue;

/// The file, with a comment at its head.
pub fn document(value: &ConfigValue, about: &str) -> String {
    // What TOML cannot hold (nothing, whole numbers of more than 64 bits) was refused when it was resolved.
    let text = toml::to_string(&Plain(value)).unwrap_or_default();
    let head: String = about.lines().map(|line| format!("# {line}\n")).collect();
    format!("{head}\n{text}")
}
