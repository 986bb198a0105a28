//! The sign of life: an alert that always fires. Who waits for it outside tells people when it no longer comes.

use crate::{
    emit::{
        header::header,
        yaml::{Map, Yaml, seq},
    },
    model::{HEARTBEAT, Model},
};

/// `rules/signs_of_life.yml`.
pub fn rule(model: &Model) -> String {
    let rule = Map::new().set("alert", HEARTBEAT).set("expr", "vector(1)").set("labels", labels());
    let yaml: Yaml =
        Map::new().set("groups", seq([Map::new().set("name", "heartbeat").set("rules", seq([rule]))])).into();
    yaml.document(&format!(
        "{}\nAlways fires: as long as it arrives, this machine, Prometheus, Alertmanager and the way out work.",
        header(model)
    ))
}

/// `tests/signs_of_life_test.yml`.
pub fn test(model: &Model) -> String {
    let check = |time: &str| {
        Map::new()
            .set("eval_time", time)
            .set("alertname", HEARTBEAT)
            .set("exp_alerts", seq([Map::new().set("exp_labels", labels())]))
    };
    let test = Map::new()
        .set("name", format!("{HEARTBEAT} fires"))
        .set("interval", "1m")
        .set("input_series", Yaml::Flow(Vec::new()))
        .set("alert_rule_test", seq([check("0m"), check("10m")]));
    let yaml: Yaml = Map::new()
        .set("rule_files", seq(["../rules/signs_of_life.yml"]))
        .set("evaluation_interval", "1m")
        .set("tests", seq([test]))
        .into();
    yaml.document(&format!(
        "{}\nRun: promtool test rules prometheus/tests/signs_of_life_test.yml",
        header(model)
    ))
}

fn labels() -> Map {
    Map::new().set("severity", "none")
}
