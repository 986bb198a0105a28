//! How to tell that a service works.

use crate::{
    expand::read::{
        compose_words,
        from::{Late, LocatedSource, Or, Source, known},
    },
    source::{Located, Span},
    syntax::Reader,
    values::{Count, Duration, UrlPath},
};

/// A stated `health`.
#[derive(Clone, Debug)]
pub struct HealthSpec {
    /// The path that answers.
    pub path: Option<Located<UrlPath>>,
    /// The command in place of the kind's.
    pub command: Vec<LocatedSource>,
    /// The same for a shell.
    pub shell: Option<LocatedSource>,
    /// Whether there is none, not even the image's.
    pub disabled: bool,
    /// Whether the image has one of its own, which is asked.
    pub of_image: bool,
    /// Time between two tests.
    pub interval: Option<Located<Duration>>,
    /// Time after which a test has failed.
    pub timeout: Option<Located<Duration>>,
    /// Failures in a row.
    pub retries: Option<Located<Count>>,
    /// Time in which failures do not count.
    pub start_period: Option<Located<Duration>>,
    /// Time between two tests until then.
    pub start_interval: Option<Located<Duration>>,
    /// Those of which compose fills in the value.
    pub late: Vec<Late>,
    /// Where it is stated.
    pub span: Span,
}

/// The words that say what is asked, of which one is enough.
const WAYS: [&str; 4] = ["command", "shell", "of-image", "disabled"];

impl HealthSpec {
    /// Those of the [`WAYS`] that are stated.
    pub fn ways(&self) -> Vec<&'static str> {
        let said = [!self.command.is_empty(), self.shell.is_some(), self.of_image, self.disabled];
        WAYS.into_iter().zip(said).filter(|(_, said)| *said).map(|(word, _)| word).collect()
    }

    /// Whether it does not say what to ask, but when, or that the image does: the test is the image's.
    pub fn is_images(&self) -> bool {
        let times = [&self.interval, &self.timeout, &self.start_period, &self.start_interval];
        self.path.is_none()
            && (self.of_image
                || self.retries.is_some()
                || !self.late.is_empty()
                || times.into_iter().any(|time| time.is_some()))
    }
}

pub(super) fn health(r: &mut Reader) -> Option<HealthSpec> {
    r.example("health \"/health\" interval=\"15s\"");
    r.foreign(compose_words::in_health);
    r.alternatives(&WAYS);
    let path = r.arg::<UrlPath>("path", "the path that answers 200 when it works").optional();
    let command = r.list::<Source>("command", "a command in place of the kind's, run in the container");
    let shell = r.prop::<Source>("shell", "the same as one line for the shell of the image").optional();
    let disabled = r.switch("disabled", "whether there is none, not even the image's own");
    let of_image = r.switch("of-image", "whether its image has one, which others wait for; times that are stated take the place of the image's");
    let mut late = Vec::new();
    let interval = r
        .prop::<Or<Duration>>("interval", "time between two tests; the kind's when absent")
        .above_zero()
        .optional();
    let interval = known(interval, "interval", &mut late);
    let timeout = r
        .prop::<Or<Duration>>("timeout", "time after which a test has failed; the kind's when absent")
        .above_zero()
        .optional();
    let timeout = known(timeout, "timeout", &mut late);
    let retries = r
        .prop::<Or<Count>>("retries", "failures in a row that make it unhealthy; the kind's when absent")
        .above_zero()
        .optional();
    let retries = known(retries, "retries", &mut late);
    let start_period = r
        .prop::<Or<Duration>>("start-period", "time in which failures do not count; the kind's when absent")
        .optional();
    let start_period = known(start_period, "start_period", &mut late);
    let start_interval = r
        .prop::<Or<Duration>>("start-interval", "time between two tests while failures do not count")
        .above_zero()
        .optional();
    let start_interval = known(start_interval, "start_interval", &mut late);
    Some(HealthSpec {
        path,
        command,
        shell,
        disabled,
        of_image,
        start_interval,
        interval,
        timeout,
        retries,
        start_period,
        late,
        span: r.span()?,
    })
}
