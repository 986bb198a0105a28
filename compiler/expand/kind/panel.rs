//! A panel that a kind brings.

use super::phrase::{Phrase, phrase};
use crate::{
    model::Unit,
    syntax::Reader,
    values::{Line, Name, Promql, choice},
};

/// A panel that a kind brings.
#[derive(Clone, Debug)]
pub struct KindPanel {
    /// Its title.
    pub title: Phrase,
    /// The unit of its axis.
    pub unit: Unit,
    /// Expressions and legends.
    pub queries: Vec<(Promql, String)>,
    /// The measure whose bounds are drawn.
    pub measure: Option<Name>,
}

choice! { Unit, "a unit", {
    "seconds" => Seconds, "percent" => Ratio, "bytes" => Bytes, "dollars" => Dollars,
    "requests" => Requests, "bytes-per-second" => BytesPerSecond, "dollars-per-second" => DollarsPerSecond,
    "per-second" => PerSecond, "number" => Number,
} }

pub(super) fn panel(r: &mut Reader) -> Option<KindPanel> {
    let title = r.block("title", "its title", phrase);
    let unit = r.prop::<Unit>("unit", "the unit of its axis").or("number");
    let queries = r.blocks("query", "an expression, with `$self` for the labels of the service", |r| {
        let expr = r.arg::<Promql>("expr", "PromQL").required();
        let legend = r.prop::<Line>("legend", "the legend").optional();
        Some((expr?.value, legend.map(|text| text.value.to_string()).unwrap_or_default()))
    });
    let measure = r.prop::<Name>("measure", "the measure whose bounds are drawn").optional();
    Some(KindPanel {
        title: title.unwrap_or_default(),
        unit: unit?.value,
        queries,
        measure: measure.map(|name| name.value),
    })
}
