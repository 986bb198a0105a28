//! A configuration as JSON, which has no comments: the file cannot say where it comes from.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};

use super::text;
use crate::model::ConfigValue;

/// The file.
pub fn document(value: &ConfigValue) -> String {
    // Writing to memory does not fail, and the keys are strings.
    serde_json::to_string_pretty(&Plain(value)).unwrap_or_default() + "\n"
}

/// A value for any format of serde. Keys stay in the order of the description, which a `serde_json::Value` would sort.
pub(super) struct Plain<'a>(pub &'a ConfigValue);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ConfigValue::Text(value) => serializer.serialize_str(&text(value)),
            ConfigValue::Integer(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.serialize_i128(*number),
            },
            ConfigValue::Decimal(number) => match number.parse::<f64>() {
                Ok(number) => serializer.serialize_f64(number),
                Err(_) => serializer.serialize_str(number),
            },
            ConfigValue::Bool(value) => serializer.serialize_bool(*value),
            ConfigValue::Null => serializer.serialize_unit(),
            ConfigValue::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Plain(item))?;
                }
                list.end()
            }
            ConfigValue::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Plain(value))?;
                }
                map.end()
            }
        }
    }
}
