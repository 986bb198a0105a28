//! How a kind tells that its services work.

use crate::{
    source::Located,
    syntax::Reader,
    values::{Count, Duration, Line},
};

/// How a kind tells that a service works.
#[derive(Clone, Debug)]
pub struct KindHealth {
    /// The command.
    pub command: Vec<Located<Line>>,
    /// Time between two tests.
    pub interval: Duration,
    /// Time after which a test has failed.
    pub timeout: Duration,
    /// Failures in a row.
    pub retries: Count,
    /// Time in which failures do not count.
    pub start_period: Duration,
}

pub(super) fn health(r: &mut Reader) -> Option<KindHealth> {
    let command =
        r.list::<Line>("command", "the command, run in the container; placeholders may stand in it");
    let interval = r.prop::<Duration>("interval", "time between two tests").above_zero().or("10s");
    let timeout = r.prop::<Duration>("timeout", "time after which a test has failed").above_zero().or("5s");
    let retries = r.prop::<Count>("retries", "failures in a row that make it unhealthy").above_zero().or("5");
    let start_period = r.prop::<Duration>("start-period", "time in which failures do not count").or("10s");
    Some(KindHealth {
        command,
        interval: interval?.value,
        timeout: timeout?.value,
        retries: retries?.value,
        start_period: start_period?.value,
    })
}
