//! Rules in the words of ufw, in the very order in which `ufw show added` tells them: by that the script knows what is there.

use std::net::IpAddr;

use crate::{
    model::{Course, Opening, Passage},
    values::{Cidr, Interface, Ports},
};

/// What a rule is about, each where ufw has it.
#[derive(Default)]
struct Words<'a> {
    verb: &'a str,
    course: Option<Course>,
    into: Option<&'a str>,
    out: Option<&'a str>,
    from: Option<String>,
    to: Option<String>,
    ports: Option<(Ports, &'a str)>,
}

impl Words<'_> {
    fn rule(self) -> String {
        let mut words = vec![self.verb.to_owned()];
        match self.course {
            Some(Course::Through) => words.insert(0, "route".to_owned()),
            // With an interface it stands in front of that.
            Some(Course::Out) if self.out.is_none() => words.push("out".to_owned()),
            _ => {}
        }
        words.extend(self.into.map(|interface| format!("in on {interface}")));
        words.extend(self.out.map(|interface| format!("out on {interface}")));
        let plain = self.into.is_none() && self.out.is_none() && self.from.is_none() && self.to.is_none();
        words.extend(self.from.map(|from| format!("from {from}")));
        match (self.ports, self.to) {
            (Some((ports, protocol)), None) if plain => words.push(format!("{}/{protocol}", range(ports))),
            (Some((ports, protocol)), to) => {
                let to = to.unwrap_or_else(|| "any".to_owned());
                words.push(format!("to {to} port {} proto {protocol}", range(ports)));
            }
            (None, to) => words.extend(to.map(|to| format!("to {to}"))),
        }
        words.join(" ")
    }
}

/// The rules that let an opening in, one for each network.
pub fn opening(opening: &Opening) -> Vec<String> {
    let one = |from: Option<Cidr>| Words {
        verb: if opening.limit { "limit" } else { "allow" },
        // Every network of compose is a bridge of that name; what comes from elsewhere has another.
        into: if opening.containers_only {
            Some("br-+")
        } else {
            opening.interface.as_ref().map(Interface::as_str)
        },
        from: from.map(shown),
        to: opening.at.map(|at| at.to_string()),
        ports: Some((opening.ports, opening.protocol)),
        ..Words::default()
    };
    let fits = |from: &Option<Cidr>| match (from, opening.at) {
        (Some(from), Some(at)) => from.is_v4() == matches!(at, IpAddr::V4(_)),
        _ => true,
    };
    sources(opening).into_iter().filter(fits).map(|from| one(from).rule()).collect()
}

/// The rules of a passage, one for each pair of networks.
pub fn passage(passage: &Passage) -> Vec<String> {
    let one = |(from, to): (Option<Cidr>, Option<Cidr>)| Words {
        verb: passage.verb,
        course: Some(passage.course),
        into: passage.into.as_ref().map(Interface::as_str),
        out: passage.out.as_ref().map(Interface::as_str),
        from: from.map(shown),
        to: to.map(shown),
        ports: passage.ports,
    };
    passage.ways().into_iter().map(|way| one(way).rule()).collect()
}

/// The networks of an opening; none stands for everywhere.
pub fn sources(opening: &Opening) -> Vec<Option<Cidr>> {
    if opening.from.is_empty() || opening.from.iter().any(|network| network.is_everything()) {
        vec![None]
    } else {
        opening.from.iter().copied().map(Some).collect()
    }
}

/// A network as ufw shows it: a single address without its prefix.
pub fn shown(network: Cidr) -> String {
    if network.is_single() { network.network().to_string() } else { network.to_string() }
}

/// A range as ufw and iptables write it.
pub fn range(ports: Ports) -> String {
    if ports.count() == 1 { ports.first().to_string() } else { format!("{}:{}", ports.first(), ports.last()) }
}

/// A purpose as it may stand in a comment of ufw, which knows no escape for quotes.
pub fn comment(purpose: &str, otherwise: &str) -> String {
    let plain: String =
        purpose.chars().filter(|c| !c.is_control() && !matches!(c, '\'' | '"' | '\\')).collect();
    if plain.trim().is_empty() { otherwise.to_owned() } else { plain.trim().to_owned() }
}
