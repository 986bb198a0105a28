//! What the lines of a log of JSON objects hold, and the metrics that are drawn from them.

use crate::{
    expand::kind::{KindMetric, plain_metric},
    model::{FieldType, LogUnit},
    source::{Located, Span},
    syntax::Reader,
    values::{Decimal, Form, Line, choice},
};

/// A stated `field`.
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// Its name in the object.
    pub name: Located<Line>,
    /// What its value is, when stated.
    pub kind: Option<Located<FieldType>>,
    /// Whether it is a list of such values.
    pub list: bool,
    /// Whether it may be absent or null.
    pub optional: bool,
    /// The only values, when there are few.
    pub one_of: Vec<Located<Line>>,
    /// The least number.
    pub min: Option<Located<Decimal>>,
    /// The greatest number.
    pub max: Option<Located<Decimal>>,
    /// The form of a text.
    pub form: Option<Located<Form>>,
    /// What its numbers count.
    pub unit: Option<Located<LogUnit>>,
    /// What it means.
    pub about: Option<Line>,
    /// Whether the object may have other fields.
    pub open: bool,
    /// The fields of the object that it is.
    pub fields: Vec<FieldSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `metric` of a log.
#[derive(Clone, Debug)]
pub struct LogMetricSpec {
    /// The metric as every other.
    pub metric: KindMetric,
    /// The field whose numbers it takes.
    pub of: Option<Located<Line>>,
    /// What a line must hold to count.
    pub conditions: Vec<ConditionSpec>,
    /// Upper bounds of a histogram's buckets.
    pub buckets: Vec<Located<Decimal>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `where`.
#[derive(Clone, Debug)]
pub struct ConditionSpec {
    /// The field.
    pub field: Located<Line>,
    /// The values of which it has one.
    pub values: Vec<Located<Line>>,
}

choice! { FieldType, "a type of field", {
    "text" => Text, "integer" => Integer, "number" => Number, "boolean" => Boolean, "time" => Time, "date" => Date,
    "url" => Url, "email" => Email, "ip" => Ip, "uuid" => Uuid, "object" => Object,
} }

choice! { LogUnit, "a unit", {
    "ns" => Nanoseconds, "us" => Microseconds, "ms" => Milliseconds, "s" => Seconds, "min" => Minutes,
    "B" => Bytes, "KiB" => Kibibytes, "MiB" => Mebibytes, "percent" => Percent,
} }

/// Reads a `field`; fields within it are read in the same words.
pub fn field(r: &mut Reader) -> Option<FieldSpec> {
    r.example("field \"latency_ms\" type=\"integer\" min=0 unit=\"ms\"");
    r.example("field \"tokens\" optional=#true {\n    field \"prompt\" type=\"integer\"\n    field \"completion\" type=\"integer\"\n}");
    let name = r.arg::<Line>("name", "its name in the object").required();
    let kind = r
        .prop::<FieldType>("type", "what its value is; when absent an object if it has fields, else text")
        .optional();
    let list = r.switch("list", "whether it is a list of such values");
    let optional = r.switch("optional", "whether it may be absent or null");
    let one_of = r.list::<Line>("one-of", "the only values that it has");
    let min = r.prop::<Decimal>("min", "the least number that it may be").optional();
    let max = r.prop::<Decimal>("max", "the greatest number that it may be").optional();
    let form = r.prop::<Form>("form", "the form that the whole text has").optional();
    let unit = r
        .prop::<LogUnit>("unit", "what its numbers count: metrics of it are in seconds, bytes or ratios")
        .optional();
    let about = r.prop::<Line>("about", "what it means").optional();
    let open = r.switch("open", "whether the object may have other fields than those stated");
    let fields = r.alike("field", "a field of the object that it is, in the same words as this one", field);
    Some(FieldSpec {
        name: name?,
        kind,
        list,
        optional,
        one_of,
        min,
        max,
        form,
        unit,
        about: about.map(|text| text.value),
        open,
        fields,
        span: r.span()?,
    })
}

/// Reads a `metric` of a log.
pub fn log_metric(r: &mut Reader) -> Option<LogMetricSpec> {
    r.example("metric \"answer_seconds\" type=\"histogram\" of=\"latency_ms\" labels=\"intent\" about=\"time to an answer\" {\n    where \"event\" \"rag.query\"\n    buckets 0.5 1 2 5 10\n}");
    let metric = plain_metric(r);
    let of = r
        .prop::<Line>(
            "of",
            "the field whose numbers it takes, as in `tokens.prompt`; a counter without it counts lines",
        )
        .optional();
    let conditions = r.blocks("where", "what a line must hold to count", |r| {
        let field = r.arg::<Line>("field", "the field, as in `tokens.model`").required();
        let values = r.args::<Line>("values", "the values of which it has one");
        Some(ConditionSpec { field: field?, values })
    });
    let buckets = r.list::<Decimal>("buckets", "upper bounds of a histogram's buckets");
    Some(LogMetricSpec { metric: metric?, of, conditions, buckets, span: r.span()? })
}
