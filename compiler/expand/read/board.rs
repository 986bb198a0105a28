//! `board`: a dashboard with panels of one's own choice.

use crate::{
    expand::kind::{Form, Phrase, form, phrase},
    model::Unit,
    source::{Located, Span},
    syntax::Reader,
    values::{Line, MetricName, Name},
};

/// A stated `board`.
#[derive(Clone, Debug)]
pub struct BoardSpec {
    /// Its name.
    pub name: Located<Name>,
    /// Its name for people.
    pub title: Option<Phrase>,
    /// Its panels.
    pub panels: Vec<PanelSpec>,
}

/// A stated `panel`.
#[derive(Clone, Debug)]
pub struct PanelSpec {
    /// Its title.
    pub title: Located<Line>,
    /// Watches that it shows, the bounds of the first as thresholds.
    pub watches: Vec<Located<Name>>,
    /// The objective whose budget it shows.
    pub slo: Option<Located<Name>>,
    /// What else it shows.
    pub queries: Vec<QuerySpec>,
    /// The unit of its axis.
    pub unit: Option<Unit>,
    /// Whether it shows the present value alone.
    pub number: bool,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `query`.
#[derive(Clone, Debug)]
pub struct QuerySpec {
    /// The measure of the kind.
    pub measure: Option<Located<Name>>,
    /// The service or host that it is about.
    pub of: Option<Located<Name>>,
    /// What is measured, when it is no measure of the kind.
    pub form: Option<Form>,
    /// The label by whose values it is told apart.
    pub by: Option<Located<MetricName>>,
    /// The legend.
    pub legend: Option<Line>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `board`.
pub fn board(r: &mut Reader) -> Option<BoardSpec> {
    r.example("board \"overview\" {\n    panel \"latency\" {\n        query measure=\"latency-p50\" of=\"api\" legend=\"p50\"\n        query measure=\"latency-p99\" of=\"api\" legend=\"p99\"\n    }\n}");
    let name =
        r.arg::<Name>("name", "its name; part of its address in Grafana, which stays the same").required();
    let title = r.block("title", "its name for people", phrase);
    let panels = r.keyed("panel", "something that it shows", panel);
    Some(BoardSpec { name: name?, title, panels })
}

fn panel(r: &mut Reader) -> Option<PanelSpec> {
    let title = r.arg::<Line>("title", "its title").required();
    let watches = r.list::<Name>("watch", "the name of a watch: its measure, its bounds as thresholds, its alerts with their sections of the runbook");
    let slo = r.prop::<Name>("slo", "the name of an `slo`: what is left of its budget").optional();
    let unit = r.prop::<Unit>("unit", "the unit of its axis, when the measure does not tell").optional();
    let number = r.flag("number", "whether it shows the present value alone, in large figures");
    let queries = r.blocks("query", "something measured: a measure of the kind, or one as in `watch`", query);
    Some(PanelSpec {
        title: title?,
        watches,
        slo,
        queries,
        unit: unit.map(|unit| unit.value),
        number,
        span: r.span()?,
    })
}

fn query(r: &mut Reader) -> Option<QuerySpec> {
    let measure = r.prop::<Name>("measure", "the measure of the service's kind").optional();
    let of = r.prop::<Name>("of", "the service or host that it is about; every host when absent").optional();
    let form = form(r);
    let by = r
        .prop::<MetricName>(
            "by",
            "the label by whose values it is told apart, of `rate`, `max`, `min`, `avg` and `sum`",
        )
        .optional();
    let legend = r.prop::<Line>("legend", "the legend").optional();
    Some(QuerySpec { measure, of, form, by, legend: legend.map(|text| text.value), span: r.span()? })
}
