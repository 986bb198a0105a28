//! An alert that a kind brings, with the series that prove it.

use super::phrase::{Phrase, phrase};
use crate::{
    model::Severity,
    source::Located,
    syntax::Reader,
    values::{AlertName, Duration, Line, Promql, Samples, Selector, choice},
};

choice! { Severity, "a severity", { "warning" => Warning, "critical" => Critical, } }

/// An alert that a kind brings.
#[derive(Clone, Debug)]
pub struct KindAlert {
    /// Its name, put behind the service's: `Down` becomes `RedisDown`.
    pub name: Located<AlertName>,
    /// How urgent.
    pub severity: Severity,
    /// How long it must hold.
    pub hold: Duration,
    /// The expression.
    pub expr: Located<Promql>,
    /// One line.
    pub summary: Phrase,
    /// What it means.
    pub description: Phrase,
    /// What to do.
    pub steps: Vec<Located<Line>>,
    /// Series under which it fires: series and values in promtool's notation.
    pub fires: Vec<(Selector, Samples)>,
    /// Series under which it is silent.
    pub silent: Vec<(Selector, Samples)>,
    /// How long the series run before the alert is looked at.
    pub after: Duration,
    /// Labels of the firing alert that come from its series.
    pub labels: Vec<(String, String)>,
}

pub(super) fn alert(r: &mut Reader) -> Option<KindAlert> {
    let name = r.arg::<AlertName>("name", "its name, put behind the service's").required();
    let severity = r.prop::<Severity>("severity", "how urgent").or("warning");
    let hold = r.prop::<Duration>("for", "how long the expression must hold").or("5m");
    let expr = r.prop::<Promql>("expr", "PromQL, with `$self` for the labels of the service").required();
    let summary = r.block("summary", "one line for people", phrase);
    let description = r.block("description", "what it means", phrase);
    let steps =
        r.list::<Line>("step", "what to do, for the runbook, instead of finding out why the service does not run or answer; placeholders of the service may stand in it");
    let after = r
        .prop::<Duration>("after", "how long the series of the unit test run before the alert is looked at")
        .or("15m");
    let series = |r: &mut Reader| {
        let series = r.arg::<Selector>("series", "the series").required();
        let values =
            r.arg::<Samples>("values", "its values, a minute apart, in promtool's notation").required();
        Some((series?.value, values?.value))
    };
    let fires = r.blocks("fires", "an input series under which it fires", series);
    let silent = r.blocks("silent", "an input series under which it is silent", series);
    let labels = r.blocks("label", "a label that the firing alert takes from its series", |r| {
        let name = r.arg::<Line>("name", "its name").required();
        let value = r.arg::<Line>("value", "its value under the series of `fires`").required();
        Some((name?.value.to_string(), value?.value.to_string()))
    });
    Some(KindAlert {
        name: name?,
        severity: severity?.value,
        hold: hold?.value,
        expr: expr?,
        summary: summary.unwrap_or_default(),
        description: description.unwrap_or_default(),
        steps,
        fires,
        silent,
        after: after?.value,
        labels,
    })
}
