//! Alertmanager: whom alerts reach, and which alerts others make superfluous.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote, raw,
    yaml::{Map, Yaml, flow, seq},
};
use crate::{
    model::{HEARTBEAT, Heartbeat, Model, Receiver, Severity, Way},
    values::Duration,
};

/// Where compose puts secrets in the container.
const SECRETS: &str = "/run/secrets";
/// Alerts that say that the whole service is away.
const AWAY: &str = ".+(Unreachable|Down)";

/// Makes `alertmanager/alertmanager.yml`; none without an Alertmanager.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let monitoring = model.monitoring.as_ref();
    let Some((service, _)) = monitoring.and_then(|monitoring| monitoring.alertmanager.as_ref()) else {
        return Vec::new();
    };
    let document = raw::merged(configuration(model).into(), &model.notify.raw_alertmanager);
    let why =
        "Alertmanager expands no variables: secrets are files, which compose makes of the environment file.";
    vec![Artifact {
        path: "alertmanager/alertmanager.yml".into(),
        contents: document.document(&format!("{}\n{why}", header(model))),
        mode: 0o644,
        emitter: "alertmanager",
        from: vec!["system".into()],
        on_change: OnChange::Reload(format!("{service} (docker compose kill -s HUP {service})")),
    }]
}

fn configuration(model: &Model) -> Map {
    let notify = &model.notify;
    let (of_all, only_critical): (Vec<&Receiver>, Vec<&Receiver>) =
        notify.receivers.iter().partition(|receiver| receiver.least == Severity::Warning);
    let everyday = if of_all.is_empty() { "nobody" } else { "team" };
    let mut route = Map::new();
    if of_all.is_empty() {
        let what = if only_critical.is_empty() { "Alerts are" } else { "Warnings are" };
        route = route.comment(format!(
            "{what} told to nobody: `notify` names no receiver for them. They show in Prometheus and Grafana only."
        ));
    }
    route = route
        .set("receiver", everyday)
        .set("group_by", flow(["alertname", "service", "host"]))
        .set("group_wait", notify.group_wait.prometheus())
        .set("group_interval", notify.group_interval.prometheus())
        .set("repeat_interval", notify.repeat_interval.prometheus());
    let mut receivers = vec![receiver(model, everyday, &of_all)];
    let mut routes = Vec::new();
    if let Some(heartbeat) = &notify.heartbeat {
        routes.push(sign_of_life(heartbeat));
        let hook =
            Map::new().set("url_file", format!("{SECRETS}/{}", heartbeat.url)).set("send_resolved", false);
        receivers.push(Map::new().set("name", "heartbeat").set("webhook_configs", seq([hook])));
    }
    if !only_critical.is_empty() {
        let critical = Map::new()
            .set("matchers", seq(["severity=\"critical\""]))
            .set("receiver", "on-call")
            .comment("And everybody who is told of everything.")
            .set("continue", true);
        routes.extend([critical, Map::new().set("receiver", everyday)]);
        receivers.push(receiver(model, "on-call", &only_critical));
    }
    if !routes.is_empty() {
        route = route.set("routes", seq(routes));
    }
    Map::new()
        .set("route", route)
        .comment("What is critical says more than the warning of the same watch; of what is away, everything else is a symptom.")
        .set(
            "inhibit_rules",
            seq([
                inhibit(
                    &["severity=\"critical\"", "watch!=\"\""],
                    &["severity=\"warning\""],
                    &["watch", "service", "host"],
                ),
                inhibit(
                    &[&format!("alertname=~\"{AWAY}\"")],
                    &[&format!("alertname!~\"{AWAY}\"")],
                    &["service", "host"],
                ),
            ]),
        )
        .set("receivers", seq(receivers))
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
    Map::new()
        .set("source_matchers", seq(source.iter().copied()))
        .set("target_matchers", seq(target.iter().copied()))
        .set("equal", flow(equal.iter().copied()))
}

fn receiver(model: &Model, name: &str, receivers: &[&Receiver]) -> Map {
    let of = |key: &str, make: fn(&Model, &Way) -> Option<Map>| -> (String, Yaml) {
        (key.to_owned(), seq(receivers.iter().filter_map(|receiver| make(model, &receiver.way))))
    };
    [of("slack_configs", slack), of("email_configs", mail), of("webhook_configs", webhook)]
        .into_iter()
        .fold(Map::new().set("name", name), |map, (key, list)| map.filled(key, list))
}

/// `[FIRING:2] shop (prod): RedisDown`.
fn title(model: &Model) -> String {
    format!(
        "[{{{{ .Status | toUpper }}}}{{{{ if eq .Status \"firing\" }}}}:{{{{ .Alerts.Firing | len }}}}{{{{ end }}}}] {} ({}): {{{{ .CommonLabels.alertname }}}}",
        model.system, model.environment
    )
}

/// What is wrong, how bad it is, where to read on and whom to call, alert by alert.
const TEXT: &str = "{{ range .Alerts }}{{ .Labels.severity }}: {{ .Annotations.summary }}
{{ .Annotations.description }}
{{ .Annotations.runbook }}{{ with .Annotations.contact }} ({{ . }}){{ end }}
{{ end }}";

fn slack(model: &Model, way: &Way) -> Option<Map> {
    let Way::Slack { channel, webhook } = way else { return None };
    Some(
        Map::new()
            .set("channel", quote::go_template(channel.as_str()))
            .set("api_url_file", format!("{SECRETS}/{webhook}"))
            .set("send_resolved", true)
            .set("title", title(model))
            .set("text", TEXT),
    )
}

fn mail(model: &Model, way: &Way) -> Option<Map> {
    let Way::Mail { to, smarthost, from, user, password } = way else { return None };
    Some(
        Map::new()
            .set("to", quote::go_template(to.as_str()))
            .set("from", quote::go_template(from.as_str()))
            .set("smarthost", smarthost.to_string())
            .maybe("auth_username", user.as_ref().map(|user| user.as_str()))
            .maybe("auth_password_file", password.as_ref().map(|name| format!("{SECRETS}/{name}")))
            .set("send_resolved", true)
            .set("headers", Map::new().set("subject", title(model))),
    )
}

fn webhook(_: &Model, way: &Way) -> Option<Map> {
    let Way::Webhook { url } = way else { return None };
    Some(Map::new().set("url_file", format!("{SECRETS}/{url}")).set("send_resolved", true))
}
