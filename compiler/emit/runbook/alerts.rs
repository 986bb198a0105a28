//! What the guide says of alerts, and where those are looked at.

use serde::Serialize;

use super::view::block;
use crate::{
    model::{Alert, Model, Severity},
    values::{Name, Port},
};

/// An alert, as the table and its own section tell it.
#[derive(Serialize)]
pub struct AlertView {
    name: String,
    priority: Option<String>,
    critical: bool,
    summary: String,
    description: String,
    bound: Option<String>,
    /// None for what is told at once.
    hold: Option<String>,
    /// What to do, as one block of code.
    commands: Option<String>,
}

/// The host on which monitoring runs, when it is another one.
#[derive(Serialize)]
pub struct WatchedOnView {
    host: String,
    /// What runs there beside Prometheus.
    grafana: bool,
    alertmanager: bool,
}

/// What is urgent stands first, and then by name, as somebody looks for it.
pub fn views(model: &Model) -> Vec<AlertView> {
    let view = |alert: &Alert| AlertView {
        name: alert.name.clone(),
        priority: alert.priority().map(ToOwned::to_owned),
        critical: alert.severity == Severity::Critical,
        summary: alert.summary.plain(),
        description: alert.description.plain(),
        bound: alert.bound.clone(),
        hold: (!alert.hold.is_zero()).then(|| alert.hold.words(model.language)),
        commands: (!alert.steps.is_empty()).then(|| block(&alert.steps.join("\n"))),
    };
    let explained = model.monitoring.iter().flat_map(|monitoring| monitoring.explained());
    let mut alerts: Vec<AlertView> = explained.map(view).collect();
    alerts.sort_by(|a, b| b.critical.cmp(&a.critical).then_with(|| a.name.cmp(&b.name)));
    alerts
}

/// Where Prometheus is, when it is not here.
pub fn watched_on(model: &Model) -> Option<WatchedOnView> {
    let monitoring = model.monitoring.as_ref()?;
    let (prometheus, _) = &monitoring.prometheus;
    let peer =
        model.peers.iter().find(|peer| !model.runs(prometheus) && peer.services.contains(prometheus))?;
    let there = |service: &Option<(Name, Port)>| {
        service.as_ref().is_some_and(|(name, _)| peer.services.contains(name))
    };
    Some(WatchedOnView {
        host: peer.host.name.to_string(),
        grafana: there(&monitoring.grafana),
        alertmanager: there(&monitoring.alertmanager),
    })
}
