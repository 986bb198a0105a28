//! What happens to the output of a container.

use crate::{
    expand::read::from::{LocatedSource, Or, Source},
    source::Located,
    syntax::Reader,
    values::{EngineName, Line},
};

/// A stated `logging`.
#[derive(Clone, Debug)]
pub struct LoggingSpec {
    /// The driver of the engine.
    pub driver: Option<Located<Or<EngineName>>>,
    /// Its options.
    pub options: Vec<(Located<Line>, LocatedSource)>,
}

pub(super) fn logging(r: &mut Reader) -> Option<LoggingSpec> {
    r.example("logging \"json-file\" {\n    options { max-size \"10m\"; max-file \"3\" }\n}");
    let driver = r.arg::<Or<EngineName>>("driver", "the engine's driver; `json-file` when absent").optional();
    let options = r.map::<Line, Source>("options", "options of the driver");
    Some(LoggingSpec { driver, options })
}
