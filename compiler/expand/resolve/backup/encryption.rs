//! Who alone can read a backup: what it says itself, else what the system says of all.

use super::Context;
use crate::{diagnostic::Diagnostic, expand::read::backup::BackupSpec, model::Encryption};

/// The encryption of a backup.
pub(super) fn encryption(context: &Context, spec: &BackupSpec) -> Option<Encryption> {
    let plain = spec.plain.as_ref().filter(|plain| plain.value);
    if let (Some(plain), Some(own)) = (plain, &spec.encrypt) {
        context.sink.report(
            Diagnostic::error(
                "plain-and-encrypted",
                format!("the backup `{}` is encrypted and is not", spec.name.value),
            )
            .at(own.span, "encrypted")
            .at(plain.span, "left readable")
            .help("keep one of them"),
        );
    }
    let stated = match plain {
        Some(_) => None,
        None => spec.encrypt.as_ref().or(context.spec.encrypt.as_ref()),
    }?;
    // The server itself writes its log, and reads it: encrypted bases beside a log that everybody can read would only
    // look safe. And objects go from one store to another without that they come here.
    let log = spec.point_in_time.as_ref().map(|one| (one.span, "archives the log as the server writes it"));
    let objects = spec.objects.as_ref().map(|one| (one.span, "copied from one store to another"));
    // A file that is encrypted anew is another file each time: nothing would be unchanged.
    let of_files = spec.volume.is_some() || !spec.files.is_empty();
    let snapshots =
        spec.incremental.as_ref().filter(|incremental| incremental.value && of_files).map(|one| {
            (one.span, "keeps what has not changed as it is, and what is encrypted is another file each time")
        });
    if let Some((span, why)) = log.or(objects).or(snapshots) {
        context.sink.report(
            Diagnostic::error("cannot-encrypt", format!("the backup `{}` cannot be encrypted", spec.name.value))
                .at(span, why)
                .at(stated.span, "wants it encrypted")
                .help("say `plain #true` in this backup, and let its `offsite` encrypt the copy: a remote of rclone of the type `crypt`; of files an archive can be encrypted, without `incremental`"),
        );
        return None;
    }
    let mut recipients: Vec<_> = stated.age.iter().map(|key| key.value.clone()).collect();
    recipients.sort();
    recipients.dedup();
    Some(Encryption { recipients, identity: stated.identity.value.clone() })
}
