//! How data of a kind is dumped and comes back.

use super::phrase::{Phrase, phrase};
use crate::{
    source::Located,
    syntax::Reader,
    values::{AbsPath, EnvName, Line, Name, Prose},
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
    /// How any second comes back.
    pub point_in_time: Option<KindPointInTime>,
    /// Environment for a scratch container of the drill.
    pub drill_environment: Vec<(Located<EnvName>, Located<Line>)>,
}

/// How any second comes back: a base, which is a copy of the data, and the log of what was written since. The kind's
/// own `command` archives the log, in arguments with `{log}`.
#[derive(Clone, Debug)]
pub struct KindPointInTime {
    /// Where the archived log is in the container: what `{log}` stands for.
    pub at: Located<AbsPath>,
    /// Suffix of a base's file.
    pub extension: Located<Name>,
    /// Writes a base to standard output.
    pub base: Located<Prose>,
    /// Reads a base, fails unless it is whole, and prints the first file of the log that it needs.
    pub verify: Located<Prose>,
    /// Archives the log up to now.
    pub archive: Located<Prose>,
    /// Deletes what no base needs.
    pub prune: Located<Prose>,
    /// Brings a point in time back.
    pub restore: Located<Prose>,
}

fn point_in_time(r: &mut Reader) -> Option<KindPointInTime> {
    let at = r
        .prop::<AbsPath>("at", "where the archived log is in the container: what `{log}` stands for")
        .required();
    let extension = r.prop::<Name>("extension", "suffix of a base's file").required();
    let base =
        r.prop::<Prose>("base", "shell text in the container: writes a base to standard output").required();
    let verify = r
        .prop::<Prose>(
            "verify",
            "shell text in a fresh container of the image: reads a base, fails unless it is whole, and prints the first file of the log that it needs",
        )
        .required();
    let archive = r
        .prop::<Prose>(
            "archive",
            "shell text in the container: returns when all that was written until now is in the archived log",
        )
        .required();
    let prune = r
        .prop::<Prose>(
            "prune",
            "shell text in the container: deletes the archived log that no base needs; the arguments are the first file that each base needs",
        )
        .required();
    let restore = r
        .prop::<Prose>(
            "restore",
            "shell text in a one-off container with the service's volumes: reads a base from standard input and goes on with the log to the time `$1` (`2026-01-31 12:34:56+00`, in seconds since 1970 `$2`); fails when that is not reached",
        )
        .required();
    Some(KindPointInTime {
        at: at?,
        extension: extension?,
        base: base?,
        verify: verify?,
        archive: archive?,
        prune: prune?,
        restore: restore?,
    })
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
    let point_in_time = r.block(
        "point-in-time",
        "how any second comes back; in the kind's texts `{log}` is the folder of the archived log, and `{log-every}` how often it is archived, for services of which that is asked",
        point_in_time,
    );
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
        point_in_time,
        drill_environment,
    })
}
