//! A log file, how it is rotated, and what is reported of it.

use super::field::{FieldSpec, LogMetricSpec, field, log_metric};
use crate::{
    expand::{
        kind::{Phrase, phrase},
        read::rotation::{Rotation, rotation},
    },
    source::{Located, Span},
    syntax::Reader,
    values::{Line, LogPath, Mode},
};

/// A stated `log`.
#[derive(Clone, Debug)]
pub struct LogSpec {
    /// The file in the container, or on the host when its service runs there.
    pub path: Located<LogPath>,
    /// How it is rotated.
    pub rotation: Rotation,
    /// Permission bits of the new file.
    pub mode: Located<Mode>,
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

/// Reads a `log`; kinds state theirs in the same words.
pub fn log(r: &mut Reader) -> Option<LogSpec> {
    r.example("log \"/var/log/app/app.log\" keep=30");
    let path = r
        .arg::<LogPath>("path", "the file in the container, or on the host when the service runs there")
        .required();
    let rotation = rotation(r);
    let mode = r
        .prop::<Mode>("mode", "permissions of the new file, when a unit of the host is told to open it anew")
        .or("0640");
    let reports =
        r.keyed("report", "lines that the security check counts and shows, of the last seven days", report);
    let fields = r.keyed("field", "a field of the JSON object that each line is", field);
    let open = r.switch("open", "whether a line may have other fields than those stated");
    let metrics = r.keyed("metric", "a metric that is drawn from its lines each minute", log_metric);
    Some(LogSpec {
        path: path?,
        rotation: rotation?,
        mode: mode?,
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
