//! Grafana: where the metrics are, and one dashboard of the system's own measures with their bounds.

use serde_json::{Value, json};

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Map, Yaml, seq},
};
use crate::{
    model::{Model, Monitoring, Panel, PanelRow, Severity, Unit},
    values::Bound,
};

/// Identity of the data source, by which panels refer to it.
const SOURCE: &str = "prometheus";

/// Makes the files; none without Grafana.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let Some(monitoring) = model.monitoring.as_ref().filter(|monitoring| monitoring.grafana) else {
        return Vec::new();
    };
    let prometheus = model
        .services
        .iter()
        .find(|service| service.name.as_str() == "prometheus")
        .and_then(|service| service.port)
        .map_or(9090, |port| port.get());
    let mut from = vec!["system".to_owned()];
    from.extend(
        model
            .services
            .iter()
            .flat_map(|service| [format!("service/{}", service.name), format!("kind/{}", service.kind)]),
    );
    let file = |path: String, contents: String, on_change: OnChange| Artifact {
        path,
        contents,
        mode: 0o644,
        emitter: "grafana",
        from: from.clone(),
        on_change,
    };
    let sources: Yaml = Map::new()
        .set("apiVersion", 1u32)
        .set(
            "datasources",
            seq([Map::new()
                .set("name", "Prometheus")
                .set("uid", SOURCE)
                .set("type", "prometheus")
                .set("access", "proxy")
                .set("url", format!("http://prometheus:{prometheus}"))
                .set("isDefault", true)
                .set("jsonData", Map::new().set("timeInterval", monitoring.interval.prometheus()))]),
        )
        .into();
    let providers: Yaml = Map::new()
        .set("apiVersion", 1u32)
        .set(
            "providers",
            seq([Map::new()
                .set("name", model.system.as_str())
                .set("type", "file")
                .comment("What is changed by hand in Grafana would be lost here: change the description.")
                .set("allowUiUpdates", false)
                .set("options", Map::new().set("path", "/etc/grafana/dashboards"))]),
        )
        .into();
    let restart = || OnChange::Restart("grafana".into());
    let mut files = vec![
        file(
            "grafana/provisioning/datasources/prometheus.yml".into(),
            sources.document(&header(model)),
            restart(),
        ),
        file(
            "grafana/provisioning/dashboards/dashboards.yml".into(),
            providers.document(&header(model)),
            restart(),
        ),
        file(
            format!("grafana/dashboards/{}.json", model.system),
            dashboard(model, monitoring),
            OnChange::Nothing,
        ),
    ];
    files.extend(
        monitoring
            .extra_dashboards
            .iter()
            .map(|(name, text)| file(format!("grafana/dashboards/{name}"), text.clone(), OnChange::Nothing)),
    );
    files
}

fn dashboard(model: &Model, monitoring: &Monitoring) -> String {
    let mut panels = Vec::new();
    let (mut id, mut y) = (0, 0);
    for row in &monitoring.rows {
        panels.extend(row_panels(row, &mut id, &mut y));
    }
    let dashboard = json!({
        "uid": format!("{}-{}", model.system, model.environment).chars().take(40).collect::<String>(),
        "title": format!("{} ({})", model.title, model.environment),
        "tags": ["ondol", model.system.as_str()],
        "timezone": "browser",
        "schemaVersion": 39,
        "editable": false,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": { "from": "now-6h", "to": "now" },
        "templating": { "list": [] },
        "annotations": { "list": [] },
        "panels": panels,
    });
    serde_json::to_string_pretty(&dashboard).unwrap_or_default() + "\n"
}

/// A title across the page, then panels three in a line.
fn row_panels(row: &PanelRow, id: &mut u32, y: &mut u32) -> Vec<Value> {
    let mut next = || {
        *id += 1;
        *id
    };
    let mut panels = vec![
        json!({ "id": next(), "type": "row", "title": row.title, "collapsed": false, "gridPos": { "h": 1, "w": 24, "x": 0, "y": *y }, "panels": [] }),
    ];
    *y += 1;
    for (index, panel) in row.panels.iter().enumerate() {
        let (line, column) = (index as u32 / 3, index as u32 % 3);
        panels.push(graph(panel, next(), column * 8, *y + line * 8));
    }
    *y += (row.panels.len() as u32).div_ceil(3) * 8;
    panels
}

