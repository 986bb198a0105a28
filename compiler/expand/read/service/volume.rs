//! Something mounted.

use crate::{
    expand::read::from::Or,
    source::{Located, Span},
    syntax::Reader,
    values::{AbsPath, Line, Mode, Size, choice},
};

/// A stated `volume`.
#[derive(Clone, Debug)]
pub struct VolumeSpec {
    /// A named volume's name, or a path of the host, or a file beside the description; none for one without a name.
    pub source: Option<Located<Or<Line>>>,
    /// Whether the path is one of the source.
    pub of_source: bool,
    /// Where in the container.
    pub target: Located<AbsPath>,
    /// Whether it cannot be written there.
    pub read_only: bool,
    /// Who may use it, where SELinux asks.
    pub label: Option<MountLabel>,
    /// Whether mounts within it are seen on the other side.
    pub propagation: Option<Located<Propagation>>,
    /// Whether the start fails when the path is not there.
    pub must_exist: bool,
    /// Whether it lives in memory.
    pub memory: bool,
    /// How much memory it may take.
    pub size: Option<Located<Size>>,
    /// Its permission bits in memory.
    pub mode: Option<Located<Mode>>,
    /// Where it is stated.
    pub span: Span,
}

/// Who may use a mount, where SELinux asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountLabel {
    /// Several containers.
    Shared,
    /// This container only.
    Private,
}

choice! { MountLabel, "a mark of SELinux", { "shared" => Shared, "private" => Private, } }

/// Whether mounts within a mount are seen on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// In neither direction.
    Private,
    /// Those of the host in the container.
    Slave,
    /// In both directions.
    Shared,
    /// As `private`, for everything below too.
    Rprivate,
    /// As `slave`, for everything below too.
    Rslave,
    /// As `shared`, for everything below too.
    Rshared,
}

choice! { Propagation, "a way to pass mounts on", {
    "private" => Private, "slave" => Slave, "shared" => Shared,
    "rprivate" => Rprivate, "rslave" => Rslave, "rshared" => Rshared,
} }

/// How a mount in compose's notation is said: `data:/var/lib/x:ro`.
fn from_compose(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let options = parts.next().unwrap_or_default().split(',').filter_map(|option| match option {
        "ro" => Some(" read-only=#true"),
        "z" => Some(" label=\"shared\""),
        "Z" => Some(" label=\"private\""),
        _ => None,
    });
    let options: String = options.collect();
    Some(format!("write `volume {source:?} at={target:?}{options}`"))
}

pub(super) fn volume(r: &mut Reader) -> Option<VolumeSpec> {
    r.example("volume \"uploads\" at=\"/app/uploads\"");
    let source = r
        .arg::<Or<Line>>("source", "a name (a named volume), a path of the host, or one from the folder of compose.yaml on (`./data`); absent for a volume without a name")
        .optional();
    let instead = match source.as_ref().map(|source| &source.value) {
        Some(Or::Value(text)) if !r.stated("at") => from_compose(text.as_str()),
        _ => None,
    };
    let target = r.prop::<AbsPath>("at", "where in the container").instead(instead).required();
    let of_source = r.switch(
        "of-source",
        "whether it is a folder of the source, from the description on, as in `build`: for development, where a program reloads what was edited",
    );
    let read_only = r.flag("read-only", "whether it cannot be written there");
    let label = r
        .prop::<MountLabel>(
            "label",
            "how SELinux marks what is mounted: for `shared` use, or `private` to this container",
        )
        .optional();
    let propagation = r
        .prop::<Propagation>("propagation", "whether mounts within it are seen on the other side")
        .optional();
    let must_exist = r.switch(
        "must-exist",
        "whether the start fails when the path is not there; an empty folder is made otherwise",
    );
    let memory = r.switch("memory", "whether it lives in memory and ends with the container");
    let size = r.prop::<Size>("size", "how much memory it may take").above_zero().optional();
    let mode = r.prop::<Mode>("mode", "its permission bits in memory").optional();
    Some(VolumeSpec {
        source,
        of_source,
        target: target?,
        read_only,
        label: label.map(|label| label.value),
        propagation,
        must_exist,
        memory,
        size,
        mode,
        span: r.span()?,
    })
}
