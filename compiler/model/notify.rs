//! Whom alerts reach.

use super::{Alert, Escalation, Origin, Severity};
use crate::{
    syntax::Node,
    values::{
        ChatId, Duration, Email, EnvName, HostPort, LabelName, Line, Mailbox, Name, PriorityName, Time, Url,
        Weekday,
    },
};

/// The receivers and how alerts are grouped.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Where alerts go; empty when nobody is told.
    pub receivers: Vec<Receiver>,
    /// Who is told next of what nobody ended; the first that covers an alert counts.
    pub escalations: Vec<Escalation>,
    /// Who outside waits for a sign of life.
    pub heartbeat: Option<Heartbeat>,
    /// The labels by which alerts are put into one message; a usual choice when empty.
    pub group_by: Vec<LabelName>,
    /// Times in which receivers that name them are told nothing.
    pub quiet: Vec<Quiet>,
    /// Time that the first alert of a group waits for others.
    pub group_wait: Duration,
    /// Time between two messages of a group that changes.
    pub group_interval: Duration,
    /// Time after which an alert that still fires is told again.
    pub repeat_interval: Duration,
    /// Nodes of an `alertmanager` block, merged into the configuration as they are.
    pub raw_alertmanager: Vec<Node>,
}

/// One place where alerts go.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The least severity that is told there.
    pub least: Severity,
    /// The priorities that are told there; empty for all.
    pub priorities: Vec<PriorityName>,
    /// The team that it belongs to, which is told of what it owns and of what is escalated to it; none is told of
    /// everything.
    pub team: Option<Name>,
    /// The times in which it is told nothing, by name.
    pub quiet: Vec<Name>,
    /// How it is reached.
    pub way: Way,
    /// Nodes of an `alertmanager` block of its own, merged into its configuration as they are.
    pub raw: Vec<Node>,
    /// Where it is stated.
    pub origin: Origin,
}

/// How a receiver is reached.
#[derive(Clone, Debug)]
pub enum Way {
    /// A Slack channel through an incoming webhook, whose URL is a secret.
    Slack {
        /// The channel with its `#`.
        channel: Line,
        /// The variable that holds the URL.
        webhook: EnvName,
    },
    /// Mail.
    Mail {
        /// To whom.
        to: Vec<Email>,
        /// The server.
        smarthost: HostPort,
        /// The sender.
        from: Mailbox,
        /// Account at the server.
        user: Option<Line>,
        /// The variable that holds its password.
        password: Option<EnvName>,
        /// Whether it goes out over an encrypted connection only.
        tls: bool,
    },
    /// An incident of PagerDuty, by its Events API.
    PagerDuty {
        /// The variable that holds the integration key.
        key: EnvName,
    },
    /// A message of a Telegram bot.
    Telegram {
        /// The chat that it writes to.
        chat: ChatId,
        /// The variable that holds the bot's token.
        token: EnvName,
    },
    /// An alert of Opsgenie.
    Opsgenie {
        /// The variable that holds the key of an integration.
        key: EnvName,
        /// Whether the account is in the European Union.
        european: bool,
    },
    /// A channel of Discord through a webhook.
    Discord {
        /// The variable that holds the URL.
        webhook: EnvName,
    },
    /// A channel of Microsoft Teams through a workflow.
    Teams {
        /// The variable that holds the URL.
        webhook: EnvName,
    },
    /// Any HTTP endpoint.
    Webhook {
        /// Its address.
        url: Hook,
        /// The variable that holds a token, sent as `Authorization: Bearer`.
        token: Option<EnvName>,
    },
}

/// The address of an endpoint.
#[derive(Clone, Debug)]
pub enum Hook {
    /// The variable that holds it.
    Secret(EnvName),
    /// It is no secret.
    Plain(Url),
}

impl std::fmt::Display for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Hook::Secret(name) => f.pad(name.as_str()),
            Hook::Plain(url) => f.pad(url.as_str()),
        }
    }
}

/// Times in which receivers are told nothing; what still fires afterwards is told then.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// Its name.
    pub name: Name,
    /// The days on which it begins; every day when empty.
    pub days: Vec<Weekday>,
    /// When it begins; with the day when absent.
    pub from: Option<Time>,
    /// When it ends, on the next day if that is earlier; with the day when absent.
    pub until: Option<Time>,
}

impl Way {
    /// The secrets that it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &EnvName> {
        let (one, other) = match self {
            Way::Slack { webhook: one, .. }
            | Way::PagerDuty { key: one }
            | Way::Opsgenie { key: one, .. }
            | Way::Discord { webhook: one }
            | Way::Teams { webhook: one }
            | Way::Telegram { token: one, .. } => (Some(one), None),
            Way::Mail { password, .. } => (password.as_ref(), None),
            Way::Webhook { url: Hook::Secret(url), token } => (Some(url), token.as_ref()),
            Way::Webhook { url: Hook::Plain(_), token } => (None, token.as_ref()),
        };
        one.into_iter().chain(other)
    }
}

impl Way {
    /// The name of its shape among the keys that Alertmanager knows.
    pub fn shape(&self) -> &'static str {
        match self {
            Way::Slack { .. } => "slack",
            Way::Mail { .. } => "email",
            Way::PagerDuty { .. } => "pagerduty",
            Way::Opsgenie { .. } => "opsgenie",
            Way::Discord { .. } => "discord",
            Way::Teams { .. } => "teams",
            Way::Telegram { .. } => "telegram",
            Way::Webhook { .. } => "webhook",
        }
    }
}

impl Receiver {
    /// Whether it is told of alerts like this one, if they are its business.
    pub fn wants(&self, alert: &Alert) -> bool {
        self.least <= alert.severity
            && (self.priorities.is_empty()
                || alert
                    .priority()
                    .is_some_and(|name| self.priorities.iter().any(|one| one.as_str() == name)))
    }
}

impl Notify {
    /// How the alert is escalated, if it is.
    pub fn escalation(&self, alert: &Alert) -> Option<&Escalation> {
        self.escalations.iter().find(|one| one.covers(alert))
    }

    /// The receivers that are told when the alert begins to fire: those of nobody in particular, of the team that
    /// owns what it is about, and of the team that its escalation begins with.
    pub fn told<'a>(&'a self, alert: &'a Alert) -> impl Iterator<Item = &'a Receiver> {
        let first = self.escalation(alert).and_then(Escalation::first);
        self.receivers.iter().filter(move |receiver| {
            receiver.wants(alert)
                && receiver
                    .team
                    .as_ref()
                    .is_none_or(|team| alert.team() == Some(team.as_str()) || first == Some(team))
        })
    }

    /// The receivers of a team.
    pub fn of_team<'a>(&'a self, team: &'a Name) -> impl Iterator<Item = &'a Receiver> {
        self.receivers.iter().filter(move |receiver| receiver.team.as_ref() == Some(team))
    }
}

/// Someone outside who tells people when no sign of life comes any more.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    /// The secret that holds the address.
    pub url: EnvName,
    /// Time between two signs.
    pub every: Duration,
    /// Where it is stated.
    pub origin: Origin,
}

/// The alert that always fires, so that a sign of life goes out.
pub const HEARTBEAT: &str = "Heartbeat";
