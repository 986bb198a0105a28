//! The name of a metric in Prometheus.
//!
//! It refuses labels and expressions; what is computed of metrics is said elsewhere.

use super::{Value, character};
use std::sync::Arc;

/// A metric: letters, digits, `_` and `:`, not beginning with a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricName(Arc<str>);

checked_text!(MetricName);

const LONGEST: usize = 200;

impl MetricName {
    /// The metric whose part this is: a histogram's `_bucket`, `_sum` and `_count` belong to one.
    pub fn family(&self) -> &str {
        let parts = ["_bucket", "_sum", "_count"];
        parts
            .iter()
            .find_map(|part| self.0.strip_suffix(part))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(&self.0)
    }
}

impl Value for MetricName {
    const WHAT: &'static str = "a metric name";
    const EXAMPLES: &'static [&'static str] = &["http_requests_total", "redis_connected_clients"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a metric name cannot be empty".into());
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        if let Some(wrong) = character::outside(text, allowed) {
            return Err(format!("a metric name has only letters, digits, `_` and `:`, not {wrong}"));
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("a metric name does not begin with a digit".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a metric name has at most {LONGEST} characters"));
        }
        Ok(MetricName(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{MetricName, Value};

    #[test]
    fn accepts_metrics() {
        for text in ["up", "http_requests_total", "job:rate5m", "_x"] {
            assert_eq!(MetricName::parse(text).unwrap().as_str(), text);
        }
        let family = |text| MetricName::parse(text).unwrap().family().to_string();
        assert_eq!(
            (family("http_seconds_bucket"), family("up"), family("_sum")),
            ("http_seconds".into(), "up".into(), "_sum".into())
        );
    }

    #[test]
    fn refuses() {
        let long = "a".repeat(201);
        for text in ["", "1a", "a-b", "a.b", "a{b=\"c\"}", "rate(a)", "a b", "메트릭", "a\0", &long] {
            assert!(MetricName::parse(text).is_err(), "{text:?}");
        }
    }
}
