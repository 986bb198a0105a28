//! The firewall: a script that makes ufw let in what the system needs, and rules for the ports that Docker publishes,
//! which never pass the rules that ufw makes by itself.
//!
//! It never resets ufw and never touches a rule that it did not make.

use serde::Serialize;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    template::{Format, Template},
};
use crate::{
    model::{Model, Opening},
    values::Cidr,
};

pub static APPLY: Template = Template::new(Format::Shell, include_str!("apply.sh.tera"));
static RULES: Template = Template::new(Format::Line, include_str!("after.rules.tera"));

#[derive(Serialize)]
struct Script {
    header: String,
    tag: String,
    tunnel: bool,
    ssh_port: u16,
    ssh_from: Vec<String>,
    ssh: Vec<Allowed>,
    allowed: Vec<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    /// As `ufw show added` prints it.
    rule: String,
    purpose: String,
}

#[derive(Serialize)]
struct Rules {
    header: String,
    file: &'static str,
    /// The chain of `ufw route`.
    forward: &'static str,
    published: Vec<Published>,
}

#[derive(Serialize)]
struct Published {
    protocol: &'static str,
    /// The port on the host.
    port: u16,
    from: Option<String>,
    comment: String,
}

/// Makes the script and the rules for both versions of IP.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
    from.extend(model.services.iter().map(|service| format!("service/{}", service.name)));
    for opening in &model.firewall.openings {
        from.push(match opening.container_port {
            Some(_) => format!("service/{}/publish/{}", opening.purpose, opening.port),
            None => format!("open/{}", opening.port),
        });
    }
    let file = |path: &str, contents: String, mode: u32| Artifact {
        path: path.to_owned(),
        contents,
        mode,
        emitter: "ufw",
        from: from.clone(),
        on_change: OnChange::Reload("the firewall (ufw/apply.sh)".into()),
    };
    vec![
        file("ufw/apply.sh", APPLY.render(&script(model)), 0o755),
        file("ufw/after.rules", RULES.render(&rules(model, true)), 0o644),
        file("ufw/after6.rules", RULES.render(&rules(model, false)), 0o644),
    ]
}

fn tag(model: &Model) -> String {
    format!("ondol:{}", model.system)
}

fn script(model: &Model) -> Script {
    let is_ssh = |opening: &&Opening| {
        opening.container_port.is_none()
            && opening.port == model.host.ssh_port
            && opening.protocol == "tcp"
            && !model.host.ssh_tunnel
    };
    let openings = &model.firewall.openings;
    let everywhere = model.host.ssh_from.is_empty();
    Script {
        header: header(model),
        tag: tag(model),
        tunnel: model.host.ssh_tunnel,
        ssh_port: model.host.ssh_port.get(),
        ssh_from: if everywhere {
            vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()]
        } else {
            model.host.ssh_from.iter().map(ToString::to_string).collect()
        },
        ssh: allowed(openings.iter().filter(is_ssh)),
        allowed: allowed(openings.iter().filter(|opening| !is_ssh(opening))),
    }
}

/// One rule a network, each once.
fn allowed<'a>(openings: impl Iterator<Item = &'a Opening>) -> Vec<Allowed> {
    let mut all: Vec<Allowed> = Vec::new();
    for opening in openings {
        for network in sources(opening) {
            let (port, protocol) = (opening.port, opening.protocol);
            let rule = match network {
                // Every network of compose is a bridge of that name; what comes from elsewhere has another.
                None if opening.containers_only => {
                    let at = opening.at.map_or("any".to_owned(), |address| address.to_string());
                    format!("allow in on br-+ to {at} port {port} proto {protocol}")
                }
                None => format!("allow {port}/{protocol}"),
                Some(network) => format!("allow from {} to any port {port} proto {protocol}", shown(network)),
            };
            if !all.iter().any(|other| other.rule == rule) {
                all.push(Allowed { rule, purpose: comment(&opening.purpose) });
            }
        }
    }
    all
}

/// The networks of an opening; none stands for everywhere.
fn sources(opening: &Opening) -> Vec<Option<Cidr>> {
    if opening.from.is_empty() || opening.from.iter().any(|network| network.is_everything()) {
        vec![None]
    } else {
        opening.from.iter().copied().map(Some).collect()
    }
}

/// A network as ufw shows it: a single address without its prefix.
fn shown(network: Cidr) -> String {
    if network.is_single() { network.network().to_string() } else { network.to_string() }
}

/// A purpose as it may stand in a comment of ufw, which knows no escape for quotes.
fn comment(purpose: &str) -> String {
    let plain: String =
        purpose.chars().filter(|c| !c.is_control() && !matches!(c, '\'' | '"' | '\\')).collect();
    if plain.trim().is_empty() { "opened".to_owned() } else { plain.trim().to_owned() }
}

fn rules(model: &Model, v4: bool) -> Rules {
    let mut published = Vec::new();
    for opening in model.firewall.openings.iter().filter(|opening| opening.container_port.is_some()) {
        for network in sources(opening) {
            if network.is_some_and(|network| network.is_v4() != v4) {
                continue;
            }
            published.push(Published {
                protocol: opening.protocol,
                port: opening.port.get(),
                from: network.map(|network| network.to_string()),
                comment: format!("{} {}", tag(model), comment(&opening.purpose)),
            });
        }
    }
    Rules {
        header: header(model),
        file: if v4 { "after.rules" } else { "after6.rules" },
        forward: if v4 { "ufw-user-forward" } else { "ufw6-user-forward" },
        published,
    }
}
