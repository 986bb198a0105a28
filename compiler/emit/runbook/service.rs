//! A service, as the guide's first table has it.

use serde::Serialize;

use crate::{
    model::{Image, Model, Reach, Runs, Service},
    values::Cidr,
};

#[derive(Serialize)]
pub struct View {
    name: String,
    about: String,
    image: String,
    replicas: u32,
    port: Option<String>,
    reach: String,
    needs: String,
    built: bool,
    on_demand: bool,
    /// The unit of systemd, when it runs on the host itself.
    unit: Option<String>,
}

/// The view of one service.
pub fn view(model: &Model, service: &Service) -> View {
    let language = model.language;
    let published: Vec<String> = service
        .published
        .iter()
        .map(|p| {
            let port = match p.protocol {
                "tcp" => p.host.to_string(),
                protocol => format!("{}/{protocol}", p.host),
            };
            match &p.reach {
                Reach::Public => port,
                Reach::Loopback => format!("127.0.0.1:{port}"),
                Reach::Address(address, networks) if networks.is_empty() => format!("{address}:{port}"),
                Reach::Address(address, networks) => format!("{address}:{port} ({})", listed(networks)),
                Reach::Networks(networks) => format!("{port} ({})", listed(networks)),
            }
        })
        .collect();
    View {
        name: service.name.to_string(),
        about: service.about.clone(),
        image: match &service.runs {
            Runs::Container(Image::Pulled(image)) => image.value.shown(),
            Runs::Container(Image::Built(build)) => {
                format!("{} {}", language.pick("built from", "빌드:"), build.context)
            }
            Runs::Unit(unit) => format!("systemd: {}.service", unit.name),
        },
        replicas: service.replicas.get(),
        port: inner_port(service),
        reach: if let (Some(unit), Some(port)) = (service.unit(), service.port) {
            format!(
                "{}:{port} ({})",
                unit.listen,
                language.pick("containers of this host", "이 서버의 컨테이너")
            )
        } else if published.is_empty() {
            language.pick("internal only", "내부 전용").to_owned()
        } else {
            published.join(", ")
        },
        needs: service.needs.iter().map(|need| need.service.to_string()).collect::<Vec<_>>().join(", "),
        built: service.is_built(),
        on_demand: service.profile.is_some(),
        unit: service.unit().map(|unit| unit.name.to_string()),
    }
}

/// The port on which it serves inside: the one that is stated, or those that something leads to.
fn inner_port(service: &Service) -> Option<String> {
    if let Some(port) = service.port {
        return Some(port.to_string());
    }
    let mut ports: Vec<_> = service.published.iter().map(|published| published.container).collect();
    ports.extend(service.container.exposed.iter().map(|ports| ports.plain()));
    ports.sort_unstable_by_key(|ports| (ports.first(), ports.last()));
    ports.dedup();
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    (!ports.is_empty()).then(|| ports.join(", "))
}

/// Networks as a list.
pub(super) fn listed(networks: &[Cidr]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
