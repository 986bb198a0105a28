//! `logs/<service>/<file>.schema.json`: what the lines of a log hold, as JSON Schema; beside it, where somebody collects
//! them, the metrics that `scripts/log-metrics.sh` draws from the lines.

mod metrics;
mod schema;

use super::artifact::{Artifact, OnChange};
use crate::model::{LogSchema, Model};

pub use schema::schema;

/// Makes the files; none when no log is described.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let described = model.logs.iter().filter_map(|log| log.schema.as_ref());
    described.flat_map(|log| files(model, log)).collect()
}

fn files(model: &Model, log: &LogSchema) -> Vec<Artifact> {
    let file = |kind: &str, contents: String| Artifact {
        path: format!("{}.{kind}.json", log.place()),
        contents: (contents + "\n").into(),
        mode: 0o644,
        emitter: "logs",
        from: vec![format!("service/{}", log.service), format!("service/{}/log/{}", log.service, log.path)],
        on_change: OnChange::Nothing,
    };
    let mut files = vec![file("schema", format!("{:#}", schema(model, log)))];
    if model.monitoring.is_some() {
        files.push(file("metrics", format!("{:#}", metrics::metrics(log))));
    }
    files
}
