//! `notify`: whom alerts reach.

use super::{
    from::SecretRef,
    response::{EscalationSpec, escalation},
};
use crate::{
    model::{Heartbeat, Origin, Severity, Way},
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{ChatId, Duration, Email, EnvName, HostPort, Line, Name, PriorityName},
};

/// A stated receiver.
#[derive(Clone, Debug)]
pub struct ReceiverSpec {
    /// The least severity that is told there.
    pub least: Severity,
    /// The priorities that are told there.
    pub priorities: Vec<Located<PriorityName>>,
    /// The team that it belongs to.
    pub team: Option<Located<Name>>,
    /// How it is reached.
    pub way: Way,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `notify`.
#[derive(Clone, Debug)]
pub struct NotifySpec {
    /// Where alerts go.
    pub receivers: Vec<ReceiverSpec>,
    /// Who is told next.
    pub escalations: Vec<EscalationSpec>,
    /// Who outside waits for a sign of life.
    pub heartbeat: Option<Heartbeat>,
    /// Time that the first alert of a group waits.
    pub group_wait: Located<Duration>,
    /// Time between two messages of a group.
    pub group_interval: Located<Duration>,
    /// Time after which it is told again.
    pub repeat: Located<Duration>,
    /// Nodes for alertmanager.yml.
    pub raw: Vec<Node>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `notify`.
pub fn notify(r: &mut Reader) -> Option<NotifySpec> {
    r.example("notify {\n    slack \"#alerts\" webhook=(secret)\"SLACK_WEBHOOK_URL\"\n}");
    let receivers = receivers(r);
    let escalations = r.keyed(
        "escalation",
        "who is told next of an alert that still fires and that nobody silenced",
        escalation,
    );
    let heartbeat = r.block(
        "heartbeat",
        "a sign of life to someone outside, who tells people when it no longer comes: a machine that is away cannot",
        |r| {
            r.example("heartbeat url=(secret)\"HEARTBEAT_URL\" every=\"5m\"");
            let url = r.prop::<SecretRef>("url", "where it is sent, as an HTTP POST").required();
            let every = r.prop::<Duration>("every", "time between two signs").or("5m");
            Some(Heartbeat { url: url?.value.0, every: every?.value, origin: Origin::Stated(r.span()?) })
        },
    );
    let group_wait =
        r.prop::<Duration>("group-wait", "time that the first alert of a group waits for others").or("30s");
    let group_interval = r
        .prop::<Duration>("group-interval", "time between two messages of a group that changes")
        .above_zero()
        .or("5m");
    let repeat = r
        .prop::<Duration>("repeat", "time after which an alert that still fires is told again")
        .above_zero()
        .or("4h");
    let raw = r
        .raw("alertmanager", "keys of alertmanager.yml that the language has no word for, as KDL")
        .into_iter()
        .cloned()
        .collect();
    Some(NotifySpec {
        receivers,
        escalations,
        heartbeat,
        group_wait: group_wait?,
        group_interval: group_interval?,
        repeat: repeat?,
        raw,
        span: r.span()?,
    })
}

fn receivers(r: &mut Reader) -> Vec<ReceiverSpec> {
    let mut receivers = r.keyed("slack", "a Slack channel", |r| {
        r.example("slack \"#alerts\" webhook=(secret)\"SLACK_WEBHOOK_URL\" team=\"first-line\"");
        let channel = r.arg::<Line>("channel", "the channel").required();
        let webhook = r.prop::<SecretRef>("webhook", "the URL of an incoming webhook").required();
        receiver(r, || Some(Way::Slack { channel: channel?.value, webhook: name(webhook)? }))
    });
    receivers.extend(r.keyed("mail", "mail to an address", mail));
    receivers.extend(r.blocks("pagerduty", "an incident of PagerDuty, by its Events API", |r| {
        r.example("pagerduty key=(secret)\"PAGERDUTY_KEY\" team=\"first-line\" { priority \"P0\" \"P1\" }");
        let key = r.prop::<SecretRef>("key", "the integration key of a service of PagerDuty").required();
        receiver(r, || Some(Way::PagerDuty { key: name(key)? }))
    }));
    receivers.extend(r.keyed("telegram", "a message of a Telegram bot", |r| {
        r.example("telegram -1001234567890 token=(secret)\"TELEGRAM_TOKEN\" severity=\"critical\"");
        let chat = r.arg::<ChatId>("chat", "the number of the chat that it writes to").required();
        let token = r.prop::<SecretRef>("token", "the bot's token").required();
        receiver(r, || Some(Way::Telegram { chat: chat?.value, token: name(token)? }))
    }));
    receivers.extend(r.blocks("webhook", "any HTTP endpoint", |r| {
        r.example("webhook url=(secret)\"ALERT_WEBHOOK_URL\"");
        let url = r.prop::<SecretRef>("url", "its address").required();
        let token = r.prop::<SecretRef>("token", "a token, sent as `Authorization: Bearer`").optional();
        receiver(r, || Some(Way::Webhook { url: name(url)?, token: name(token) }))
    }));
    receivers
}

fn mail(r: &mut Reader) -> Option<ReceiverSpec> {
    r.example("mail \"oncall@example.com\" smarthost=\"smtp.example.com:587\" from=\"alerts@example.com\" user=\"alerts\" password=(secret)\"SMTP_PASSWORD\" severity=\"critical\"");
    let to = r.arg::<Email>("to", "to whom").required();
    let smarthost = r.prop::<HostPort>("smarthost", "the mail server").required();
    let from = r.prop::<Email>("from", "the sender").required();
    let user = r.prop::<Line>("user", "account at the server").optional();
    let password = r.prop::<SecretRef>("password", "its password").optional();
    receiver(r, || {
        Some(Way::Mail {
            to: to?.value,
            smarthost: smarthost?.value,
            from: from?.value,
            user: user.map(|user| user.value),
            password: name(password),
        })
    })
}

/// What all receivers have in common, around the way in which one is reached.
fn receiver(r: &mut Reader, way: impl FnOnce() -> Option<Way>) -> Option<ReceiverSpec> {
    let severity = r.prop::<Severity>("severity", "the least severity that is told there").or("warning");
    let priorities = r.list::<PriorityName>("priority", "a priority that is told there; all when absent");
    let team = r
        .prop::<Name>(
            "team",
            "the team that it belongs to: it is told of what that team owns and of what is escalated to it; of everything when absent",
        )
        .optional();
    Some(ReceiverSpec { least: severity?.value, priorities, team, way: way()?, span: r.span()? })
}

fn name(secret: Option<Located<SecretRef>>) -> Option<EnvName> {
    secret.map(|secret| secret.value.0)
}
