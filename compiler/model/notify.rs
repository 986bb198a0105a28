//! Whom alerts reach.

use super::{Alert, Escalation, Origin, Severity};
use crate::{
    syntax::Node,
    values::{ChatId, Duration, Email, EnvName, HostPort, Line, Name, PriorityName},
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
    /// How it is reached.
    pub way: Way,
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
        to: Email,
        /// The server.
        smarthost: HostPort,
        /// The sender.
        from: Email,
        /// Account at the server.
        user: Option<Line>,
        /// The variable that holds its password.
        password: Option<EnvName>,
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
    /// Any HTTP endpoint, whose URL is a secret.
    Webhook {
        /// The variable that holds the URL.
        url: EnvName,
        /// The variable that holds a token, sent as `Authorization: Bearer`.
        token: Option<EnvName>,
    },
}

impl Way {
    /// The secrets that it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &EnvName> {
        let (one, other) = match self {
            Way::Slack { webhook: one, .. }
            | Way::PagerDuty { key: one }
            | Way::Telegram { token: one, .. } => (Some(one), None),
            Way::Mail { password, .. } => (password.as_ref(), None),
            Way::Webhook { url, token } => (Some(url), token.as_ref()),
        };
        one.into_iter().chain(other)
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
