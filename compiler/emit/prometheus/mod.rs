//! Prometheus: what it scrapes, the rules, and a unit test of each.

mod escalation;
mod heartbeat;
mod lines;
mod pace;
mod probes;
mod rules;
mod text;

pub use rules::guide;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    raw,
    yaml::{Item, Map, Yaml, flow, seq},
};
use crate::model::{Alert, Model, Monitoring, Scrape, ScrapeTarget};

/// Makes the files; none where no Prometheus runs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let Some(monitoring) = &model.monitoring else { return Vec::new() };
    let prometheus = &monitoring.prometheus.0;
    if !model.runs(prometheus) {
        return Vec::new();
    }
    let reload = format!("{prometheus} (docker compose kill -s HUP {prometheus})");
    let file = |path: String, contents: String, from: Vec<String>| Artifact {
        path,
        contents: contents.into(),
        mode: 0o644,
        emitter: "prometheus",
        from,
        on_change: OnChange::Reload(reload.clone()),
    };
    let mut files =
        vec![file("prometheus/prometheus.yml".into(), config(model, monitoring), scraped(model, monitoring))];
    for alerts in monitoring.alerts.chunk_by(|one, next| one.group == next.group) {
        let group = &alerts[0].group;
        let from = ruled(model, alerts);
        files.push(file(
            format!("prometheus/rules/{group}.yml"),
            rules::rules(model, group, alerts),
            from.clone(),
        ));
        files.extend(rules::tests(model, group, alerts).into_iter().map(|(name, text)| Artifact {
            on_change: OnChange::Nothing,
            ..file(format!("prometheus/tests/{name}"), text, from.clone())
        }));
    }
    if model.notify.heartbeat.is_some() && monitoring.alertmanager.is_some() {
        let from = || vec!["system".to_owned()];
        files.push(file("prometheus/rules/signs_of_life.yml".into(), heartbeat::rule(model), from()));
        files.push(Artifact {
            on_change: OnChange::Nothing,
            ..file("prometheus/tests/signs_of_life_test.yml".into(), heartbeat::test(model), from())
        });
    }
    let escalated = escalation::escalated(model, &monitoring.alerts);
    if !escalated.is_empty() {
        let group = escalation::GROUP;
        let mut from = ruled(model, &monitoring.alerts);
        from.extend(model.notify.escalations.iter().map(|one| format!("escalation/{}", one.name)));
        from.sort();
        files.push(file(
            format!("prometheus/rules/{group}.yml"),
            escalation::rules(model, &escalated),
            from.clone(),
        ));
        files.push(Artifact {
            on_change: OnChange::Nothing,
            ..file(format!("prometheus/tests/{group}_test.yml"), escalation::tests(model, &escalated), from)
        });
    }
    let own = |folder: &str, list: &[(String, String)]| -> Vec<Artifact> {
        list.iter()
            .map(|(name, text)| {
                file(format!("prometheus/{folder}/{name}"), text.clone(), vec!["system".into()])
            })
            .collect()
    };
    files.extend(own("rules", &monitoring.extra_rules));
    files.extend(own("tests", &monitoring.extra_tests));
    files
}

/// What the scraping follows from.
fn scraped(model: &Model, monitoring: &Monitoring) -> Vec<String> {
    let services = monitoring.scrapes.iter().filter_map(|scrape| model.service(&scrape.job));
    let externals = model.externals.iter().map(|one| format!("external/{}", one.name));
    common(model)
        .chain(externals)
        .chain(services.flat_map(|one| [format!("service/{}", one.name), format!("kind/{}", one.kind)]))
        .collect()
}

/// What rules follow from; whom to call stands in them too.
fn ruled(model: &Model, alerts: &[Alert]) -> Vec<String> {
    let teams = model.teams.iter().map(|team| format!("team/{}", team.name));
    let priorities = model.priorities.iter().map(|priority| format!("priority/{}", priority.name));
    let mut from: Vec<String> = common(model)
        .chain(teams)
        .chain(priorities)
        .chain(alerts.iter().flat_map(|alert| alert.from.iter().cloned()))
        .collect();
    from.sort();
    from.dedup();
    from
}

fn common(model: &Model) -> impl Iterator<Item = String> {
    ["system".to_owned(), format!("host/{}", model.host.name)].into_iter()
}

fn config(model: &Model, monitoring: &Monitoring) -> String {
    let mut document = Map::new()
        .set(
            "global",
            Map::new()
                .set("scrape_interval", monitoring.interval.prometheus())
                .set("evaluation_interval", monitoring.interval.prometheus())
                .set(
                    "external_labels",
                    Map::new()
                        .set("system", model.system.as_str())
                        .set("environment", model.environment.as_str()),
                ),
        )
        .filled(
            "rule_files",
            if monitoring.alerts.is_empty() && monitoring.extra_rules.is_empty() {
                seq::<&str>([])
            } else {
                seq(["rules/*.yml"])
            },
        );
    if let Some((alertmanager, port)) = &monitoring.alertmanager {
        let target = format!("{alertmanager}:{port}");
        document = document.set(
            "alerting",
            Map::new().set(
                "alertmanagers",
                seq([Map::new().set("static_configs", seq([Map::new().set("targets", flow([target]))]))]),
            ),
        );
    }
    let scrapes = monitoring.scrapes.iter().map(scrape).chain(probes::jobs(model, monitoring));
    let scrapes = scrapes.map(|value| Item { comment: None, value }).collect();
    document = document.set("scrape_configs", Yaml::Seq(scrapes));
    raw::merged(document.into(), &monitoring.raw_prometheus).document(&header(model))
}

fn scrape(scrape: &Scrape) -> Yaml {
    let mut job = Map::new().set("job_name", scrape.job.as_str());
    if scrape.path.as_str() != "/metrics" {
        job = job.set("metrics_path", scrape.path.as_str());
    }
    let labels = |target: &ScrapeTarget| {
        let service = (!scrape.host).then(|| scrape.service.as_str());
        Map::new().maybe("service", service).maybe("host", target.host.as_ref().map(|host| host.as_str()))
    };
    if let (true, [target]) = (scrape.by_dns, scrape.targets.as_slice()) {
        // Found by DNS, targets carry no labels of a file: they are put on by relabelling.
        let put = |name: &str, value: &str| Map::new().set("target_label", name).set("replacement", value);
        let service = (!scrape.host).then(|| put("service", scrape.service.as_str()));
        let host = target.host.as_ref().map(|host| put("host", host.as_str()));
        return job
            .comment("Docker's DNS knows the address of every container of the service.")
            .set(
                "dns_sd_configs",
                seq([Map::new()
                    .set("names", flow([scrape.job.as_str()]))
                    .set("type", "A")
                    .set("port", i64::from(scrape.port.get()))
                    .set("refresh_interval", "10s")]),
            )
            .set("relabel_configs", seq(service.into_iter().chain(host)))
            .into();
    }
    let targets = scrape.targets.iter().map(|target| {
        Map::new().set("targets", flow([target.address.as_str()])).set("labels", labels(target))
    });
    job.set("static_configs", seq(targets)).into()
}
