//! Trees on which a check with containers would only see the same again. Containers take long: of such trees the last one
//! is tried. That two are twins is read from what the check reads of them, line by line; what it leaves out is comments,
//! and the names of the system and of its domain.

use std::{collections::BTreeMap, fs};

use super::{Check, Tree, name};

/// Lines by the name of the file that they are in.
type Lines = BTreeMap<String, Vec<String>>;

/// The last of the later trees on which the check sees the same: the one that is tried.
pub fn twin<'a>(tree: &Tree, check: &Check, trees: &'a [Tree]) -> Option<&'a Tree> {
    let after = trees.iter().skip_while(|other| other.path != tree.path).skip(1);
    after
        .filter(|other| other.is_for(check))
        .filter(|other| {
            let kin = other.system == tree.system;
            let environment = |tree: &Tree| tree.environment.split('/').next().map(str::to_owned);
            // Hosts that do the same work; `up` sees what an environment sets, too.
            let alike = kin
                && all(other) == all(tree)
                && (check.name != "up" || environment(other) == environment(tree));
            let seen = read(tree, check);
            alike || (seen.is_some() && seen == read(other, check))
        })
        .last()
}

/// Everything that the containers of a host are.
fn all(tree: &Tree) -> Lines {
    files(tree, &["compose.yaml"])
}

/// What a check reads of a tree; none when that is all of it.
fn read(tree: &Tree, check: &Check) -> Option<Vec<Lines>> {
    // What is asked of some trees is in the description as well.
    let described = || Lines::from([(tree.system.clone(), Vec::new())]);
    match check.name {
        "backup" => {
            let stops = |line: &str| line.contains("docker compose stop");
            Some(vec![
                described(),
                files(tree, &["scripts/backup-", "scripts/restore-", "scripts/verify-"]),
                // The guide's recovery of everything is typed.
                lines(tree, &["runbook.md"], &stops),
            ])
        }
        "firewall" => Some(vec![
            described(),
            files(tree, &["ufw/"]),
            lines(tree, &["compose.yaml"], &|line| {
                line.starts_with("- \"") && line.contains(':') && !line.contains('/')
            }),
        ]),
        "certificate" => {
            let words = ["listen", "ssl_", "/tls", "acme", "letsencrypt", "certbot", "given"];
            let speaks = |line: &str| words.iter().any(|word| line.contains(word));
            Some(vec![
                files(tree, &["scripts/certificate.sh", "scripts/run-job.sh", "nginx/docker-entrypoint.d/"]),
                lines(tree, &["compose.yaml", "nginx/nginx.conf", "nginx/conf.d/"], &speaks),
            ])
        }
        "deployment" => {
            // What is built, when a container is well, and what waits for that.
            let words = ["context:", "${RELEASE", "test:", "condition:"];
            let decides = |line: &str| words.iter().any(|word| line.contains(word));
            Some(vec![
                files(tree, &["scripts/deploy.sh", "scripts/rollback.sh"]),
                lines(tree, &["compose.yaml"], &decides),
                lines(tree, &["nginx/upstreams/"], &|_| true),
            ])
        }
        "tuning" => {
            let asked = ["psql", "rotate-"];
            Some(vec![
                services(tree, &["postgres:", "redis:"]),
                files(tree, &["scripts/job-", "scripts/rotate-"]),
                lines(tree, &["runbook.md"], &|line| asked.iter().any(|word| line.contains(word))),
            ])
        }
        _ => None,
    }
}

/// The lines of its files whose paths begin so.
fn files(tree: &Tree, beginnings: &[&str]) -> Lines {
    lines(tree, beginnings, &|_| true)
}

/// Those of them that are read, without comments, and without the names of the system and its domain.
fn lines(tree: &Tree, beginnings: &[&str], is_read: &dyn Fn(&str) -> bool) -> Lines {
    let of_folder = |beginning: &&str| {
        let (folder, start) = beginning.rsplit_once('/').unwrap_or(("", beginning));
        let start = start.to_owned();
        let entries = fs::read_dir(tree.path.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(move |path| name(path).starts_with(&start))
    };
    let names = names(tree);
    let plain = |line: &str| names.iter().fold(line.to_owned(), |line, (name, is)| line.replace(name, is));
    beginnings
        .iter()
        .flat_map(of_folder)
        .filter_map(|path| {
            let text = fs::read_to_string(&path).ok()?;
            let kept = text.lines().map(str::trim).filter(|line| !line.starts_with('#') && is_read(line));
            Some((plain(&name(&path)), kept.map(plain).collect()))
        })
        .collect()
}

/// What the tree calls the system, its domain and whom an authority writes to, and what stands for each.
fn names(tree: &Tree) -> Vec<(String, &'static str)> {
    let read = |path: &str| fs::read_to_string(tree.path.join(path)).unwrap_or_default();
    let (compose, certificate) = (read("compose.yaml"), read("scripts/certificate.sh"));
    let said = |text: &str, beginning: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(beginning))
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    };
    let names = [
        (said(&certificate, "email="), "EMAIL"),
        (said(&certificate, "domain="), "DOMAIN"),
        (said(&compose, "name: "), "SYSTEM"),
    ];
    names.into_iter().filter_map(|(name, is)| Some((name?, is))).collect()
}

/// The services of its compose file that are of such an image, every line of them.
fn services(tree: &Tree, images: &[&str]) -> Lines {
    let mut found = Lines::new();
    let mut service: Vec<String> = Vec::new();
    let mut keep = |service: &mut Vec<String>| {
        let image = service.iter().find_map(|line| line.strip_prefix("image: "));
        if image.is_some_and(|image| images.iter().any(|start| image.starts_with(start))) {
            found.insert(service[0].clone(), service.clone());
        }
        service.clear();
    };
    let text = fs::read_to_string(tree.path.join("compose.yaml")).unwrap_or_default();
    for line in text.lines().filter(|line| !line.trim().starts_with('#')) {
        if line.starts_with("  ") && !line.starts_with("   ") || !line.starts_with(' ') {
            keep(&mut service);
        }
        service.push(line.trim().to_owned());
    }
    keep(&mut service);
    found
}
