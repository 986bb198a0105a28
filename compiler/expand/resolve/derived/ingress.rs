//! What follows from `ingress`: the reverse proxy, what it mounts, and who issues its certificates.

use super::Derive;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        read::{
            host::Protocol,
            service::{PublishSpec, Strategy},
            site::{FilesSpec, RouteSpec},
        },
        resolve::{
            ingress::{ports, users},
            mount::beside,
        },
    },
    model::{Mount, MountHow, MountSource, Tls, Volume, VolumeOwner},
    source::Located,
    values::{AbsPath, BindPath, Name, Ports, Value as _},
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
            .flat_map(RouteSpec::answering)
            .filter(|to| self.names.contains_key(&to.value))
            .cloned()
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
        let Some((http, https)) = ports(ingress) else { return };
        let with_tls = !matches!(tls, Some(Tls::None));
        let ports = [(http, "80"), (https, "443")].into_iter().take(1 + usize::from(with_tls));
        for (number, (host, inside)) in ports.enumerate() {
            let stated = |port: &str| Ports::parse(port).ok().map(|port| Located::new(port, span));
            let (Some(host), Some(inside)) = (stated(&host.to_string()), stated(inside)) else { continue };
            let mut publish = PublishSpec::one(host, Some(inside), true, span);
            if !ingress.direct && !ingress.behind.is_empty() {
                // Whoever came past the proxy in front would be served without what that proxy is there for.
                publish.public = false;
                publish.from.clone_from(&ingress.behind);
            }
            service.publish.push(publish.clone());
            if ingress.http3 && number == 1 {
                let udp = Some(Located::new(Protocol::Udp, span));
                service.publish.push(PublishSpec { protocol: udp, ..publish });
            }
        }
        service.publish.extend(ingress.publish.iter().cloned().map(|mut publish| {
            // nginx listens on the port that is stated, not on one that is its own.
            publish.container = publish.container.or(publish.host.clone());
            publish
        }));
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
        let sites = || ingress.sites.iter();
        for files in ingress.files.iter().chain(sites().flat_map(|site| &site.files)) {
            mounts.extend(self.files(files));
        }
        for file in ingress.routes.iter().chain(sites().flat_map(|site| &site.routes)) {
            let Some(file) = &file.auth_basic else { continue };
            let mount =
                host(file.value.as_str(), &users(&file.value), true, "Who may use it, and their passwords.");
            // Several routes may have the same users.
            let mount = mount.filter(|one| !mounts.iter().any(|other: &Mount| other.target == one.target));
            mounts.extend(mount);
        }
        let service = &mut self.services[index];
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

impl Derive<'_> {
    /// What the proxy reads files from.
    fn files(&self, files: &FilesSpec) -> Option<Mount> {
        let from = files.from.value.as_str();
        let shared = self.spec.volumes.iter().any(|volume| volume.name.value.as_str() == from);
        let is_path = from.starts_with('.') || from.contains('/');
        let source = match (AbsPath::parse(from), BindPath::parse(from)) {
            _ if shared => MountSource::Volume(Volume::shared(from, VolumeOwner::System)),
            (Ok(path), _) => MountSource::Host(path),
            (_, Ok(path)) if is_path => beside(path.as_str()),
            _ => {
                self.sink.report(
                    Diagnostic::error("invalid-volume", format!("`{from}` is neither a volume of the system nor a path of the host"))
                        .at(files.from.span, "files are taken from here")
                        .help(format!("declare the volume in the system, `volume \"{from}\"`, so that several services can mount it; or write a path such as \"/srv/static\"")),
                );
                return None;
            }
        };
        let target = format!("{}{}", files.root(), files.path.value.as_str().trim_end_matches('/'));
        let mut mount = mounted(source, &target, true, "Files that nginx answers with.")?;
        mount.stated = Some(files.span);
        Some(mount)
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
    mounted(MountSource::Volume(Volume::shared(name, VolumeOwner::Derived)), target, read_only, about)
}
