//! Who can speak to the engine is root on the host: it starts any container with any mount.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, MountSource},
};

/// The rule.
pub const RULE: Rule = Rule { code: "engine-socket", check, together: None };

/// Where engines listen, and folders that hold these.
const SOCKETS: &[&str] = &[
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/containerd/containerd.sock",
];

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        for mount in &service.mounts {
            let (MountSource::Host(path), Some(span)) = (&mount.source, mount.stated) else { continue };
            if !SOCKETS.contains(&path.as_str()) {
                continue;
            }
            diagnostics.add(
                Diagnostic::warning(
                    "engine-socket",
                    format!("whoever breaks into `{}` is root on the host", service.name),
                )
                .at(span, "the engine does whatever is asked here; that it is mounted read-only changes nothing")
                .help("put a proxy before the engine that lets only some requests pass, or say why it is needed: `allow \"engine-socket\" because=\"…\"`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn the_socket_is_mounted() {
        let raises = |volume: &str| {
            let service =
                format!("service \"agent\" kind=\"container\" {{ image \"agent:1.0\"; volume {volume} }}");
            raised("engine-socket", &service).len()
        };
        assert_eq!(raises("\"/var/run/docker.sock\" at=\"/var/run/docker.sock\" read-only=#true"), 1);
        assert_eq!(raises("\"/run/docker.sock\" at=\"/x.sock\""), 1);
        assert_eq!(raises("\"/var/log\" at=\"/logs\""), 0);
    }
}
