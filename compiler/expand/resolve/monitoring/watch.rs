//! Watches: each finds its measure, and becomes an alert for each of its bounds.

use super::{
    Input, camel,
    measure::{self, Measure},
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        kind::{Form, Kind, Phrase},
        read::monitor::WatchSpec,
    },
    model::{Alert, AlertTest, MetricType, Origin, Service, Severity},
    source::Located,
    values::{Bound, Duration, Name, Quantity},
};

/// A watch with its measure.
pub struct Watch {
    /// What it is called for people.
    pub title: String,
    /// What is measured.
    pub measure: Measure,
    /// Alerts, one for each bound.
    pub alerts: Vec<Alert>,
    /// The bounds with their severities.
    pub bounds: Vec<(Bound, Severity)>,
}

/// Resolves every watch.
pub fn watches(input: &Input) -> Vec<Watch> {
    input.monitor.watches.iter().filter_map(|spec| watch(input, spec)).collect()
}

/// Whom a watch is about.
enum Subject<'a> {
    Service(&'a Service),
    Host,
}

fn watch(input: &Input, spec: &WatchSpec) -> Option<Watch> {
    let subject = subject(input, spec)?;
    let (form, about) = form(input, spec, &subject)?;
    let (matcher, label) = match &subject {
        Subject::Service(service) => {
            (format!("service=\"{}\"", service.name), ("service".to_owned(), service.name.to_string()))
        }
        Subject::Host => (
            format!("host=\"{}\"", input.model.host.name),
            ("host".to_owned(), input.model.host.name.to_string()),
        ),
    };
    let measure = Measure { form, subject: matcher };
    if let Subject::Service(service) = &subject {
        known_metrics(input, spec, &measure, service)?;
    }
    let bounds = bounds(input, spec)?;
    let title = match (&spec.about, &about) {
        (Some(stated), _) => stated.get(input.model.language).to_owned(),
        (None, Some(kinds)) if !kinds.en.is_empty() => kinds.get(input.model.language).to_owned(),
        _ => spec.name.value.to_string(),
    };
    let both = bounds.len() > 1;
    let alerts = bounds
        .iter()
        .map(|(bound, severity)| alert(input, spec, &measure, &title, &label, *bound, *severity, both))
        .collect();
    Some(Watch { title, measure, alerts, bounds })
}

fn subject<'a>(input: &Input<'a>, spec: &WatchSpec) -> Option<Subject<'a>> {
    let Some(of) = &spec.of else { return Some(Subject::Host) };
    if of.value == input.model.host.name {
        return Some(Subject::Host);
    }
    if let Some(service) = input.model.service(of.value.as_str()) {
        return Some(Subject::Service(service));
    }
    let names: Vec<&str> = input
        .model
        .services
        .iter()
        .map(|s| s.name.as_str())
        .chain([input.model.host.name.as_str()])
        .collect();
    let diagnostic =
        Diagnostic::error("unknown-service", format!("there is no service or host `{}`", of.value))
            .at(of.span, "named here");
    input.sink.report(match nearest(of.value.as_str(), names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("known: {}", names.join(", "))),
    });
    None
}

/// What is measured: stated, else a measure of the kind, of its exporter's kind, or of the host exporter's.
fn form(input: &Input, spec: &WatchSpec, subject: &Subject) -> Option<(Form, Option<Phrase>)> {
    if let Some(form) = &spec.form {
        if let Form::Expression(_, samples) = form
            && samples.is_empty()
        {
            input.sink.report(
                Diagnostic::error("unproved-expression", "an expression of one's own needs the series that prove it")
                    .at(spec.span, "without `series` no unit test can be made")
                    .help("write for example `series \"queue_length{$self}\"`: the series that has the measured value"),
            );
            return None;
        }
        return Some((form.clone(), None));
    }
    let kinds: Vec<&Kind> = match subject {
        Subject::Service(service) => {
            let exporter = service.exporter.as_ref().and_then(|name| input.model.service(name.as_str()));
            [Some(*service), exporter].into_iter().flatten().filter_map(|s| input.kind(s)).collect()
        }
        Subject::Host => input.host_exporter().into_iter().filter_map(|s| input.kind(s)).collect(),
    };
    let measures = || kinds.iter().flat_map(|kind| &kind.measures);
    if let Some(measure) = measures().find(|measure| measure.name.value == spec.name.value) {
        return Some((measure.form.clone(), Some(measure.about.clone())));
    }
    let known: Vec<&str> = measures().map(|measure| measure.name.value.as_str()).collect();
    let diagnostic =
        Diagnostic::error("unknown-measure", format!("it is not said what `{}` measures", spec.name.value))
            .at(spec.name.span, "no measure of that name is known here");
    input.sink.report(match nearest(spec.name.value.as_str(), known.iter().copied()) {
        Some(near) => diagnostic.help(format!(
            "did you mean `{near}`? Or say what is measured: `max=\"some_gauge\"`, `p95=\"some_histogram\"`"
        )),
        None if known.is_empty() => {
            diagnostic.help("say what is measured: `max=\"some_gauge\"`, `p95=\"some_histogram\"`")
        }
        None => diagnostic
            .help(format!("measures: {}; or say what is measured: `max=\"some_gauge\"`", known.join(", "))),
    });
    None
}

