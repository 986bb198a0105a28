//! Boards: panels of watches, objectives and other measures.

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

/// Every board.
pub fn boards(input: &Input, watches: &[Watch], slos: &[Slo]) -> Vec<Board> {
    input.monitor.boards.iter().map(|spec| board(input, watches, slos, spec)).collect()
}

fn board(input: &Input, watches: &[Watch], slos: &[Slo], spec: &BoardSpec) -> Board {
    let title = spec.title.as_ref().map(|title| title.get(input.model.language).to_owned());
    Board {
        name: spec.name.value.clone(),
        title: title.unwrap_or_else(|| spec.name.value.to_string()),
        panels: spec.panels.iter().filter_map(|spec| panel(input, watches, slos, spec)).collect(),
    }
}

fn panel(input: &Input, watches: &[Watch], slos: &[Slo], spec: &PanelSpec) -> Option<Panel> {
    let mut parts: Vec<Panel> = Vec::new();
    for name in &spec.watches {
        let stated = watches.iter().map(|watch| watch.stated.as_str());
        match watches.iter().find(|watch| watch.stated == name.value) {
            Some(watch) => parts.push(panels::watched(watch)),
            None => missing(input, "watch", name, &stated.collect::<Vec<_>>()),
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
        parts.extend(asked(input, query));
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
fn asked(input: &Input, spec: &QuerySpec) -> Option<Panel> {
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
