//! The dashboard: what a glance should tell, then the system's own measures with their bounds, then what kinds show.

use serde_json::{Value, json};

use super::SOURCE;
use crate::{
    digest::sha256,
    model::{Board, Model, Monitoring, Panel, PanelRow, Severity, Shape, Unit},
    values::Bound,
};

/// The dashboard's JSON.
pub fn dashboard(model: &Model, monitoring: &Monitoring) -> String {
    let mut panels = Vec::new();
    let (mut id, mut y) = (0, 0);
    panels.extend(overview(model, &mut id, &mut y));
    for row in &monitoring.rows {
        panels.extend(row_panels(model, row, &mut id, &mut y));
    }
    let dashboard = json!({
        "uid": format!("{}-{}", model.system, model.environment).chars().take(40).collect::<String>(),
        "title": format!("{} ({})", model.title, model.environment),
        "tags": ["ondol", model.system.as_str()],
        "timezone": model.timezone.to_string(),
        "schemaVersion": 39,
        "editable": false,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": { "from": "now-6h", "to": "now" },
        "templating": { "list": [] },
        "annotations": { "list": [] },
        "links": guide(model).into_iter().collect::<Vec<_>>(),
        "panels": panels,
    });
    serde_json::to_string_pretty(&dashboard).unwrap_or_default() + "\n"
}

/// The JSON of a board.
pub fn board(model: &Model, board: &Board) -> String {
    let panels: Vec<Value> = board
        .panels
        .iter()
        .enumerate()
        .map(|(index, panel)| {
            let index = index as u32;
            let mut drawn = graph(panel, index + 1, index % 3 * 8, index / 3 * 8);
            explained(&mut drawn, model, panel);
            drawn
        })
        .collect();
    let others = json!({
        "type": "dashboards", "title": model.title.to_string(), "tags": ["ondol", model.system.as_str()],
        "asDropdown": true, "includeVars": false, "keepTime": true, "targetBlank": false, "icon": "external link",
        "tooltip": "", "url": "",
    });
    let dashboard = json!({
        "uid": identity(&format!("{}-{}-{}", model.system, model.environment, board.name)),
        "title": format!("{}: {} ({})", model.title, board.title, model.environment),
        "tags": ["ondol", model.system.as_str()],
        "timezone": model.timezone.to_string(),
        "schemaVersion": 39,
        "editable": false,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": { "from": "now-24h", "to": "now" },
        "templating": { "list": [] },
        "annotations": { "list": [] },
        "links": std::iter::once(others).chain(guide(model)).collect::<Vec<_>>(),
        "panels": panels,
    });
    serde_json::to_string_pretty(&dashboard).unwrap_or_default() + "\n"
}

/// Says of a panel which alerts are on its bounds, each with its section of the runbook: as a link where that is served.
fn explained(drawn: &mut Value, model: &Model, panel: &Panel) {
    if panel.alerts.is_empty() {
        return;
    }
    let line = |(name, bound): &(String, String)| match model.section_url(name) {
        Some(url) => format!("- [{name}]({url}) ({bound})"),
        None => format!("- {name} ({bound}): {}", model.section(name)),
    };
    let links = panel.alerts.iter().filter_map(|(name, _)| Some(link(name, &model.section_url(name)?)));
    drawn["description"] = json!(panel.alerts.iter().map(line).collect::<Vec<_>>().join("\n"));
    let links: Vec<Value> = links.collect();
    if !links.is_empty() {
        drawn["links"] = json!(links);
    }
}

/// The link of a dashboard to the guide; none where that is not served.
fn guide(model: &Model) -> Option<Value> {
    let title = model.language.pick("Operations guide", "운영 가이드");
    Some(link(title, &model.page(&model.host.name)?))
}

/// A link out of Grafana, of a dashboard or a panel.
fn link(title: &str, url: &str) -> Value {
    json!({
        "type": "link", "title": title, "url": url, "tags": [], "asDropdown": false, "includeVars": false,
        "keepTime": false, "targetBlank": true, "icon": "doc", "tooltip": "",
    })
}

/// An identity of at most 40 characters, as Grafana wants it; of a longer one the end tells it apart.
fn identity(name: &str) -> String {
    if name.len() <= 40 {
        return name.to_owned();
    }
    let digest = sha256(name.as_bytes());
    format!("{}-{}", name.chars().take(31).collect::<String>(), &digest[..8])
}

