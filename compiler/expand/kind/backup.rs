//! How data of a kind is dumped and comes back.

use super::phrase::{Phrase, phrase};
use crate::{
    source::Located,
    syntax::Reader,
    values::{EnvName, Line, Name, Prose},
};

/// How data of a kind is dumped and comes back. Placeholders are put in as shell words.
#[derive(Clone, Debug)]
pub struct KindBackup {
    /// Suffix of the file.
    pub extension: Located<Name>,
    /// Writes the dump to standard output.
    pub dump: Located<Prose>,
    /// Reads a dump, fails unless it is whole.
    pub verify: Located<Prose>,
    /// Brings it back from standard input.
    pub restore: Located<Prose>,
    /// Whether the service is stopped meanwhile.
    pub offline: bool,
    /// Prints how much there is, fails when it cannot be read.
    pub check: Located<Prose>,
    /// Brings back a part: title and command.
    pub part: Option<(Phrase, Located<Prose>)>,
    /// Environment for a scratch container of the drill.
    pub drill_environment: Vec<(Located<EnvName>, Located<Line>)>,
}

pub(super) fn backup(r: &mut Reader) -> Option<KindBackup> {
    let extension = r.prop::<Name>("extension", "suffix of the dump's file").required();
    let dump =
        r.prop::<Prose>("dump", "shell text in the container: writes the dump to standard output").required();
    let verify = r
        .prop::<Prose>(
            "verify",
            "shell text in a fresh container of the image: reads the dump, fails unless it is whole",
        )
        .required();
    let restore =
        r.prop::<Prose>("restore", "shell text: brings the dump back from standard input").required();
    let offline = r.flag(
        "offline",
        "the service is stopped, and `restore` runs in a one-off container with its volumes",
    );
    let check = r
        .prop::<Prose>(
            "check",
            "shell text in the container: prints how much there is, fails when it cannot be read",
        )
        .required();
    let part = r.block("part", "how to bring back a part", |r| {
        let title = r.block("title", "what part", phrase);
        let run = r
            .prop::<Prose>(
                "run",
                "shell text in the container; reads the dump from standard input, `$1` is the part",
            )
            .required();
        Some((title.unwrap_or_default(), run?))
    });
    let drill_environment = r.map::<EnvName, Line>(
        "drill-env",
        "environment that a scratch container needs to start for a drill; no secrets",
    );
    Some(KindBackup {
        extension: extension?,
        dump: dump?,
        verify: verify?,
        restore: restore?,
        offline,
        check: check?,
        part,
        drill_environment,
    })
}
