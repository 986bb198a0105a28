//! `notify`: whom alerts reach.

use super::{
    from::SecretRef,
    response::{EscalationSpec, escalation},
    secret_files::{Passed, passed},
};
use crate::{
    diagnostic::Diagnostic,
    model::{Heartbeat, Hook, Origin, Quiet, Severity, Way},
    source::{Located, Span},
    syntax::{Entry, FromEntry, Reader},
    values::{
        ChatId, Duration, Email, EnvName, HostPort, LabelName, Line, Mailbox, Name, PriorityName, Time, Url,
        Value as _, Weekday, choice,
    },
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
    /// Times in which it is told nothing.
    pub quiet: Vec<Located<Name>>,
    /// How it is reached.
    pub way: Way,
    /// Nodes for its part of alertmanager.yml.
    pub raw: Passed,
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
    /// The labels by which alerts are grouped.
    pub group_by: Vec<Located<LabelName>>,
    /// Times in which receivers that name them are told nothing.
    pub quiet: Vec<Quiet>,
    /// Time that the first alert of a group waits.
    pub group_wait: Located<Duration>,
    /// Time between two messages of a group.
    pub group_interval: Located<Duration>,
    /// Time after which it is told again.
    pub repeat: Located<Duration>,
    /// Nodes for alertmanager.yml.
    pub raw: Passed,
    /// Where it is stated.
    pub span: Span,
}

/// Keys of alertmanager.yml whose value can be in a file, which `KEY_file` names.
const SECRET_KEYS: &[&str] = &[
    "api_key",
    "api_url",
    "auth_password",
    "bearer_token",
    "bot_token",
    "client_secret",
    "credentials",
    "opsgenie_api_key",
    "password",
    "routing_key",
    "service_key",
    "slack_api_url",
    "smtp_auth_password",
    "token",
    "token_id",
    "url",
    "user_key",
    "username",
    "victorops_api_key",
    "webhook_url",
];

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
    let quiet = r.keyed(
        "quiet",
        "a time in which receivers that name it are told nothing; what still fires when it ends is told then",
        quiet,
    );
    let group_by = r.list::<LabelName>(
        "group-by",
        "a label by which alerts are put into one message; `alertname`, `service` and `host` when absent",
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
    let raw = passed(
        r,
        "alertmanager",
        "keys of alertmanager.yml that the language has no word for, as KDL; `api_key (secret)\"NAME\"` becomes `api_key_file`",
        SECRET_KEYS,
    );
    Some(NotifySpec {
        receivers,
        escalations,
        heartbeat,
        group_by,
        quiet,
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
        let url = r
            .prop::<HookRef>("url", "its address: a secret, or plain where there is no secret in it")
            .required();
        let token = r.prop::<SecretRef>("token", "a token, sent as `Authorization: Bearer`").optional();
        receiver(r, || Some(Way::Webhook { url: url?.value.0, token: name(token) }))
    }));
    receivers.extend(hosted(r));
    receivers
}

/// What products of others take.
fn hosted(r: &mut Reader) -> Vec<ReceiverSpec> {
    let mut receivers = r.blocks("opsgenie", "an alert of Opsgenie", |r| {
        r.example("opsgenie key=(secret)\"OPSGENIE_KEY\" region=\"eu\" severity=\"critical\"");
        let key = r.prop::<SecretRef>("key", "the key of an API integration").required();
        let region = r.prop::<Region>("region", "where the account is").or("us");
        receiver(r, || Some(Way::Opsgenie { key: name(key)?, european: region?.value == Region::Eu }))
    });
    receivers.extend(r.blocks("discord", "a channel of Discord", |r| {
        r.example("discord webhook=(secret)\"DISCORD_WEBHOOK_URL\"");
        let webhook = r.prop::<SecretRef>("webhook", "the URL of a webhook of the channel").required();
        receiver(r, || Some(Way::Discord { webhook: name(webhook)? }))
    }));
    receivers.extend(r.blocks("teams", "a channel of Microsoft Teams", |r| {
        r.example("teams webhook=(secret)\"TEAMS_WEBHOOK_URL\"");
        let webhook = r
            .prop::<SecretRef>("webhook", "the URL of a workflow that posts to the channel when it is called")
            .required();
        receiver(r, || Some(Way::Teams { webhook: name(webhook)? }))
    }));
    receivers
}

/// Where an account of Opsgenie is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    Us,
    Eu,
}

