//! What follows from `monitor` and `notify`: exporters, Prometheus, Alertmanager, Grafana.

use std::collections::BTreeMap;

use super::{Derive, SECRETS};
use crate::{
    expand::{
        kind::Role,
        read::service::{PublishSpec, ServiceSpec},
        setting::Typed,
    },
    source::Located,
    values::{AbsPath, EnvName, Name, Ports, Value as _},
};

impl Derive<'_> {
    pub(super) fn monitoring(&mut self) {
        let Some(monitor) = &self.spec.monitor else { return };
        let span = monitor.span;
        if let Some(at) = self.with_role(Role::HostExporter, "the host is monitored", span) {
            self.services[at].on = self.spec.hosts.iter().map(|host| host.name.clone()).collect();
        }
        if let Some(external) = self.spec.externals.iter().find(|external| external.is_probed()) {
            let because = "what lies outside is asked whether it answers";
            if let Some(at) = self.with_role(Role::Prober, because, external.span) {
                self.services[at].on = monitor.on.iter().cloned().collect();
            }
        }
        // Exporters that the description states, each under the service that it observes.
        let observers = self.services.iter().rev();
        let stated: BTreeMap<Name, Name> = observers
            .filter_map(|spec| Some((spec.derived.observes.clone()?, spec.name.value.clone())))
            .collect();
        for index in 0..self.services.len() {
            let spec = &self.services[index];
            let Some(exporter) =
                self.kinds.get(spec.kind.value.as_str()).and_then(|defined| defined.kind.exporter.clone())
            else {
                continue;
            };
            let (observed, from) = (spec.name.value.clone(), spec.span);
            if let Some(stated) = stated.get(&observed) {
                self.services[index].derived.exported_by = Some(stated.clone());
                continue;
            }
            let name = format!("{observed}-exporter");
            if let Some(at) = self.derive(
                exporter.value.as_str(),
                &name,
                &format!("{observed} exports no metrics itself"),
                from,
            ) {
                self.services[at].on = self.services[index].on.clone();
                self.services[at].derived.observes = Some(observed.clone());
                self.services[at].derived.needs.push(Located::new(observed, from));
                self.services[index].derived.exported_by = Name::parse(&name).ok();
            }
        }
        if let Some(notify) = &self.spec.notify
            && let Some(at) = self.with_role(Role::Alerts, "alerts are sent to people", notify.span)
        {
            let service = &mut self.services[at];
            service.on = monitor.on.iter().cloned().collect();
            service.version = monitor.alertmanager_version.clone().or(service.version.take());
            let heartbeat = notify.heartbeat.as_ref().map(|heartbeat| &heartbeat.url);
            let stated = notify.receivers.iter().flat_map(|one| one.way.secrets()).chain(heartbeat);
            let raw = notify.receivers.iter().map(|one| &one.raw).chain([&notify.raw]);
            let passed = raw.flat_map(|raw| &raw.secrets).map(|secret| &secret.value);
            stated.chain(passed).for_each(|variable| mount(service, variable));
        }
        if let Some(at) = self.with_role(Role::Metrics, "metrics are collected and alerts evaluated", span) {
            let service = &mut self.services[at];
            service.on = monitor.on.iter().cloned().collect();
            service.version = monitor.prometheus_version.clone().or(service.version.take());
            let passed = monitor.raw_prometheus.secrets.iter().map(|secret| &secret.value);
            passed.for_each(|variable| mount(service, variable));
            service.derived.settings.push(("retention", vec![Typed::Duration(monitor.retention.value)]));
        }
        if let Some(grafana) = &monitor.grafana
            && let Some(at) = self.with_role(Role::Dashboard, "the system has a dashboard", grafana.span)
        {
            let service = &mut self.services[at];
            service.on = monitor.on.iter().cloned().collect();
            service.version = grafana.version.clone().or(service.version.take());
            let password = Typed::Secret(grafana.admin_password.value.0.clone());
            service.derived.settings.push(("admin-password", vec![password]));
            // People come through ssh, which ends on the host itself.
            let port = self.kinds.get(service.kind.value.as_str()).and_then(|defined| defined.kind.port);
            if let (true, Some(port)) = (service.publish.is_empty(), port) {
                let port = Located::new(Ports::one(port.value), grafana.span);
                service.publish.push(PublishSpec::one(port, None, false, grafana.span));
            }
        }
    }
}

/// Gives a service the file of a secret, which it reads because it expands no variables.
fn mount(service: &mut ServiceSpec, variable: &EnvName) {
    let files = &mut service.derived.secret_files;
    if let Ok(path) = AbsPath::parse(&format!("{SECRETS}/{variable}"))
        && !files.iter().any(|(known, _)| known == variable)
    {
        files.push((variable.clone(), path));
    }
}
