//! Data without a backup is data until the disk fails.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    check::{Rule, databases},
    diagnostic::{Diagnostic, Diagnostics},
    model::{Files, Kept, Model, Mount, MountSource, Place, Service},
    source::Span,
    values::{Name, Value as _},
};

/// The rule.
pub const RULE: Rule = Rule { code: "backup-missing", check, together: None };

/// Names of folders in which nothing is that does not come again by itself.
const FLEETING: &[&str] = &[
    "node_modules",
    ".venv",
    "venv",
    ".cache",
    "cache",
    ".npm",
    ".pnpm-store",
    ".yarn",
    ".m2",
    ".gradle",
    ".next",
    ".nuxt",
    "__pycache__",
    "log",
    "logs",
    "tmp",
    "temp",
    "run",
];

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
    folders(model, diagnostics);
}

/// A service, and where it has something mounted.
type User<'a> = (&'a Service, &'a Mount);

/// Volumes that services state for themselves: what they hold is not in the image, and nobody writes it twice.
fn volumes(model: &Model, diagnostics: &mut Diagnostics) {
    // By its name in the project: services may share it.
    let mut users: BTreeMap<&str, Vec<User>> = BTreeMap::new();
    for service in &model.services {
        for mount in service.mounts.iter().filter(|mount| !mount.read_only) {
            if let MountSource::Volume(volume) = &mount.source {
                users.entry(volume.name.as_str()).or_default().push((service, mount));
            }
        }
    }
    let mut kept = BTreeSet::new();
    for backup in &model.backups {
        if let Kept::Files(Files { place: Place::Volume { service, target }, .. }) = &backup.kept {
            let of = |(_, all): &(&&str, &Vec<User>)| {
                all.iter().any(|(user, mount)| user.name == *service && mount.target == *target)
            };
            kept.extend(users.iter().find(of).map(|(name, _)| *name));
        }
    }
    for (name, all) in &users {
        // What a datastore keeps is told of the datastore.
        if kept.contains(name) || all.iter().any(|(service, _)| service.datastore) {
            continue;
        }
        let stated: Vec<&User> = all.iter().filter(|(_, mount)| mount.stated.is_some()).collect();
        let Some((service, mount)) = stated.first() else { continue };
        let MountSource::Volume(volume) = &mount.source else { continue };
        if stated.iter().all(|(_, mount)| is_fleeting(&volume.called, mount)) {
            continue;
        }
        let database = stated.iter().find_map(|(_, mount)| databases::kept_at(&mount.target));
        let owner = match stated.as_slice() {
            [_] => format!("of `{}`", service.name),
            several => format!("that {} services share", several.len()),
        };
        let diagnostic = Diagnostic::warning(
            "backup-missing",
            format!("the files in `{}` {owner} are in no backup", volume.called),
        );
        let diagnostic = stated.iter().filter_map(|(_, mount)| mount.stated).enumerate().fold(
            diagnostic,
            |diagnostic, (index, span)| {
                let first = "outlives its containers, and not its disk";
                diagnostic.at(span, if index == 0 { first } else { "mounted here too" })
            },
        );
        diagnostics.add(diagnostic.help(help(
            &backup_name(&volume.name),
            &format!("volume \"{}\" of=\"{}\"", volume.called, service.name),
            database,
        )));
    }
}

/// Folders of the host in which a database keeps its files. Others may be anything, such as sources.
fn folders(model: &Model, diagnostics: &mut Diagnostics) {
    let mut told = BTreeSet::new();
    for service in model.services.iter().filter(|service| !service.datastore) {
        for mount in service.mounts.iter().filter(|mount| !mount.read_only) {
            let (Some(database), Some(span)) = (databases::kept_at(&mount.target), mount.stated) else {
                continue;
            };
            if matches!(mount.source, MountSource::Filled(_)) {
                diagnostics.add(filled(service, mount, database, span));
                continue;
            }
            let Some(folder) = databases::on_host(model, mount) else { continue };
            let keeps = |kept: &Kept| {
                matches!(kept, Kept::Files(Files { place: Place::Host(paths), .. })
                    if paths.iter().any(|path| folder.is_within(path)))
            };
            if model.backups.iter().any(|backup| keeps(&backup.kept)) || !told.insert(folder.clone()) {
                continue;
            }
            let name = backup_name(&format!("{}-data", service.name));
            diagnostics.add(
                Diagnostic::warning(
                    "backup-missing",
                    format!("the data of `{}` in `{folder}` is in no backup", service.name),
                )
                .at(span, format!("{database} keeps its data there"))
                .help(help(&name, &format!("files \"{folder}\""), Some(database))),
            );
        }
    }
}

