//! Receivers that are told of the same alerts, and the route by which those reach them.

use crate::{
    emit::yaml::{Map, flow, seq},
    model::{
        Escalation, Model, Notify, Receiver, Severity,
        response::{PRIORITY, TEAM},
    },
    values::{Name, PriorityName},
};

/// The receiver that tells nobody.
pub const NOBODY: &str = "nobody";

/// Receivers that are told of the same alerts.
pub struct Audience<'a> {
    /// The team that they belong to; none for everybody.
    pub team: Option<&'a Name>,
    /// The least severity that they are told of.
    pub least: Severity,
    /// The priorities that they are told of; empty for all.
    pub priorities: &'a [PriorityName],
    /// The times in which they are told nothing.
    pub quiet: &'a [Name],
    /// They.
    pub receivers: Vec<&'a Receiver>,
}

/// Every audience, in the order of the description.
pub fn audiences(notify: &Notify) -> Vec<Audience<'_>> {
    let mut audiences: Vec<Audience> = Vec::new();
    for receiver in &notify.receivers {
        let (team, least, priorities) = (receiver.team.as_ref(), receiver.least, &receiver.priorities);
        let quiet = receiver.quiet.as_slice();
        let same = |one: &&mut Audience| {
            one.team == team
                && one.least == least
                && one.priorities == priorities.as_slice()
                && one.quiet == quiet
        };
        match audiences.iter_mut().find(same) {
            Some(audience) => audience.receivers.push(receiver),
            None => audiences.push(Audience { team, least, priorities, quiet, receivers: vec![receiver] }),
        }
    }
    audiences
}

impl Audience<'_> {
    /// Whether nothing is kept from it.
    pub fn hears_everything(&self) -> bool {
        self.hears_of_everything() && self.quiet.is_empty()
    }

    /// Whether it is told of everything, be it later.
    pub fn hears_of_everything(&self) -> bool {
        self.team.is_none() && self.least == Severity::Warning && self.priorities.is_empty()
    }

    /// Its name as a receiver. Names of teams have no `/`, so it is nobody else's.
    pub fn name(&self) -> String {
        let critical = self.least == Severity::Critical;
        let mut parts: Vec<String> = match (self.team, critical) {
            (Some(team), false) => vec!["team".into(), team.to_string()],
            (Some(team), true) => vec!["team".into(), team.to_string(), "critical".into()],
            (None, true) => vec!["on-call".into()],
            (None, false) if self.priorities.is_empty() => vec!["team".into()],
            (None, false) => vec!["priority".into()],
        };
        if !self.priorities.is_empty() {
            parts.push(self.priorities.iter().map(PriorityName::as_str).collect::<Vec<_>>().join("+"));
        }
        if !self.quiet.is_empty() {
            let times = self.quiet.iter().map(Name::as_str).collect::<Vec<_>>().join("+");
            parts.push(format!("not {times}"));
        }
        parts.join("/")
    }

    /// The route by which alerts come to it when they begin to fire, behind which others are tried as well; none for
    /// a team that is told later only.
    pub fn route(&self, model: &Model) -> Option<Map> {
        let own = self.own();
        let to = |matchers: Vec<String>| {
            Map::new()
                .filled("matchers", seq(matchers))
                .set("receiver", self.name())
                .filled("mute_time_intervals", flow(self.quiet.iter().map(Name::as_str)))
        };
        let route = match (self.team, self.ways(model).as_slice()) {
            (None, _) => to(own),
            (_, []) => return None,
            (_, [way]) => to(merged(way, &own)),
            // One route for each way would tell the same alert twice: of these the first that fits counts.
            (_, several) => Map::new()
                .set("receiver", NOBODY)
                .set("routes", seq(several.iter().map(|way| to(merged(way, &own))))),
        };
        Some(route.comment("And everybody else whom it concerns.").set("continue", true))
    }

    /// Whether alerts come to it in several ways, so that its route has a receiver that is nobody.
    pub fn has_several_ways(&self, model: &Model) -> bool {
        self.ways(model).len() > 1
    }

    /// What it wants to hear of.
    fn own(&self) -> Vec<String> {
        let mut own = Vec::new();
        if self.least == Severity::Critical {
            own.push("severity=\"critical\"".to_owned());
        }
        if !self.priorities.is_empty() {
            own.push(one_of("=", self.priorities));
        }
        own
    }

    /// For each way in which an alert comes to a team, its conditions: the team owns what it is about, or an
    /// escalation begins with the team.
    fn ways(&self, model: &Model) -> Vec<Vec<String>> {
        let Some(name) = self.team else { return Vec::new() };
        let escalations = &model.notify.escalations;
        let mut ways = Vec::new();
        if model.teams.iter().any(|team| team.name == *name && !team.owns.is_empty()) {
            ways.push(vec![format!("{TEAM}=\"{name}\"")]);
        }
        for (index, escalation) in escalations.iter().enumerate() {
            if escalation.first() != Some(name) {
                continue;
            }
            let before = escalations[..index].iter().map(outside);
            // What is escalated otherwise already is not escalated so.
            if let Some(outside) = before.collect::<Option<Vec<_>>>() {
                ways.push(inside(escalation).into_iter().chain(outside).collect());
            }
        }
        ways
    }
}

/// The conditions under which an escalation covers an alert.
fn inside(escalation: &Escalation) -> Vec<String> {
    match (escalation.priorities.is_empty(), escalation.least) {
        (false, _) => vec![one_of("=", &escalation.priorities)],
        (true, Severity::Critical) => vec!["severity=\"critical\"".to_owned()],
        (true, Severity::Warning) => Vec::new(),
    }
}

/// The condition under which it does not; none when it covers everything.
fn outside(escalation: &Escalation) -> Option<String> {
    match (escalation.priorities.is_empty(), escalation.least) {
        (false, _) => Some(one_of("!", &escalation.priorities)),
        (true, Severity::Critical) => Some("severity!=\"critical\"".to_owned()),
        (true, Severity::Warning) => None,
    }
}

/// The condition that the priority is one of these (`=`), or none of these (`!`).
fn one_of(whether: &str, priorities: &[PriorityName]) -> String {
    let names: Vec<&str> = priorities.iter().map(PriorityName::as_str).collect();
    let operator = match (names.len(), whether) {
        (1, "=") => "=",
        (1, _) => "!=",
        (_, "=") => "=~",
        _ => "!~",
    };
    format!("{PRIORITY}{operator}\"{}\"", names.join("|"))
}

fn merged(way: &[String], own: &[String]) -> Vec<String> {
    let new = own.iter().filter(|condition| !way.contains(condition));
    way.iter().chain(new).cloned().collect()
}
