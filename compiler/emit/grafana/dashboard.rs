//! The dashboard: what a glance should tell, then the system's own measures with their bounds, then what kinds show.

use serde_json::{Value, json};

use super::json::{
    Custom, Dashboard, Defaults, Drawing, Drawn, Fields, Graph, Legend, Link, List, Mode, Number, PROMETHEUS,
    Panel, Place, Reduced, Row, Step, Target, Thresholds, Time, Tooltip,
};
use crate::{
    digest::sha256,
    model::{self, Board, Model, Monitoring, PanelRow, Severity, Shape, Unit},
    values::Bound,
};

/// The dashboard's JSON.
pub fn dashboard(model: &Model, monitoring: &Monitoring) -> String {
    let (mut id, mut y) = (0, 0);
    let mut panels = overview(model, &mut id, &mut y);
    for row in &monitoring.rows {
        panels.extend(row_panels(model, row, &mut id, &mut y));
    }
    text(&Dashboard {
        uid: format!("{}-{}", model.system, model.environment).chars().take(40).collect(),
        title: format!("{} ({})", model.title, model.environment),
        links: guide(model).into_iter().collect(),
        ..common(model, "now-6h", panels)
    })
}

/// The JSON of a board.
pub fn board(model: &Model, board: &Board) -> String {
    let panels = board.panels.iter().zip(0..).map(|(panel, index)| {
        let place = Place { h: 8, w: 8, x: index % 3 * 8, y: index / 3 * 8 };
        Drawn::Panel(Box::new(drawn(model, panel, index + 1, place)))
    });
    let others = Link {
        r#type: "dashboards",
        tags: tags(model).into(),
        as_dropdown: true,
        keep_time: true,
        target_blank: false,
        icon: "external link",
        ..link(model.title.as_str(), String::new())
    };
    text(&Dashboard {
        uid: identity(&format!("{}-{}-{}", model.system, model.environment, board.name)),
        title: format!("{}: {} ({})", model.title, board.title, model.environment),
        links: std::iter::once(others).chain(guide(model)).collect(),
        ..common(model, "now-24h", panels.collect())
    })
}

fn text(dashboard: &Dashboard) -> String {
    serde_json::to_string_pretty(dashboard).unwrap_or_default() + "\n"
}

fn tags(model: &Model) -> [&str; 2] {
    ["ondol", model.system.as_str()]
}

/// What all dashboards have.
fn common<'a>(model: &'a Model, from: &'static str, panels: Vec<Drawn<'a>>) -> Dashboard<'a> {
    Dashboard {
        annotations: List::default(),
        editable: false,
        graph_tooltip: 1,
        links: Vec::new(),
        panels,
        refresh: "30s",
        schema_version: 39,
        tags: tags(model),
        templating: List::default(),
        time: Time { from, to: "now" },
        timezone: model.timezone.to_string(),
        title: String::new(),
        uid: String::new(),
    }
}

/// A panel that says which alerts are on its bounds, each with its section of the runbook: as a link where that is served.
fn drawn<'a>(model: &Model, panel: &'a model::Panel, id: u32, place: Place) -> Panel<'a> {
    let line = |(name, bound): &(String, String)| match model.section_url(name) {
        Some(url) => format!("- [{name}]({url}) ({bound})"),
        None => format!("- {name} ({bound}): {}", model.section(name)),
    };
    let lines: Vec<String> = panel.alerts.iter().map(line).collect();
    let links = panel.alerts.iter().filter_map(|(name, _)| Some(link(name, model.section_url(name)?)));
    let plain = if panel.shape == Shape::Number { number(panel) } else { graph(panel) };
    Panel {
        description: (!lines.is_empty()).then(|| lines.join("\n")),
        links: links.collect(),
        id,
        grid_pos: place,
        title: &panel.title,
        ..plain
    }
}

/// The link of a dashboard to the guide; none where that is not served.
fn guide(model: &Model) -> Option<Link<'_>> {
    let title = model.language.pick("Operations guide", "운영 가이드");
    Some(link(title, model.page(&model.host.name)?))
}

/// A link out of Grafana, of a dashboard or a panel.
fn link(title: &str, url: String) -> Link<'_> {
    Link {
        as_dropdown: false,
        icon: "doc",
        include_vars: false,
        keep_time: false,
        tags: Vec::new(),
        target_blank: true,
        title: title.into(),
        tooltip: "",
        r#type: "link",
        url,
    }
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
fn overview<'a>(model: &Model, id: &mut u32, y: &mut u32) -> Vec<Drawn<'a>> {
    let pick = |english: &'static str, korean: &'static str| model.language.pick(english, korean);
    // What is escalated is not another alert.
    let once = if model.notify.escalations.is_empty() { "" } else { ",escalation=\"\"" };
    let firing = |severity: &str| {
        format!("count(ALERTS{{alertstate=\"firing\",severity=\"{severity}\"{once}}}) or vector(0)")
    };
    let step = |color, value| Step { color, value };
    let none = |color| vec![step("green", Value::Null), step(color, json!(1))];
    let all = vec![step("red", Value::Null), step("orange", json!(0.5)), step("green", json!(1))];
    let panels = [
        (pick("Critical alerts", "긴급 알림"), firing("critical"), "short", none("red")),
        (pick("Warnings", "경고"), firing("warning"), "short", none("orange")),
        (
            pick("Targets that answer", "응답하는 수집 대상"),
            "sum(up) / count(up)".to_owned(),
            "percentunit",
            all,
        ),
    ];
    let panels = panels.into_iter().enumerate().map(|(index, (title, expr, unit, steps))| {
        let index = index as u32;
        let target = Target {
            datasource: PROMETHEUS,
            expr: expr.into(),
            instant: Some(true),
            legend_format: "__auto",
            ref_id: reference(0),
        };
        let mut panel =
            stat("background", Defaults { custom: None, min: None, thresholds: absolute(steps), unit });
        (panel.id, panel.title, panel.targets) = (*id + index + 1, title, vec![target]);
        panel.grid_pos = Place { h: 4, w: 8, x: index * 8, y: *y };
        Drawn::Panel(Box::new(panel))
    });
    let panels = panels.collect();
    *id += 3;
    *y += 4;
    panels
}

