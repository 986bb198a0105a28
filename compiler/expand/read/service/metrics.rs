//! Where a service exports metrics.

use crate::{
    source::{Located, Span},
    syntax::Reader,
    values::{Port, UrlPath},
};

/// A stated `metrics`.
#[derive(Clone, Debug)]
pub struct MetricsSpec {
    /// The path; the kind's when absent.
    pub path: Option<Located<UrlPath>>,
    /// The port; the service's own when absent.
    pub port: Option<Located<Port>>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `metrics`.
pub(super) fn metrics(r: &mut Reader) -> Option<MetricsSpec> {
    r.example("metrics \"/metrics\" port=15692");
    let path = r
        .arg::<UrlPath>(
            "path",
            "the path, closed at the ingress; the kind's when absent, or `/metrics` where it has none",
        )
        .optional();
    let port =
        r.prop::<Port>("port", "the port in the container, when it is not the one of the service").optional();
    Some(MetricsSpec { path, port, span: r.span()? })
}