choice! { Region, "a region of Opsgenie", { "us" => Us, "eu" => Eu, } }

/// The address of a webhook: `(secret)"NAME"`, or a URL without a secret in it.
struct HookRef(Hook);

/// Letters of a part of a path that is as long as a token.
const TOKEN: usize = 20;

impl FromEntry for HookRef {
    const WHAT: &'static str = "a secret that holds a URL, or a URL";

    fn examples() -> Vec<String> {
        vec!["(secret)\"ALERT_WEBHOOK_URL\"".into(), "\"http://10.0.0.5:8080/hook\"".into()]
    }

    fn from_entry(entry: &Entry) -> Result<Self, String> {
        if entry.annotation.is_some() {
            return SecretRef::from_entry(entry).map(|secret| HookRef(Hook::Secret(secret.0)));
        }
        let url = Url::parse(&entry.scalar.text())?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err("a webhook is reached by `http` or `https`".into());
        }
        if url.path().contains(['?', '#']) || url.path().split('/').any(|part| part.len() >= TOKEN) {
            return Err(
                "what stands in its path or behind it may be a token, which is named and never written"
                    .into(),
            );
        }
        Ok(HookRef(Hook::Plain(url)))
    }
}

fn quiet(r: &mut Reader) -> Option<Quiet> {
    r.example("quiet \"nights\" from=\"22:00\" until=\"07:00\"");
    let name = r.arg::<Name>("name", "its name, by which receivers state it").required();
    r.example("quiet \"weekends\" { on \"saturday\" \"sunday\" }");
    let days = r.list::<Weekday>("on", "a day on which it begins; every day when absent");
    let from = r
        .prop::<Time>("from", "when it begins, in the system's time zone; with the day when absent")
        .optional();
    let until = r
        .prop::<Time>("until", "when it ends, on the next day if that is earlier; with the day when absent")
        .optional();
    let (from, until) = (from.map(|time| time.value), until.map(|time| time.value));
    let span = r.span()?;
    let never = from.is_some() && from == until;
    if (never || (days.is_empty() && from.is_none() && until.is_none())) && !r.is_faulty() {
        r.sink().report(
            Diagnostic::error("interval-out-of-range", "it is not said when this is quiet")
                .at(span, if never { "it ends when it begins" } else { "nothing says when it begins or ends" })
                .help("write for example `quiet \"nights\" from=\"22:00\" until=\"07:00\"`, or its days with `on`"),
        );
        return None;
    }
    let days = days.into_iter().map(|day| day.value).collect();
    Some(Quiet { name: name?.value, days, from, until })
}

fn mail(r: &mut Reader) -> Option<ReceiverSpec> {
    r.example("mail \"oncall@example.com\" smarthost=\"smtp.example.com:587\" from=\"alerts@example.com\" user=\"alerts\" password=(secret)\"SMTP_PASSWORD\" severity=\"critical\"");
    r.example("mail \"ops@example.com\" \"boss@example.com\" smarthost=\"10.0.0.25:25\" from=\"Shop alerts <alerts@example.com>\" tls=#false");
    let to = r.arg::<Email>("to", "to whom").required();
    let others = r.args::<Email>("and", "to whom as well");
    let smarthost = r.prop::<HostPort>("smarthost", "the mail server").required();
    let from = r.prop::<Mailbox>("from", "the sender").required();
    let user = r.prop::<Line>("user", "account at the server").optional();
    let password = r.prop::<SecretRef>("password", "its password").optional();
    let tls = r
        .prop::<bool>(
            "tls",
            "whether it is sent over an encrypted connection only; a relay beside it may have none",
        )
        .or("true");
    receiver(r, || {
        Some(Way::Mail {
            to: std::iter::once(to?).chain(others).map(|one| one.value).collect(),
            tls: tls?.value,
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
    let quiet = r.list::<Name>(
        "quiet",
        "a `quiet` time in which it is told nothing; an escalation reaches it all the same",
    );
    let raw = passed(
        r,
        "alertmanager",
        "keys of this receiver that the language has no word for, as KDL, such as `title` or `username`; `password (secret)\"NAME\"` becomes `password_file`",
        SECRET_KEYS,
    );
    Some(ReceiverSpec { least: severity?.value, priorities, team, quiet, way: way()?, raw, span: r.span()? })
}

fn name(secret: Option<Located<SecretRef>>) -> Option<EnvName> {
    secret.map(|secret| secret.value.0)
}
