//! The lines of a log as JSON Schema, draft 2020-12.

use serde_json::{Map, Number, Value, json};

use crate::{
    emit::header::header,
    model::{Field, FieldType, LogSchema, Model},
    values::Decimal,
};

/// The schema of one line.
pub fn schema(model: &Model, log: &LogSchema) -> Value {
    let mut schema = object(&log.fields, log.open);
    let words = [
        ("$schema", "https://json-schema.org/draft/2020-12/schema".to_owned()),
        ("$id", format!("urn:ondol:{}:{}", model.system, log.place())),
        ("$comment", header(model)),
        ("title", format!("A line of {}, written by {}", log.path, log.service)),
    ];
    schema.extend(words.map(|(word, text)| (word.to_owned(), Value::String(text))));
    schema.insert("type".to_owned(), json!("object"));
    Value::Object(schema)
}

/// What holds of an object with these fields.
fn object(fields: &[Field], open: bool) -> Map<String, Value> {
    let mut schema = Map::new();
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_string(), whole(field))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| !field.optional).map(|field| field.name.as_str()).collect();
    if !fields.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("additionalProperties".to_owned(), open.into());
    schema
}

/// What holds of a field.
fn whole(field: &Field) -> Value {
    let mut schema = if field.list {
        let items = Value::Object(one(field));
        Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), items)])
    } else {
        one(field)
    };
    if let Some(about) = &field.about {
        schema.insert("description".to_owned(), json!(about.as_str()));
    }
    if field.optional {
        let kind = schema["type"].clone();
        schema.insert("type".to_owned(), json!([kind, "null"]));
        if let Some(Value::Array(choices)) = schema.get_mut("enum") {
            choices.push(Value::Null);
        }
    }
    Value::Object(schema)
}

/// What holds of a field's value, or of each in its list.
fn one(field: &Field) -> Map<String, Value> {
    let mut schema = match field.kind {
        FieldType::Object => object(&field.fields, field.open),
        _ => Map::new(),
    };
    let mut say = |word: &str, value: Value| schema.insert(word.to_owned(), value);
    say(
        "type",
        json!(match field.kind {
            FieldType::Integer => "integer",
            FieldType::Number => "number",
            FieldType::Boolean => "boolean",
            FieldType::Object => "object",
            _ => "string",
        }),
    );
    match field.kind {
        FieldType::Time => drop(say("format", json!("date-time"))),
        FieldType::Date => drop(say("format", json!("date"))),
        FieldType::Url => drop(say("format", json!("uri"))),
        FieldType::Email => drop(say("format", json!("email"))),
        FieldType::Uuid => drop(say("format", json!("uuid"))),
        FieldType::Ip => drop(say("anyOf", json!([{ "format": "ipv4" }, { "format": "ipv6" }]))),
        _ => {}
    }
    if !field.one_of.is_empty() {
        let choice = |text: &str| match field.kind {
            FieldType::Integer => text.parse::<i64>().map_or_else(|_| json!(text), Value::from),
            FieldType::Number => text.parse::<f64>().map_or_else(|_| json!(text), Value::from),
            _ => json!(text),
        };
        say("enum", field.one_of.iter().map(|one| choice(one.as_str())).collect());
    }
    if let Some(min) = field.min {
        say("minimum", number(min));
    }
    if let Some(max) = field.max {
        say("maximum", number(max));
    }
    if let Some(form) = &field.form {
        say("pattern", json!(format!("^(?:{})$", form.as_str())));
    }
    schema
}

/// A decimal number as JSON has it: whole when it is.
pub fn number(decimal: Decimal) -> Value {
    let whole = decimal.as_whole().and_then(|whole| i64::try_from(whole).ok());
    let fraction = || decimal.to_string().parse::<f64>().ok().and_then(Number::from_f64);
    whole.map(Number::from).or_else(fraction).map_or(Value::Null, Value::Number)
}
