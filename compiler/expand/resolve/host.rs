//! The machines.

use crate::{
    expand::read::{
        host::{HostSpec, Ssh},
        system::SystemSpec,
    },
    model::{Host, Origin, Requirement},
    values::{AbsPath, Address, Name, Value as _},
};

/// The hosts that are stated, or one of which only the standard is known.
pub fn hosts(spec: &SystemSpec) -> Vec<Host> {
    let Ok(standard) = AbsPath::parse(&format!("/opt/{}", spec.name.value)) else { return Vec::new() };
    if spec.hosts.is_empty() {
        return unstated(spec, standard).into_iter().collect();
    }
    spec.hosts.iter().map(|stated| host(stated, &standard)).collect()
}

fn host(stated: &HostSpec, standard: &AbsPath) -> Host {
    let address = stated.address.as_ref().map(|address| &address.value);
    Host {
        name: stated.name.value.clone(),
        address: address.cloned(),
        internal: match stated.internal.as_ref().map(|internal| &internal.value).or(address) {
            Some(Address::Ip(ip)) => Some(*ip),
            _ => None,
        },
        ssh_user: stated.ssh.user.clone(),
        ssh_port: stated.ssh.port,
        ssh_from: stated.ssh.from.clone(),
        ssh_tunnel: stated.ssh.tunnel,
        ssh_limit: stated.ssh.limit,
        directory: stated.directory.clone().map_or(standard.clone(), |d| d.value),
        cpus: stated.cpus.as_ref().map(|v| v.value),
        memory: stated.memory.as_ref().map(|v| v.value),
        disk: stated.disk.as_ref().map(|v| v.value),
        require: stated.require.clone(),
        origin: Origin::Stated(stated.span),
    }
}

fn unstated(spec: &SystemSpec, directory: AbsPath) -> Option<Host> {
    let ssh = Ssh::standard()?;
    Some(Host {
        name: Name::parse("host").ok()?,
        address: None,
        internal: None,
        ssh_user: ssh.user,
        ssh_port: ssh.port,
        ssh_from: ssh.from,
        ssh_tunnel: false,
        ssh_limit: false,
        directory,
        cpus: None,
        memory: None,
        disk: None,
        require: Requirement::default(),
        origin: Origin::Derived { because: "the description names no host".into(), from: spec.name.span },
    })
}
