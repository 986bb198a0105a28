//! Alertmanager: whom alerts reach, and which alerts others make superfluous.

mod audience;
mod catch_all;
mod quiet;
mod receiver;
mod unknown_names;

pub use unknown_names::undefined;

use audience::{Audience, NOBODY, audiences};

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    raw,
    yaml::{Map, Yaml, flow, seq},
};
use crate::{
    model::{
        Cause, HEARTBEAT, Heartbeat, Model, Receiver, Symptoms,
        response::{ESCALATED_TO, ESCALATION, PRIORITY},
    },
    values::{Duration, LabelName, Name},
};

/// Alerts that say that the whole service is away.
const AWAY: &str = ".+(Unreachable|Down)";

/// Makes `alertmanager/alertmanager.yml`; none where no Alertmanager runs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let monitoring = model.monitoring.as_ref();
    let alertmanager = monitoring.and_then(|monitoring| monitoring.alertmanager.as_ref());
    let Some((service, _)) = alertmanager.filter(|(service, _)| model.runs(service)) else {
        return Vec::new();
    };
    let document = merged(model);
    let why =
        "Alertmanager expands no variables: secrets are files, which compose makes of the environment file.";
    vec![Artifact {
        path: "alertmanager/alertmanager.yml".into(),
        contents: document.document(&format!("{}\n{why}", header(model))).into(),
        mode: 0o644,
        emitter: "alertmanager",
        from: vec!["system".into()],
        on_change: OnChange::Reload(format!("{service} (docker compose kill -s HUP {service})")),
    }]
}

/// The whole file as a value.
fn merged(model: &Model) -> Yaml {
    let passed = &model.notify.raw_alertmanager;
    let mut document = raw::merged(configuration(model).into(), passed);
    catch_all::add(&mut document, passed);
    document
}

fn configuration(model: &Model) -> Map {
    let notify = &model.notify;
    let audiences = audiences(notify);
    let (of_all, special): (Vec<&Audience>, Vec<&Audience>) =
        audiences.iter().partition(|one| one.hears_everything());
    let everyday = of_all.first().map_or(NOBODY.to_owned(), |one| one.name());
    let mut route = Map::new();
    if of_all.is_empty() {
        route = route.comment(unheard(&special));
    }
    let mut by: Vec<&str> = notify.group_by.iter().map(LabelName::as_str).collect();
    if by.is_empty() {
        by = vec!["alertname", "service", "host"];
    }
    if notify.escalations.iter().any(|one| one.later().next().is_some()) {
        // Each step is a message of its own.
        if !by.contains(&ESCALATION) {
            by.push(ESCALATION);
        }
    }
    route = route
        .set("receiver", everyday.as_str())
        .set("group_by", flow(by))
        .set("group_wait", notify.group_wait.prometheus())
        .set("group_interval", notify.group_interval.prometheus())
        .set("repeat_interval", notify.repeat_interval.prometheus());
    let told = of_all.first().map_or(&[][..], |one| one.receivers.as_slice());
    let mut receivers = vec![receiver::receiver(model, &everyday, told)];
    let mut routes = Vec::new();
    if let Some(heartbeat) = &notify.heartbeat {
        routes.push(sign_of_life(heartbeat));
        let hook = Map::new()
            .set("url_file", format!("{}/{}", receiver::SECRETS, heartbeat.url))
            .set("send_resolved", false);
        receivers.push(Map::new().set("name", "heartbeat").set("webhook_configs", seq([hook])));
    }
    for team in escalated_to(model) {
        let told: Vec<&Receiver> = notify.of_team(team).collect();
        let own: Vec<&&Audience> = special.iter().filter(|one| one.team == Some(team)).collect();
        // Whatever else is kept from it by severity or priority: what is escalated to a team reaches all of it.
        let name = match own.as_slice() {
            [only] => only.name(),
            _ => {
                let name = format!("team/{team}/escalated");
                receivers.push(receiver::receiver(model, &name, &told));
                name
            }
        };
        routes.push(
            Map::new().set("matchers", seq([format!("{ESCALATED_TO}=\"{team}\"")])).set("receiver", name),
        );
    }
    if !special.is_empty() {
        if everyday != NOBODY && special.iter().any(|one| one.has_several_ways(model)) {
            receivers.push(receiver::receiver(model, NOBODY, &[]));
        }
        routes.extend(special.iter().filter_map(|audience| audience.route(model)));
        receivers.extend(special.iter().map(|one| receiver::receiver(model, &one.name(), &one.receivers)));
    }
    if !routes.is_empty() {
        route = route.set("routes", seq(routes));
    }
    Map::new()
        .set("route", route)
        .comment("A critical alert keeps back the warning of the same watch. Of what is down, every other alert is a symptom, and so is\nwhat the services suffer that need it.")
        .set("inhibit_rules", seq(inhibited(model)))
        .filled("time_intervals", seq(quiet::intervals(model)))
        .set("receivers", seq(receivers))
}

