//! The ways in: which site and path lead where, and what answers there when it works.

use serde::Serialize;

use crate::model::{Ingress, Model};

/// A path, with the name of its site where that is not the system's own, and where it leads.
#[derive(Serialize)]
pub struct WayView {
    path: String,
    service: String,
}

/// An address that answers when the service behind it works.
#[derive(Serialize)]
pub struct CheckView {
    /// All of it: scheme, name and path.
    url: String,
    service: String,
}

/// Addresses that answer when the services behind them work.
pub fn checks(model: &Model, scheme: &str, port: &str) -> Vec<CheckView> {
    let address = |(service, name, path)| CheckView {
        url: format!("{scheme}://{name}{port}{path}"),
        service: format!("{service}"),
    };
    model.checks().into_iter().map(address).collect()
}

/// Where requests go: the paths of the system's own site, and those of others with their name.
pub fn ways(ingress: &Ingress) -> Vec<WayView> {
    let mut ways = Vec::new();
    for (number, site) in ingress.sites.iter().enumerate() {
        let name = site.names.first().filter(|_| number > 0).map(ToString::to_string).unwrap_or_default();
        let mut way =
            |path: &str, service: String| ways.push(WayView { path: format!("{name}{path}"), service });
        for route in &site.routes {
            let names: Vec<&str> = route.targets().map(|target| target.service.as_str()).collect();
            way(route.path.as_str(), names.join(", "));
        }
        for redirect in &site.redirects {
            way(redirect.path.as_str(), format!("→ {}", redirect.to));
        }
        if let Some(url) = &site.moved {
            way("/", format!("→ {url}"));
        }
    }
    ways
}
