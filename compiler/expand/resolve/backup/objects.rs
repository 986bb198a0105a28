//! Objects of a store, and what is not said of every sort of backup.

use super::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::read::backup::BackupSpec,
    model::{Kept, Objects},
    source::{Located, Span},
    values::Line,
};

/// What is kept of a store. Only another place that rclone knows can hold the copy.
pub(super) fn objects(context: &Context, spec: &BackupSpec, source: &Located<Line>) -> Option<Objects> {
    if spec.offsite.as_ref().is_none_or(|offsite| offsite.rclone.is_none() && offsite.rsync.is_none()) {
        context.sink.report(
            Diagnostic::error(
                "missing-property",
                format!("nothing says where the copy of `{}` is", spec.name.value),
            )
            .at(source.span, "copied from here")
            .help("say it: `offsite rclone=\"s3:backups/documents\"`"),
        );
        return None;
    }
    Some(Objects {
        source: source.value.clone(),
        check: spec.check.as_ref().map(|check| check.value.to_string()),
    })
}

/// Reports what is stated and says nothing of what is kept.
pub(super) fn not_of_this(context: &Context, spec: &BackupSpec, kept: &Kept) {
    let report = |span: Span, word: &str, why: &str, help: &str| {
        context.sink.report(
            Diagnostic::error(
                "not-of-this-backup",
                format!("`{word}` means nothing in the backup `{}`", spec.name.value),
            )
            .at(span, why.to_owned())
            .help(help.to_owned()),
        );
    };
    if let (Kept::Data(_) | Kept::Objects(_), Some(pattern)) = (kept, spec.exclude.first()) {
        report(
            pattern.span,
            "exclude",
            "no files are kept",
            "leave it out: `exclude` is for `volume` and `files`",
        );
    }
    let incremental = spec.incremental.as_ref().filter(|incremental| incremental.value);
    match (kept, incremental) {
        (Kept::Data(_), Some(incremental)) => report(
            incremental.span,
            "incremental",
            "a dump is whole",
            "leave it out; `point-in-time` keeps what was written since a dump, where the kind knows how",
        ),
        (Kept::Objects(_), Some(incremental)) => report(
            incremental.span,
            "incremental",
            "of objects only what has changed is copied anyway",
            "leave it out: `incremental` is for `volume` and `files`",
        ),
        _ => {}
    }
    let (Kept::Objects(_), Some(offsite)) = (kept, &spec.offsite) else { return };
    if let Some(rsync) = &offsite.rsync {
        report(
            rsync.span,
            "rsync",
            "rsync copies from no object store",
            "copy it with rclone: `offsite rclone=\"s3:backups/documents\"`",
        );
    }
    if offsite.keep.is_some() {
        report(
            offsite.span,
            "keep",
            "the copy follows the store",
            "say in the backup itself how long what was replaced is kept: `keep \"30d\"`",
        );
    }
}
