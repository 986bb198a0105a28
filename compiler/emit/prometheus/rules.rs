//! Alerting rules of one group, and their unit tests: each alert is seen to fire and to be silent.

use crate::{
    emit::{
        header::header,
        quote,
        yaml::{Item, Map, Yaml, seq},
    },
    model::{Alert, Model, Series},
    values::Duration,
};

/// `rules/<group>.yml`.
pub fn rules(model: &Model, group: &str, alerts: &[&Alert]) -> String {
    let rules = alerts
        .iter()
        .map(|alert| {
            let labels = alert
                .labels
                .iter()
                .fold(Map::new(), |map, (name, value)| map.set(name, value.as_str()))
                .set("severity", alert.severity.as_str());
            let hold = (!alert.hold.is_zero()).then(|| alert.hold.prometheus());
            let rule = Map::new()
                .set("alert", alert.name.as_str())
                .set("expr", alert.expr.as_str())
                .maybe("for", hold)
                .set("labels", labels)
                .set(
                    "annotations",
                    Map::new()
                        .set("summary", alert.summary.as_str())
                        .set("description", alert.description.as_str()),
                );
            Item { comment: None, value: rule.into() }
        })
        .collect();
    let yaml: Yaml =
        Map::new().set("groups", seq([Map::new().set("name", group).set("rules", Yaml::Seq(rules))])).into();
    yaml.document(&header(model))
}

/// `tests/<group>_test.yml`, for `promtool test rules`.
pub fn tests(model: &Model, group: &str, alerts: &[&Alert]) -> String {
    let tests = alerts.iter().flat_map(|alert| {
        let fires = test(alert, &format!("{} fires", alert.name), &alert.test.fires, Some(expected(alert)));
        let silent = test(alert, &format!("{} is silent", alert.name), &alert.test.silent, None);
        [fires, silent]
    });
    // Weeks pass in the tests of what runs by the clock: evaluating each minute of them would take minutes.
    let evaluation =
        alerts.iter().map(|alert| alert.test.interval).min().unwrap_or(Duration::from_minutes(1));
    let yaml: Yaml = Map::new()
        .set("rule_files", seq([format!("../rules/{group}.yml")]))
        .set("evaluation_interval", evaluation.prometheus())
        .set("tests", Yaml::Seq(tests.map(|value| Item { comment: None, value }).collect()))
        .into();
    yaml.document(&format!("{}\nRun: promtool test rules prometheus/tests/{group}_test.yml", header(model)))
}

fn test(alert: &Alert, name: &str, series: &[Series], expected: Option<Yaml>) -> Yaml {
    let inputs = seq(series
        .iter()
        .map(|one| Map::new().set("series", one.series.as_str()).set("values", one.values.as_str())));
    let expected =
        expected.map_or(Yaml::Flow(Vec::new()), |one| Yaml::Seq(vec![Item { comment: None, value: one }]));
    let check = Map::new()
        .set("eval_time", minutes(alert.test.at))
        .set("alertname", alert.name.as_str())
        .set("exp_alerts", expected);
    Map::new()
        .set("name", name)
        .set("interval", alert.test.interval.prometheus())
        .set("input_series", inputs)
        .set("alert_rule_test", seq([check]))
        .into()
}

fn minutes(at: Duration) -> String {
    at.prometheus()
}

/// The alert as it is expected, texts filled in as Prometheus does.
fn expected(alert: &Alert) -> Yaml {
    let labels =
        alert.test.labels.iter().fold(Map::new(), |map, (name, value)| map.set(name, value.as_str()));
    let annotations = Map::new()
        .set("summary", filled(alert, &alert.summary))
        .set("description", filled(alert, &alert.description));
    Map::new().set("exp_labels", labels).set("exp_annotations", annotations).into()
}

fn filled(alert: &Alert, text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(value) = &alert.test.value {
        text = text.replace("{{ printf \"%.4g\" $value }}", value).replace("{{ $value }}", value);
    }
    for (name, value) in &alert.test.labels {
        text = text.replace(&format!("{{{{ $labels.{name} }}}}"), value);
    }
    // Last: what the user wrote in braces stands in the rule as text.
    text.replace(&quote::go_template("{{"), "{{")
}