/// A graph over time, the bounds drawn as lines.
fn graph(panel: &Panel, id: u32, x: u32, y: u32) -> Value {
    let source = json!({ "type": "prometheus", "uid": SOURCE });
    let targets: Vec<Value> = panel
        .queries
        .iter()
        .enumerate()
        .map(|(index, (expr, legend))| json!({ "refId": reference(index), "datasource": source, "expr": expr, "legendFormat": if legend.is_empty() { "__auto" } else { legend } }))
        .collect();
    let mut defaults = json!({
        "unit": unit(panel.unit),
        "thresholds": { "mode": "absolute", "steps": steps(&panel.bounds) },
        "custom": { "thresholdsStyle": { "mode": if panel.bounds.is_empty() { "off" } else { "line" } } },
    });
    if panel.unit != Unit::Number {
        defaults["min"] = json!(0);
    }
    json!({
        "id": id,
        "type": "timeseries",
        "title": panel.title,
        "datasource": source,
        "gridPos": { "h": 8, "w": 8, "x": x, "y": y },
        "targets": targets,
        "fieldConfig": { "defaults": defaults, "overrides": [] },
        "options": { "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true }, "tooltip": { "mode": "multi", "sort": "desc" } },
    })
}

/// `A` to `Z`, `AA` and so on.
fn reference(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    if index < 26 { letter.to_string() } else { format!("{}{letter}", reference(index / 26 - 1)) }
}

/// Grafana's name of a unit.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Number => "short",
        Unit::Seconds => "s",
        Unit::Ratio => "percentunit",
        Unit::Bytes => "bytes",
        Unit::PerSecond => "reqps",
    }
}

/// The colours of values, each from its step on: where large values are bad, green, orange, red; else red, orange,
/// green.
fn steps(bounds: &[(Bound, Severity)]) -> Vec<Value> {
    let color = |severity: Severity| if severity == Severity::Critical { "red" } else { "orange" };
    let mut bounds = bounds.to_vec();
    bounds.sort_by_key(|(bound, _)| bound.edge());
    let upward = bounds.first().is_none_or(|(bound, _)| bound.operator().is_upward());
    let below: Vec<&str> = if upward {
        std::iter::once("green").chain(bounds.iter().map(|(_, severity)| color(*severity))).collect()
    } else {
        bounds.iter().map(|(_, severity)| color(*severity)).chain(["green"]).collect()
    };
    let edges = bounds.iter().map(|(bound, _)| bound.edge().to_string().parse::<f64>().ok());
    std::iter::once(None)
        .chain(edges)
        .zip(below)
        .map(|(edge, color)| json!({ "color": color, "value": edge }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Value as _;

    #[test]
    fn colours_follow_the_direction_of_the_bounds() {
        let bound = |text: &str| Bound::parse(text).expect("a bound");
        let both = |warn, critical| {
            steps(&[(bound(warn), Severity::Warning), (bound(critical), Severity::Critical)])
        };
        assert_eq!(
            json!(both(">1s", ">2s")),
            json!([{ "color": "green", "value": null }, { "color": "orange", "value": 1.0 }, { "color": "red", "value": 2.0 }])
        );
        assert_eq!(
            json!(both("<99%", "<90%")),
            json!([{ "color": "red", "value": null }, { "color": "orange", "value": 0.9 }, { "color": "green", "value": 0.99 }])
        );
        assert_eq!(json!(steps(&[])), json!([{ "color": "green", "value": null }]));
    }

    #[test]
    fn queries_have_letters() {
        assert_eq!([reference(0), reference(25), reference(26), reference(27)], ["A", "Z", "AA", "AB"]);
    }
}
