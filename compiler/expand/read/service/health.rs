//! How to tell that a service works.

use crate::{
    source::Located,
    syntax::Reader,
    values::{Count, Duration, Line, UrlPath},
};

/// A stated `health`.
#[derive(Clone, Debug)]
pub struct HealthSpec {
    /// The path that answers.
    pub path: Option<Located<UrlPath>>,
    /// The command in place of the kind's.
    pub command: Vec<Located<Line>>,
    /// Time between two tests.
    pub interval: Option<Located<Duration>>,
    /// Time after which a test has failed.
    pub timeout: Option<Located<Duration>>,
    /// Failures in a row.
    pub retries: Option<Located<Count>>,
    /// Time in which failures do not count.
    pub start_period: Option<Located<Duration>>,
}

pub(super) fn health(r: &mut Reader) -> Option<HealthSpec> {
    r.example("health \"/health\" interval=\"15s\"");
    let path = r.arg::<UrlPath>("path", "the path that answers 200 when it works").optional();
    let command = r.list::<Line>("command", "a command in place of the kind's, run in the container");
    let interval = r
        .prop::<Duration>("interval", "time between two tests; the kind's when absent")
        .above_zero()
        .optional();
    let timeout = r
        .prop::<Duration>("timeout", "time after which a test has failed; the kind's when absent")
        .above_zero()
        .optional();
    let retries = r
        .prop::<Count>("retries", "failures in a row that make it unhealthy; the kind's when absent")
        .above_zero()
        .optional();
    let start_period = r
        .prop::<Duration>("start-period", "time in which failures do not count; the kind's when absent")
        .optional();
    Some(HealthSpec { path, command, interval, timeout, retries, start_period })
}
