//! `after.rules` and `after6.rules`: what ufw's own rules never see, since Docker forwards it.

use serde::Serialize;

use super::{
    tag,
    words::{comment, range, sources},
};
use crate::{
    emit::{
        header::header,
        template::{Format, Template},
    },
    model::{Course, Model, Passage},
    values::Cidr,
};

static RULES: Template = Template::new(Format::Line, include_str!("after.rules.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    file: &'static str,
    /// The chain of `ufw route`.
    forward: &'static str,
    /// What the description passes on as it is.
    own: Vec<String>,
    refused: Vec<Line>,
    published: Vec<Line>,
    /// Whether what containers send is asked for permission.
    outgoing: bool,
    held_back: Vec<Line>,
    leaving: Vec<Line>,
    /// Whether what containers send is dropped in the end.
    closed: bool,
}

/// A rule: what it matches, what becomes of that, and for what.
#[derive(Serialize)]
struct Line {
    matches: String,
    target: &'static str,
    comment: String,
}

/// The file for one version of IP.
pub fn rules(model: &Model, v4: bool) -> String {
    let firewall = &model.firewall;
    let line = |matches: String, target: &'static str, purpose: &str, otherwise: &str| Line {
        matches,
        target,
        // ufw cannot copy a file of rules in which there is anything but ASCII.
        comment: format!("{} {}", tag(model), comment(&ascii(purpose), otherwise)),
    };
    let is_for = |network: Option<Cidr>| network.is_none_or(|network| network.is_v4() == v4);
    let mut published = Vec::new();
    for opening in firewall.openings.iter().filter(|opening| opening.published) {
        if opening.at.is_some_and(|at| at.is_ipv4() != v4) {
            continue;
        }
        for network in sources(opening).into_iter().filter(|network| is_for(*network)) {
            let from = network.map(|network| format!(" -s {network}")).unwrap_or_default();
            let at = opening.at.map(|at| format!(" --ctorigdst {at}")).unwrap_or_default();
            let matches = format!(
                "-p {}{from} -m conntrack --ctstate DNAT{at} --ctorigdstport {}",
                opening.protocol,
                range(opening.ports)
            );
            published.push(line(matches, "RETURN", &opening.purpose, "opened"));
        }
    }
    let each = |passages: &[Passage], course: Course, allow: bool| -> Vec<Line> {
        let mut lines = Vec::new();
        for passage in passages.iter().filter(|passage| passage.course == course) {
            for (from, to) in passage.ways().into_iter().filter(|(from, to)| is_for(*from) && is_for(*to)) {
                let target = match (allow, passage.verb) {
                    (true, _) => "RETURN",
                    (false, "reject") => "REJECT",
                    _ => "DROP",
                };
                let matches = matched(passage, from, to);
                lines.push(line(matches, target, &passage.purpose, if allow { "opened" } else { "refused" }));
            }
        }
        lines
    };
    let held_back = each(&firewall.refusals, Course::Out, false);
    RULES.render(&View {
        header: header(model),
        file: if v4 { "after.rules" } else { "after6.rules" },
        forward: if v4 { "ufw-user-forward" } else { "ufw6-user-forward" },
        own: own(model, v4),
        refused: each(&firewall.refusals, Course::In, false),
        published,
        outgoing: firewall.closed.is_some() || !held_back.is_empty(),
        held_back,
        leaving: each(&firewall.leaving, Course::Out, true),
        closed: firewall.closed.is_some(),
    })
}

/// What a passage matches of packets that are forwarded. What comes in has had its address rewritten: the one to which
/// it was sent is known to the connection.
fn matched(passage: &Passage, from: Option<Cidr>, to: Option<Cidr>) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(passage.into.as_ref().map(|interface| format!("-i {interface}")));
    words.extend(passage.out.as_ref().map(|interface| format!("-o {interface}")));
    words.extend(passage.ports.map(|(_, protocol)| format!("-p {protocol}")));
    words.extend(from.map(|from| format!("-s {from}")));
    if passage.course == Course::In {
        if passage.ports.is_some() || to.is_some() {
            words.push("-m conntrack --ctstate DNAT".to_owned());
        }
        words.extend(to.map(|to| format!("--ctorigdst {to}")));
        words.extend(passage.ports.map(|(ports, _)| format!("--ctorigdstport {}", range(ports))));
    } else {
        words.extend(to.map(|to| format!("-d {to}")));
        words.extend(passage.ports.map(|(ports, _)| format!("--dport {}", range(ports))));
    }
    words.join(" ")
}

fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}

/// What a line matches, and what becomes of it.
fn ends(line: &str) -> (&str, &str) {
    let at = [" -j ", " -g "].iter().filter_map(|word| line.find(word)).min().unwrap_or(line.len());
    line.split_at(at)
}

/// The lines that the description passes on, with the names that chains have for this version.
fn own(model: &Model, v4: bool) -> Vec<String> {
    let lines = model.firewall.chains.iter().filter(|line| line.value.is_for(v4));
    lines
        .map(|line| {
            // Known by a comment, as all others: so that another system of the host leaves it where it is.
            let (what, then) = ends(line.value.as_str());
            let line = format!("{what} -m comment --comment \"{} own\"{then}", tag(model));
            if v4 { line } else { line.replace(" ufw-", " ufw6-") }
        })
        .collect()
}
