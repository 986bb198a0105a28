//! Whom alerts reach.

use super::{Origin, Severity};
use crate::{
    syntax::Node,
    values::{Duration, Email, EnvName, HostPort, Line},
};

/// The receivers and how alerts are grouped.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Where alerts go; empty when nobody is told.
    pub receivers: Vec<Receiver>,
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
    /// Any HTTP endpoint, whose URL is a secret.
    Webhook {
        /// The variable that holds the URL.
        url: EnvName,
    },
}

impl Receiver {
    /// The secret that it needs.
    pub fn secret(&self) -> Option<&EnvName> {
        match &self.way {
            Way::Slack { webhook, .. } => Some(webhook),
            Way::Mail { password, .. } => password.as_ref(),
            Way::Webhook { url } => Some(url),
        }
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