/// Nothing is watched that nobody exports: such an alert could never fire.
fn known_metrics(input: &Input, spec: &WatchSpec, measure: &Measure, service: &Service) -> Option<()> {
    let scraped = service.metrics_path.is_some() || service.exporter.is_some();
    if !scraped {
        input.sink.report(
            Diagnostic::error("unmeasured-metric", format!("nothing exports metrics of `{}`", service.name))
                .at(spec.span, "this could never fire")
                .at(service.origin.span(), "this service has no `metrics` path and no exporter")
                .help("give the service `metrics \"/metrics\"`"),
        );
        return None;
    }
    let quantile = matches!(measure.form, Form::Quantile(..));
    for name in measure.metrics() {
        let found = service.metrics.iter().find(|metric| metric.name.as_str() == name);
        match found {
            Some(metric) if quantile && metric.kind != MetricType::Histogram => {
                input.sink.report(
                    Diagnostic::error(
                        "unmeasured-metric",
                        format!("`{name}` is no histogram, so it has no quantiles"),
                    )
                    .at(spec.span, "this could never fire")
                    .help(
                        "watch it with `max`, `avg` or `rate`, or state the metric with `type=\"histogram\"`",
                    ),
                );
                return None;
            }
            Some(_) => {}
            None => {
                let known: Vec<&str> = service.metrics.iter().map(|metric| metric.name.as_str()).collect();
                let diagnostic =
                    Diagnostic::error("unmeasured-metric", format!("nothing in the system exports `{name}`"))
                        .at(spec.span, "this could never fire");
                input.sink.report(match nearest(name, known.iter().copied()) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!(
                        "if `{}` exports it, state it there: `metric \"{name}\" type=\"gauge\"`",
                        service.name
                    )),
                });
                return None;
            }
        }
    }
    Some(())
}

/// The bounds: at least one, in one direction, the critical one beyond the warning.
fn bounds(input: &Input, spec: &WatchSpec) -> Option<Vec<(Bound, Severity)>> {
    let warn = spec.warn.as_ref().map(|b| (b.value, Severity::Warning));
    let critical = spec.critical.as_ref().map(|b| (b.value, Severity::Critical));
    if let (Some(warn), Some(critical)) = (&spec.warn, &spec.critical)
        && (!critical.value.implies(warn.value) || critical.value == warn.value)
    {
        input.sink.report(
            Diagnostic::error("bounds-contradict", "the critical bound is not beyond the warning")
                .at(critical.span, "critical")
                .at(warn.span, "warning")
                .help("a value that is critical must be beyond the warning too"),
        );
        return None;
    }
    let bounds: Vec<_> = [warn, critical].into_iter().flatten().collect();
    if bounds.is_empty() {
        input.sink.report(
            Diagnostic::error("missing-property", "`watch` needs a bound")
                .at(spec.span, "nothing would ever be told")
                .help("write for example `warn=\">1s\"` or `critical=\">5%\"`"),
        );
        return None;
    }
    Some(bounds)
}

#[expect(clippy::too_many_arguments, reason = "each is a fact of the alert")]
fn alert(
    input: &Input,
    spec: &WatchSpec,
    measure: &Measure,
    title: &str,
    label: &(String, String),
    bound: Bound,
    severity: Severity,
    both: bool,
) -> Alert {
    let subject: Option<&Located<Name>> = spec.of.as_ref();
    let prefix = subject.map_or_else(|| "Host".to_owned(), |of| camel(of.value.as_str()));
    let suffix = match (both, severity) {
        (false, _) => "",
        (true, Severity::Warning) => "Warning",
        (true, Severity::Critical) => "Critical",
    };
    let hold = spec.hold.value;
    // Rates need a window's worth of samples, then the hold, then room for the evaluation that sees it.
    let minutes = 5 + hold.whole_minutes() + 5;
    let (fires, value) = measure.series(bound, true, minutes + 1);
    let (silent, _) = measure.series(bound, false, minutes + 1);
    let words = bound.words(input.model.language);
    let whose = &label.1;
    let mut labels = vec![label.clone(), ("severity".to_owned(), severity.as_str().to_owned())];
    labels.sort();
    Alert {
        name: format!("{prefix}{}{suffix}", camel(spec.name.value.as_str())),
        address: format!("watch/{}", spec.name.value),
        group: subject.map_or_else(|| "host".to_owned(), |of| of.value.to_string()),
        expr: format!("{} {}", measure.expr(bound.operator().is_upward()), bound.promql()),
        hold,
        severity,
        labels: vec![label.clone()],
        summary: input.pick(format!("{whose}: {title} {words}"), format!("{whose}: {title} {words}")),
        description: description(input, bound, hold),
        steps: spec.steps.iter().map(|step| step.value.to_string()).collect(),
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(minutes),
            fires,
            silent,
            labels,
            value: Some(measure::four_digits(value)),
        },
        bound: Some(words),
        origin: Origin::Stated(match severity {
            Severity::Warning => spec.warn.as_ref().map_or(spec.span, |b| b.span),
            Severity::Critical => spec.critical.as_ref().map_or(spec.span, |b| b.span),
        }),
    }
}

/// Prometheus puts in what it measured, in base units.
fn description(input: &Input, bound: Bound, hold: Duration) -> String {
    let unit = match bound.quantity() {
        Quantity::Duration(_) => input.pick(" s", "초"),
        Quantity::Size(_) => input.pick(" bytes", " 바이트"),
        Quantity::Percent(_) => input.pick(" (as a ratio)", " (비율)"),
        Quantity::Number(_) => "",
    };
    let (words, hold) = (bound.words(input.model.language), hold.words(input.model.language));
    input.pick(
        format!("Measured {{{{ printf \"%.4g\" $value }}}}{unit}; it has been {words} for {hold}."),
        format!("측정값 {{{{ printf \"%.4g\" $value }}}}{unit}; {hold} 동안 {words}입니다."),
    )
}
