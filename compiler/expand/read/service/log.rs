//! A log file, how it is rotated, and what is reported of it.

use super::field::{FieldSpec, LogMetricSpec, field, log_metric};
use crate::{
    expand::kind::{Phrase, phrase},
    source::{Located, Span},
    syntax::Reader,
    values::{Count, Line, LogPath, Mode, Size, choice},
};

/// A stated `log`.
#[derive(Clone, Debug)]
pub struct LogSpec {
    /// The file in the container, or on the host when its service runs there.
    pub path: Located<LogPath>,
    /// How often it is rotated.
    pub rhythm: LogRhythm,
    /// How many rotated files are kept.
    pub keep: Located<Count>,
    /// Rotate earlier when it grows beyond this.
    pub max_size: Option<Located<Size>>,
    /// Whether the service reopens its file by itself, so that it is moved instead of truncated in place.
    pub reopens: bool,
    /// Permission bits of the new file.
    pub mode: Located<Mode>,
    /// Lines for logrotate.
    pub raw: Vec<Located<Line>>,
    /// What the security check reports of it.
    pub reports: Vec<ReportSpec>,
    /// What its lines hold, when they are JSON objects.
    pub fields: Vec<FieldSpec>,
    /// Whether they may hold other fields.
    pub open: bool,
    /// Metrics that are drawn from them.
    pub metrics: Vec<LogMetricSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `report`: lines of a log that somebody should look at now and then.
#[derive(Clone, Debug)]
pub struct ReportSpec {
    /// The text that such a line holds.
    pub text: Located<Line>,
    /// The field of a JSON line by whose values they are counted.
    pub by: Option<Located<Line>>,
    /// What they are.
    pub about: Option<Phrase>,
}

/// How often a log is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRhythm {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
}

choice! { LogRhythm, "a rhythm of rotation", { "daily" => Daily, "weekly" => Weekly, "monthly" => Monthly, } }

impl LogRhythm {
    /// logrotate's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            LogRhythm::Daily => "daily",
            LogRhythm::Weekly => "weekly",
            LogRhythm::Monthly => "monthly",
        }
    }
}

/// Reads a `log`; kinds state theirs in the same words.
pub fn log(r: &mut Reader) -> Option<LogSpec> {
    r.example("log \"/var/log/app/app.log\" keep=30");
    let path = r
        .arg::<LogPath>("path", "the file in the container, or on the host when the service runs there")
        .required();
    let rhythm = r.prop::<LogRhythm>("rotate", "how often it is rotated").or("daily");
    let keep = r.prop::<Count>("keep", "how many rotated files are kept").above_zero().or("14");
    let max_size =
        r.prop::<Size>("max-size", "rotate earlier when it grows beyond this").above_zero().optional();
    let reopens = r.flag(
        "reopens",
        "whether the service reopens its file by itself; otherwise it is truncated in place",
    );
    let mode = r
        .prop::<Mode>("mode", "permissions of the new file, when a unit of the host is told to open it anew")
        .or("0640");
    let raw = r.list::<Line>("logrotate", "lines for the stanza that the language has no word for");
    let reports =
        r.keyed("report", "lines that the security check counts and shows, of the last seven days", report);
    let fields = r.keyed("field", "a field of the JSON object that each line is", field);
    let open = r.switch("open", "whether a line may have other fields than those stated");
    let metrics = r.keyed("metric", "a metric that is drawn from its lines each minute", log_metric);
    Some(LogSpec {
        path: path?,
        rhythm: rhythm?.value,
        keep: keep?,
        max_size,
        reopens,
        mode: mode?,
        raw,
        reports,
        fields,
        open,
        metrics,
        span: r.span()?,
    })
}

fn report(r: &mut Reader) -> Option<ReportSpec> {
    r.example("report \"auth_failed\" by=\"ip\" { about \"failed sign-ins\" ko=\"인증 실패\" }");
    let text = r.arg::<Line>("text", "the text that such a line holds").required();
    let by = r
        .prop::<Line>("by", "the field of a JSON line by whose values they are counted, such as an address")
        .optional();
    let about = r.block("about", "what they are, when the text does not say it", phrase);
    Some(ReportSpec { text: text?, by, about })
}
