//! How the image of a service is built.

use crate::{
    expand::read::from::{LocatedSource, Source},
    source::Located,
    syntax::Reader,
    values::{EnvName, Name, RelPath},
};

/// A stated `build`.
#[derive(Clone, Debug)]
pub struct BuildSpec {
    /// The folder.
    pub context: Located<RelPath>,
    /// The Dockerfile.
    pub dockerfile: Option<Located<RelPath>>,
    /// The stage.
    pub target: Option<Located<Name>>,
    /// Arguments.
    pub args: Vec<(Located<EnvName>, LocatedSource)>,
}

pub(super) fn build(r: &mut Reader) -> Option<BuildSpec> {
    r.example("build \"./api\" dockerfile=\"Dockerfile.prod\"");
    let context =
        r.arg::<RelPath>("context", "the folder with the Dockerfile, relative to the description").required();
    let dockerfile = r
        .prop::<RelPath>("dockerfile", "the Dockerfile within that folder, when it is not `Dockerfile`")
        .optional();
    let target = r.prop::<Name>("target", "the stage to stop at").optional();
    let args = r.map::<EnvName, Source>("args", "build arguments");
    Some(BuildSpec { context: context?, dockerfile, target, args })
}
