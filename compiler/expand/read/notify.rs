//! `notify`: whom alerts reach.

use super::from::SecretRef;
use crate::{
    model::{Heartbeat, Origin, Receiver, Severity, Way},
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{Duration, Email, HostPort, Line},
};

/// A stated `notify`.
#[derive(Clone, Debug)]
pub struct NotifySpec {
    /// Where alerts go.
    pub receivers: Vec<Receiver>,
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
    let mut receivers = r.keyed("slack", "a Slack channel", |r| {
        let channel = r.arg::<Line>("channel", "the channel").required();
        let webhook = r.prop::<SecretRef>("webhook", "the URL of an incoming webhook").required();
        let least = least(r);
        let way = Way::Slack { channel: channel?.value, webhook: webhook?.value.0 };
        Some(Receiver { least: least?, way, origin: Origin::Stated(r.span()?) })
    });
    receivers.extend(r.keyed("mail", "mail to an address", |r| {
        r.example("mail \"oncall@example.com\" smarthost=\"smtp.example.com:587\" from=\"alerts@example.com\" user=\"alerts\" password=(secret)\"SMTP_PASSWORD\" severity=\"critical\"");
        let to = r.arg::<Email>("to", "to whom").required();
        let smarthost = r.prop::<HostPort>("smarthost", "the mail server").required();
        let from = r.prop::<Email>("from", "the sender").required();
        let user = r.prop::<Line>("user", "account at the server").optional();
        let password = r.prop::<SecretRef>("password", "its password").optional();
        let least = least(r);
        let way = Way::Mail {
            to: to?.value,
            smarthost: smarthost?.value,
            from: from?.value,
            user: user.map(|user| user.value),
            password: password.map(|password| password.value.0),
        };
        Some(Receiver { least: least?, way, origin: Origin::Stated(r.span()?) })
    }));
    receivers.extend(r.blocks("webhook", "any HTTP endpoint", |r| {
        r.example("webhook url=(secret)\"ALERT_WEBHOOK_URL\"");
        let url = r.prop::<SecretRef>("url", "its address").required();
        let least = least(r);
        Some(Receiver {
            least: least?,
            way: Way::Webhook { url: url?.value.0 },
            origin: Origin::Stated(r.span()?),
        })
    }));
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
        heartbeat,
        group_wait: group_wait?,
        group_interval: group_interval?,
        repeat: repeat?,
        raw,
        span: r.span()?,
    })
}

fn least(r: &mut Reader) -> Option<Severity> {
    let severity = r.prop::<Severity>("severity", "the least severity that is told there").or("warning");
    Some(severity?.value)
}
