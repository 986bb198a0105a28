//! The machine.

use crate::{
    diagnostic::Diagnostic,
    expand::read::{host::Ssh, system::SystemSpec},
    model::{Host, Origin, Requirement},
    syntax::Sink,
    values::{AbsPath, Name, Value as _},
};

/// The host that is stated, or one of which only the standard is known.
pub fn host(spec: &SystemSpec, sink: &Sink) -> Option<Host> {
    let standard = AbsPath::parse(&format!("/opt/{}", spec.name.value)).ok()?;
    let Some(stated) = spec.hosts.first() else {
        let ssh = Ssh::standard()?;
        return Some(Host {
            name: Name::parse("host").ok()?,
            address: None,
            ssh_user: ssh.user,
            ssh_port: ssh.port,
            ssh_from: ssh.from,
            ssh_tunnel: false,
            directory: standard,
            cpus: None,
            memory: None,
            disk: None,
            require: Requirement::default(),
            origin: Origin::Derived { because: "the description names no host".into(), from: spec.name.span },
        });
    };
    if let Some(second) = spec.hosts.get(1) {
        sink.report(
            Diagnostic::error("several-hosts", "an environment runs on one host")
                .at(second.name.span, "this is a second one")
                .at(stated.name.span, "the first")
                .help("describe each machine as an environment of its own: `environment \"…\" { remove { host \"…\" } }`"),
        );
    }
    Some(Host {
        name: stated.name.value.clone(),
        address: stated.address.clone().map(|a| a.value),
        ssh_user: stated.ssh.user.clone(),
        ssh_port: stated.ssh.port,
        ssh_from: stated.ssh.from.clone(),
        ssh_tunnel: stated.ssh.tunnel,
        directory: stated.directory.clone().map_or(standard, |d| d.value),
        cpus: stated.cpus.as_ref().map(|v| v.value),
        memory: stated.memory.as_ref().map(|v| v.value),
        disk: stated.disk.as_ref().map(|v| v.value),
        require: stated.require.clone(),
        origin: Origin::Stated(stated.span),
    })
}
