//! Jobs that have the prober ask what lies outside: the target becomes a parameter, the prober the address.

use crate::{
    emit::yaml::{Map, Yaml, flow, seq},
    model::{Model, Monitoring, Probe},
    values::Name,
};

/// A job for each way to ask.
pub fn jobs(model: &Model, monitoring: &Monitoring) -> Vec<Yaml> {
    let Some((prober, port)) = &monitoring.prober else { return Vec::new() };
    model
        .probes()
        .chunk_by(|(_, one), (_, next)| one.module() == next.module())
        .map(|asked| job(asked, &format!("{prober}:{port}")))
        .collect()
}

fn job(asked: &[(&Name, &Probe)], prober: &str) -> Yaml {
    let probe = asked[0].1;
    let targets = asked.iter().map(|(name, probe)| {
        Map::new()
            .set("targets", flow([probe.target()]))
            .set("labels", Map::new().set("external", name.as_str()))
    });
    Map::new()
        .set("job_name", probe.job())
        .set("metrics_path", "/probe")
        .set("params", Map::new().set("module", flow([probe.module()])))
        .set("static_configs", seq(targets))
        .comment("What is asked goes along as a parameter; who asks is the prober.")
        .set(
            "relabel_configs",
            seq([
                Map::new().set("source_labels", flow(["__address__"])).set("target_label", "__param_target"),
                Map::new().set("source_labels", flow(["__param_target"])).set("target_label", "instance"),
                Map::new().set("target_label", "__address__").set("replacement", prober),
            ]),
        )
        .into()
}
