//! What follows from `ingress`: the reverse proxy, what it mounts, and who issues its certificates.

use super::Derive;
use crate::{
    expand::{
        kind::Role,
        read::service::{PublishSpec, Strategy},
    },
    model::{Mount, MountHow, MountSource, Tls},
    source::Located,
    values::{AbsPath, Name, Ports, Value as _},
};

/// The volume in which certbot answers the authority's challenge, and from which nginx serves the answer.
const ACME: &str = "acme";

impl Derive<'_> {
    /// The reverse proxy, and who issues its certificates.
    pub(super) fn ingress(&mut self) {
        let Some(ingress) = &self.spec.ingress else { return };
        let span = ingress.span;
        let Some(index) = self.with_role(Role::Ingress, "the ingress needs a reverse proxy", span) else {
            return;
        };
        let routed: Vec<Located<Name>> = ingress
            .routes
            .iter()
            .chain(ingress.sites.iter().flat_map(|site| &site.routes))
            .map(|route| route.to.clone())
            .filter(|to| self.names.contains_key(&to.value))
            .collect();
        let tls = ingress.tls.as_ref().map(|tls| &tls.value);
        let beside = self.services.iter().any(|service| {
            let strategy = service.release.as_ref().map(|release| release.strategy.value);
            strategy == Some(Strategy::BlueGreen) && routed.iter().any(|to| to.value == service.name.value)
        });
        let service = &mut self.services[index];
        service.on.clone_from(&ingress.on);
        service.version = ingress.version.clone().or(service.version.take());
        service.raw_compose.extend(ingress.raw_compose.iter().cloned());
        service.derived.needs.extend(routed.iter().cloned());
        let ports: &[&str] = if matches!(tls, Some(Tls::None)) { &["80"] } else { &["80", "443"] };
        for port in ports.iter().filter_map(|port| Ports::parse(port).ok()) {
            let port = Located::new(port, span);
            let mut publish = PublishSpec::one(port, Some(port), true, span);
            if !ingress.direct && !ingress.behind.is_empty() {
                // Whoever came past the proxy in front would be served without what that proxy is there for.
                publish.public = false;
                publish.from.clone_from(&ingress.behind);
            }
            service.publish.push(publish);
        }
        let mut mounts = Vec::new();
        if beside {
            mounts.extend(tree("nginx/upstreams", "/etc/nginx/upstreams"));
        }
        if !matches!(tls, Some(Tls::None)) {
            mounts.extend(volume(&format!("{}-tls", service.name.value), "/etc/nginx/tls", false, ""));
            mounts.extend(tree(
                "nginx/docker-entrypoint.d/10-certificate.sh",
                "/docker-entrypoint.d/10-certificate.sh",
            ));
        }
        match tls {
            Some(Tls::LetsEncrypt { .. }) => {
                mounts.extend(host(
                    "/etc/letsencrypt",
                    "/etc/letsencrypt",
                    true,
                    "Certificates that certbot issued.",
                ));
                mounts.extend(volume(
                    ACME,
                    "/var/www/acme",
                    true,
                    "Where certbot answers the authority's challenge.",
                ));
            }
            Some(Tls::Given { certificate, key }) => {
                mounts.extend(host(
                    certificate.as_str(),
                    "/etc/nginx/given/fullchain.pem",
                    true,
                    "The given certificate.",
                ));
                mounts.extend(host(key.as_str(), "/etc/nginx/given/privkey.pem", true, "Its key."));
            }
            _ => {}
        }
        service.derived.mounts.extend(mounts);
        if matches!(tls, Some(Tls::LetsEncrypt { .. }))
            && let Some(certbot) = self.with_role(
                Role::Certificates,
                "certificates of Let's Encrypt are issued and renewed",
                span,
            )
        {
            let service = &mut self.services[certbot];
            service.on.clone_from(&ingress.on);
            service.derived.profile = Some(service.name.value.clone());
            service.derived.mounts.extend(host("/etc/letsencrypt", "/etc/letsencrypt", false, ""));
            service.derived.mounts.extend(volume(ACME, "/var/www/acme", false, ""));
        }
    }
}

fn mounted(source: MountSource, target: &str, read_only: bool, about: &str) -> Option<Mount> {
    Some(Mount {
        source,
        target: AbsPath::parse(target).ok()?,
        read_only,
        how: MountHow::default(),
        about: (!about.is_empty()).then(|| about.to_owned()),
        stated: None,
    })
}

fn tree(path: &str, target: &str) -> Option<Mount> {
    mounted(MountSource::Tree(path.to_owned()), target, true, "")
}

fn host(path: &str, target: &str, read_only: bool, about: &str) -> Option<Mount> {
    mounted(MountSource::Host(AbsPath::parse(path).ok()?), target, read_only, about)
}

fn volume(name: &str, target: &str, read_only: bool, about: &str) -> Option<Mount> {
    mounted(MountSource::Volume(name.to_owned()), target, read_only, about)
}
