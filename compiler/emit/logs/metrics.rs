//! The metrics of a log, as `scripts/log-metrics.sh` reads them.

use serde_json::{Value, json};

use super::schema::number;
use crate::model::{LogMetric, LogSchema, MetricType};

/// All of a log's metrics.
pub fn metrics(log: &LogSchema) -> Value {
    log.metrics.iter().map(metric).collect()
}

fn metric(metric: &LogMetric) -> Value {
    let labels = metric
        .labels
        .iter()
        .map(|(name, field, values)| json!({ "name": name, "field": field, "values": values }));
    let conditions =
        metric.conditions.iter().map(|(field, values)| json!({ "field": field, "values": values }));
    json!({
        "name": metric.name.as_str(),
        "type": match metric.kind {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram | MetricType::Summary => "histogram",
        },
        "help": if metric.about.is_empty() { metric.name.as_str() } else { &metric.about },
        "labels": labels.collect::<Value>(),
        "of": metric.of.as_ref().map(|(field, _)| field),
        "scale": metric.of.as_ref().map_or(json!(1), |(_, scale)| whole(*scale)),
        "where": conditions.collect::<Value>(),
        "buckets": metric.buckets.iter().map(|bound| number(*bound)).collect::<Value>(),
    })
}

/// A factor, without a point when it has nothing behind it.
fn whole(scale: f64) -> Value {
    if scale.fract() == 0.0 { json!(scale as i64) } else { json!(scale) }
}
