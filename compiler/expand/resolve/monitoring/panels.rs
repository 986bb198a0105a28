//! The dashboard: what is watched with its bounds first, then what each kind shows.

use std::collections::BTreeMap;

use super::{Input, recovery, subject::Subject, watch::Watch};
use crate::model::{Panel, PanelRow, Shape, Slo, Unit};

/// Every row.
pub fn rows(input: &Input, watches: &[Watch], slos: &[Slo]) -> Vec<PanelRow> {
    let mut rows = Vec::new();
    if !slos.is_empty() {
        let title = input.pick("What is left of error budgets", "남은 오류 예산").to_owned();
        rows.push(PanelRow { title, panels: slos.iter().map(left).collect() });
    }
    let watched: Vec<Panel> = watches.iter().map(watched).collect();
    if !watched.is_empty() {
        let title = input.pick("What must hold", "지켜야 할 값").to_owned();
        rows.push(PanelRow { title, panels: watched });
    }
    rows.extend(recovery::row(input));
    // Of several bounds on one measure, the first.
    let bounds: BTreeMap<(&Subject, &str), &Watch> =
        watches.iter().rev().map(|watch| ((&watch.measure.subject, watch.name.as_str()), watch)).collect();
    for service in input.model.services.iter().filter(|service| input.is_measured(service)) {
        let Some(kind) = input.kind(service).filter(|kind| !kind.panels.is_empty()) else { continue };
        let subject = Subject::of(input, service);
        let panels = kind.panels.iter().map(|panel| Panel {
            title: panel.title.get(input.model.language).to_owned(),
            queries: panel
                .queries
                .iter()
                .map(|(expr, legend)| (expr.about(&subject.matcher()), legend.clone()))
                .collect(),
            unit: panel.unit,
            bounds: panel
                .measure
                .as_ref()
                .and_then(|name| bounds.get(&(&subject, name.as_str())))
                .map(|watch| watch.bounds.clone())
                .unwrap_or_default(),
            shape: Shape::Graph,
            alerts: Vec::new(),
        });
        rows.push(PanelRow { title: subject.name().to_string(), panels: panels.collect() });
    }
    rows
}

/// What is left of a budget. Asked once, for the present: the window is long.
pub fn left(slo: &Slo) -> Panel {
    Panel {
        title: format!("{}: {} ({})", slo.service, slo.title, slo.target),
        queries: vec![(slo.left.clone(), String::new())],
        unit: Unit::Ratio,
        bounds: slo.bounds(),
        shape: Shape::Number,
        alerts: Vec::new(),
    }
}

/// A watch with its bounds.
pub fn watched(watch: &Watch) -> Panel {
    let first = watch.bounds.first().map(|(bound, _)| *bound);
    let upward = first.is_none_or(|bound| bound.operator().is_upward());
    let subject = &watch.measure.subject;
    Panel {
        title: format!("{}: {}", subject.name(), watch.title),
        queries: vec![(watch.measure.expr(upward), watch.title.clone())],
        unit: watch.measure.unit(first),
        bounds: watch.bounds.clone(),
        shape: Shape::Graph,
        alerts: watch
            .alerts
            .iter()
            .map(|alert| (alert.name.clone(), alert.bound.clone().unwrap_or_default()))
            .collect(),
    }
}
