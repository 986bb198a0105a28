//! How a new release of a service takes over from the one that runs.

use crate::{
    source::{Located, Span},
    syntax::Reader,
    values::{Duration, choice},
};

/// A way in which a release takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Containers of the old one are replaced.
    Recreate,
    /// Both stand side by side, and requests are switched over.
    BlueGreen,
}

choice! { Strategy, "a way in which a release takes over", { "recreate" => Recreate, "blue-green" => BlueGreen, } }

/// A stated `release`.
#[derive(Clone, Debug)]
pub struct ReleaseSpec {
    /// The way.
    pub strategy: Located<Strategy>,
    /// How long the old one stays after the switch.
    pub drain: Located<Duration>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `release`.
pub(super) fn release(r: &mut Reader) -> Option<ReleaseSpec> {
    r.example("release \"blue-green\" drain=\"1m\"");
    let strategy = r
        .arg::<Strategy>(
            "strategy",
            "`recreate` replaces its containers; `blue-green` starts new ones beside them, checks those, and then has nginx send requests to them instead",
        )
        .required();
    let drain = r
        .prop::<Duration>(
            "drain",
            "how long the old release of `blue-green` goes on beside the new one after the switch: it ends what it has begun, and until then going back is a reload of nginx",
        )
        .or("30s");
    Some(ReleaseSpec { strategy: strategy?, drain: drain?, span: r.span()? })
}
