//! The firewall: a script that makes ufw let in what the system needs, and rules for the ports that Docker publishes,
//! which never pass the rules that ufw makes by itself.
//!
//! It never resets ufw and never touches a rule that it did not make.

mod chains;
mod words;

use serde::Serialize;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    template::{Format, Template},
};
use crate::{
    model::{Course, Model, Opening, Passage},
    values::{Interface, Ports},
};

pub static APPLY: Template = Template::new(Format::Shell, include_str!("apply.sh.tera"));

#[derive(Serialize)]
struct Script {
    header: String,
    tag: String,
    tunnel: bool,
    ssh_port: u16,
    ssh_from: Vec<String>,
    /// What is denied of ssh: network, address and interface, `-` for any.
    ssh_denied: Vec<String>,
    ssh: Vec<Made>,
    denied: Vec<Made>,
    allowed: Vec<Made>,
    own: Vec<String>,
    /// Whether nothing goes out but what is allowed to.
    closed: bool,
    logging: Option<&'static str>,
    /// What the kernel has to be told to pass packets on.
    forwarding: Vec<&'static str>,
}

#[derive(Serialize)]
struct Made {
    /// As `ufw show added` prints it.
    rule: String,
    purpose: String,
}

/// Makes the script and the rules for both versions of IP.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
    from.extend(model.services.iter().map(|service| format!("service/{}", service.name)));
    from.extend(model.firewall.stated_as());
    let file = |path: &str, contents: String, mode: u32| Artifact {
        path: path.to_owned(),
        contents: contents.into(),
        mode,
        emitter: "ufw",
        from: from.clone(),
        on_change: OnChange::Reload("the firewall (ufw/apply.sh)".into()),
    };
    vec![
        file("ufw/apply.sh", APPLY.render(&script(model)), 0o755),
        file("ufw/after.rules", chains::rules(model, true), 0o644),
        file("ufw/after6.rules", chains::rules(model, false), 0o644),
    ]
}

fn tag(model: &Model) -> String {
    format!("ondol:{}", model.system)
}

fn script(model: &Model) -> Script {
    let is_ssh = |opening: &&Opening| {
        !opening.published
            && opening.ports == Ports::one(model.host.ssh_port)
            && opening.protocol == "tcp"
            && !model.host.ssh_tunnel
    };
    let firewall = &model.firewall;
    let openings = &firewall.openings;
    let everywhere = model.host.ssh_from.is_empty();
    let mut denied = Vec::new();
    for passage in &firewall.refusals {
        add(&mut denied, words::passage(passage), &passage.purpose, "refused");
    }
    let mut allowed = opened(openings.iter().filter(|opening| !is_ssh(opening)));
    if firewall.closed.is_some() && model.containers().next().is_some() {
        // What the host says to its own containers does not leave it.
        let bridges = ["br-+", "docker+"].map(|bridge| format!("allow out on {bridge}"));
        add(&mut allowed, bridges.to_vec(), "containers", "containers");
    }
    for passage in firewall.forwards.iter().chain(&firewall.leaving) {
        let otherwise = if passage.course == Course::Out { "may go out" } else { "passed on" };
        add(&mut allowed, words::passage(passage), &passage.purpose, otherwise);
    }
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
        ssh_denied: ssh_denied(model),
        ssh: opened(openings.iter().filter(is_ssh)),
        denied,
        allowed,
        own: firewall.rules.iter().map(|rule| rule.value.to_string()).collect(),
        closed: firewall.closed.is_some(),
        logging: firewall.logging,
        forwarding: forwarding(&firewall.forwards),
    }
}

/// What is refused of those who come by ssh.
fn ssh_denied(model: &Model) -> Vec<String> {
    let ssh = Ports::one(model.host.ssh_port);
    let concerned = model
        .firewall
        .refusals
        .iter()
        .filter(|passage| passage.course == Course::In && passage.touches(ssh, "tcp", Ports::overlaps));
    let shown = |network: Option<crate::values::Cidr>| network.map_or("-".to_owned(), |one| one.to_string());
    let of = |passage: &Passage| {
        let interface = passage.into.as_ref().map_or("-", Interface::as_str).to_owned();
        let ways = passage.ways().into_iter();
        ways.map(|(from, to)| format!("{} {} {interface}", shown(from), shown(to))).collect::<Vec<_>>()
    };
    concerned.flat_map(of).collect()
}

/// Settings of the kernel without which nothing is passed on. That for IPv6 is for those who ask for IPv6: a host that
/// passes it on no longer takes up routes that routers announce.
fn forwarding(forwards: &[Passage]) -> Vec<&'static str> {
    if forwards.is_empty() {
        return Vec::new();
    }
    let mut settings = vec!["net/ipv4/ip_forward"];
    if forwards.iter().any(|passage| passage.from.iter().chain(&passage.to).any(|network| !network.is_v4())) {
        settings.extend(["net/ipv6/conf/default/forwarding", "net/ipv6/conf/all/forwarding"]);
    }
    settings
}

/// One rule a network, each once.
fn opened<'a>(openings: impl Iterator<Item = &'a Opening>) -> Vec<Made> {
    let mut all = Vec::new();
    for opening in openings {
        add(&mut all, words::opening(opening), &opening.purpose, "opened");
    }
    all
}

fn add(all: &mut Vec<Made>, rules: Vec<String>, purpose: &str, otherwise: &str) {
    for rule in rules {
        if !all.iter().any(|other| other.rule == rule) {
            all.push(Made { rule, purpose: words::comment(purpose, otherwise) });
        }
    }
}
