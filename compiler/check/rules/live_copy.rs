//! The files of a program that runs may belong together: a copy of which a part is older than the rest does not open.

use crate::{
    check::{
        Rule,
        commands::{Placed, program, sequences},
        databases,
    },
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
        let mut others = Vec::new();
        for service in users.filter(|service| writes(model, files, service)) {
            match databases::copied_of(model, backup, service) {
                None if !service.datastore => others.push(service),
                whose => diagnostics.add(of_database(backup, service, whose)),
            }
        }
        if !others.is_empty() {
            diagnostics.add(of_files(backup, &others));
        }
    }
    sequences(model).iter().for_each(|sequence| by_command(sequence, diagnostics));
}

/// What commands copy that run one after the other. Once something is stopped they know what they do.
fn by_command(sequence: &[Placed], diagnostics: &mut Diagnostics) {
    for (at, (words, span)) in sequence.iter().enumerate() {
        let before = || sequence[..at].iter().flat_map(|(words, _)| words);
        if before().any(|word| matches!(*word, "stop" | "down" | "pause" | "kill" | "scale" | "fsfreeze")) {
            return;
        }
        // A copy that the program itself has made just before may be taken away.
        let live = copied(words).into_iter().find(|path| is_live(path) && !before().any(|word| word == path));
        let Some(path) = live else { continue };
        let whose = databases::known_at(path).map_or("of a volume".to_owned(), |whose| format!("of {whose}"));
        diagnostics.add(
            Diagnostic::warning("live-copy", format!("`{path}` is copied as it is: files {whose}, while they are used"))
                .at(*span, "copies them")
                .help("say it as a `backup`, which dumps what its kind can dump or has it stopped meanwhile (`stopped #true`); by hand, `docker compose stop` first, and of SQLite `sqlite3 FILE \".backup COPY\"`"),
        );
    }
}

/// The paths that a command reads to write them elsewhere.
fn copied<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let Some((program, told)) = program(words) else { return Vec::new() };
    let paths: Vec<&str> = told.iter().copied().filter(|word| !word.starts_with('-')).collect();
    match program {
        "cp" | "rsync" | "scp" => paths.split_last().map(|(_, from)| from.to_vec()).unwrap_or_default(),
        "zip" => paths.into_iter().skip(1).collect(),
        // `tar czf`, `tar -c`, `tar --create`.
        "tar" if creates(told) => paths,
        _ => Vec::new(),
    }
}

/// Whether `tar` is told to pack: `czf`, `-c`, `--create`.
fn creates(told: &[&str]) -> bool {
    let short = |word: &&str| word.starts_with('-') && !word.starts_with("--");
    let first = told.first().filter(|first| !first.starts_with('-'));
    told.contains(&"--create")
        || told.iter().filter(|word| short(word)).chain(first).any(|word| word.contains('c'))
}

/// Whether a path of the host is one at which a program keeps its data, as far as its name tells.
fn is_live(path: &str) -> bool {
    let kept = ["backup", "dump", "snapshot", "archive"].iter().any(|word| path.contains(word));
    let data = ["/var/lib/", "/srv/", "/data/", "/opt/", "/home/", "/bitnami/"]
        .iter()
        .any(|home| path.starts_with(home));
    let volume = path.strip_prefix("/var/lib/docker/volumes/").is_some_and(|rest| !rest.is_empty());
    !kept && data && (volume || databases::known_at(path).is_some())
}

fn of_database(backup: &Backup, service: &Service, whose: Option<&str>) -> Diagnostic {
    let what = format!("`{}` copies the database of `{}` while it runs", backup.name, service.name);
    Diagnostic::warning("live-copy", what)
        .at(backup.origin.span(), "copies them")
        .at(service.origin.span(), "can write to them meanwhile")
        .help(match whose.filter(|_| !service.datastore) {
            None => format!(
                "have it stopped meanwhile (`stopped #true`), or dumped, if its kind can be (`backup \"{}\" {{ … }}`)",
                service.name
            ),
            Some(whose) => format!(
                "have it stopped meanwhile (`stopped #true`), or give `{}` a kind that knows how to dump {whose}",
                service.name
            ),
        })
}

fn of_files(backup: &Backup, services: &[&Service]) -> Diagnostic {
    let whose = match services {
        [service] => format!("of `{}` while it runs", service.name),
        several => format!("that {} services share while they run", several.len()),
    };
    let found = Diagnostic::warning("live-copy", format!("`{}` copies the files {whose}", backup.name))
        .at(backup.origin.span(), "copies them");
    services
        .iter()
        .fold(found, |found, service| found.at(service.origin.span(), "can write to them meanwhile"))
        .help("have it stopped meanwhile: `stopped #true`; if each file stands for itself, say so in the backup: `allow \"live-copy\" because=\"…\"`")
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

    #[test]
    fn by_a_command() {
        let job = |run: &str| {
            raised("live-copy", &format!("job \"copy\" {{ every \"day\"; run \"{run}\" }}")).len()
        };
        for run in [
            "tar czf /backup/x.tar.gz /var/lib/docker/volumes/shop_db/_data",
            "sudo tar -C /var/lib/docker/volumes/shop_db/_data -czf /backup/x.tgz .",
            "tar --create --file /backup/x.tar /var/lib/mysql",
            "cp /var/lib/app/db.sqlite3 /backup/",
            "rsync -a /var/lib/postgresql/ backup@b.example.com:/srv",
        ] {
            assert_eq!(job(run), 1, "{run}");
        }
        for run in [
            "docker compose stop db && tar czf /backup/x.tgz /var/lib/docker/volumes/shop_db/_data",
            "sqlite3 /var/lib/app/db.sqlite3 '.backup /var/lib/app/copy.sqlite3' && cp /var/lib/app/copy.sqlite3 /mnt",
            "tar xzf /backup/x.tgz -C /var/lib/docker/volumes/shop_db/_data",
            "cp /backup/db.sqlite3 /var/lib/app/",
            "cp /var/backups/app.db /mnt/nas/",
            "tar czf /backup/etc.tgz /etc",
            "du -sh /var/lib/docker/volumes/shop_db/_data",
        ] {
            assert_eq!(job(run), 0, "{run}");
        }
        let steps = "runbook { trouble \"moving\" {
            step \"stop\" run=\"docker compose stop db\"
            step \"copy\" run=\"cp -a /var/lib/mysql /mnt/new\" } }";
        assert_eq!(raised("live-copy", steps).len(), 0);
        let item =
            "checklist \"daily\" { item \"copy\" every=\"day\" run=\"cp /var/lib/app/db.sqlite3 /mnt\" }";
        assert_eq!(raised("live-copy", item).len(), 1);
    }
}
