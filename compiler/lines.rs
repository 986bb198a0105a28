//! The lines of a log held against their schema. The only product file that knows `jsonschema`.
//!
//! It never repeats a value: what people wrote stands in logs.

use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
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
        ValidationErrorKind::Format { format } => value(format!("is no {}", form(format))),
        ValidationErrorKind::AnyOf { .. } => value("is no IP address such as 203.0.113.10".to_owned()),
        ValidationErrorKind::Type { kind } => {
            value(format!("is {}, not {}", sort_of(error.instance()), wanted(kind)))
        }
        _ => value("is not as the schema says".to_owned()),
    }
}

/// What a value is, without the value.
fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What it should be. That nothing may stand in place of what is optional helps nobody who wrote something.
fn wanted(kind: &TypeKind) -> String {
    let types: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().filter(|one| *one != JsonType::Null).collect(),
    };
    let words = types.iter().map(|one| match one {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// A format of JSON Schema for people.
fn form(format: &str) -> &str {
    match format {
        "date-time" => "time with its zone such as 2025-01-21T12:34:56Z",
        "date" => "date such as 2025-01-21",
        "uri" => "URL such as https://example.com/path",
        "email" => "mail address such as ops@example.com",
        "uuid" => "UUID such as 123e4567-e89b-12d3-a456-426614174000",
        other => other,
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
                "log-wrong-value /t is no time with its zone such as 2025-01-21T12:34:56Z",
            ]
        );
        assert_eq!(
            found(r#"{"a":"swordfish"}"#),
            ["log-missing-field /t is missing", "log-wrong-value /a is text, not a whole number"]
        );
        assert_eq!(found("Traceback"), ["log-not-json  is no JSON at character 1"]);
        assert_eq!(found(r#"{"a":"#), ["log-not-json  ends in the middle of its JSON"]);
        assert_eq!(found("[]"), ["log-wrong-value  is a list, not an object"]);
        assert_eq!(
            found(r#"{"a":1.5,"t":null,"o":[1],"l":{}}"#),
            [
                "log-wrong-value /a is a number, not a whole number",
                "log-wrong-value /l is an object, not a list",
                "log-wrong-value /o is a list, not an object",
                "log-wrong-value /t is null, not text",
            ]
        );
    }
}