/// What a glance should tell: how many alerts fire, and how much of what is measured answers.
fn overview(model: &Model, id: &mut u32, y: &mut u32) -> Vec<Value> {
    let pick = |english: &'static str, korean: &'static str| model.language.pick(english, korean);
    let stat = |id: u32, x: u32, title: &str, expr: &str, unit: &str, steps: Value| {
        json!({
            "id": id,
            "type": "stat",
            "title": title,
            "datasource": source(),
            "gridPos": { "h": 4, "w": 8, "x": x, "y": *y },
            "targets": [{ "refId": "A", "datasource": source(), "expr": expr, "instant": true, "legendFormat": "__auto" }],
            "fieldConfig": { "defaults": { "unit": unit, "thresholds": { "mode": "absolute", "steps": steps } }, "overrides": [] },
            "options": { "colorMode": "background", "graphMode": "none", "reduceOptions": { "calcs": ["lastNotNull"] } },
        })
    };
    // What is escalated is not another alert.
    let once = if model.notify.escalations.is_empty() { "" } else { ",escalation=\"\"" };
    let firing = |severity: &str| {
        format!("count(ALERTS{{alertstate=\"firing\",severity=\"{severity}\"{once}}}) or vector(0)")
    };
    let none = |color: &str| json!([{ "color": "green", "value": null }, { "color": color, "value": 1 }]);
    let all = json!([{ "color": "red", "value": null }, { "color": "orange", "value": 0.5 }, { "color": "green", "value": 1 }]);
    let panels = vec![
        stat(*id + 1, 0, pick("Critical alerts", "긴급 알림"), &firing("critical"), "short", none("red")),
        stat(*id + 2, 8, pick("Warnings", "경고"), &firing("warning"), "short", none("orange")),
        stat(
            *id + 3,
            16,
            pick("Targets that answer", "응답하는 수집 대상"),
            "sum(up) / count(up)",
            "percentunit",
            all,
        ),
    ];
    *id += 3;
    *y += 4;
    panels
}

fn source() -> Value {
    json!({ "type": "prometheus", "uid": SOURCE })
}

/// A title across the page, then panels three in a line.
fn row_panels(model: &Model, row: &PanelRow, id: &mut u32, y: &mut u32) -> Vec<Value> {
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
        let mut drawn = graph(panel, next(), column * 8, *y + line * 8);
        explained(&mut drawn, model, panel);
        panels.push(drawn);
    }
    *y += (row.panels.len() as u32).div_ceil(3) * 8;
    panels
}

/// A graph over time, the bounds drawn as lines.
fn graph(panel: &Panel, id: u32, x: u32, y: u32) -> Value {
    if panel.shape == Shape::Number {
        return number(panel, id, x, y);
    }
    let targets: Vec<Value> = panel
        .queries
        .iter()
        .enumerate()
        .map(|(index, (expr, legend))| json!({ "refId": reference(index), "datasource": source(), "expr": expr, "legendFormat": if legend.is_empty() { "__auto" } else { legend } }))
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
        "datasource": source(),
        "gridPos": { "h": 8, "w": 8, "x": x, "y": y },
        "targets": targets,
        "fieldConfig": { "defaults": defaults, "overrides": [] },
        "options": { "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true }, "tooltip": { "mode": "multi", "sort": "desc" } },
    })
}

/// The present value, large, in the colour of its bound.
fn number(panel: &Panel, id: u32, x: u32, y: u32) -> Value {
    let targets: Vec<Value> = panel
        .queries
        .iter()
        .enumerate()
        .map(|(index, (expr, legend))| json!({ "refId": reference(index), "datasource": source(), "expr": expr, "instant": true, "legendFormat": if legend.is_empty() { "__auto" } else { legend } }))
        .collect();
    json!({
        "id": id,
        "type": "stat",
        "title": panel.title,
        "datasource": source(),
        "gridPos": { "h": 8, "w": 8, "x": x, "y": y },
        "targets": targets,
        "fieldConfig": { "defaults": { "unit": unit(panel.unit), "thresholds": { "mode": "absolute", "steps": steps(&panel.bounds) } }, "overrides": [] },
        "options": { "colorMode": if panel.bounds.is_empty() { "value" } else { "background" }, "graphMode": "none", "reduceOptions": { "calcs": ["lastNotNull"] } },
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
        Unit::Dollars => "currencyUSD",
        Unit::Requests => "reqps",
        Unit::BytesPerSecond => "Bps",
        // Grafana has no unit of its own for it.
        Unit::DollarsPerSecond => "suffix: $/s",
        Unit::PerSecond => "cps",
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
