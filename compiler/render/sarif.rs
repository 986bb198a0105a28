//! Diagnostics as SARIF 2.1.0, which code scanning reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::record::{PlaceRecord, Record, records};
use crate::{diagnostic::Diagnostic, source::Sources};

/// The findings of several runs as one.
pub fn sarif<'a>(found: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>) -> Value {
    let records: Vec<Record> =
        found.into_iter().flat_map(|(diagnostics, sources)| records(diagnostics, sources)).collect();
    let rules: BTreeSet<&str> = records.iter().map(|record| record.code).collect();
    let rules: Vec<Value> = rules.into_iter().map(|code| json!({ "id": code })).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "ondol", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": records.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn result(record: &Record) -> Value {
    let help = record.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    json!({
        "ruleId": record.code,
        "level": record.severity,
        "message": { "text": format!("{}{help}", record.message) },
        "locations": record.places.iter().take(1).map(location).collect::<Vec<_>>(),
        "relatedLocations": record.places.iter().skip(1).map(location).collect::<Vec<_>>(),
    })
}

fn location(place: &PlaceRecord) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": place.file },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "byteOffset": place.start,
                "byteLength": place.end - place.start,
            },
        },
        "message": { "text": place.text },
    })
}
