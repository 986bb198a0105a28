//! Whom alerts reach.

use super::Origin;
use crate::{
    syntax::Node,
    values::{Duration, Email, EnvName, Line},
};

/// The receivers and how alerts are grouped.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Where alerts go; empty when nobody is told.
    pub receivers: Vec<Receiver>,
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
pub enum Receiver {
    /// A Slack channel through an incoming webhook, whose URL is a secret.
    Slack {
        /// The channel with its `#`.
        channel: Line,
        /// The variable that holds the URL.
        webhook: EnvName,
        /// Where it is stated.
        origin: Origin,
    },
    /// Mail.
    Mail {
        /// To whom.
        to: Email,
        /// The server, `host:port`.
        smarthost: Line,
        /// The sender.
        from: Email,
        /// Account at the server.
        user: Option<Line>,
        /// The variable that holds its password.
        password: Option<EnvName>,
        /// Where it is stated.
        origin: Origin,
    },
    /// Any HTTP endpoint, whose URL is a secret.
    Webhook {
        /// The variable that holds the URL.
        url: EnvName,
        /// Where it is stated.
        origin: Origin,
    },
}
