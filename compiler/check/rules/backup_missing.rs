//! Data without a backup is data until the disk fails.

use std::collections::BTreeSet;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Files, Kept, Model, MountSource, Place, Service},
};

/// The rule.
pub const RULE: Rule = Rule { code: "backup-missing", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let backed_up = model.backed_up();
    let bare = |service: &&Service| service.datastore && !backed_up.contains(&service.name);
    for service in model.services.iter().filter(bare) {
        diagnostics.add(
            Diagnostic::warning("backup-missing", format!("the data of `{}` is in no backup", service.name))
                .at(service.origin.span(), "keeps data")
                .help(format!(
                    "write `backup \"{}\" {{ every \"day\" at=\"02:00\" }}`; if the data may be lost, say so inside the service: `allow \"backup-missing\" because=\"…\"`",
                    service.name
                )),
        );
    }
    volumes(model, diagnostics);
}

/// Volumes that services state for themselves: what they hold is not in the image, and nobody writes it twice.
fn volumes(model: &Model, diagnostics: &mut Diagnostics) {
    let mut kept = BTreeSet::new();
    for backup in &model.backups {
        if let Kept::Files(Files { place: Place::Volume { service, target }, .. }) = &backup.kept {
            kept.insert((service, target));
        }
    }
    for service in model.services.iter().filter(|service| !service.datastore) {
        for mount in service.mounts.iter().filter(|mount| !mount.read_only) {
            let (MountSource::Volume(volume), Some(span)) = (&mount.source, mount.stated) else { continue };
            if kept.contains(&(&service.name, &mount.target)) {
                continue;
            }
            let name = service.name.as_str();
            let called = volume.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).unwrap_or(volume);
            diagnostics.add(
                Diagnostic::warning("backup-missing", format!("the files in `{called}` of `{name}` are in no backup"))
                    .at(span, "outlives its containers, and not its disk")
                    .help(format!(
                        "write `backup \"{volume}\" {{ volume \"{called}\" of=\"{name}\"; every \"day\" at=\"03:00\" }}`; if they may be lost, say so inside the service: `allow \"backup-missing\" because=\"…\"`"
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(rest: &str) -> Vec<String> {
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\"";
        raised("backup-missing", &format!("{redis}{rest}"))
    }

    #[test]
    fn a_datastore_without_one() {
        assert_eq!(messages(" }"), ["the data of `redis` is in no backup"]);
        assert!(messages(" }\nbackup \"redis\" { every \"day\" }").is_empty());
    }

    #[test]
    fn one_that_may_be_lost() {
        assert!(messages("; allow \"backup-missing\" because=\"a cache\" }").is_empty());
        assert!(messages(" }\nallow \"backup-missing\" because=\"all of it is a cache\"").is_empty());
        let other = " }\nservice \"b\" kind=\"redis\" { password secret=\"P\"; allow \"backup-missing\" because=\"a cache\" }";
        assert_eq!(messages(other), ["the data of `redis` is in no backup"]);
    }

    #[test]
    fn files_of_a_program_of_ones_own() {
        let messages = |volume: &str, rest: &str| {
            let app = format!("service \"app\" kind=\"worker\" {{ build \".\"; volume {volume} }}\n{rest}");
            raised("backup-missing", &app)
        };
        let uploads = "\"uploads\" at=\"/uploads\"";
        assert_eq!(messages(uploads, ""), ["the files in `uploads` of `app` are in no backup"]);
        let backup = "backup \"files\" { volume \"uploads\" of=\"app\"; every \"day\" }";
        assert!(messages(uploads, backup).is_empty());
        assert!(messages("\"uploads\" at=\"/uploads\" read-only=#true", "").is_empty());
        assert!(messages("\"/srv/uploads\" at=\"/uploads\"", "").is_empty());
    }
}
