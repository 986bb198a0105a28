//! How a receiver is reached, and what it reads.

use crate::{
    emit::{
        prometheus::guide,
        quote, raw,
        yaml::{Map, Yaml, seq},
    },
    model::{Hook, Model, Receiver, Way, response::ESCALATED_TO},
    values::Email,
};

/// Where compose puts secrets in the container.
pub const SECRETS: &str = "/run/secrets";

/// A receiver of that name, reached in all of these ways.
pub fn receiver(model: &Model, name: &str, receivers: &[&Receiver]) -> Map {
    let of = |key: &str, make: fn(&Model, &Way) -> Option<Map>| -> (String, Yaml) {
        let made = receivers
            .iter()
            .filter_map(|receiver| Some(raw::merged(make(model, &receiver.way)?.into(), &receiver.raw)));
        (key.to_owned(), seq(made))
    };
    [
        of("slack_configs", slack),
        of("email_configs", mail),
        of("pagerduty_configs", pagerduty),
        of("opsgenie_configs", opsgenie),
        of("telegram_configs", telegram),
        of("discord_configs", discord),
        of("msteamsv2_configs", teams),
        of("webhook_configs", webhook),
    ]
    .into_iter()
    .fold(Map::new().set("name", name), |map, (key, list)| map.filled(key, list))
}

/// `[FIRING:2] shop (prod): RedisDown`.
fn title(model: &Model) -> String {
    let escalated = if model.notify.escalations.is_empty() {
        String::new()
    } else {
        format!("{{{{ with .CommonLabels.{ESCALATED_TO} }}}} → {{{{ . }}}}{{{{ end }}}}")
    };
    format!(
        "[{{{{ .Status | toUpper }}}}{{{{ if eq .Status \"firing\" }}}}:{{{{ .Alerts.Firing | len }}}}{{{{ end }}}}] {} ({}): {{{{ .CommonLabels.alertname }}}}{escalated}",
        model.system, model.environment
    )
}

/// What is wrong, how bad it is, where to read on and whom to call, alert by alert.
fn text(model: &Model) -> String {
    let priority =
        if model.priorities.is_empty() { "" } else { "{{ with .Labels.priority }} {{ . }}{{ end }}" };
    format!(
        "{{{{ range .Alerts }}}}{{{{ .Labels.severity }}}}{priority}: {{{{ .Annotations.summary }}}}
{{{{ .Annotations.description }}}}
{{{{ .Annotations.{} }}}}{{{{ with .Annotations.contact }}}} ({{{{ . }}}}){{{{ end }}}}
{{{{ end }}}}",
        guide(model)
    )
}

fn slack(model: &Model, way: &Way) -> Option<Map> {
    let Way::Slack { channel, webhook } = way else { return None };
    Some(
        Map::new()
            .set("channel", quote::go_template(channel.as_str()))
            .set("api_url_file", format!("{SECRETS}/{webhook}"))
            .set("send_resolved", true)
            .set("title", title(model))
            .set("text", text(model)),
    )
}

fn mail(model: &Model, way: &Way) -> Option<Map> {
    let Way::Mail { to, smarthost, from, user, password, tls } = way else { return None };
    Some(
        Map::new()
            .set("to", quote::go_template(&to.iter().map(Email::as_str).collect::<Vec<_>>().join(", ")))
            .set("from", quote::go_template(&from.header()))
            .set("smarthost", smarthost.to_string())
            .maybe("require_tls", (!tls).then_some(false))
            .maybe("auth_username", user.as_ref().map(|user| user.as_str()))
            .maybe("auth_password_file", password.as_ref().map(|name| format!("{SECRETS}/{name}")))
            .set("send_resolved", true)
            .set("headers", Map::new().set("subject", title(model))),
    )
}

/// PagerDuty knows `critical` and `warning`, and wants one of its words.
fn pagerduty(model: &Model, way: &Way) -> Option<Map> {
    let Way::PagerDuty { key } = way else { return None };
    Some(
        Map::new()
            .set("routing_key_file", format!("{SECRETS}/{key}"))
            .set("send_resolved", true)
            .set("severity", "{{ or .CommonLabels.severity \"error\" }}")
            .set("class", "{{ .CommonLabels.alertname }}")
            .set("component", "{{ or .CommonLabels.service .CommonLabels.host }}")
            .set("group", format!("{} ({})", model.system, model.environment))
            .set("description", title(model))
            .set("details", Map::new().set("alerts", text(model))),
    )
}

/// Opsgenie knows five priorities; what is critical wakes people.
fn opsgenie(model: &Model, way: &Way) -> Option<Map> {
    let Way::Opsgenie { key, european } = way else { return None };
    Some(
        Map::new()
            .set("api_key_file", format!("{SECRETS}/{key}"))
            .maybe("api_url", european.then_some("https://api.eu.opsgenie.com/"))
            .set("send_resolved", true)
            .set("message", title(model))
            .set("description", text(model))
            .set("source", format!("{} ({})", model.system, model.environment))
            .set("entity", "{{ or .CommonLabels.service .CommonLabels.host }}")
            .set("priority", "{{ if eq .CommonLabels.severity \"critical\" }}P1{{ else }}P3{{ end }}"),
    )
}

fn discord(model: &Model, way: &Way) -> Option<Map> {
    let Way::Discord { webhook } = way else { return None };
    Some(
        Map::new()
            .set("webhook_url_file", format!("{SECRETS}/{webhook}"))
            .set("send_resolved", true)
            .set("title", title(model))
            .set("message", text(model)),
    )
}

/// Workflows have taken the place of Teams' connectors, for which `msteams_configs` was.
fn teams(model: &Model, way: &Way) -> Option<Map> {
    let Way::Teams { webhook } = way else { return None };
    Some(
        Map::new()
            .set("webhook_url_file", format!("{SECRETS}/{webhook}"))
            .set("send_resolved", true)
            .set("title", title(model))
            .set("text", text(model)),
    )
}

/// As plain text: what stands in an alert can then not be taken for markup.
fn telegram(model: &Model, way: &Way) -> Option<Map> {
    let Way::Telegram { chat, token } = way else { return None };
    Some(
        Map::new()
            .set("bot_token_file", format!("{SECRETS}/{token}"))
            .set("chat_id", chat.get())
            .set("parse_mode", "")
            .set("send_resolved", true)
            .set("message", format!("{}\n{}", title(model), text(model))),
    )
}

fn webhook(_: &Model, way: &Way) -> Option<Map> {
    let Way::Webhook { url, token } = way else { return None };
    let (key, address) = match url {
        Hook::Secret(name) => ("url_file", format!("{SECRETS}/{name}")),
        Hook::Plain(url) => ("url", url.to_string()),
    };
    let bearer = token.as_ref().map(|token| {
        Map::new().set("authorization", Map::new().set("credentials_file", format!("{SECRETS}/{token}")))
    });
    Some(Map::new().set(key, address).maybe("http_config", bearer).set("send_resolved", true))
}
