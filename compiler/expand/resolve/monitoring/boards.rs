//! Boards: panels of watches, objectives and other measures, of all hosts.

use std::collections::BTreeSet;

use super::{
    Input, known,
    measure::{Measure, window},
    panels,
    watch::{self, Watch},
};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Form,
        read::board::{BoardSpec, PanelSpec, QuerySpec},
    },
    model::{Board, Panel, Shape, Slo, Unit},
    source::Located,
    values::Name,
};

/// What panels are made of.
struct Sources<'a> {
    /// The hosts, at least one.
    inputs: &'a [Input<'a>],
    watches: &'a [Watch],
    slos: &'a [Slo],
}

/// Every board; the inputs are those of all hosts, and of watches and objectives all are known.
pub fn boards(inputs: &[Input], watches: &[Watch], slos: &[Slo]) -> Vec<Board> {
    let Some(input) = inputs.first() else { return Vec::new() };
    let sources = Sources { inputs, watches, slos };
    let title =
        |spec: &BoardSpec| spec.title.as_ref().map(|title| title.get(input.model.language).to_owned());
    let board = |spec: &BoardSpec| Board {
        name: spec.name.value.clone(),
        title: title(spec).unwrap_or_else(|| spec.name.value.to_string()),
        panels: spec.panels.iter().filter_map(|spec| panel(&sources, input, spec)).collect(),
    };
    input.monitor.boards.iter().map(board).collect()
}

fn panel(sources: &Sources, input: &Input, spec: &PanelSpec) -> Option<Panel> {
    let Sources { watches, slos, .. } = sources;
    let mut parts: Vec<Panel> = Vec::new();
    for name in &spec.watches {
        let found = watched(watches, &name.value);
        if found.is_empty() {
            let stated: Vec<&str> = watches.iter().map(|watch| watch.stated.as_str()).collect();
            missing(input, "watch", name, &stated);
        }
        let several = found.len() > 1;
        for watch in found {
            let mut part = panels::watched(watch);
            for (_, legend) in part.queries.iter_mut().filter(|_| several) {
                *legend = watch.measure.subject.name().to_string();
            }
            parts.push(part);
        }
    }
    if let Some(name) = &spec.slo {
        match slos.iter().find(|slo| slo.name == name.value) {
            Some(slo) => parts.push(panels::left(slo)),
            None => {
                missing(input, "slo", name, &slos.iter().map(|slo| slo.name.as_str()).collect::<Vec<_>>())
            }
        }
    }
    for query in &spec.queries {
        parts.extend(sources.places(query).into_iter().filter_map(|place| asked(sources, place, query)));
    }
    let nothing = spec.watches.is_empty() && spec.slo.is_none() && spec.queries.is_empty();
    if nothing {
        input.sink.report(
            Diagnostic::error("missing-property", "`panel` shows nothing")
                .at(spec.span, "neither `watch` nor `slo` nor `query`")
                .help(
                    "write for example `watch \"error-rate\"`, or `query measure=\"latency-p95\" of=\"api\"`",
                ),
        );
    }
    let mut parts = parts.into_iter();
    let first = parts.next()?;
    let shape = if spec.number { Shape::Number } else { first.shape };
    let mut panel =
        Panel { title: spec.title.value.to_string(), unit: spec.unit.unwrap_or(first.unit), shape, ..first };
    for other in parts {
        panel.queries.extend(other.queries);
        panel.alerts.extend(other.alerts);
    }
    Some(panel)
}

/// The watches of that name: of a service the one, of hosts one each.
fn watched<'a>(watches: &'a [Watch], name: &Name) -> Vec<&'a Watch> {
    let mut subjects = BTreeSet::new();
    let known = watches.iter().filter(|watch| watch.stated == *name);
    known.filter(|watch| subjects.insert(&watch.measure.subject)).collect()
}

impl<'a> Sources<'a> {
    /// The hosts that a query is answered on: the first that runs its service, the one that it names, else all.
    fn places(&self, spec: &QuerySpec) -> Vec<&'a Input<'a>> {
        let Some(of) = &spec.of else { return self.inputs.iter().collect() };
        let is_there = |input: &&Input| input.model.host.name == of.value || input.model.runs(&of.value);
        self.inputs.iter().find(is_there).or(self.inputs.first()).into_iter().collect()
    }
}

fn missing(input: &Input, what: &str, name: &Located<Name>, known: &[&str]) {
    input.unknown(
        Diagnostic::error("unknown-measure", format!("there is no `{what}` of the name `{}`", name.value))
            .at(name.span, "named here"),
        name.value.as_str(),
        known,
        "",
    );
}

/// A panel of one query.
fn asked(sources: &Sources, input: &Input, spec: &QuerySpec) -> Option<Panel> {
    let (subject, services) = watch::watched(input, spec.of.as_ref())?;
    let (form, title) = match (&spec.form, &spec.measure) {
        (Some(form), _) => (form.clone(), None),
        (None, Some(name)) => {
            let (form, about) = watch::measured(input, name, &services)?;
            (form, Some(about.get(input.model.language).to_owned()))
        }
        (None, None) => {
            input.sink.report(
                Diagnostic::error("missing-property", "`query` says nothing to measure")
                    .at(spec.span, "what is shown?")
                    .help(
                        "write for example `measure=\"latency-p95\"`, `rate=\"jobs_total\"` or `expr=\"…\"`",
                    ),
            );
            return None;
        }
    };
    let measure = Measure { form, subject, window: window(input.monitor.interval.value) };
    known::check(input, spec.span, &measure, &services)?;
    let (expr, legend) = match (&spec.by, &measure.form) {
        (Some(by), _) => {
            let Some(expr) = measure.by(by.value.as_str()) else {
                input.sink.report(
                    Diagnostic::error("several-measures", "this cannot be told apart by a label")
                        .at(by.span, "only growth and gauges can")
                        .help("write the expression as a whole: `expr=\"sum by (…) (…)\"`"),
                );
                return None;
            };
            (expr, format!("{{{{{}}}}}", by.value))
        }
        // An expression is shown as it is written; an alert needs one value of it.
        (None, Form::Expression(text, _)) => (text.about(&measure.subject.matcher()), String::new()),
        (None, _) => (measure.expr(true), title.unwrap_or_default()),
    };
    let legend = spec.legend.as_ref().map_or(legend, |text| text.to_string());
    // Of several hosts, each says which it is.
    let legend = match (&spec.of, sources.inputs.len()) {
        (None, 2..) => format!("{} {legend}", input.model.host.name).trim_end().to_owned(),
        _ => legend,
    };
    let unit = match &measure.form {
        Form::Expression(..) => Unit::Number,
        _ => measure.unit(None),
    };
    Some(Panel {
        title: String::new(),
        queries: vec![(expr, legend)],
        unit,
        bounds: Vec::new(),
        shape: Shape::Graph,
        alerts: Vec::new(),
    })
}
