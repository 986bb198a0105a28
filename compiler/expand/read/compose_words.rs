//! Words of compose.yaml, for whoever writes them here out of habit: what they are called in this language.
//!
//! The page docs/from-compose.md says the same at length; a test holds the two together.

use crate::{
    expand::overlay,
    syntax::{Form, PassedOn, Place, Table},
};

/// How keys of compose are passed on.
pub const PASSED_ON: PassedOn = PassedOn {
    form: Form::Keys,
    followed: &[],
    instead: "in compose write the variable itself: `\"${NAME}\"`",
};

/// Keys of a service and how each is said, with `|` between several ways; nothing for those that are only passed on.
const SERVICE: &[(&str, &str)] = &[
    ("annotations", ""),
    ("attach", "container attach=#true"),
    ("blkio_config", ""),
    ("cap_add", "privileges { cap-add \"NET_BIND_SERVICE\" }"),
    ("cap_drop", "privileges { cap-drop \"ALL\" }"),
    ("cgroup", "privileges cgroup=\"host\""),
    ("cgroup_parent", ""),
    ("configs", ""),
    ("container_name", "container name=\"db\""),
    ("cpu_count", ""),
    ("cpu_percent", ""),
    ("cpu_period", ""),
    ("cpu_quota", ""),
    ("cpu_rt_period", ""),
    ("cpu_rt_runtime", ""),
    ("cpu_shares", ""),
    ("cpus", "limits cpus=\"0.5\""),
    ("cpuset", ""),
    ("credential_spec", ""),
    ("depends_on", "needs \"db\" | starts-after \"db\" | needs-done \"migrate\""),
    ("deploy", "replicas=3 | limits cpus=\"0.5\" | reserve memory=\"256MiB\" | restart \"always\""),
    ("develop", ""),
    ("device_cgroup_rules", ""),
    ("devices", "privileges { device \"/dev/kmsg:/dev/kmsg\" }"),
    ("dns_opt", ""),
    ("dns_search", ""),
    ("domainname", "container domainname=\"example.com\""),
    ("env_file", "env-file \"./common.env\""),
    ("environment", "env { KEY \"value\" }"),
    ("extends", ""),
    ("external_links", ""),
    ("extra_hosts", "extra-hosts { legacy \"10.0.0.9\" }"),
    ("gpus", "container gpus=\"all\""),
    ("group_add", "privileges { group \"docker\" }"),
    ("healthcheck", "health { command \"pg_isready\"; interval \"10s\" }"),
    ("hostname", "container hostname=\"db\""),
    ("init", "container init=#true"),
    ("ipc", "privileges ipc=\"host\""),
    ("isolation", ""),
    ("label_file", ""),
    ("links", "link \"server\""),
    ("mac_address", "network \"default\" mac=\"02:42:ac:1c:00:05\""),
    ("mem_limit", "limits memory=\"512MiB\""),
    ("mem_reservation", "reserve memory=\"256MiB\""),
    ("mem_swappiness", ""),
    ("memswap_limit", ""),
    ("models", ""),
    ("network_mode", "network-mode \"host\""),
    ("networks", "network \"backend\""),
    ("oom_kill_disable", ""),
    ("oom_score_adj", ""),
    ("pid", "privileges pid=\"host\""),
    ("pids_limit", "limits pids=100"),
    ("platform", "container platform=\"linux/amd64\""),
    ("ports", "publish 8000 to=80"),
    ("post_start", ""),
    ("pre_stop", ""),
    ("privileged", "privileges { privileged }"),
    ("profiles", "profile \"debug\""),
    ("provider", ""),
    ("pull_policy", "container pull=\"always\""),
    ("read_only", "privileges { read-only }"),
    ("restart_policy", "restart \"always\""),
    ("runtime", "container runtime=\"runc\""),
    ("scale", "replicas=3"),
    ("secrets", "secret-file \"db-password\""),
    ("security_opt", "privileges { security-opt \"apparmor:unconfined\" }"),
    ("shm_size", "limits shm=\"128MiB\""),
    ("stdin_open", "container stdin=#true"),
    ("stop_grace_period", "stop-grace \"1m\""),
    ("stop_signal", "container stop-signal=\"SIGINT\""),
    ("storage_opt", ""),
    ("sysctls", "limits { sysctl { net.core.somaxconn \"1024\" } }"),
    ("tty", "container tty=#true"),
    ("ulimits", "limits { ulimit \"nofile\" soft=65536 }"),
    ("use_api_socket", ""),
    ("user", "run-as \"1000:1000\""),
    ("userns_mode", "privileges userns=\"host\""),
    ("uts", ""),
    ("volumes", "volume \"data\" at=\"/var/lib/x\""),
    ("volumes_from", ""),
    ("working_dir", "container working-dir=\"/app\""),
];

/// Keys of a health check.
const HEALTH: &[(&str, &str)] = &[
    ("disable", "disabled=#true"),
    ("start_interval", "start-interval=\"5s\""),
    ("start_period", "start-period=\"30s\""),
    ("test", "command \"pg_isready\""),
];

/// Keys of a build.
const BUILD: &[(&str, &str)] = &[
    ("additional_contexts", "compose { build { additional_contexts { common \"../common\" } } }"),
    ("cache_from", "cache-from \"x\""),
    ("context", "build \"./api\""),
];

/// Keys of the document.
const DOCUMENT: &[(&str, &str)] = &[
    ("configs", ""),
    ("include", "import \"parts.kdl\""),
    ("networks", "network \"backend\""),
    ("secrets", "secret \"TOKEN\""),
    ("services", "service \"db\""),
    ("volumes", "volume \"data\""),
];