/// A title across the page, then panels three in a line.
fn row_panels<'a>(model: &Model, row: &'a PanelRow, id: &mut u32, y: &mut u32) -> Vec<Drawn<'a>> {
    let mut next = || {
        *id += 1;
        *id
    };
    let mut panels = vec![Drawn::Row(Row {
        collapsed: false,
        grid_pos: Place { h: 1, w: 24, x: 0, y: *y },
        id: next(),
        panels: [],
        title: &row.title,
        r#type: "row",
    })];
    *y += 1;
    for (index, panel) in row.panels.iter().enumerate() {
        let (line, column) = (index as u32 / 3, index as u32 % 3);
        let place = Place { h: 8, w: 8, x: column * 8, y: *y + line * 8 };
        panels.push(Drawn::Panel(Box::new(drawn(model, panel, next(), place))));
    }
    *y += (row.panels.len() as u32).div_ceil(3) * 8;
    panels
}

/// The expressions of a panel; `instant` says that only their present values are asked for.
fn targets(panel: &model::Panel, instant: bool) -> Vec<Target<'_>> {
    let queries = panel.queries.iter().enumerate();
    queries
        .map(|(index, (expr, legend))| Target {
            datasource: PROMETHEUS,
            expr: expr.as_str().into(),
            instant: instant.then_some(true),
            legend_format: if legend.is_empty() { "__auto" } else { legend },
            ref_id: reference(index),
        })
        .collect()
}

fn absolute(steps: Vec<Step>) -> Thresholds {
    Thresholds { mode: "absolute", steps }
}

/// A panel without its name and place.
fn panel<'a>(r#type: &'static str, defaults: Defaults, options: Drawing) -> Panel<'a> {
    Panel {
        datasource: PROMETHEUS,
        description: None,
        field_config: Fields { defaults, overrides: [] },
        grid_pos: Place { h: 8, w: 8, x: 0, y: 0 },
        id: 0,
        links: Vec::new(),
        options,
        targets: Vec::new(),
        title: "",
        r#type,
    }
}

/// A graph over time, the bounds drawn as lines.
fn graph(drawn: &model::Panel) -> Panel<'_> {
    let style = Mode { mode: if drawn.bounds.is_empty() { "off" } else { "line" } };
    let defaults = Defaults {
        custom: Some(Custom { thresholds_style: style }),
        min: (drawn.unit != Unit::Number).then_some(0),
        thresholds: absolute(steps(&drawn.bounds)),
        unit: unit(drawn.unit),
    };
    let options = Drawing::Graph(Graph {
        legend: Legend { display_mode: "list", placement: "bottom", show_legend: true },
        tooltip: Tooltip { mode: "multi", sort: "desc" },
    });
    Panel { targets: targets(drawn, false), ..panel("timeseries", defaults, options) }
}

/// The present value, large, in the colour of its bound.
fn number(drawn: &model::Panel) -> Panel<'_> {
    let thresholds = absolute(steps(&drawn.bounds));
    let defaults = Defaults { custom: None, min: None, thresholds, unit: unit(drawn.unit) };
    let color = if drawn.bounds.is_empty() { "value" } else { "background" };
    Panel { targets: targets(drawn, true), ..stat(color, defaults) }
}

fn stat<'a>(color_mode: &'static str, defaults: Defaults) -> Panel<'a> {
    let reduce_options = Reduced { calcs: ["lastNotNull"] };
    panel("stat", defaults, Drawing::Number(Number { color_mode, graph_mode: "none", reduce_options }))
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
fn steps(bounds: &[(Bound, Severity)]) -> Vec<Step> {
    let color = |severity: Severity| if severity == Severity::Critical { "red" } else { "orange" };
    let mut bounds = bounds.to_vec();
    bounds.sort_by_key(|(bound, _)| bound.edge());
    let upward = bounds.first().is_none_or(|(bound, _)| bound.operator().is_upward());
    let below: Vec<&'static str> = if upward {
        std::iter::once("green").chain(bounds.iter().map(|(_, severity)| color(*severity))).collect()
    } else {
        bounds.iter().map(|(_, severity)| color(*severity)).chain(["green"]).collect()
    };
    let edges = bounds.iter().map(|(bound, _)| bound.edge().to_string().parse::<f64>().ok());
    std::iter::once(None)
        .chain(edges)
        .zip(below)
        .map(|(edge, color)| Step { color, value: json!(edge) })
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
