//! How log files are rotated, and `log` of the system: files of the host that none of its services writes.

use crate::{
    source::{Located, Span},
    syntax::Reader,
    values::{Account, Count, LogPath, Mode, Name, Prose, Size, choice},
};

/// How log files are rotated.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// How often.
    pub rhythm: LogRhythm,
    /// How many rotated files are kept.
    pub keep: Located<Count>,
    /// Rotate earlier when it grows beyond this.
    pub max_size: Option<Located<Size>>,
    /// Whether the writer reopens its file by itself, so that it is moved instead of truncated in place.
    pub reopens: bool,
    /// Whether rotated files are named by their day.
    pub dateext: bool,
    /// In whose name it is done.
    pub su: Option<Located<Account>>,
    /// Shell text that runs after a rotation.
    pub after: Vec<Located<Prose>>,
    /// What is passed on to logrotate.
    pub raw: Vec<Located<Prose>>,
}

/// A stated `log` of the system.
#[derive(Clone, Debug)]
pub struct HostLogSpec {
    /// The files.
    pub path: Located<LogPath>,
    /// How they are rotated.
    pub rotation: Rotation,
    /// Whose the file is that is made in place of a moved one.
    pub create: Option<Located<Account>>,
    /// Permission bits of that file.
    pub mode: Located<Mode>,
    /// The hosts that have them; all when empty.
    pub on: Vec<Located<Name>>,
    /// Where it is stated.
    pub span: Span,
}

/// How often a log is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRhythm {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

choice! { LogRhythm, "a rhythm of rotation", { "hourly" => Hourly, "daily" => Daily, "weekly" => Weekly, "monthly" => Monthly, "yearly" => Yearly, } }

/// Reads how files are rotated; the same words for every log.
pub fn rotation(r: &mut Reader) -> Option<Rotation> {
    let rhythm = r.prop::<LogRhythm>("rotate", "how often it is rotated").or("daily");
    let keep = r.prop::<Count>("keep", "how many rotated files are kept").above_zero().or("14");
    let max_size =
        r.prop::<Size>("max-size", "rotate earlier when it grows beyond this").above_zero().optional();
    let reopens = r.flag(
        "reopens",
        "whether the writer reopens its file by itself, or `postrotate` tells it to; otherwise it is truncated in place",
    );
    let dateext = r.switch("dateext", "whether rotated files are named by their day, in place of a number");
    let su = r
        .prop::<Account>(
            "su",
            "the account and group in whose name it is rotated, where others than root may write to the folder",
        )
        .optional();
    let after = r.list::<Prose>(
        "postrotate",
        "shell text that runs on the host after a rotation, once for all files, and tells the writer to open its file anew",
    );
    let raw = r.list::<Prose>("logrotate", "lines for the stanza that the language has no word for; one takes the place of a generated line that says otherwise");
    Some(Rotation { rhythm: rhythm?.value, keep: keep?, max_size, reopens, dateext, su, after, raw })
}

/// Reads a `log` of the system.
pub fn host_log(r: &mut Reader) -> Option<HostLogSpec> {
    r.example("log \"/var/log/nginx/*.log\" keep=30 create=\"www-data adm\" {\n    postrotate \"invoke-rc.d nginx rotate >/dev/null 2>&1\"\n}");
    let path = r.arg::<LogPath>("path", "the files on the host").required();
    let rotation = rotation(r);
    let create = r
        .prop::<Account>(
            "create",
            "account and group of the file that takes the place of a moved one; the writer makes it when absent",
        )
        .optional();
    let mode = r.prop::<Mode>("mode", "permissions of that file").or("0640");
    let on = r.list::<Name>("on", "the hosts that have them, when there are several; all when absent");
    Some(HostLogSpec { path: path?, rotation: rotation?, create, mode: mode?, on, span: r.span()? })
}
