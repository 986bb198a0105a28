//! `systemd/*.service`: services that run on the host itself, each under the account that it is given, with limits, and
//! with as few rights as a program can do with.
//!
//! It refuses to write a value of a secret: units are readable by everybody on the machine.

mod passed;
mod service;

use super::artifact::{Artifact, OnChange};
use crate::model::Model;

/// Makes the files; none when everything runs in containers.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let units = model.units().map(|(service, unit)| Artifact {
        path: format!("systemd/{}.service", unit.name),
        contents: service::text(model, service, unit).into(),
        mode: 0o644,
        emitter: "systemd",
        from: vec![
            "system".to_owned(),
            format!("service/{}", service.name),
            format!("kind/{}", service.kind),
        ],
        on_change: OnChange::Restart(format!("{} (sudo scripts/install.sh)", unit.name)),
    });
    units.collect()
}
