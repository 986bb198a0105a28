//! A metric that a kind exports.

use crate::{
    model::MetricType,
    source::Located,
    syntax::Reader,
    values::{Line, MetricName, choice},
};

/// A metric that a kind exports.
#[derive(Clone, Debug)]
pub struct KindMetric {
    /// Its name.
    pub name: Located<MetricName>,
    /// Its type.
    pub kind: MetricType,
    /// Its labels.
    pub labels: Vec<Located<Line>>,
    /// What it counts.
    pub about: String,
}

choice! { MetricType, "a type of metric", {
    "counter" => Counter, "gauge" => Gauge, "histogram" => Histogram, "summary" => Summary,
} }

/// A metric: `metric "name" type="histogram" about="…"`; services state metrics in the same words.
pub fn metric(r: &mut Reader) -> Option<KindMetric> {
    r.example(EXAMPLE);
    plain(r)
}

const EXAMPLE: &str = "metric \"llm_request_duration_seconds\" type=\"histogram\" about=\"time that a call of the model takes\"";

/// The same without an example, for places that have another.
pub fn plain(r: &mut Reader) -> Option<KindMetric> {
    let name = r.arg::<MetricName>("name", "its name; of a histogram without `_bucket`").required();
    let kind = r.prop::<MetricType>("type", "its type").required();
    let labels = r.list::<Line>("labels", "labels worth knowing");
    let about = r.prop::<Line>("about", "what it counts").optional();
    Some(KindMetric {
        name: name?,
        kind: kind?.value,
        labels,
        about: about.map(|text| text.value.to_string()).unwrap_or_default(),
    })
}
