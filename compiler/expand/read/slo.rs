//! `slo`: a share of what is asked of a service that must go well.

use crate::{
    expand::kind::{Phrase, phrase},
    source::{Located, Span},
    syntax::Reader,
    values::{Duration, Line, Name, Percent, Selector},
};

/// A stated `slo`.
#[derive(Clone, Debug)]
pub struct SloSpec {
    /// Its name.
    pub name: Located<Name>,
    /// The service that it is about.
    pub of: Located<Name>,
    /// The share that must go well.
    pub target: Located<Percent>,
    /// The time over which it counts.
    pub window: Located<Duration>,
    /// The measure of the kind that is the share of what fails.
    pub measure: Option<Located<Name>>,
    /// A counter of what fails.
    pub bad: Option<Located<Selector>>,
    /// A counter of what goes well.
    pub good: Option<Located<Selector>>,
    /// A counter of all.
    pub over: Option<Located<Selector>>,
    /// What takes no longer than this goes well.
    pub within: Option<Located<Duration>>,
    /// The histogram of how long it takes.
    pub histogram: Option<Located<Selector>>,
    /// What it is called.
    pub about: Option<Phrase>,
    /// What to do.
    pub steps: Vec<Located<Line>>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads an `slo`.
pub fn slo(r: &mut Reader) -> Option<SloSpec> {
    r.example("slo \"fast\" of=\"api\" target=\"99%\" within=\"500ms\"");
    let name = r.arg::<Name>("name", "its name; the value of the label `slo`").required();
    let of = r.prop::<Name>("of", "the service that it is about").required();
    let target = r.prop::<Percent>("target", "the share that must go well, as in `99.9%`").required();
    let window = r.prop::<Duration>("window", "the time over which it counts").or("30d");
    let measure = r
        .prop::<Name>(
            "measure",
            "the measure of the kind that is the share of what fails; `error-rate` when nothing else is said",
        )
        .optional();
    let bad = r.prop::<Selector>("bad", "a counter of what fails, a part of `over`").optional();
    let good = r.prop::<Selector>("good", "a counter of what goes well, a part of `over`").optional();
    let over = r.prop::<Selector>("over", "a counter of all").optional();
    let within = r
        .prop::<Duration>(
            "within",
            "what takes no longer than this goes well; the histogram has a bucket for it",
        )
        .above_zero()
        .optional();
    let histogram = r
        .prop::<Selector>(
            "histogram",
            "the histogram of how long it takes; the one of `latency-p95` when absent",
        )
        .optional();
    let about = r.block("about", "what must go well, for people", phrase);
    let steps = r.list::<Line>("step", "what to do when the budget burns, for the runbook");
    Some(SloSpec {
        name: name?,
        of: of?,
        target: target?,
        window: window?,
        measure,
        bad,
        good,
        over,
        within,
        histogram,
        about,
        steps,
        span: r.span()?,
    })
}
