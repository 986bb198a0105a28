//! Alerting rules of one group, and their unit tests: each alert is seen to fire and to be silent.

use super::{lines, pace, text};
use crate::{
    emit::{
        header::header,
        yaml::{Map, Yaml, seq},
    },
    model::{
        Alert, Message, Model, Recording, Series, Severity, Team,
        response::{ESCALATED_TO, TEAM},
        slo,
    },
    values::{Duration, Labels},
};

/// `rules/<group>.yml`.
pub fn rules(model: &Model, group: &str, alerts: &[Alert]) -> String {
    let rules = alerts.iter().map(|alert| {
        let hold = (!alert.hold.is_zero()).then(|| alert.hold.prometheus());
        Map::new()
            .set("alert", alert.name.as_str())
            .set("expr", lines::of(&alert.expr))
            .maybe("for", hold)
            .set("labels", labels(&ruled(alert)))
            .set("annotations", annotations(model, alert, text::template))
    });
    let all = recorded(model, group).into_iter().chain(rules);
    let yaml: Yaml =
        Map::new().set("groups", seq([Map::new().set("name", group).set("rules", seq(all))])).into();
    yaml.document(&header(model))
}

/// What is recorded for the alerts of the group, evaluated before them.
fn recorded(model: &Model, group: &str) -> Vec<Map> {
    let slos =
        model.monitoring.iter().filter(|_| group == slo::GROUP).flat_map(|monitoring| &monitoring.slos);
    let rule = |one: &Recording| {
        Map::new()
            .set("record", one.name.as_str())
            .set("expr", lines::of(&one.expr))
            .set("labels", labels(&one.labels))
    };
    slos.flat_map(|slo| &slo.recorded).map(rule).collect()
}

/// The files of unit tests of a group, for `promtool test rules`: their names below `tests/`, and texts.
///
/// promtool evaluates every rule of the group as often as a file says, for as long as its longest test lasts: tests
/// that look at days have a file of their own, in which that is less often.
pub fn tests(model: &Model, group: &str, alerts: &[Alert]) -> Vec<(String, String)> {
    let (days, hours): (Vec<&Alert>, Vec<&Alert>) =
        alerts.iter().partition(|alert| alert.test.at > pace::HOURS);
    let name = |what: &str| format!("{group}{what}_test.yml");
    let files = [(name(""), &hours), (name(if hours.is_empty() { "" } else { "_days" }), &days)];
    let files = files.into_iter().filter(|(_, alerts)| !alerts.is_empty());
    files.map(|(name, alerts)| (name.clone(), file(model, group, &name, alerts))).collect()
}

fn file(model: &Model, group: &str, name: &str, alerts: &[&Alert]) -> String {
    let tests = alerts.iter().flat_map(|alert| {
        let fires = || Some(expected(model, alert));
        let also = alert
            .test
            .also
            .iter()
            .map(move |(why, series)| test(alert, &format!("fires: {why}"), series, fires()));
        let still = alert
            .test
            .still
            .iter()
            .map(move |(why, series)| test(alert, &format!("is silent: {why}"), series, None));
        std::iter::once(test(alert, "fires", &alert.test.fires, fires()))
            .chain(also)
            .chain([test(alert, "is silent", &alert.test.silent, None)])
            .chain(still)
            .collect::<Vec<_>>()
    });
    let pace = alerts.iter().map(|alert| pace::of(alert.test.at, [alert.test.at, alert.hold])).min();
    let yaml: Yaml = Map::new()
        .set("rule_files", seq([format!("../rules/{group}.yml")]))
        .maybe("evaluation_interval", pace.map(Duration::prometheus))
        .set("tests", seq(tests))
        .into();
    yaml.document(&format!("{}\nRun: promtool test rules prometheus/tests/{name}", header(model)))
}

fn test(alert: &Alert, what: &str, series: &[Series], expected: Option<Map>) -> Map {
    let inputs = seq(series
        .iter()
        .map(|one| Map::new().set("series", one.series.as_str()).set("values", one.values.as_str())));
    let expected = expected.map_or(Yaml::Flow(Vec::new()), |one| seq([one]));
    let check = Map::new()
        .set("eval_time", alert.test.at.prometheus())
        .set("alertname", alert.name.as_str())
        .set("exp_alerts", expected);
    Map::new()
        .set("name", format!("{} {what}", alert.name))
        .set("interval", alert.test.interval.prometheus())
        .set("input_series", inputs)
        .set("alert_rule_test", seq([check]))
}

/// The alert as it is expected: its texts filled in as Prometheus does.
fn expected(model: &Model, alert: &Alert) -> Map {
    let mut all = alert.test.labels.clone();
    all.extend(ruled(alert));
    Map::new().set("exp_labels", labels(&all)).set("exp_annotations", annotations(model, alert, text::filled))
}

/// The labels that the rule puts on.
pub(super) fn ruled(alert: &Alert) -> Labels {
    let mut labels = alert.labels.clone();
    labels.insert("severity".to_owned(), alert.severity.as_str().to_owned());
    labels
}

/// Labels as a map.
pub(super) fn labels(labels: &Labels) -> Map {
    labels.iter().fold(Map::new(), |map, (name, value)| map.set(name.clone(), value.as_str()))
}

/// What people read, its texts made by `text`.
pub(super) fn annotations(model: &Model, alert: &Alert, text: fn(&Alert, &Message) -> String) -> Map {
    let plain = |words: String| text(alert, &Message::from(words));
    // What is about one of several hosts is explained by the guide of that one.
    let section = match model.section_by_host(&alert.name).filter(|_| alert.summary.names("host")) {
        Some((before, behind)) => Message::from(before).label("host").text(behind),
        None => model.section_url(&alert.name).unwrap_or_else(|| model.section(&alert.name)).into(),
    };
    Map::new()
        .set("summary", text(alert, &alert.summary))
        .set("description", text(alert, &alert.description))
        .set(guide(model), text(alert, &section))
        .maybe("contact", contact(model, alert).map(plain))
}

/// The annotation that leads to the guide: an address that can be opened, or a file on the server.
pub fn guide(model: &Model) -> &'static str {
    if model.runbook.url.is_some() { "runbook_url" } else { "runbook" }
}

/// Whom to call: the team that is told, or that owns it; else for what is critical those on call, else the first team.
fn contact(model: &Model, alert: &Alert) -> Option<String> {
    let of = |label: &str| {
        let name = alert.labels.get(label)?;
        model.teams.iter().find(|team| team.name.as_str() == name)
    };
    let on_call = || model.teams.iter().find(|team| team.on_call && alert.severity == Severity::Critical);
    let team = of(ESCALATED_TO)
        .or_else(|| of(TEAM))
        .or_else(on_call)
        .or_else(|| model.teams.iter().find(|team| !team.on_call))
        .or(model.teams.first())?;
    Some(words(team))
}

fn words(team: &Team) -> String {
    let ways = [
        team.phone.as_ref().map(ToString::to_string),
        team.chat.as_ref().map(ToString::to_string),
        team.email.as_ref().map(ToString::to_string),
    ];
    std::iter::once(team.name.to_string()).chain(ways.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}
