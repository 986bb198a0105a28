//! What a kind mounts.

use crate::{
    source::Located,
    syntax::Reader,
    values::{AbsPath, Line, Name},
};

/// Something that a kind mounts.
#[derive(Clone, Debug)]
pub struct KindMount {
    /// A volume's name, a path of the generated tree or a path of the host.
    pub source: KindMountSource,
    /// Where in the container.
    pub target: Located<AbsPath>,
    /// Whether it can only be read there.
    pub read_only: bool,
}

/// What a kind mounts.
#[derive(Clone, Debug)]
pub enum KindMountSource {
    /// A named volume.
    Volume(Name),
    /// A file or folder of the generated tree.
    Tree(String),
    /// A path of the host.
    Host(AbsPath),
}

/// A directory in memory.
#[derive(Clone, Debug)]
pub struct KindTmpfs {
    /// Its path in the container; placeholders may stand in it.
    pub path: Located<Line>,
    /// Why it is there, for who reads the compose file.
    pub about: Option<String>,
}

/// Reads a `tmpfs`.
pub(super) fn tmpfs(r: &mut Reader) -> Option<KindTmpfs> {
    let path =
        r.arg::<Line>("path", "its path in the container; left out when a placeholder in it has no value");
    let path = path.required();
    let about = r.prop::<Line>("about", "why it is there, for who reads the compose file").optional();
    Some(KindTmpfs { path: path?, about: about.map(|text| text.value.to_string()) })
}

pub(super) fn mounts(r: &mut Reader) -> Vec<KindMount> {
    let mut mounts = r.keyed("volume", "a named volume", |r| {
        let name = r.arg::<Name>("name", "its name").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        Some(KindMount { source: KindMountSource::Volume(name?.value), target: target?, read_only: false })
    });
    mounts.extend(r.keyed("tree", "a file or folder of the generated tree, mounted read-only", |r| {
        let path = r.arg::<Line>("path", "its path within the tree").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        Some(KindMount {
            source: KindMountSource::Tree(path?.value.to_string()),
            target: target?,
            read_only: true,
        })
    }));
    mounts.extend(r.keyed("host-path", "a path of the host", |r| {
        let path = r.arg::<AbsPath>("path", "the path on the host").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        let writable = r.flag("writable", "whether it can be written there");
        Some(KindMount { source: KindMountSource::Host(path?.value), target: target?, read_only: !writable })
    }));
    mounts
}
