//! Nothing is watched that nobody exports, and nothing as what it is not: such an alert could never fire.

use super::{Input, measure::Measure, subject::Subject};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::kind::Form,
    model::{Metric, MetricType, Service},
    source::Span,
    values::MetricName,
};

/// What the host's exporter has is too much to list, and jobs add to it.
const OF_THE_HOST: [&str; 2] = ["node_", "ondol_"];

/// Reports a measure that reads what `services`, whose metrics are about its subject, do not export.
pub fn check(input: &Input, span: Span, measure: &Measure, services: &[&Service]) -> Option<()> {
    // What is drawn from logs arrives with what the host tells.
    let drawn = |service: &&Service| {
        let logs = input.model.logs.iter().filter_map(|log| log.schema.as_ref());
        logs.filter(|log| log.service == service.name).any(|log| !log.metrics.is_empty())
    };
    let scraped = services.iter().any(|service| service.metrics_path.is_some() || drawn(service));
    if !scraped {
        let origin = services.first().map(|service| service.origin.span());
        let name = measure.subject.name();
        let diagnostic =
            Diagnostic::error("unmeasured-metric", format!("nothing exports metrics of `{name}`"))
                .at(span, "this could never fire");
        let diagnostic = match origin {
            Some(span) => diagnostic.at(span, "this has no `metrics` path and no exporter"),
            None => diagnostic,
        };
        input.sink.report(diagnostic.help("give the service `metrics \"/metrics\"`"));
        return None;
    }
    measure
        .selectors()
        .into_iter()
        .try_for_each(|selector| one(input, span, measure, services, selector.metric()))
}

fn one(input: &Input, span: Span, measure: &Measure, services: &[&Service], name: &MetricName) -> Option<()> {
    let metrics: Vec<&Metric> = services.iter().flat_map(|service| &service.metrics).collect();
    let Some(metric) = metrics.iter().find(|metric| is_part_of(name, metric)) else {
        let host = matches!(measure.subject, Subject::Host(_));
        if host && OF_THE_HOST.iter().any(|prefix| name.as_str().starts_with(prefix)) {
            return Some(());
        }
        input.sink.report(unexported(input, span, measure, &metrics, name));
        return None;
    };
    let whole = metric.name == *name;
    let quantile = matches!(measure.form, Form::Quantile(..));
    let (wrong, help) = match (&measure.form, metric.kind) {
        (Form::Quantile(..), MetricType::Histogram) if whole => return Some(()),
        (Form::Quantile(..), _) => (
            "is no histogram, so it has no quantiles",
            "watch it with `max`, `avg` or `rate`, or state the metric with `type=\"histogram\"`",
        ),
        (_, MetricType::Histogram) if whole && !quantile => {
            ("is a histogram, which has no single value", "watch a quantile of it, as in `p95`")
        }
        (Form::Rate(_) | Form::Ratio(..), MetricType::Gauge) => {
            ("is a gauge, which falls as it rises", "watch it with `max`, `min`, `avg` or `sum`")
        }
        (Form::Aggregate(..), MetricType::Counter) => {
            ("is a counter, which only grows", "watch its growth with `rate`")
        }
        _ => return Some(()),
    };
    input.sink.report(
        Diagnostic::error("unmeasured-metric", format!("`{name}` {wrong}"))
            .at(span, "this could not tell anything")
            .help(help),
    );
    None
}

/// Whether `name` is the metric, or one of the series that a histogram or summary consists of.
fn is_part_of(name: &MetricName, metric: &Metric) -> bool {
    let compound = matches!(metric.kind, MetricType::Histogram | MetricType::Summary);
    metric.name == *name || (compound && metric.name.as_str() == name.family())
}

fn unexported(
    input: &Input,
    span: Span,
    measure: &Measure,
    metrics: &[&Metric],
    name: &MetricName,
) -> Diagnostic {
    let elsewhere = input
        .model
        .services
        .iter()
        .filter(|service| service.observes.is_none())
        .find(|service| service.metrics.iter().any(|metric| is_part_of(name, metric)));
    let subject = measure.subject.name();
    if let Some(service) = elsewhere {
        return Diagnostic::error("unmeasured-metric", format!("`{name}` is no metric of `{subject}`"))
            .at(span, "this could never fire")
            .help(format!("it is exported by `{0}`: write `of=\"{0}\"`", service.name));
    }
    let known: Vec<&str> = metrics.iter().map(|metric| metric.name.as_str()).collect();
    let diagnostic =
        Diagnostic::error("unmeasured-metric", format!("nothing in the system exports `{name}`"))
            .at(span, "this could never fire");
    match nearest(name.as_str(), known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic
            .help(format!("if `{subject}` exports it, state it there: `metric \"{name}\" type=\"gauge\"`")),
    }
}
