//! Alertmanager: whom alerts reach, and which alerts others make superfluous.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote, raw,
    yaml::{Map, Yaml, flow, seq},
};
use crate::model::{Model, Receiver};

/// Where compose puts secrets in the container.
const SECRETS: &str = "/run/secrets";

/// Makes `alertmanager/alertmanager.yml`; none without an Alertmanager.
pub fn emit(model: &Model) -> Vec<Artifact> {
    if !model.monitoring.as_ref().is_some_and(|monitoring| monitoring.alertmanager) {
        return Vec::new();
    }
    let notify = &model.notify;
    let receiver = if notify.receivers.is_empty() { "nobody" } else { "team" };
    let document = Map::new()
        .set(
            "route",
            Map::new()
                .set("receiver", receiver)
                .set("group_by", flow(["alertname", "service", "host"]))
                .set("group_wait", notify.group_wait.prometheus())
                .set("group_interval", notify.group_interval.prometheus())
                .set("repeat_interval", notify.repeat_interval.prometheus()),
        )
        .comment("What is critical says more than the warning of the same thing; a service that cannot be reached has no other symptoms worth telling.")
        .set(
            "inhibit_rules",
            seq([
                inhibit("severity=\"critical\"", "severity=\"warning\"", &["service", "host"]),
                inhibit("alertname=~\".+(Unreachable|Down)\"", "alertname!~\".+(Unreachable|Down)\"", &["service", "host"]),
            ]),
        )
        .set("receivers", seq([receivers(model, receiver)]));
    let yaml = raw::merged(document.into(), &notify.raw_alertmanager);
    vec![Artifact {
        path: "alertmanager/alertmanager.yml".into(),
        contents: yaml.document(&format!("{}\nAlertmanager expands no variables: secrets are files, which compose makes of the environment file.", header(model))),
        mode: 0o644,
        emitter: "alertmanager",
        from: vec!["system".into()],
        on_change: OnChange::Reload("alertmanager (docker compose kill -s HUP alertmanager)".into()),
    }]
}

fn inhibit(source: &str, target: &str, equal: &[&str]) -> Map {
    Map::new()
        .set("source_matchers", flow([source]))
        .set("target_matchers", flow([target]))
        .set("equal", flow(equal.iter().copied()))
}

fn receivers(model: &Model, name: &str) -> Map {
    let mut slack = Vec::new();
    let mut mail = Vec::new();
    let mut webhooks = Vec::new();
    let title = format!(
        "[{{{{ .Status | toUpper }}}}] {} / {}: {{{{ .CommonLabels.alertname }}}}",
        quote::go_template(model.system.as_str()),
        model.environment
    );
    let text = "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ end }}";
    for receiver in &model.notify.receivers {
        match receiver {
            Receiver::Slack { channel, webhook, .. } => slack.push(
                Map::new()
                    .set("channel", quote::go_template(channel.as_str()))
                    .set("api_url_file", format!("{SECRETS}/{webhook}"))
                    .set("send_resolved", true)
                    .set("title", title.as_str())
                    .set("text", text),
            ),
            Receiver::Mail { to, smarthost, from, user, password, .. } => mail.push(
                Map::new()
                    .set("to", to.as_str())
                    .set("from", from.as_str())
                    .set("smarthost", smarthost.as_str())
                    .maybe("auth_username", user.as_ref().map(|user| user.as_str()))
                    .maybe("auth_password_file", password.as_ref().map(|name| format!("{SECRETS}/{name}")))
                    .set("send_resolved", true)
                    .set("headers", Map::new().set("subject", title.as_str())),
            ),
            Receiver::Webhook { url, .. } => webhooks
                .push(Map::new().set("url_file", format!("{SECRETS}/{url}")).set("send_resolved", true)),
        }
    }
    let list = |items: Vec<Map>| -> Yaml { seq(items) };
    Map::new()
        .set("name", name)
        .filled("slack_configs", list(slack))
        .filled("email_configs", list(mail))
        .filled("webhook_configs", list(webhooks))
}
