//! What the guide says of the firewall: all that is open, to whom and where, and what is refused, passed on and let out.

use serde::Serialize;

use super::service::listed;
use crate::{
    model::{Course, Model, Opening, Passage},
    values::{Cidr, Interface, Language},
};

#[derive(Serialize)]
pub struct FirewallView {
    openings: Vec<OpeningView>,
    refused: Vec<PassageView>,
    forwards: Vec<PassageView>,
    /// Whether only what is listed goes out.
    closed: bool,
    leaving: Vec<PassageView>,
    held_back: Vec<PassageView>,
    /// Rules in the words of ufw and of iptables.
    own: Vec<String>,
}

#[derive(Serialize)]
struct OpeningView {
    port: String,
    from: String,
    purpose: String,
}

#[derive(Serialize)]
struct PassageView {
    port: String,
    from: String,
    to: String,
    purpose: String,
}

pub fn view(model: &Model) -> FirewallView {
    let firewall = &model.firewall;
    let language = model.language;
    let of = |passages: &[Passage], course: Course| -> Vec<PassageView> {
        passages.iter().filter(|one| one.course == course).map(|one| passage(language, one)).collect()
    };
    FirewallView {
        openings: firewall.openings.iter().map(|one| opening(language, one)).collect(),
        refused: of(&firewall.refusals, Course::In),
        forwards: of(&firewall.forwards, Course::Through),
        closed: firewall.closed.is_some(),
        leaving: of(&firewall.leaving, Course::Out),
        held_back: of(&firewall.refusals, Course::Out),
        own: (firewall.rules.iter().map(|rule| format!("ufw {}", rule.value)))
            .chain(firewall.chains.iter().map(|rule| rule.value.to_string()))
            .collect(),
    }
}

fn opening(language: Language, opening: &Opening) -> OpeningView {
    let mut from = match &opening.from {
        _ if opening.containers_only => {
            language.pick("containers of this host", "이 서버의 컨테이너").to_owned()
        }
        networks => networks_of(language, networks),
    };
    if let Some(interface) = &opening.interface {
        from.push_str(&by(language, interface.as_str()));
    }
    if let Some(at) = opening.at {
        from.push_str(&language.pick(format!(", at {at}"), format!(", {at} 주소로")));
    }
    if opening.limit {
        from.push_str(language.pick(
            "; the sixth connection within 30 seconds is refused",
            "; 30초 안에 여섯 번째 연결부터 거부",
        ));
    }
    OpeningView {
        port: format!("{}/{}", opening.ports, opening.protocol),
        from,
        purpose: opening.purpose.clone(),
    }
}

fn passage(language: Language, passage: &Passage) -> PassageView {
    let through = |networks: &[Cidr], interface: Option<&str>| {
        let by = interface.map(|interface| by(language, interface)).unwrap_or_default();
        format!("{}{by}", networks_of(language, networks))
    };
    PassageView {
        port: passage.ports.map_or_else(
            || language.pick("all", "전체").to_owned(),
            |(ports, protocol)| format!("{ports}/{protocol}"),
        ),
        from: through(&passage.from, passage.into.as_ref().map(Interface::as_str)),
        to: through(&passage.to, passage.out.as_ref().map(Interface::as_str)),
        purpose: passage.purpose.clone(),
    }
}

fn networks_of(language: Language, networks: &[Cidr]) -> String {
    if networks.is_empty() || networks.iter().any(|network| network.is_everything()) {
        language.pick("everywhere", "모든 곳").to_owned()
    } else {
        listed(networks)
    }
}

fn by(language: Language, interface: &str) -> String {
    language.pick(format!(", by {interface}"), format!(", {interface} 인터페이스로"))
}