/// What compose says of a service on a network, and how it is said here.
const ATTACHMENT: &[(&str, &str)] = &[
    ("aliases", "alias \"db\""),
    ("ipv4_address", "ipv4=\"172.28.0.5\""),
    ("ipv6_address", "ipv6=\"fd00::5\""),
    ("mac_address", "mac=\"02:42:ac:1c:00:05\""),
];

/// What to write for a word that a service does not know; `near` is one that it knows.
pub fn in_service(word: &str, near: Option<&str>) -> Option<String> {
    said(SERVICE, word).or_else(|| elsewhere("service", word).filter(|_| near.is_none()))
}

/// What to write for a word that a network of a service does not know.
pub fn in_attachment(word: &str, _near: Option<&str>) -> Option<String> {
    said(ATTACHMENT, word)
}

/// What to write for a word that a health check does not know.
pub fn in_health(word: &str, _near: Option<&str>) -> Option<String> {
    said(HEALTH, word)
}

/// What to write for a word that a build does not know.
pub fn in_build(word: &str, _near: Option<&str>) -> Option<String> {
    said(BUILD, word)
}

/// What to write for a word that the system does not know.
pub fn in_system(word: &str, near: Option<&str>) -> Option<String> {
    if word == "kind" {
        return Some("a `kind` stands at the top of a file, beside `system`".to_owned());
    }
    said(DOCUMENT, word).or_else(|| elsewhere("system", word).filter(|_| near.is_none()))
}

/// What to write for a word that stands outside of every system.
pub fn at_top(word: &str) -> Option<String> {
    said(DOCUMENT, word).or_else(|| {
        let said = place(overlay::table(), word)?;
        Some(format!("`{word}` stands in a system: `system \"…\" {{ {said} }}`"))
    })
}

fn said(words: &[(&str, &str)], word: &str) -> Option<String> {
    let (key, here) = words.iter().find(|(key, _)| *key == word)?;
    Some(match *here {
        "" => format!("there is no word for compose's `{key}`: pass it on with `compose {{ {key} … }}`"),
        here => {
            let ways: Vec<String> = here.split(" | ").map(|way| format!("`{way}`")).collect();
            format!("compose's `{key}` is said {} here", ways.join(", "))
        }
    })
}

/// Where a word of the language stands that was written one block too far out.
fn elsewhere(block: &str, word: &str) -> Option<String> {
    let table = overlay::table();
    let table =
        if block == table.name { table } else { table.blocks.iter().find(|one| one.name == block)? };
    // A word of many blocks says nothing about which is meant.
    let mut within = table.blocks.iter().filter_map(|inner| Some((inner.name, place(inner, word)?)));
    if let (Some((name, said)), None) = (within.next(), within.next()) {
        return Some(format!("`{word}` stands in `{name}`: `{name} {{ {said} }}`"));
    }
    let owner = owner(overlay::table(), word)?;
    Some(format!("`{word}` stands in `{owner}`: `{owner} {{ {word} … }}`"))
}

/// The block that has blocks of that name, wherever it stands.
fn owner(table: &'static Table, word: &str) -> Option<&'static str> {
    if table.blocks.iter().any(|inner| inner.name == word) {
        return Some(table.name);
    }
    table.blocks.iter().find_map(|inner| owner(inner, word))
}

/// How a word is written in a block, when it has it.
fn place(block: &Table, word: &str) -> Option<String> {
    if block.blocks.iter().any(|inner| inner.name == word) {
        return Some(format!("{word} …"));
    }
    let ask = block.asks.iter().find(|ask| ask.name == word)?;
    let named = matches!(ask.place, Place::Property | Place::List | Place::Map | Place::Raw);
    named.then(|| format!("{word} …"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/from-compose.md");

    /// The cells of the rows of a table: compose's words, and ours.
    fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
        PAGE.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
    }

    fn words(cell: &str) -> Vec<&str> {
        cell.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).collect()
    }

    #[test]
    fn the_page_says_the_same() {
        for (key, here) in [SERVICE, ATTACHMENT, HEALTH, BUILD, DOCUMENT].into_iter().flatten() {
            let passed = PAGE.split("## What has no word").nth(1).unwrap_or_default();
            let told = match *here {
                "" => words(passed).contains(key),
                here => rows().any(|(compose, ours)| {
                    let said = words(ours);
                    let pieces = words(here);
                    words(compose).contains(key) && pieces.first().is_some_and(|word| said.contains(word))
                }),
            };
            assert!(told, "docs/from-compose.md does not say `{key}` as `{here}`");
        }
    }

    #[test]
    fn every_key_of_the_page_is_known() {
        let known: Vec<&str> = [SERVICE, ATTACHMENT, HEALTH, BUILD, DOCUMENT]
            .into_iter()
            .flatten()
            .map(|(key, _)| *key)
            .collect();
        let keys = rows()
            .flat_map(|(compose, _)| words(compose))
            .filter(|word| word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let of_values = ["wal_level", "service_healthy", "service_started", "service_completed_successfully"];
        let of_shared = ["driver_opts", "enable_ipv6"];
        let missing: Vec<&str> = keys
            .filter(|key| !known.contains(key) && !of_values.contains(key) && !of_shared.contains(key))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_word_of_a_block() {
        let said = in_service("cap-add", None).unwrap();
        assert_eq!(said, "`cap-add` stands in `privileges`: `privileges { cap-add … }`");
        assert!(in_system("kind", None).unwrap().contains("at the top"));
        assert!(in_service("nonsense", None).is_none());
        assert!(in_service("label", Some("labels")).is_none());
        assert!(in_service("cpuset", None).unwrap().contains("compose { cpuset … }"));
    }
}
