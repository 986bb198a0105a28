//! Whom alerts reach: receivers with their secrets and teams, intervals, escalations.

use super::{context::Context, response};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::read::notify::{NotifySpec, ReceiverSpec},
    model::{Notify, Origin, Quiet, Receiver},
    syntax::Sink,
    values::Duration,
};

/// The receivers and how alerts are grouped.
pub fn notify(context: &Context) -> Notify {
    let Some(stated) = &context.spec.notify else {
        return Notify {
            receivers: Vec::new(),
            escalations: Vec::new(),
            heartbeat: None,
            group_by: Vec::new(),
            quiet: Vec::new(),
            group_wait: Duration::from_seconds(30),
            group_interval: Duration::from_minutes(5),
            repeat_interval: Duration::from_hours(4),
            raw_alertmanager: Vec::new(),
        };
    };
    if let Some(heartbeat) = &stated.heartbeat {
        context.variable(&heartbeat.url, true, heartbeat.origin.span());
    }
    for secret in &stated.raw.secrets {
        context.variable(&secret.value, true, secret.span);
    }
    intervals(stated, context.sink);
    Notify {
        receivers: stated.receivers.iter().map(|one| receiver(context, one, &stated.quiet)).collect(),
        escalations: response::escalations(context, stated),
        heartbeat: stated.heartbeat.clone(),
        group_by: stated.group_by.iter().map(|label| label.value.clone()).collect(),
        quiet: stated.quiet.clone(),
        group_wait: stated.group_wait.value,
        group_interval: stated.group_interval.value,
        repeat_interval: stated.repeat.value,
        raw_alertmanager: stated.raw.nodes.clone(),
    }
}

fn receiver(context: &Context, stated: &ReceiverSpec, times: &[Quiet]) -> Receiver {
    for secret in stated.way.secrets() {
        context.variable(secret, true, stated.span);
    }
    for secret in &stated.raw.secrets {
        context.variable(&secret.value, true, secret.span);
    }
    if let Some(team) = &stated.team {
        response::team(context, team);
    }
    for priority in &stated.priorities {
        response::known_priority(context, priority);
    }
    for quiet in &stated.quiet {
        if times.iter().any(|one| one.name == quiet.value) {
            continue;
        }
        let diagnostic =
            Diagnostic::error("unknown-quiet", format!("there is no quiet time `{}`", quiet.value))
                .at(quiet.span, "named here");
        context.sink.report(match nearest(quiet.value.as_str(), times.iter().map(|one| one.name.as_str())) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!(
                "state it in `notify`: `quiet \"{}\" from=\"22:00\" until=\"07:00\"`",
                quiet.value
            )),
        });
    }
    Receiver {
        quiet: stated.quiet.iter().map(|one| one.value.clone()).collect(),
        least: stated.least,
        priorities: stated.priorities.iter().map(|one| one.value.clone()).collect(),
        team: stated.team.as_ref().map(|team| team.value.clone()),
        way: stated.way.clone(),
        raw: stated.raw.nodes.clone(),
        origin: Origin::Stated(stated.span),
    }
}

/// Alertmanager takes no interval of nothing, and a sign of life that comes all the time is a load on who waits for it.
fn intervals(stated: &NotifySpec, sink: &Sink) {
    let second = Duration::from_seconds(1);
    let mut all = vec![
        (
            "messages of a group are told",
            stated.group_interval.value,
            stated.group_interval.span,
            second,
            "every second at most",
        ),
        ("an alert is told again", stated.repeat.value, stated.repeat.span, second, "every second at most"),
    ];
    if let Some(heartbeat) = &stated.heartbeat {
        let every = (heartbeat.every, heartbeat.origin.span());
        all.push((
            "a sign of life goes out",
            every.0,
            every.1,
            Duration::from_seconds(30),
            "every 30 seconds at most",
        ));
    }
    for (what, interval, span, least, limit) in all {
        if interval < least {
            sink.report(
                Diagnostic::error("interval-out-of-range", format!("{what} {limit}"))
                    .at(span, "this interval is shorter")
                    .help("write for example \"5m\""),
            );
        }
    }
}
