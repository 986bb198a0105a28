//! Something mounted.

use crate::{
    source::Located,
    syntax::Reader,
    values::{AbsPath, Line},
};

/// A stated `volume`.
#[derive(Clone, Debug)]
pub struct VolumeSpec {
    /// A named volume's name, or a path of the host, or a file beside the description.
    pub source: Located<Line>,
    /// Where in the container.
    pub target: Located<AbsPath>,
    /// Whether it cannot be written there.
    pub read_only: bool,
}

pub(super) fn volume(r: &mut Reader) -> Option<VolumeSpec> {
    r.example("volume \"uploads\" at=\"/app/uploads\"");
    let source =
        r.arg::<Line>("source", "a name (a named volume) or an absolute path of the host").required();
    let target = r.prop::<AbsPath>("at", "where in the container").required();
    let read_only = r.flag("read-only", "whether it cannot be written there");
    Some(VolumeSpec { source: source?, target: target?, read_only })
}