/// Where the data is, is known on the host only: no backup can name it.
fn filled(service: &Service, mount: &Mount, database: &str, span: Span) -> Diagnostic {
    let name = backup_name(&format!("{}-data", service.name));
    Diagnostic::warning(
        "backup-missing",
        format!("the data of `{}` at `{}` is in no backup", service.name, mount.target),
    )
    .at(span, format!("{database} keeps its data there, wherever that is"))
    .help(help(&name, "files \"/srv/…\"", Some(database)))
}

/// Whether what is in it comes again by itself: what was installed or computed, and what programs log.
fn is_fleeting(called: &str, mount: &Mount) -> bool {
    let target = mount.target.as_str();
    let folder = target.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = called.split(['-', '_', '.']).collect();
    let system = ["/var/log/", "/var/cache/", "/var/tmp/", "/tmp/", "/run/", "/var/run/"];
    databases::kept_at(&mount.target).is_none()
        && (FLEETING.contains(&folder)
            || words.last().is_some_and(|last| FLEETING.contains(last))
            // `redis-cache-data` and `node_modules`.
            || words.contains(&"cache")
            || words.ends_with(&["node", "modules"])
            || system.iter().any(|above| target.starts_with(above)))
}

/// A name that a backup may have.
fn backup_name(volume: &str) -> String {
    let plain: String = volume
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    Name::parse(&parts.join("-")).map_or_else(|_| "files".to_owned(), |name| name.to_string())
}

fn help(name: &str, what: &str, database: Option<&str>) -> String {
    let lost = "if they may be lost, say so inside the service: `allow \"backup-missing\" because=\"…\"`";
    match database {
        None => format!("write `backup \"{name}\" {{ {what}; every \"day\" at=\"03:00\" }}`; {lost}"),
        Some(whose) => format!(
            "the files of {whose} belong together, and a copy that is made while it runs may not open. Have it dumped, by giving the service a kind that knows how (`ondol explain backup-missing`), or stopped meanwhile: `backup \"{name}\" {{ {what}; every \"day\" at=\"03:00\"; stopped #true }}`; {lost}"
        ),
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

    fn of_worker(volume: &str, rest: &str) -> Vec<String> {
        let app = format!("service \"app\" kind=\"worker\" {{ build \".\"; volume {volume} }}\n{rest}");
        raised("backup-missing", &app)
    }

    #[test]
    fn files_of_a_program_of_ones_own() {
        let uploads = "\"uploads\" at=\"/uploads\"";
        assert_eq!(of_worker(uploads, ""), ["the files in `uploads` of `app` are in no backup"]);
        let backup = "backup \"files\" { volume \"uploads\" of=\"app\"; every \"day\" }";
        assert!(of_worker(uploads, backup).is_empty());
        assert!(of_worker("\"uploads\" at=\"/uploads\" read-only=#true", "").is_empty());
        assert!(of_worker("\"/srv/uploads\" at=\"/uploads\"", "").is_empty());
    }

    #[test]
    fn what_comes_again_by_itself() {
        for volume in [
            "\"modules\" at=\"/app/node_modules\"",
            "\"pip-cache\" at=\"/pip\"",
            "\"redis-cache-data\" at=\"/data\"",
            "\"node_modules\" at=\"/app/modules\"",
            "\"x\" at=\"/app/.venv\"",
            "\"app-logs\" at=\"/app/out\"",
            "\"x\" at=\"/var/cache/app\"",
        ] {
            assert!(of_worker(volume, "").is_empty(), "{volume}");
        }
        assert_eq!(of_worker("\"catalogue\" at=\"/app/catalogue\"", "").len(), 1);
    }

    #[test]
    fn one_that_services_share_is_told_once() {
        let shared = "volume \"media\"\nservice \"a\" kind=\"worker\" { build \".\"; volume \"media\" at=\"/m\" }\nservice \"b\" kind=\"worker\" { build \".\"; volume \"media\" at=\"/media\" }\n";
        assert_eq!(
            raised("backup-missing", shared),
            ["the files in `media` that 2 services share are in no backup"]
        );
        let kept = format!("{shared}backup \"media\" {{ volume \"media\" of=\"b\"; every \"day\" }}");
        assert!(raised("backup-missing", &kept).is_empty());
    }

    #[test]
    fn the_folder_of_a_database() {
        let db = |volume: &str, rest: &str| {
            raised(
                "backup-missing",
                &format!(
                    "service \"db\" kind=\"container\" {{ image \"mariadb:11\"; volume {volume} at=\"/var/lib/mysql\" }}\n{rest}"
                ),
            )
        };
        assert_eq!(db("\"data\"", ""), ["the files in `data` of `db` are in no backup"]);
        assert_eq!(db("\"./mysql\"", ""), ["the data of `db` in `/opt/shop/mysql` is in no backup"]);
        assert!(
            db("\"./mysql\"", "backup \"db-data\" { files \"mysql\"; every \"day\"; stopped #true }")
                .is_empty()
        );
    }
}
