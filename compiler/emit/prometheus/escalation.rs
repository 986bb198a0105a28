//! Escalation: Alertmanager cannot tell somebody else after a while, so Prometheus raises an alert once more when it has
//! been firing that long: under the same name and with the same labels, and one that leads it to the next team.
//!
//! The name and the labels stay the same so that a silence of the alert is a silence of what it escalates to as well:
//! who takes it on stops the escalation.

use super::{
    pace,
    rules::{annotations, labels, ruled},
    text,
};
use crate::{
    emit::{
        header::header,
        quote,
        yaml::{Map, Yaml, seq},
    },
    model::{
        Alert, Escalation, Model,
        response::{ESCALATED_TO, ESCALATION, Step},
    },
    values::{Duration, Labels},
};

/// Name of the group and of its files. No group of a service has this name: those have no `_`.
pub const GROUP: &str = "escalation_steps";

/// An alert with its escalation.
pub type Escalated<'a> = (&'a Alert, &'a Escalation);

/// The alerts that are escalated, with the escalation of each.
pub fn escalated<'a>(model: &'a Model, alerts: &'a [Alert]) -> Vec<Escalated<'a>> {
    if model.notify.escalations.is_empty() {
        return Vec::new();
    }
    let all = alerts.iter().filter_map(|alert| Some((alert, model.notify.escalation(alert)?)));
    all.filter(|(_, escalation)| escalation.later().next().is_some()).collect()
}

/// `rules/escalation_steps.yml`.
pub fn rules(model: &Model, escalated: &[Escalated]) -> String {
    let rules = escalated.iter().flat_map(|(alert, escalation)| {
        escalation.later().map(|(number, step)| {
            Map::new()
                .set("alert", alert.name.as_str())
                .set("expr", expr(alert))
                .set("for", step.after.prometheus())
                .set("labels", labels(&own(number, step)))
                .set("annotations", annotations(model, &told(model, alert, number, step), text::template))
        })
    });
    let yaml: Yaml =
        Map::new().set("groups", seq([Map::new().set("name", GROUP).set("rules", seq(rules))])).into();
    yaml.document(&format!(
        "{}\nAlertmanager tells nobody else when nobody reacts: what still fires is raised again for the next team.\nA silence of an alert is a silence of its escalation: their names and labels are the same.",
        header(model)
    ))
}

/// The alert itself, as long as it fires; `alertstate` is a label of the series only.
fn expr(alert: &Alert) -> String {
    let name = quote::promql(&alert.name);
    // Of alerts of one name the ones with other labels are others.
    let labels: String =
        alert.labels.iter().map(|(name, value)| format!(",{name}={}", quote::promql(value))).collect();
    format!(
        "max without (alertstate) (ALERTS{{alertname={name},alertstate=\"firing\",{ESCALATION}=\"\",severity=\"{}\"{labels}}})",
        alert.severity.as_str()
    )
}

/// The labels that a step adds.
fn own(number: usize, step: &Step) -> Labels {
    Labels::from([
        (ESCALATION.to_owned(), number.to_string()),
        (ESCALATED_TO.to_owned(), step.team.to_string()),
    ])
}

/// The alert as the step tells it.
fn told(model: &Model, alert: &Alert, number: usize, step: &Step) -> Alert {
    let after = step.after.words(model.language);
    let mut alert = alert.clone();
    alert.description = model
        .language
        .pick(
            format!(
                "It has been firing for {after}, and nobody ended or silenced it: this is for {}.",
                step.team
            ),
            format!("{after} 넘게 해소되지도 무음 처리되지도 않았습니다. 다음 담당: {}.", step.team),
        )
        .into();
    alert.labels.extend(own(number, step));
    alert
}

/// `tests/escalation_steps_test.yml`: each step shortly before its time and at its time, and none of what has ended.
pub fn tests(model: &Model, escalated: &[Escalated]) -> String {
    let steps = escalated.iter().flat_map(|(_, escalation)| escalation.later());
    let due: Vec<Duration> = steps.map(|(_, step)| step.after).collect();
    let pace = pace::of(due.iter().copied().min().unwrap_or(pace::HOURS), due);
    let tests = escalated.iter().flat_map(|(alert, escalation)| {
        let last = escalation.steps.iter().map(|step| minutes(step.after)).max().unwrap_or(0) + 2;
        let mut times: Vec<u64> = escalation
            .later()
            .flat_map(|(_, step)| [minutes(step.after).saturating_sub(minutes(pace)), minutes(step.after)])
            .collect();
        times.sort_unstable();
        times.dedup();
        let checks = times.into_iter().map(|minute| {
            let due = escalation.later().filter(|(_, step)| step.after <= Duration::from_minutes(minute));
            let expected = due.map(|(number, step)| {
                let told = told(model, alert, number, step);
                let mut all = told.test.labels.clone();
                all.extend(ruled(&told));
                Map::new()
                    .set("exp_labels", labels(&all))
                    .set("exp_annotations", annotations(model, &told, text::filled))
            });
            check(alert, minute, expected.collect())
        });
        let first = escalation.later().next().map_or(0, |(_, step)| minutes(step.after));
        let ended = format!("1x{} stale", first.saturating_sub(2));
        [
            test(
                format!("{} is escalated in time", alert.name),
                alert,
                format!("1x{last}"),
                checks.collect(),
            ),
            test(
                format!("{} is not escalated when it has ended", alert.name),
                alert,
                ended,
                vec![check(alert, first, Vec::new())],
            ),
        ]
    });
    let yaml: Yaml = Map::new()
        .set("rule_files", seq([format!("../rules/{GROUP}.yml")]))
        .set("evaluation_interval", pace.prometheus())
        .set("tests", seq(tests))
        .into();
    yaml.document(&format!("{}\nRun: promtool test rules prometheus/tests/{GROUP}_test.yml", header(model)))
}

/// Whole minutes in which it is over.
fn minutes(after: Duration) -> u64 {
    after.whole_minutes()
}

fn test(name: String, alert: &Alert, values: String, checks: Vec<Map>) -> Map {
    let mut all = alert.test.labels.clone();
    all.extend(ruled(alert));
    all.insert("alertname".to_owned(), alert.name.clone());
    all.insert("alertstate".to_owned(), "firing".to_owned());
    let pairs: Vec<String> =
        all.iter().map(|(name, value)| format!("{name}={}", quote::promql(value))).collect();
    let series = format!("ALERTS{{{}}}", pairs.join(","));
    Map::new()
        .set("name", name)
        .set("interval", "1m")
        .set("input_series", seq([Map::new().set("series", series).set("values", values)]))
        .set("alert_rule_test", seq(checks))
}

fn check(alert: &Alert, minute: u64, expected: Vec<Map>) -> Map {
    Map::new()
        .set("eval_time", Duration::from_minutes(minute).prometheus())
        .set("alertname", alert.name.as_str())
        .set("exp_alerts", if expected.is_empty() { Yaml::Flow(Vec::new()) } else { seq(expected) })
}
