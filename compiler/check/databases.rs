//! Folders in which databases keep their files, whatever their container is called: those files belong together and
//! change together, so that a copy which is made meanwhile may not open.

use crate::{
    model::{Backup, Kept, Model, Mount, MountSource, Place, Service},
    values::AbsPath,
};

/// Where images of databases keep their data, and whose it is.
const FOLDERS: &[(&str, &str)] = &[
    ("/var/lib/mysql", "MySQL or MariaDB"),
    ("/var/lib/postgresql", "PostgreSQL"),
    ("/data/db", "MongoDB"),
    ("/data/configdb", "MongoDB"),
    ("/bitnami", "a database"),
    ("/var/opt/mssql", "SQL Server"),
    ("/opt/oracle/oradata", "Oracle"),
    ("/usr/share/elasticsearch/data", "Elasticsearch"),
    ("/usr/share/opensearch/data", "OpenSearch"),
    ("/var/lib/clickhouse", "ClickHouse"),
    ("/var/lib/influxdb", "InfluxDB"),
    ("/var/lib/influxdb2", "InfluxDB"),
    ("/var/lib/cassandra", "Cassandra"),
    ("/var/lib/rabbitmq", "RabbitMQ"),
    ("/var/lib/neo4j/data", "Neo4j"),
    ("/opt/couchdb/data", "CouchDB"),
    ("/cockroach/cockroach-data", "CockroachDB"),
    ("/etcd-data", "etcd"),
];

/// Endings of files that are databases themselves.
const FILES: &[&str] = &[".sqlite", ".sqlite3", ".db"];

/// Whose data is kept at that path of a container; none when it is not a database's as far as anybody knows.
pub fn kept_at(path: &AbsPath) -> Option<&'static str> {
    known_at(path.as_str())
}

/// The same of a path as it stands in a command.
pub fn known_at(path: &str) -> Option<&'static str> {
    if FILES.iter().any(|ending| path.ends_with(ending)) {
        return Some("SQLite");
    }
    let within =
        |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    FOLDERS.iter().find(|(folder, _)| within(folder)).map(|(_, whose)| *whose)
}

/// Whose files of a service a backup copies, when they are a database's.
pub fn copied_of(model: &Model, backup: &Backup, service: &Service) -> Option<&'static str> {
    let Kept::Files(files) = &backup.kept else { return None };
    match &files.place {
        Place::Volume { target, .. } => kept_at(target),
        Place::Host(paths) => {
            let copied = |mount: &&Mount| {
                on_host(model, mount).is_some_and(|host| paths.iter().any(|path| host.is_within(path)))
            };
            service.mounts.iter().filter(copied).find_map(|mount| kept_at(&mount.target))
        }
    }
}

/// The path of the host that is mounted.
pub fn on_host(model: &Model, mount: &Mount) -> Option<AbsPath> {
    use crate::values::{RelPath, Value as _};
    match &mount.source {
        MountSource::Host(path) => Some(path.clone()),
        MountSource::Tree(path) => Some(model.host.directory.join(&RelPath::parse(path).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Value as _;

    #[test]
    fn folders_of_databases() {
        let whose = |path: &str| kept_at(&AbsPath::parse(path).expect("a path"));
        assert_eq!(whose("/var/lib/mysql"), Some("MySQL or MariaDB"));
        assert_eq!(whose("/var/lib/postgresql/data"), Some("PostgreSQL"));
        assert_eq!(whose("/bitnami/postgresql"), Some("a database"));
        assert_eq!(whose("/app/db.sqlite3"), Some("SQLite"));
        assert_eq!(whose("/var/lib/mysql-files"), None);
        assert_eq!(whose("/uploads"), None);
    }
}
