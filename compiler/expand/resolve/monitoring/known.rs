//! Nothing is watched that nobody exports, and nothing as what it is not: such an alert could never fire.

use super::{Input, exporters, measure::Measure, subject::Subject};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::kind::Form,
    model::{Metric, MetricType, Service},
    source::Span,
    values::MetricName,
};

/// What the host's exporter has is too much to list, and jobs add to it.
pub const OF_THE_HOST: [&str; 2] = ["node_", "ondol_"];

/// Reports a measure that reads what `services`, whose metrics are about its subject, do not export.
pub fn check(input: &Input, span: Span, measure: &Measure, services: &[&Service]) -> Option<()> {
    // What is drawn from logs arrives with what the host tells.
    let drawn = |service: &&Service| {
        let logs = input.model.logs.iter().filter_map(|log| log.schema.as_ref());
        logs.filter(|log| log.service == service.name).any(|log| !log.metrics.is_empty())
    };
    let scraped = services.iter().any(|service| service.metrics_path.is_some() || drawn(service));
    if !scraped {
        input.sink.report(unscraped(input, span, measure, services));
        return None;
    }
    measure
        .selectors()
        .into_iter()
        .try_for_each(|selector| one(input, span, measure, services, selector.metric()))
}

fn unscraped(input: &Input, span: Span, measure: &Measure, services: &[&Service]) -> Diagnostic {
    let name = measure.subject.name();
    let own = |name: &&MetricName| {
        services.iter().flat_map(|service| &service.metrics).any(|metric| is_part_of(name, metric))
    };
    // What another program exports is not to be looked for here.
    let others = measure.selectors().into_iter().map(|selector| selector.metric()).filter(|name| !own(name));
    for metric in others {
        if let Some(help) = exporters::of(input, metric).or_else(|| exporters::like(input, metric)) {
            return Diagnostic::error("unmeasured-metric", format!("`{metric}` is no metric of `{name}`"))
                .at(span, "this could never fire")
                .help(help);
        }
    }
    let diagnostic = Diagnostic::error("unmeasured-metric", format!("nothing exports metrics of `{name}`"))
        .at(span, "this could never fire");
    let service = services.first();
    let diagnostic = match service {
        Some(service) => diagnostic.at(service.origin.span(), "this has no `metrics` path and no exporter"),
        None => diagnostic,
    };
    let kind = service.and_then(|service| input.kind(service));
    diagnostic.help(match kind.and_then(|kind| kind.metrics_library.as_ref()) {
        Some(library) => format!(
            "have the program export them, for instance with {}; and say where: `metrics \"/metrics\"` in the service",
            library.value
        ),
        None => "give the service `metrics \"/metrics\"`, if it exports them there".to_owned(),
    })
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
        (Form::Quantile(..), MetricType::Histogram) => (
            "is a part of a histogram, so it has no quantiles",
            format!("watch the histogram itself: `{}`", metric.name),
        ),
        (Form::Quantile(..), _) => {
            let state = format!(
                "state the metric with `type=\"histogram\"`, if it is one that has `{}_bucket`",
                histogram(name)
            );
            let state = match histogram(name) {
                short if short == name.as_str() => state,
                short => format!("{state}; its name is `{short}` then, there and here"),
            };
            (
                "is no histogram, so it has no quantiles",
                format!("watch it with `max`, `avg` or `rate`, or {state}"),
            )
        }
        (_, MetricType::Histogram) if whole && !quantile => {
            ("is a histogram, which has no single value", "watch a quantile of it, as in `p95`".to_owned())
        }
        (Form::Rate(_) | Form::Ratio(..), MetricType::Gauge) => {
            ("is a gauge, which falls as it rises", "watch it with `max`, `min`, `avg` or `sum`".to_owned())
        }
        (Form::Aggregate(..), MetricType::Counter) => {
            ("is a counter, which only grows", "watch its growth with `rate`".to_owned())
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

/// The name of a histogram, of which buckets have one that is longer.
fn histogram(name: &MetricName) -> &str {
    name.as_str().strip_suffix("_bucket").unwrap_or(name.as_str())
}

fn is_part_of(name: &MetricName, metric: &Metric) -> bool {
    exporters::is_part_of(name, &metric.name, metric.kind)
}

fn unexported(
    input: &Input,
    span: Span,
    measure: &Measure,
    metrics: &[&Metric],
    name: &MetricName,
) -> Diagnostic {
    let subject = measure.subject.name();
    if let Some(help) = exporters::of(input, name) {
        return Diagnostic::error("unmeasured-metric", format!("`{name}` is no metric of `{subject}`"))
            .at(span, "this could never fire")
            .help(help);
    }
    let known: Vec<&str> = metrics.iter().map(|metric| metric.name.as_str()).collect();
    let diagnostic =
        Diagnostic::error("unmeasured-metric", format!("nothing in the system exports `{name}`"))
            .at(span, "this could never fire");
    if let Some(near) = nearest(name.as_str(), known.iter().copied()) {
        return diagnostic.help(format!("did you mean `{near}`?"));
    }
    // What is measured of it says what it is.
    let (stated, kind) = match measure.form {
        Form::Quantile(..) => (histogram(name), "histogram"),
        Form::Rate(_) | Form::Ratio(..) => (name.as_str(), "counter"),
        _ => (name.as_str(), "gauge"),
    };
    let mut own =
        format!("if `{subject}` itself exports it, state it there: `metric \"{stated}\" type=\"{kind}\"`");
    if stated != name.as_str() {
        own.push_str(&format!(", and watch `{stated}` here"));
    }
    // Of what its exporter has the kind names only some.
    let related = known.iter().any(|known| exporters::family(known) == exporters::family(name.as_str()));
    diagnostic.help(match exporters::like(input, name).filter(|_| !related) {
        Some(help) => format!("{help}; {own}"),
        None => own,
    })
}
