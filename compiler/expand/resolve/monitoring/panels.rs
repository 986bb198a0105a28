//! The dashboard: what is watched with its bounds first, then what each kind shows.

use super::{Input, watch::Watch};
use crate::{
    expand::kind::{Form, Role, Unit},
    model::{Panel, PanelRow, Severity},
    values::Quantity,
};

/// Every row.
pub fn rows(input: &Input, watches: &[Watch]) -> Vec<PanelRow> {
    let mut rows = Vec::new();
    let watched: Vec<Panel> = watches.iter().map(watched).collect();
    if !watched.is_empty() {
        rows.push(PanelRow {
            title: input.pick("What must hold", "지켜야 할 값").into(), panels: watched
        });
    }
    for service in &input.model.services {
        let Some(kind) = input.kind(service).filter(|kind| !kind.panels.is_empty()) else { continue };
        if service.metrics_path.is_none() && service.exporter.is_none() {
            continue;
        }
        let host = kind.role == Role::HostExporter;
        let subject = if host {
            input.model.host.name.to_string()
        } else {
            service.observes.as_ref().unwrap_or(&service.name).to_string()
        };
        let matcher = format!("{}=\"{subject}\"", if host { "host" } else { "service" });
        let panels = kind
            .panels
            .iter()
            .map(|panel| Panel {
                title: panel.title.get(input.model.language).to_owned(),
                queries: panel
                    .queries
                    .iter()
                    .map(|(expr, legend)| (expr.replace("$self", &matcher), legend.clone()))
                    .collect(),
                unit: unit(panel.unit),
                bounds: Vec::new(),
            })
            .collect();
        rows.push(PanelRow { title: subject, panels });
    }
    rows
}

fn watched(watch: &Watch) -> Panel {
    let upward = watch.bounds.first().is_none_or(|(bound, _)| bound.operator().is_upward());
    let unit = match watch.bounds.first().map(|(bound, _)| bound.quantity()) {
        Some(Quantity::Duration(_)) => "s",
        Some(Quantity::Percent(_)) => "percentunit",
        Some(Quantity::Size(_)) => "bytes",
        _ if matches!(watch.measure.form, Form::Rate(_)) => "reqps",
        _ => "short",
    };
    let bounds: Vec<(String, Severity)> =
        watch.bounds.iter().map(|(bound, severity)| (bound.edge().to_string(), *severity)).collect();
    Panel {
        title: watch.title.clone(),
        queries: vec![(watch.measure.expr(upward), watch.measure.subject.replace('"', ""))],
        unit,
        bounds,
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => "s",
        Unit::Percent => "percentunit",
        Unit::Bytes => "bytes",
        Unit::Requests => "reqps",
        Unit::Number => "short",
    }
}