/// Which alerts are not told while others are.
fn inhibited(model: &Model) -> Vec<Map> {
    let mut rules = vec![
        inhibit(
            &["severity=\"critical\"", "watch!=\"\""],
            &["severity=\"warning\""],
            &["watch", "service", "host"],
        ),
        away(model),
    ];
    rules.extend(model.monitoring.iter().flat_map(|monitoring| &monitoring.causes).map(cause));
    rules
}

/// What says that a service or host is away keeps back what goes wrong with it. A label that neither has counts as equal:
/// what is external has neither, and must not silence what else has none, the sign of life above all.
fn away(model: &Model) -> Map {
    let mut target = vec![format!("alertname!~\"{AWAY}\"")];
    if model.notify.heartbeat.is_some() {
        target.push(format!("alertname!=\"{HEARTBEAT}\""));
    }
    let external = (!model.externals.is_empty()).then_some("external");
    let equal = ["service", "host"].into_iter().chain(external);
    pair(vec![format!("alertname=~\"{AWAY}\"")], target).set("equal", flow(equal))
}

/// What says that something is away keeps back what says so again, and what goes wrong without it.
fn cause(cause: &Cause) -> Map {
    let mut target = match &cause.symptoms {
        Symptoms::Again(alerts) => vec![among("alertname", alerts)],
        Symptoms::Services(names) => vec![among("service", names)],
        Symptoms::Host(name) => {
            let itself = cause.alerts.iter().map(|alert| format!("alertname!=\"{alert}\""));
            std::iter::once(format!("host=\"{name}\"")).chain(itself).collect()
        }
    };
    if !cause.above.is_empty() {
        target.push(format!("{PRIORITY}!~\"{}\"", cause.above.join("|")));
    }
    pair(vec![among("alertname", &cause.alerts)], target)
}

/// A matcher for one of several values; names have nothing in them that means something in a pattern.
fn among<T: std::fmt::Display>(label: &str, values: &[T]) -> String {
    match values {
        [only] => format!("{label}=\"{only}\""),
        several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!("{label}=~\"{}\"", several.join("|"))
        }
    }
}

/// What becomes of alerts when no receiver hears everything.
fn unheard(special: &[&Audience]) -> String {
    let where_else = "They show in Prometheus and Grafana only.";
    if special.iter().any(|one| one.hears_of_everything()) {
        return "Whoever is told of everything has quiet times, which only routes can have.".to_owned();
    }
    if special.iter().any(|one| one.team.is_some() || !one.priorities.is_empty()) {
        return format!("Alerts that none of the routes below takes are told to nobody. {where_else}");
    }
    let what = if special.is_empty() { "Alerts are" } else { "Warnings are" };
    format!("{what} told to nobody: `notify` names no receiver for them. {where_else}")
}

/// The teams of later steps, each once.
fn escalated_to(model: &Model) -> Vec<&Name> {
    let mut teams: Vec<&Name> =
        model.notify.escalations.iter().flat_map(|one| one.later()).map(|(_, step)| &step.team).collect();
    teams.sort();
    teams.dedup();
    teams
}

/// A message goes out at the first interval in which the time to repeat it is over: that is short, so that it is punctual.
fn sign_of_life(heartbeat: &Heartbeat) -> Map {
    let interval = Duration::from_seconds((heartbeat.every.whole_seconds() / 10).max(1));
    Map::new()
        .set("matchers", seq([format!("alertname=\"{HEARTBEAT}\"")]))
        .comment("A sign of life, which is for nobody here: who waits for it tells people when it no longer comes.")
        .set("receiver", "heartbeat")
        .set("group_wait", "0s")
        .set("group_interval", interval.prometheus())
        .set("repeat_interval", heartbeat.every.prometheus())
}

fn inhibit(source: &[&str], target: &[&str], equal: &[&str]) -> Map {
    let owned = |matchers: &[&str]| matchers.iter().map(|one| (*one).to_owned()).collect();
    pair(owned(source), owned(target)).set("equal", flow(equal.iter().copied()))
}

fn pair(source: Vec<String>, target: Vec<String>) -> Map {
    Map::new().set("source_matchers", seq(source)).set("target_matchers", seq(target))
}
