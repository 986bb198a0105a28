//! `capacity`: how much is expected, and when.

use crate::{
    expand::kind::{Phrase, phrase},
    source::{Located, Span},
    syntax::Reader,
    values::{Count, Decimal, Line, Month, Name, Size},
};

/// A stated `capacity`.
#[derive(Clone, Debug)]
pub struct CapacitySpec {
    /// The month that is the present.
    pub start: Located<Month>,
    /// Months after it to which the figures belong.
    pub months: Vec<Located<Count>>,
    /// What grows.
    pub figures: Vec<FigureSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `figure`.
#[derive(Clone, Debug)]
pub struct FigureSpec {
    /// What grows.
    pub name: Located<Line>,
    /// How many, month by month.
    pub counts: Vec<Located<Decimal>>,
    /// How large, month by month.
    pub sizes: Vec<Located<Size>>,
    /// The service that it is about.
    pub of: Option<Located<Name>>,
    /// The watch whose critical bound limits it.
    pub watch: Option<Located<Name>>,
    /// The setting of the service that limits it.
    pub setting: Option<Located<Line>>,
    /// Whether it is the number of containers of the service.
    pub replicas: bool,
    /// What it is called.
    pub about: Option<Phrase>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `capacity`.
pub fn capacity(r: &mut Reader) -> Option<CapacitySpec> {
    r.example("capacity start=\"2026-12\" {\n    months 0 6 12\n    figure \"database\" of=\"postgres\" { size \"1GiB\" \"2GiB\" \"4GiB\" }\n}");
    let start = r.prop::<Month>("start", "the month that the plan counts from").required();
    let months =
        r.list::<Count>("months", "months after the start to which the figures belong, one column each");
    let figures =
        r.keyed("figure", "something that grows, with one number or size for each of the months; what it ends at has an alert on the trend, where something measures it", figure);
    Some(CapacitySpec { start: start?, months, figures, span: r.span()? })
}

fn figure(r: &mut Reader) -> Option<FigureSpec> {
    let name = r.arg::<Line>("name", "what grows").required();
    let counts = r.list::<Decimal>("count", "how many, month by month");
    let sizes = r.list::<Size>(
        "size",
        "how large, month by month: data on the disk of the host, with the backups that lie there",
    );
    let of = r
        .prop::<Name>(
            "of",
            "the service that it is about; the trend of its memory is followed too, where that has a limit",
        )
        .optional();
    let watch =
        r.prop::<Name>("watch", "the name of a watch whose critical bound must not be reached").optional();
    let setting = r
        .prop::<Line>(
            "setting",
            "the setting of the service that must not be passed, such as `max-connections`",
        )
        .optional();
    let replicas = r.flag(
        "replicas",
        "whether it counts containers of the service, each with the memory that it reserves",
    );
    let about = r.block("about", "what it is called, for people", phrase);
    Some(FigureSpec { name: name?, counts, sizes, of, watch, setting, replicas, about, span: r.span()? })
}
