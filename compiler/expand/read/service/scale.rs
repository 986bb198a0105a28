//! How a service grows when it has too much to do: the plan that whoever is woken follows.

use crate::{
    source::{Located, Span},
    syntax::Reader,
    values::{Bound, Count, Duration, Name, Size},
};

/// A stated `scale-out`.
#[derive(Clone, Debug)]
pub struct ScaleSpec {
    /// What grows: `replicas`, or a setting of the kind.
    pub what: Located<Name>,
    /// How many of it there are, step by step.
    pub steps: Vec<Located<Count>>,
    /// What tells that the next step is due.
    pub when: Option<WhenSpec>,
    /// The memory that each of them needs.
    pub memory: Option<Located<Size>>,
    /// What each of them takes of others.
    pub takes: Vec<TakesSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `when`.
#[derive(Clone, Debug)]
pub struct WhenSpec {
    /// The measure: of the service's kind, of what the service uses of its limits, or of the host.
    pub measure: Located<Name>,
    /// What it must pass.
    pub bound: Located<Bound>,
    /// For how long.
    pub hold: Located<Duration>,
}

/// A stated `takes`.
#[derive(Clone, Debug)]
pub struct TakesSpec {
    /// How many each takes.
    pub count: Located<Count>,
    /// Of whom.
    pub of: Located<Name>,
    /// The setting there that says how many there are.
    pub setting: Located<Name>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `scale-out`.
pub(super) fn scale(r: &mut Reader) -> Option<ScaleSpec> {
    r.example("scale-out \"replicas\" {\n    steps 1 2 4\n    when \"cpu\" \">70%\" for=\"10m\"\n    memory \"200MiB\"\n    takes 5 of=\"postgres\" setting=\"max-connections\"\n}");
    let what = r
        .arg::<Name>(
            "what",
            "what grows: `replicas`, or a setting of its kind that is a number, such as `workers`",
        )
        .required();
    let steps =
        r.list::<Count>("steps", "how many of it there are, step by step; the first is the usual one");
    let when = r.block("when", "what tells that the next step is due: somebody is told then", when);
    let memory = r
        .prop::<Size>(
            "memory",
            "the memory that each of them needs; what limits a container is taken for `replicas` when absent",
        )
        .optional();
    let takes = r.blocks("takes", "what each of them takes of another service, such as connections", takes);
    Some(ScaleSpec { what: what?, steps, when, memory, takes, span: r.span()? })
}

fn when(r: &mut Reader) -> Option<WhenSpec> {
    r.example("when \"cpu\" \">70%\" for=\"10m\"");
    let measure = r
        .arg::<Name>(
            "measure",
            "a measure of the service's kind; else `cpu` or `memory`, a share of what `limits` gives it; else a measure of the host",
        )
        .required();
    let bound = r.arg::<Bound>("bound", "what it must pass").required();
    let hold = r.prop::<Duration>("for", "how long it must be beyond").or("10m");
    Some(WhenSpec { measure: measure?, bound: bound?, hold: hold? })
}

fn takes(r: &mut Reader) -> Option<TakesSpec> {
    r.example("takes 5 of=\"postgres\" setting=\"max-connections\"");
    let count = r.arg::<Count>("count", "how many each of them takes").required();
    let of = r.prop::<Name>("of", "the service of which it takes them").required();
    let setting = r.prop::<Name>("setting", "the setting there that says how many there are").required();
    Some(TakesSpec { count: count?, of: of?, setting: setting?, span: r.span()? })
}
