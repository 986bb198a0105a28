//! The base and the log with which any second of a service's data comes back: a backup beside that of its dumps.

use super::{Context, log_folder};
use crate::{
    diagnostic::Diagnostic,
    expand::{read::backup::BackupSpec, resolve::made_name::made_name},
    model::{Backup, DataLog, Dump, Kept, Origin, Restore, Retention},
    source::Located,
    values::{Duration, Prose, Schedule},
};

/// The backup of the bases that are stated with `dumps`, which are of the same service.
pub(super) fn base(
    context: &Context,
    spec: &BackupSpec,
    dumps: &Backup,
    drill: Option<Schedule>,
) -> Option<Backup> {
    let stated = spec.point_in_time.as_ref()?;
    let Kept::Data(dump) = &dumps.kept else {
        context.sink.report(
            Diagnostic::error("no-backup-method", "files have no log that could be archived")
                .at(stated.span, "asked for here")
                .help("only data that its kind dumps comes back to any second; back the files up more often"),
        );
        return None;
    };
    let kind = context.kind(context.service(&dump.service)?)?;
    let Some(method) = kind.backup.as_ref().and_then(|backup| backup.point_in_time.as_ref()) else {
        context.sink.report(
            Diagnostic::error(
                "no-backup-method",
                format!("the kind `{}` does not say how its log is archived", kind.name.value),
            )
            .at(stated.span, "asked for here")
            .help("back it up more often, or give the kind's `backup` a `point-in-time`, in a kind of your own if it is a built-in one"),
        );
        return None;
    };
    let name = made_name(&format!("{}-base", dumps.name), stated.span, context.sink)?;
    if let Some(other) = context.spec.backups.iter().find(|other| other.name.value == name) {
        context.sink.report(
            Diagnostic::error("duplicate", format!("a backup `{name}` is derived already"))
                .at(other.name.span, "stated here")
                .at(stated.span, "its bases are kept under that name")
                .help("choose another name"),
        );
        return None;
    }
    let scope = context.scope(&dump.service)?;
    let shell = |text: &Located<Prose>| context.filled(scope.fill_shell(text.value.as_str()), text.span);
    let log = DataLog {
        every: stated.log.value,
        folder: log_folder(context.spec, spec)?,
        target: method.at.value.clone(),
        archive: shell(&method.archive)?,
        prune: shell(&method.prune)?,
    };
    Some(Backup {
        name,
        kept: Kept::Data(Dump {
            extension: method.extension.value.to_string(),
            dump: shell(&method.base)?,
            verify: shell(&method.verify)?,
            restore: Restore::Offline(shell(&method.restore)?),
            restore_part: None,
            log: Some(Box::new(log)),
            ..dump.clone()
        }),
        schedule: stated.every.value,
        keep: Retention::within(match &stated.keep {
            Some(keep) => keep.value,
            None => dumps.keep.within.unwrap_or(Duration::from_days(30)),
        }),
        // What is needed there is not told by the age of a base alone.
        offsite_keep: None,
        drill,
        origin: Origin::Stated(stated.span),
        ..dumps.clone()
    })
}
