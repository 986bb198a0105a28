//! The lines of a log held against their schema. The only product file that knows `jsonschema`.
//!
//! It never repeats a value: what people wrote stands in logs.

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// Its stable name.
    pub code: &'static str,
    /// JSON Pointer of the value, or of where one is missing.
    pub pointer: String,
    /// What is wrong with it.
    pub reason: String,
    /// The same for the same mistake in every line: the part of the schema that it breaks.
    pub sort: String,
}

/// A schema, ready to judge lines.
pub struct Schema(Validator);

impl Schema {
    /// Reads a schema. The error is one of ondol, which made it.
    pub fn new(schema: &Value) -> Result<Schema, String> {
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        options.build(schema).map(Schema).map_err(|error| error.to_string())
    }

    /// Everything that is wrong with a line, sorted; an empty one is no JSON.
    pub fn wrong(&self, line: &[u8]) -> Vec<Wrong> {
        let value: Value = match serde_json::from_slice(line) {
            Ok(value) => value,
            Err(error) => {
                let reason = match error.classify() {
                    serde_json::error::Category::Eof => "ends in the middle of its JSON".to_owned(),
                    _ => format!("is no JSON at character {}", error.column()),
                };
                let sort = "not JSON".to_owned();
                return vec![Wrong { code: "log-not-json", pointer: String::new(), reason, sort }];
            }
        };
        let mut found: Vec<Wrong> = self.0.iter_errors(&value).flat_map(|error| told(&error)).collect();
        found.sort();
        found
    }
}

/// One error of the validator, in our words.
fn told(error: &ValidationError) -> Vec<Wrong> {
    let at = error.instance_path().to_string();
    let sort = error.schema_path().to_string();
    let below = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    let wrong = |code, pointer: String, reason: String, sort: String| Wrong { code, pointer, reason, sort };
    let value = |reason: String| vec![wrong("log-wrong-value", at.clone(), reason, sort.clone())];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                let reason = "is a field that is not described".to_owned();
                wrong("log-unknown-field", below(name), reason, format!("{sort}/{name}"))
            })
            .collect(),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![wrong("log-missing-field", below(name), "is missing".to_owned(), format!("{sort}/{name}"))]
        }
        ValidationErrorKind::Enum { options } => value(format!("is none of {}", listed(options))),
        ValidationErrorKind::Minimum { limit } => value(format!("is below {limit}")),
        ValidationErrorKind::Maximum { limit } => value(format!("is above {limit}")),
        ValidationErrorKind::Pattern { pattern } => value(format!("has not the form {pattern}")),
        ValidationErrorKind::Format { format } => value(format!("is no {format}")),
        ValidationErrorKind::AnyOf { .. } => value("is no address of IP".to_owned()),
        _ => value(error.masked().to_string().replacen("value ", "", 1)),
    }
}

/// The values of an enumeration, which come from the description.
fn listed(options: &Value) -> String {
    let words = options.as_array().into_iter().flatten().filter(|value| !value.is_null());
    let words: Vec<String> =
        words.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::Schema;
    use serde_json::json;

    fn found(line: &str) -> Vec<String> {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["a", "t"],
            "properties": {
                "a": { "type": "integer", "minimum": 0 },
                "t": { "type": "string", "format": "date-time" },
                "o": { "type": ["object", "null"], "additionalProperties": false, "properties": { "s": { "type": "string", "pattern": "^(?:[a-z]+)$" } } },
                "l": { "type": "array", "items": { "type": "string", "enum": ["x", "y"] } }
            }
        });
        let schema = Schema::new(&schema).expect("a schema");
        schema
            .wrong(line.as_bytes())
            .into_iter()
            .map(|one| format!("{} {} {}", one.code, one.pointer, one.reason))
            .collect()
    }

    #[test]
    fn says_where_and_why() {
        assert!(found(r#"{"a":1,"t":"2025-01-21T12:34:56.789Z","o":null,"l":["x"]}"#).is_empty());
        assert_eq!(
            found(r#"{"a":-1,"t":"yesterday","o":{"s":"A1","p/q":1},"l":["x","swordfish"]}"#),
            [
                "log-unknown-field /o/p~1q is a field that is not described",
                "log-wrong-value /a is below 0",
                "log-wrong-value /l/1 is none of x, y",
                "log-wrong-value /o/s has not the form ^(?:[a-z]+)$",
                "log-wrong-value /t is no date-time",
            ]
        );
        assert_eq!(
            found(r#"{"a":"swordfish"}"#),
            ["log-missing-field /t is missing", "log-wrong-value /a is not of type \"integer\""]
        );
        assert_eq!(found("Traceback"), ["log-not-json  is no JSON at character 1"]);
        assert_eq!(found(r#"{"a":"#), ["log-not-json  ends in the middle of its JSON"]);
        assert_eq!(found("[]"), ["log-wrong-value  is not of type \"object\""]);
    }
}
