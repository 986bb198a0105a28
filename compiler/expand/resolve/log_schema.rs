//! What the lines of a log hold: fields that can be what they are said to be, and metrics that can be drawn of them.

use crate::{
    diagnostic::{Diagnostic, meant},
    expand::read::service::{ConditionSpec, FieldSpec, LogMetricSpec, LogSpec, ServiceSpec},
    model::{Field, FieldType, LogMetric, LogSchema, MetricType, Origin},
    source::Located,
    syntax::Sink,
    values::{Decimal, Line, Value as _},
};

/// Bounds in seconds from which a histogram is made when none are stated: from an answer that nobody notices to one that
/// nobody waits for.
const BUCKETS: [&str; 11] = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120"];

/// What is known of the lines of a log, which is `file` on the host; none when nothing is.
pub fn schema(sink: &Sink, service: &ServiceSpec, log: &LogSpec, file: &str) -> Option<LogSchema> {
    let lines = Lines { sink, service, fields: log.fields.iter().map(|spec| field(sink, spec)).collect() };
    if log.fields.is_empty() {
        if let Some(first) = log.metrics.first() {
            let diagnostic =
                Diagnostic::error("log-metric-misfit", "nothing is said of the lines of this log");
            sink.report(
                diagnostic.at(first.span, "so nothing can be drawn from them").help(
                    "say what its JSON objects hold: `field \"latency_ms\" type=\"integer\" unit=\"ms\"`",
                ),
            );
        }
        return None;
    }
    if file.contains('*') {
        sink.report(
            Diagnostic::error("log-metric-misfit", "one description of lines is for one file")
                .at(log.path.span, "these may be several files")
                .help("give each file a `log` of its own"),
        );
        return None;
    }
    Some(LogSchema {
        service: service.name.value.clone(),
        file: file.to_owned(),
        path: log.path.value.to_string(),
        open: log.open,
        metrics: log.metrics.iter().filter_map(|metric| lines.metric(metric)).collect(),
        fields: lines.fields,
        origin: Origin::Stated(log.span),
    })
}

fn field(sink: &Sink, spec: &FieldSpec) -> Field {
    let kind = match &spec.kind {
        Some(kind) => kind.value,
        None if spec.fields.is_empty() => FieldType::Text,
        None => FieldType::Object,
    };
    let misfit = |what: &str, at, help: &str| {
        let message = format!("the field `{}` {what}", spec.name.value);
        sink.report(Diagnostic::error("field-misfit", message).at(at, "stated here").help(help));
    };
    if let (false, Some(stated)) = (spec.fields.is_empty() || kind == FieldType::Object, &spec.kind) {
        misfit("has fields and is no object", stated.span, "leave the type out, or the fields");
    }
    for bound in [&spec.min, &spec.max].into_iter().flatten().filter(|_| !kind.is_number()) {
        misfit("is no number, and has a bound", bound.span, "say `type=\"integer\"` or `type=\"number\"`");
    }
    if let (Some(min), Some(max)) = (&spec.min, &spec.max)
        && min.value > max.value
    {
        misfit("has a least number above its greatest", min.span, "exchange them");
    }
    if let (Some(unit), false) = (&spec.unit, kind.is_number()) {
        misfit("is no number, and has a unit", unit.span, "say `type=\"integer\"` or `type=\"number\"`");
    }
    if let (Some(form), true) = (&spec.form, kind != FieldType::Text) {
        misfit("is no plain text, and has a form", form.span, "leave out the type, or the form");
    }
    for choice in &spec.one_of {
        let fits = match kind {
            FieldType::Text => {
                spec.form.as_ref().is_none_or(|form| form.value.matches(choice.value.as_str()))
            }
            FieldType::Integer => choice.value.as_str().parse::<i64>().is_ok(),
            FieldType::Number => Decimal::parse(choice.value.as_str()).is_ok(),
            _ => false,
        };
        if !fits {
            let what = format!("cannot be `{}`", choice.value);
            misfit(
                &what,
                choice.span,
                "choices are values of its own type: of a text, an integer or a number",
            );
        }
    }
    Field {
        name: spec.name.value.clone(),
        kind,
        list: spec.list,
        optional: spec.optional,
        one_of: spec.one_of.iter().map(|choice| choice.value.clone()).collect(),
        min: spec.min.as_ref().map(|bound| bound.value),
        max: spec.max.as_ref().map(|bound| bound.value),
        form: spec.form.as_ref().map(|form| form.value.clone()),
        unit: spec.unit.as_ref().map(|unit| unit.value),
        about: spec.about.clone(),
        // An object of which nothing is said may be any.
        open: spec.open || spec.fields.is_empty(),
        fields: spec.fields.iter().map(|inner| field(sink, inner)).collect(),
    }
}

