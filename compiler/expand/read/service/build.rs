//! How the image of a service is built.

use crate::{
    expand::read::{
        compose_words,
        from::{Late, LocatedSource, Or, Source, known},
    },
    source::Located,
    syntax::Reader,
    values::{EngineName, EnvName, Image, RelPath},
};

/// A stated `build`.
#[derive(Clone, Debug)]
pub struct BuildSpec {
    /// The folder.
    pub context: Located<RelPath>,
    /// The Dockerfile.
    pub dockerfile: Option<Located<RelPath>>,
    /// The stage.
    pub target: Option<Located<EngineName>>,
    /// Arguments.
    pub args: Vec<(Located<EnvName>, LocatedSource)>,
    /// What the image is called.
    pub tag: Option<Located<Or<Image>>>,
    /// Images whose layers are used again.
    pub cache_from: Vec<LocatedSource>,
    /// The network of the build.
    pub network: Option<Located<Or<EngineName>>>,
    /// What compose fills in of the rest.
    pub late: Vec<Late>,
}

pub(super) fn build(r: &mut Reader) -> Option<BuildSpec> {
    r.example("build \"./api\" dockerfile=\"Dockerfile.prod\"");
    r.foreign(compose_words::in_build);
    let context =
        r.arg::<RelPath>("context", "the folder with the Dockerfile, relative to the description").required();
    let dockerfile = r
        .prop::<RelPath>("dockerfile", "the Dockerfile within that folder, when it is not `Dockerfile`")
        .optional();
    let mut late = Vec::new();
    let target = r.prop::<Or<EngineName>>("target", "the stage to stop at").optional();
    let target = known(target, "build.target", &mut late);
    let args = r.map::<EnvName, Source>("args", "build arguments");
    let tag = r
        .prop::<Or<Image>>(
            "tag",
            "what the image is called; the system, the service and the release when absent",
        )
        .optional();
    let cache_from = r.list::<Source>("cache-from", "an image whose layers are used again");
    let network = r.prop::<Or<EngineName>>("network", "the network of the build: `host`, `none`").optional();
    Some(BuildSpec { context: context?, dockerfile, target, args, tag, cache_from, network, late })
}
