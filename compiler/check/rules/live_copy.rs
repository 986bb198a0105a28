//! The files of a database that runs are half of what it knows: the rest is in its memory.

use crate::{
    check::{Rule, databases},
    diagnostic::{Diagnostic, Diagnostics},
    model::{Kept, Model},
};

/// The rule.
pub const RULE: Rule = Rule { code: "live-copy", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in &model.backups {
        let Kept::Files(files) = &backup.kept else { continue };
        if files.stopped {
            continue;
        }
        let users = files.users.iter().filter_map(|name| model.service(name));
        for service in users {
            let database = databases::copied_of(model, backup, service);
            if !service.datastore && database.is_none() {
                continue;
            }
            let help = match database.filter(|_| !service.datastore) {
                None => format!(
                    "have it dumped (`backup \"{}\" {{ … }}`), or stopped meanwhile (`stopped #true`)",
                    service.name
                ),
                Some(whose) => format!(
                    "have it stopped meanwhile (`stopped #true`), or give `{}` a kind that knows how to dump {whose}",
                    service.name
                ),
            };
            diagnostics.add(
                Diagnostic::warning(
                    "live-copy",
                    format!("`{}` copies the files of `{}` while it runs", backup.name, service.name),
                )
                .at(backup.origin.span(), "copies them")
                .at(service.origin.span(), "writes to them meanwhile")
                .help(help),
            );
        }
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
        assert_eq!(messages(""), ["`files` copies the files of `redis` while it runs"]);
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
            ["`files` copies the files of `db` while it runs"]
        );
        assert_eq!(messages("\"./data\"", "files \"data\"").len(), 1);
        assert!(messages("\"data\"", "volume \"data\" of=\"db\"; stopped #true").is_empty());
    }
}
