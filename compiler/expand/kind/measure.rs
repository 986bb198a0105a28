//! What is measured, and how it is called.

use super::phrase::{Phrase, phrase};
use crate::{
    diagnostic::Diagnostic,
    source::Located,
    syntax::Reader,
    values::{Decimal, Line, Name, Promql, Selector},
};

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A quantile of a histogram; the number in thousandths.
    Quantile(u32, Selector),
    /// `max`, `min`, `avg` or `sum` of a gauge.
    Aggregate(&'static str, Selector),
    /// Growth of a counter per second.
    Rate(Selector),
    /// The growth of one counter as a share of another's.
    Ratio(Selector, Selector),
    /// PromQL; the series prove it.
    Expression(Promql, Vec<Sample>),
}

/// How an input series of a unit test follows from the value that is to be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The series: the first one that the selector selects.
    pub series: Selector,
    /// The sample is `from + times × value`.
    pub from: Decimal,
    /// See `from`.
    pub times: Decimal,
    /// Whether the sample is the growth per second of a counter rather than a level.
    pub counter: bool,
}

/// A named measure.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name.
    pub name: Located<Name>,
    /// What is measured.
    pub form: Form,
    /// What it is called.
    pub about: Phrase,
    /// The setting of the service whose value it cannot pass.
    pub setting: Option<Located<Name>>,
    /// What to look at when it is beyond its bound.
    pub steps: Vec<Located<Line>>,
}

/// The properties that say what is measured; kinds use them in `measure`, systems in `watch`.
pub fn form(r: &mut Reader) -> Option<Form> {
    let mut forms = Vec::new();
    for (name, about, thousandths) in [
        ("p50", "the median of this histogram", 500),
        ("p90", "the 90th percentile of this histogram", 900),
        ("p95", "the 95th percentile of this histogram", 950),
        ("p99", "the 99th percentile of this histogram", 990),
    ] {
        let histogram = r.prop::<Selector>(name, about).optional();
        forms.extend(histogram.map(|h| (h.span, Form::Quantile(thousandths, h.value))));
    }
    for (name, about) in [
        ("max", "the largest value of this gauge"),
        ("min", "the smallest value of this gauge"),
        ("avg", "the mean of this gauge"),
        ("sum", "the sum of this gauge"),
    ] {
        let gauge = r.prop::<Selector>(name, about).optional();
        forms.extend(gauge.map(|g| (g.span, Form::Aggregate(name, g.value))));
    }
    let rate = r.prop::<Selector>("rate", "growth of this counter per second").optional();
    forms.extend(rate.map(|counter| (counter.span, Form::Rate(counter.value))));
    let part = r.prop::<Selector>("ratio", "growth of this counter as a share of that of `over`").optional();
    let whole = r.prop::<Selector>("over", "see `ratio`").optional();
    match (part, whole) {
        (Some(part), Some(whole)) => forms.push((part.span, Form::Ratio(part.value, whole.value))),
        (Some(one), None) | (None, Some(one)) => r.sink().report(
            Diagnostic::error("missing-property", "`ratio` and `over` belong together")
                .at(one.span, "one of them is missing")
                .help("write for example ratio=\"http_errors_total\" over=\"http_requests_total\""),
        ),
        (None, None) => {}
    }
    let expr = r
        .prop::<Promql>("expr", "PromQL, with `$self` for the labels of the service; needs `series`")
        .optional();
    let samples = r.blocks(
        "series",
        "an input series of the unit test: its sample is `from` + `times` × the measured value",
        |r| {
            let series = r.arg::<Selector>("series", "the series").required();
            let from = r.prop::<Decimal>("from", "see above").or("0");
            let times = r.prop::<Decimal>("times", "see above").or("1");
            let counter = r.flag("counter", "the sample is the growth of a counter per second");
            Some(Sample { series: series?.value, from: from?.value, times: times?.value, counter })
        },
    );
    forms.extend(expr.map(|expr| (expr.span, Form::Expression(expr.value, samples))));
    if let [(first, _), (second, _), ..] = forms.as_slice() {
        r.sink().report(
            Diagnostic::error("several-measures", "a watch measures one thing")
                .at(*second, "this is a second one")
                .at(*first, "the first")
                .help("write a second `watch`"),
        );
    }
    forms.into_iter().next().map(|(_, form)| form)
}

pub(super) fn measure(r: &mut Reader) -> Option<Measure> {
    let name = r.arg::<Name>("name", "what `watch` calls it").required();
    let about = r.block("about", "what it is called", phrase);
    let setting = r
        .prop::<Name>(
            "setting",
            "the setting of the service whose value it cannot pass, such as `max-connections`: a plan of `capacity` that names it has an alert on the trend",
        )
        .optional();
    let steps = r.list::<Line>(
        "step",
        "what to do when it is beyond its bound, for the runbook, instead of finding out how the service is; placeholders of the service may stand in it",
    );
    let form = form(r);
    Some(Measure { name: name?, form: form?, about: about.unwrap_or_default(), setting, steps })
}
