//! The files of a program that runs may belong together: a copy of which a part is older than the rest does not open.

use crate::{
    check::{Rule, databases},
    diagnostic::{Diagnostic, Diagnostics},
    model::{Backup, Files, Kept, Model, Place, Service},
};

/// The rule.
pub const RULE: Rule = Rule { code: "live-copy", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in &model.backups {
        let Kept::Files(files) = &backup.kept else { continue };
        // Of logs what was written by then is whole.
        if files.stopped || files.are_logs(&model.logs) {
            continue;
        }
        let users = files.users.iter().filter_map(|name| model.service(name));
        for service in users.filter(|service| writes(model, files, service)) {
            diagnostics.add(found(backup, service, databases::copied_of(model, backup, service)));
        }
    }
}

fn found(backup: &Backup, service: &Service, whose: Option<&str>) -> Diagnostic {
    let database = service.datastore || whose.is_some();
    let copied = if database { "copies the database" } else { "copies the files" };
    Diagnostic::warning("live-copy", format!("`{}` {copied} of `{}` while it runs", backup.name, service.name))
        .at(backup.origin.span(), "copies them")
        .at(service.origin.span(), "can write to them meanwhile")
        .help(match (service.datastore, whose) {
            (true, _) => format!(
                "have it stopped meanwhile (`stopped #true`), or dumped, if its kind can be (`backup \"{}\" {{ … }}`)",
                service.name
            ),
            (false, Some(whose)) => format!(
                "have it stopped meanwhile (`stopped #true`), or give `{}` a kind that knows how to dump {whose}",
                service.name
            ),
            (false, None) => "have it stopped meanwhile: `stopped #true`; if each file stands for itself, say so in the backup: `allow \"live-copy\" because=\"…\"`".to_owned(),
        })
}

/// Whether the service can write to the files.
fn writes(model: &Model, files: &Files, service: &Service) -> bool {
    let mut mounts = service.mounts.iter().filter(|mount| !mount.read_only);
    match &files.place {
        Place::Volume { service: of, target } => {
            let kept =
                model.service(of).and_then(|of| of.mounts.iter().find(|mount| mount.target == *target));
            mounts.any(|mount| kept.is_some_and(|kept| kept.source == mount.source))
        }
        Place::Host(paths) => mounts
            .filter_map(|mount| databases::on_host(model, mount))
            .any(|mounted| paths.iter().any(|path| mounted.is_within(path) || path.is_within(&mounted))),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn a_volume_of_a_database() {
        let messages = |more: &str| {
            let system = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }\n";
            raised(
                "live-copy",
                &format!("{system}backup \"files\" {{ volume \"data\" of=\"redis\"; every \"day\"{more} }}"),
            )
        };
        assert_eq!(messages(""), ["`files` copies the database of `redis` while it runs"]);
        assert!(messages("; stopped #true").is_empty());
    }

    #[test]
    fn the_folder_of_a_database_in_any_container() {
        let messages = |source: &str, kept: &str| {
            let db = format!(
                "service \"db\" kind=\"container\" {{ image \"mariadb:11\"; volume {source} at=\"/var/lib/mysql\" }}\n"
            );
            raised("live-copy", &format!("{db}backup \"files\" {{ {kept}; every \"day\" }}"))
        };
        assert_eq!(
            messages("\"data\"", "volume \"data\" of=\"db\""),
            ["`files` copies the database of `db` while it runs"]
        );
        assert_eq!(messages("\"./data\"", "files \"data\"").len(), 1);
        assert!(messages("\"data\"", "volume \"data\" of=\"db\"; stopped #true").is_empty());
    }

    #[test]
    fn whoever_can_write() {
        let messages = |service: &str, backup: &str| {
            let app = format!("service \"app\" kind=\"worker\" {{ build \".\"; {service} }}");
            raised("live-copy", &format!("{app}\nbackup \"files\" {{ every \"day\"; {backup} }}"))
        };
        let of_volume = "volume \"data\" of=\"app\"";
        let volume = "volume \"data\" at=\"/data\"";
        assert_eq!(messages(volume, of_volume), ["`files` copies the files of `app` while it runs"]);
        assert_eq!(
            messages(&format!("{volume}; datastore #true"), of_volume),
            ["`files` copies the database of `app` while it runs"]
        );
        assert!(messages("volume \"data\" at=\"/data\" read-only=#true", of_volume).is_empty());
        assert!(
            messages(volume, &format!("{of_volume}; allow \"live-copy\" because=\"never changed\""))
                .is_empty()
        );
        let host = "volume \"/srv/app\" at=\"/data\"";
        assert_eq!(messages(host, "files \"/srv\"").len(), 1);
        assert!(messages(host, "files \"/srv/other\"").is_empty());
    }

    #[test]
    fn logs_grow_at_their_end() {
        let app = "service \"app\" kind=\"worker\" { build \".\"; log \"/app/log/app.log\" }";
        assert!(
            raised("live-copy", &format!("{app}\nbackup \"logs\" {{ files \"/var/log\"; every \"day\" }}"))
                .is_empty()
        );
    }
}