/// The lines of one log, of which metrics are drawn.
struct Lines<'a> {
    sink: &'a Sink,
    service: &'a ServiceSpec,
    fields: Vec<Field>,
}

impl Lines<'_> {
    fn metric(&self, spec: &LogMetricSpec) -> Option<LogMetric> {
        let name = &spec.metric.name;
        if let Some(own) = self.service.own_metrics.iter().find(|own| own.name.value == name.value) {
            self.sink.report(
                Diagnostic::error("duplicate", format!("`{}` is stated twice", name.value))
                    .at(name.span, "drawn from a log here")
                    .at(own.name.span, "and said to be exported by the service")
                    .help("what the service exports itself need not be drawn from its log"),
            );
            return None;
        }
        let drawn = self.service.logs.iter().flat_map(|log| &log.metrics).map(|other| &other.metric.name);
        if let Some(other) =
            drawn.filter(|other| other.value == name.value).find(|other| other.span != name.span)
            && other.span < name.span
        {
            self.sink.report(
                Diagnostic::error("duplicate", format!("`{}` is stated twice", name.value))
                    .at(name.span, "drawn from this log")
                    .at(other.span, "and from this one")
                    .help("give them two names"),
            );
            return None;
        }
        let labels: Option<Vec<_>> = spec.metric.labels.iter().map(|label| self.label(label)).collect();
        let conditions: Option<Vec<_>> = spec.conditions.iter().map(|one| self.condition(one)).collect();
        let of = match &spec.of {
            Some(of) => Some(self.number(spec, of)?),
            None => None,
        };
        if of.is_none() && spec.metric.kind != MetricType::Counter {
            return self.misfit(
                spec.span,
                "only a counter can do without a field: it counts lines",
                "say of which field: `of=\"latency_ms\"`",
            );
        }
        if spec.metric.kind == MetricType::Summary {
            return self.misfit(name.span, "no summary can be drawn from a log", "make it a `histogram`");
        }
        Some(LogMetric {
            name: name.value.clone(),
            kind: spec.metric.kind,
            about: spec.metric.about.clone(),
            labels: labels?,
            of,
            conditions: conditions?,
            buckets: self.buckets(spec)?,
        })
    }

    fn misfit<T>(&self, span: crate::source::Span, message: &str, help: &str) -> Option<T> {
        self.sink.report(Diagnostic::error("log-metric-misfit", message).at(span, "stated here").help(help));
        None
    }

    /// The field of that path, which is neither a list nor in one.
    fn find(&self, path: &Located<Line>) -> Option<(Vec<String>, &Field)> {
        let parts: Vec<String> = path.value.as_str().split('.').map(str::to_owned).collect();
        let (mut among, mut found) = (&self.fields, None);
        for part in &parts {
            let Some(field) = among.iter().find(|field| field.name.as_str() == part) else {
                let message = format!("the lines of this log have no field `{}`", path.value);
                let diagnostic = Diagnostic::error("unknown-field", message).at(path.span, "named here");
                let names = || among.iter().map(|field| field.name.as_str());
                self.sink.report(diagnostic.help(meant(part, names(), || match among.as_slice() {
                    [] => "what it is in has no fields".to_owned(),
                    _ => format!("fields: {}", names().collect::<Vec<_>>().join(", ")),
                })));
                return None;
            };
            if field.list {
                return self.misfit(
                    path.span,
                    &format!("`{}` is a list, of which a line has any number", field.name),
                    "log how many there are in a field of its own",
                );
            }
            among = &field.fields;
            found = Some(field);
        }
        Some((parts, found?))
    }

    /// A label: each of its values is a series that Prometheus keeps, so that they have to be few.
    fn label(&self, path: &Located<Line>) -> Option<(String, Vec<String>, Vec<String>)> {
        let (parts, field) = self.find(path)?;
        let Some(mut values) = field.choices() else {
            return self.misfit(path.span, &format!("`{}` may have any number of values, and each would be a series for ever", path.value), "say which it has: `one-of \"a\" \"b\"` in the field; what is told apart by user or address is found in the log itself");
        };
        if field.optional {
            values.push(String::new());
        }
        let name: String =
            path.value.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if name.starts_with(|c: char| c.is_ascii_digit())
            || ["le", "system", "service", "host", "job", "instance"].contains(&name.as_str())
        {
            return self.misfit(
                path.span,
                &format!("no label of a metric can be called `{name}`"),
                "log the value under another name",
            );
        }
        Some((name, parts, values))
    }

    fn condition(&self, spec: &ConditionSpec) -> Option<(Vec<String>, Vec<String>)> {
        let (parts, field) = self.find(&spec.field)?;
        if spec.values.is_empty() {
            return self.misfit(
                spec.field.span,
                "nothing is said of the field",
                "write the values that count: `where \"event\" \"rag.query\"`",
            );
        }
        if let Some(choices) = field.choices()
            && let Some(never) =
                spec.values.iter().find(|value| !choices.iter().any(|one| one == value.value.as_str()))
        {
            return self.misfit(
                never.span,
                &format!("`{}` is never `{}`", spec.field.value, never.value),
                &format!("its values: {}", choices.join(", ")),
            );
        }
        Some((parts, spec.values.iter().map(|value| value.value.to_string()).collect()))
    }

    /// The field whose numbers are taken, and what one of them is in the unit that the metric's name has to tell.
    fn number(&self, spec: &LogMetricSpec, of: &Located<Line>) -> Option<(Vec<String>, f64)> {
        let (parts, field) = self.find(of)?;
        if !field.kind.is_number() {
            return self.misfit(
                of.span,
                &format!("`{}` is no number", of.value),
                "say `type=\"integer\"` or `type=\"number\"` in the field if it is one",
            );
        }
        let Some(unit) = field.unit else { return Some((parts, 1.0)) };
        let (base, scale) = unit.base();
        let name = &spec.metric.name;
        if !name.value.as_str().split('_').any(|word| word == base) {
            return self.misfit(
                name.span,
                &format!("the metric is in {base}, which its name does not tell"),
                &format!(
                    "call it `{}_{base}`: bounds such as `>1s` go by that",
                    name.value.family().trim_end_matches("_total")
                ),
            );
        }
        Some((parts, scale))
    }

    fn buckets(&self, spec: &LogMetricSpec) -> Option<Vec<Decimal>> {
        let histogram = spec.metric.kind == MetricType::Histogram;
        let stated: Vec<Decimal> = spec.buckets.iter().map(|bound| bound.value).collect();
        match spec.buckets.first() {
            Some(first) if !histogram => self.misfit(
                first.span,
                "only a histogram has buckets",
                "make it a `histogram`, or leave them out",
            ),
            Some(first) if !stated.is_sorted_by(|one, next| one < next) => {
                self.misfit(first.span, "each bucket is above the one before it", "sort them")
            }
            Some(_) => Some(stated),
            None if histogram => {
                Some(BUCKETS.iter().filter_map(|bound| Decimal::parse(bound).ok()).collect())
            }
            None => Some(Vec::new()),
        }
    }
}
