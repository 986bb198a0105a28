//! What is mounted, as compose writes it: in short where that says everything.

use super::text::text;
use crate::{
    emit::{
        quote,
        yaml::{Item, Map, Yaml},
    },
    model::{Model, Mount, MountSource},
};

/// An item of `volumes`.
pub fn mount(model: &Model, mount: &Mount) -> Item {
    let source = match &mount.source {
        MountSource::Volume(volume) => quote::compose(&volume.name),
        MountSource::Tree(path) if path == "." => ".".to_owned(),
        MountSource::Tree(path) => quote::compose(&format!("./{path}")),
        MountSource::Host(path) => quote::compose(path.as_str()),
        MountSource::Beside(path) => quote::compose(path),
        MountSource::Source(folder) => model.source(folder),
        MountSource::Filled(value) => text(&model.variables, value),
        MountSource::Anonymous => String::new(),
        MountSource::Memory(size, mode) => {
            let options =
                Map::new().maybe("size", size.map(|size| size.compose())).maybe("mode", mode.map(i64::from));
            let map = Map::new()
                .set("type", "tmpfs")
                .set("target", mount.target.as_str())
                .maybe("read_only", mount.read_only.then_some(true))
                .filled("tmpfs", options);
            return Item { comment: mount.about.clone(), value: map.into() };
        }
    };
    let value = if mount.how.must_exist { long(mount, &source) } else { short(mount, &source).into() };
    Item { comment: mount.about.clone(), value }
}

fn short(mount: &Mount, source: &str) -> String {
    let modes = [mount.read_only.then_some("ro"), mount.how.label, mount.how.propagation];
    let modes: Vec<&str> = modes.into_iter().flatten().collect();
    let target = quote::compose(mount.target.as_str());
    let mode = if modes.is_empty() { String::new() } else { format!(":{}", modes.join(",")) };
    if source.is_empty() { format!("{target}{mode}") } else { format!("{source}:{target}{mode}") }
}

/// The long form, which does not make a folder of the host that is missing.
fn long(mount: &Mount, source: &str) -> Yaml {
    let bind = Map::new().maybe("selinux", mount.how.label).maybe("propagation", mount.how.propagation);
    Map::new()
        .set("type", "bind")
        .set("source", source)
        .set("target", quote::compose(mount.target.as_str()))
        .maybe("read_only", mount.read_only.then_some(true))
        .filled("bind", bind)
        .into()
}
