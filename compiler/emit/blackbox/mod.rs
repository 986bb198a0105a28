//! The prober: how it asks what lies outside whether it answers.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Map, Yaml, flow},
};
use crate::model::{Model, Probe};

/// Makes the file; none where no prober runs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let prober = model.monitoring.as_ref().and_then(|monitoring| monitoring.prober.as_ref());
    let Some(prober) = prober.filter(|(service, _)| model.runs(service)) else { return Vec::new() };
    let asked = model.probes();
    let modules = asked
        .chunk_by(|(_, one), (_, next)| one.module() == next.module())
        .fold(Map::new(), |modules, asked| modules.set(asked[0].1.module(), module(asked[0].1)));
    vec![Artifact {
        path: "blackbox/blackbox.yml".to_owned(),
        contents: Yaml::from(Map::new().set("modules", modules)).document(&header(model)).into(),
        mode: 0o644,
        emitter: "blackbox",
        from: asked.iter().map(|(name, _)| format!("external/{name}")).collect(),
        on_change: OnChange::Reload(format!("{0} (docker compose kill -s HUP {0})", prober.0)),
    }]
}

fn module(probe: &Probe) -> Yaml {
    let base = |prober: &str| Map::new().set("prober", prober).set("timeout", "5s");
    // Containers have an IPv4 address for certain.
    let http = Map::new().set("preferred_ip_protocol", "ip4");
    match probe {
        Probe::Tcp(..) => base("tcp").set("tcp", http).into(),
        Probe::Healthy(_) => base("http").set("http", http).into(),
        Probe::Answers(_) => base("http")
            .set(
                "http",
                http.set("follow_redirects", false)
                    .comment("Whatever it thinks of a caller without credentials, it works.")
                    .set("valid_status_codes", flow(ANSWERS)),
            )
            .into(),
    }
}

/// The statuses of servers that work, also towards a caller whom they do not know.
const ANSWERS: [i64; 11] = [200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405];
