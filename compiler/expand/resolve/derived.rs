//! Services that follow from the rest: the reverse proxy from the ingress, exporters and Prometheus from `monitor`.
//!
//! A service that the description states itself (with a kind of that role) is not derived again.

use super::context::typed;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Role,
        kinds::Kinds,
        read::{
            from::Source,
            service::{PublishSpec, ServiceSpec},
            system::SystemSpec,
        },
        setting::{Typed, defaults},
    },
    model::{Mount, MountSource, Origin, Receiver, Tls},
    source::{Located, Span},
    syntax::Sink,
    values::{AbsPath, EnvName, Name, Port, Value as _},
};

/// The folder in a container where variables are read from files.
pub const SECRETS: &str = "/run/secrets";

/// The stated services and those that follow.
pub fn with_derived(spec: &SystemSpec, kinds: &Kinds, sink: &Sink) -> Vec<ServiceSpec> {
    let mut derive = Derive { spec, kinds, sink, services: spec.services.clone() };
    derive.ingress();
    derive.monitoring();
    derive.services
}

struct Derive<'a> {
    spec: &'a SystemSpec,
    kinds: &'a Kinds,
    sink: &'a Sink,
    services: Vec<ServiceSpec>,
}

impl Derive<'_> {
    fn role(&self, spec: &ServiceSpec) -> Option<Role> {
        self.kinds.get(spec.kind.value.as_str()).map(|defined| defined.kind.role)
    }

    /// Position of the service with that role; derived with `kind` and under `name` when there is none.
    fn with_role(&mut self, role: Role, kind: &str, name: &str, because: &str, from: Span) -> Option<usize> {
        if let Some(index) = self.services.iter().position(|spec| self.role(spec) == Some(role)) {
            return Some(index);
        }
        self.derive(kind, name, because, from)
    }

    fn derive(&mut self, kind: &str, name: &str, because: &str, from: Span) -> Option<usize> {
        let defined = self.kinds.get(kind)?;
        if let Some(taken) = self.services.iter().find(|spec| spec.name.value.as_str() == name) {
            self.sink.report(
                Diagnostic::error(
                    "reserved-name",
                    format!("the name `{name}` is needed for a derived service"),
                )
                .at(taken.name.span, "taken here")
                .at(from, format!("it follows from this: {because}"))
                .help("rename the service"),
            );
            return None;
        }
        let origin = Origin::Derived { because: because.to_owned(), from };
        let settings = defaults(&defined.kind.settings, name, from);
        self.services.push(ServiceSpec::bare(
            Name::parse(name).ok()?,
            Name::parse(kind).ok()?,
            settings,
            origin,
        )?);
        Some(self.services.len() - 1)
    }

    fn ingress(&mut self) {
        let Some(ingress) = &self.spec.ingress else { return };
        let span = ingress.span;
        let Some(index) =
            self.with_role(Role::Ingress, "nginx", "nginx", "the ingress needs a reverse proxy", span)
        else {
            return;
        };
        let routed: Vec<Located<Name>> = ingress
            .routes
            .iter()
            .map(|route| route.to.clone())
            .filter(|to| self.services.iter().any(|s| s.name.value == to.value))
            .collect();
        let tls = ingress.tls.as_ref().map(|tls| &tls.value);
        let service = &mut self.services[index];
        service.version = ingress.version.clone().or(service.version.take());
        service.raw_compose.extend(ingress.raw_compose.iter().cloned());
        service.needs.extend(routed);
        let ports: &[&str] = if matches!(tls, Some(Tls::None)) { &["80"] } else { &["80", "443"] };
        for port in ports.iter().filter_map(|port| Port::parse(port).ok()) {
            let port = Located::new(port, span);
            let protocol = crate::expand::read::host::Protocol::Tcp;
            service.publish.push(PublishSpec {
                host: port,
                container: Some(port),
                protocol,
                from: Vec::new(),
                public: true,
                span,
            });
        }
        let mut mounts = Vec::new();
        if !matches!(tls, Some(Tls::None)) {
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
        service.derived_mounts.extend(mounts);
        if matches!(tls, Some(Tls::LetsEncrypt { .. }))
            && let Some(certbot) = self.with_role(
                Role::Certificates,
                "certbot",
                "certbot",
                "certificates of Let's Encrypt are issued and renewed",
                span,
            )
        {
            let service = &mut self.services[certbot];
            service.profile = Name::parse("certbot").ok();
            service.derived_mounts.extend(host("/etc/letsencrypt", "/etc/letsencrypt", false, ""));
            service.derived_mounts.extend(volume(ACME, "/var/www/acme", false, ""));
        }
    }

    fn monitoring(&mut self) {
        let Some(monitor) = &self.spec.monitor else { return };
        let span = monitor.span;
        self.with_role(Role::HostExporter, "node-exporter", "node-exporter", "the host is monitored", span);
        for index in 0..self.services.len() {
            let spec = &self.services[index];
            let Some(exporter) =
                self.kinds.get(spec.kind.value.as_str()).and_then(|defined| defined.kind.exporter.clone())
            else {
                continue;
            };
            let (observed, from) = (spec.name.value.clone(), spec.span);
            if let Some(stated) = self.services.iter().position(|s| s.observes.as_ref() == Some(&observed)) {
                self.services[index].exported_by = Some(self.services[stated].name.value.clone());
                continue;
            }
            let name = format!("{observed}-exporter");
            if let Some(at) = self.derive(
                exporter.value.as_str(),
                &name,
                &format!("{observed} exports no metrics itself"),
                from,
            ) {
                self.services[at].observes = Some(observed.clone());
                self.services[at].needs.push(Located::new(observed, from));
                self.services[index].exported_by = Name::parse(&name).ok();
            }
        }
        if let Some(notify) = &self.spec.notify
            && let Some(at) = self.with_role(
                Role::Alerts,
                "alertmanager",
                "alertmanager",
                "alerts are sent to people",
                notify.span,
            )
        {
            let service = &mut self.services[at];
            service.version = monitor.alertmanager_version.clone().or(service.version.take());
            for variable in notify.receivers.iter().filter_map(Receiver::secret) {
                let Ok(path) = AbsPath::parse(&format!("{SECRETS}/{variable}")) else { continue };
                if !service.secret_files.iter().any(|(known, _)| known == variable) {
                    service.secret_files.push((variable.clone(), path));
                }
            }
        }
        if let Some(at) = self.with_role(
            Role::Metrics,
            "prometheus",
            "prometheus",
            "metrics are collected and alerts evaluated",
            span,
        ) {
            let service = &mut self.services[at];
            service.version = monitor.prometheus_version.clone().or(service.version.take());
            service.derived_settings.push(("retention", vec![Typed::Duration(monitor.retention.value)]));
        }
        if let Some(grafana) = &monitor.grafana
            && let Some(at) = self.with_role(
                Role::Dashboard,
                "grafana",
                "grafana",
                "the system has a dashboard",
                grafana.span,
            )
        {
            let service = &mut self.services[at];
            service.version = grafana.version.clone().or(service.version.take());
            if let Ok(name) = EnvName::parse("GF_SECURITY_ADMIN_PASSWORD") {
                let value = Source::Secret(grafana.admin_password.value.0.clone());
                service.env.push((
                    Located::new(name, grafana.span),
                    Located::new(value, grafana.admin_password.span),
                ));
            }
            service.derived_settings.push(("root-url", typed("http://localhost:3000")));
            // People come through ssh, which ends on the host itself.
            if let (true, Ok(port)) = (service.publish.is_empty(), Port::parse("3000")) {
                service.publish.push(PublishSpec {
                    host: Located::new(port, grafana.span),
                    container: None,
                    protocol: crate::expand::read::host::Protocol::Tcp,
                    from: Vec::new(),
                    public: false,
                    span: grafana.span,
                });
            }
        }
    }
}

/// The volume in which certbot answers the authority's challenge, and from which nginx serves the answer.
const ACME: &str = "acme";

fn mounted(source: MountSource, target: &str, read_only: bool, about: &str) -> Option<Mount> {
    Some(Mount {
        source,
        target: AbsPath::parse(target).ok()?,
        read_only,
        about: (!about.is_empty()).then(|| about.to_owned()),
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
