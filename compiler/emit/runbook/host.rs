//! What the guide says of the hosts.

use serde::Serialize;

use crate::{
    model::{Host, Model, Origin},
    values::Language,
};

/// The host of the guide.
#[derive(Serialize)]
pub struct HostView {
    name: String,
    address: Option<String>,
    ssh: String,
    size: String,
    require: String,
}

/// Another host of the system.
#[derive(Serialize)]
pub struct PeerView {
    name: String,
    address: String,
    services: String,
}

/// The host of the guide.
pub fn host(model: &Model) -> HostView {
    let host = &model.host;
    let size = |cpus: Option<crate::values::Count>,
                memory: Option<crate::values::Size>,
                disk: Option<crate::values::Size>| {
        let parts = [
            cpus.map(|n| format!("{n} CPU")),
            memory.map(|m| m.to_string()),
            disk.map(|d| format!("{d} {}", model.language.pick("disk", "디스크"))),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    HostView {
        name: host.name.to_string(),
        address: host.address.as_ref().map(ToString::to_string),
        ssh: ssh(host, model.language),
        size: size(host.cpus, host.memory, host.disk),
        require: size(host.require.cpus, host.require.memory, host.require.disk),
    }
}

/// The command that leads to a host.
pub fn ssh(host: &Host, language: Language) -> String {
    let port = if host.ssh_port.get() == 22 { String::new() } else { format!(" -p {}", host.ssh_port) };
    let address = match (&host.address, &host.origin) {
        (Some(address), _) => address.to_string(),
        (None, Origin::Stated(_)) => host.name.to_string(),
        // No host is stated: its name stands for none.
        (None, Origin::Derived { .. }) => language.pick("SERVER", "서버주소").to_owned(),
    };
    format!("ssh{port} {}@{address}", host.ssh_user)
}

/// The other hosts.
pub fn peers(model: &Model) -> Vec<PeerView> {
    model
        .peers
        .iter()
        .map(|peer| PeerView {
            name: peer.host.name.to_string(),
            address: peer.host.internal.map(|ip| ip.to_string()).unwrap_or_default(),
            services: peer.services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        })
        .collect()
}
