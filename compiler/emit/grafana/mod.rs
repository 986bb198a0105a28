//! Grafana: where the metrics are, and one dashboard of the system's own measures with their bounds.

mod dashboard;
mod json;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Map, Yaml, seq},
};
use crate::model::Model;

/// Identity of the data source, by which panels refer to it.
const SOURCE: &str = "prometheus";

/// Makes the files; none where no Grafana runs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let Some(monitoring) = &model.monitoring else { return Vec::new() };
    let grafana = monitoring.grafana.as_ref().filter(|(service, _)| model.runs(service));
    let Some((grafana, _)) = grafana else { return Vec::new() };
    let (prometheus, port) = &monitoring.prometheus;
    let mut from = vec!["system".to_owned()];
    from.extend(
        model
            .services
            .iter()
            .flat_map(|service| [format!("service/{}", service.name), format!("kind/{}", service.kind)]),
    );
    from.extend(monitoring.alerts.iter().flat_map(|alert| alert.from.iter().cloned()));
    from.extend(monitoring.boards.iter().map(|board| format!("board/{}", board.name)));
    from.sort();
    from.dedup();
    let file = |path: String, contents: String, on_change: OnChange| Artifact {
        path,
        contents: contents.into(),
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
                .set("url", format!("http://{prometheus}:{port}"))
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
    let restart = || OnChange::Restart(grafana.to_string());
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
            dashboard::dashboard(model, monitoring),
            OnChange::Nothing,
        ),
    ];
    files.extend(monitoring.boards.iter().map(|board| {
        file(
            format!("grafana/dashboards/{}-{}.json", model.system, board.name),
            dashboard::board(model, board),
            OnChange::Nothing,
        )
    }));
    files.extend(
        monitoring
            .extra_dashboards
            .iter()
            .map(|(name, text)| file(format!("grafana/dashboards/{name}"), text.clone(), OnChange::Nothing)),
    );
    files
}
