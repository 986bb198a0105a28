//! The part that a kind plays.

use crate::values::choice;

/// What part a kind plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A program of the user's.
    Application,
    /// Keeps data.
    Datastore,
    /// The reverse proxy.
    Ingress,
    /// Prometheus.
    Metrics,
    /// Alertmanager.
    Alerts,
    /// Grafana.
    Dashboard,
    /// Exports metrics of another service.
    Exporter,
    /// Exports metrics of the host.
    HostExporter,
    /// Asks what lies outside whether it answers.
    Prober,
    /// Issues certificates.
    Certificates,
}

choice! { Role, "a role", {
    "application" => Application, "datastore" => Datastore, "ingress" => Ingress, "metrics" => Metrics,
    "alerts" => Alerts, "dashboard" => Dashboard, "exporter" => Exporter, "host-exporter" => HostExporter,
    "prober" => Prober, "certificates" => Certificates,
} }
