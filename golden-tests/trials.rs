//! Which trials of the real programs there are: the checks, the trees, and which check is tried on which tree.
//!
//! `real.rs` runs them; `coverage.rs` asks whether a trial that the table names is one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[path = "twins.rs"]
mod twins;

/// A script of `golden-tests/real/` and the trees that it is for.
pub struct Check {
    /// Name of the script and of the trials.
    pub name: &'static str,
    /// The check applies to trees that have this file or folder; `*` before an ending stands for any name.
    pub needs: &'static str,
    /// Whether it runs beside a Docker engine.
    pub engine: bool,
}

/// A check of files.
const fn files(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false }
}

/// A check of behaviour, without Docker.
const fn behaviour(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false }
}

/// A check of behaviour, with containers.
const fn containers(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: true }
}

/// What trees have nothing of: the system, its environment (any, when empty), and the properties in the words of
/// `real/tree.py`. A check asks only for what is there; what is missing and not stated here is a failure.
const LACKS: &[(&str, &str, &[&str])] = &[
    ("behind-proxy", "", &["tls", "monitoring", "closed paths"]),
    ("edge-cases", "", &["closed paths"]),
    ("keeps-files", "", &["closed paths"]),
    ("knowledge-chat", "prod/app-1", &["tls"]),
    ("knowledge-chat", "prod/app-2", &["tls"]),
    ("knowledge-chat", "prod/data-1", &["tls", "closed paths"]),
    ("knowledge-chat", "staging", &["tls"]),
    ("knowledge-chat", "dev", &["tls", "monitoring", "backups", "closed paths"]),
    ("other-kinds", "", &["variables", "backups"]),
    ("several-hosts", "default/edge-1", &["variables", "backups"]),
    ("several-hosts", "default/app-1", &["tls", "backups", "closed paths"]),
    ("several-hosts", "default/app-2", &["tls", "backups", "closed paths"]),
    ("several-hosts", "default/data-1", &["tls", "closed paths"]),
    ("by-timers", "", &["tls", "backups", "closed paths"]),
    ("bare", "", &["monitoring", "variables", "backups", "closed paths"]),
    ("one-shot-tasks", "", &["monitoring", "variables", "backups", "closed paths"]),
    ("redis-cluster", "", &["tls", "closed paths"]),
    ("several-sites", "", &["monitoring", "variables", "backups"]),
    ("sql-databases", "", &["closed paths"]),
    ("typed-variables", "", &["monitoring", "backups", "closed paths"]),
];

/// What runs beside an engine on an odd system. Containers take long, and on most of these systems they would show what
/// they show on the examples.
const ENGINE: &[(&str, &[&str])] = &[
    ("behind-proxy", &["firewall"]),
    ("by-timers", &[]),
    ("edge-cases", &["up", "backup", "firewall", "certificate"]),
    ("keeps-files", &["backup"]),
    ("other-kinds", &[]),
    ("several-hosts", &["firewall"]),
    ("several-sites", &[]),
    ("bare", &["up"]),
    ("one-shot-tasks", &["deployment"]),
    ("redis-cluster", &["tuning"]),
    ("sql-databases", &["backup", "up"]),
    ("typed-variables", &[]),
];

/// The long ones first, so that the last trial to end is a short one.
pub const CHECKS: &[Check] = &[
    containers("deployment", "scripts/deploy.sh"),
    containers("point_in_time", "scripts/archive-postgres.sh"),
    containers("backup", "scripts"),
    containers("up", "compose.yaml"),
    containers("certificate", "scripts/certificate.sh"),
    containers("firewall", "ufw"),
    containers("tuning", "compose.yaml"),
    behaviour("alerting", "alertmanager"),
    behaviour("probes", "blackbox"),
    behaviour("escalation", "prometheus/rules/escalation_steps.yml"),
    behaviour("jobs", "cron.d"),
    behaviour("logs", "logs"),
    behaviour("proxy", "nginx"),
    behaviour("hostile", "nginx"),
    behaviour("host", "scripts/install.sh"),
    behaviour("application", "compose.yaml"),
    behaviour("security", "scripts/security-check.sh"),
    behaviour("timers", "systemd/*.timer"),
    behaviour("units", "scripts/unit-environment.sh"),
    files("compose", "compose.yaml"),
    files("nginx", "nginx"),
    files("prometheus", "prometheus"),
    files("alertmanager", "alertmanager"),
    files("grafana", "grafana"),
    files("cron", "cron.d"),
    files("environment", "env"),
    files("logrotate", "logrotate.d"),
    files("scripts", "scripts"),
    files("checklists", "checklists.ics"),
    files("page", "runbook.html"),
    files("runbook", "runbook.md"),
    files("workflow", "ci"),
];

/// The folder with the descriptions of the examples.
const EXAMPLES: &str = "examples";

/// That of the odd systems, which only tests use.
const SYSTEMS: &str = "golden-tests/systems";

/// A generated tree and where it comes from.
pub struct Tree {
    /// The name of its system's folder.
    pub system: String,
    pub environment: String,
    pub path: PathBuf,
    /// The folder that its description is in, by the name of the system; none for a tree from elsewhere, of which nothing is known.
    pub described: Option<&'static str>,
}

impl Tree {
    /// The properties that it has nothing of.
    pub fn lacks(&self) -> Vec<&'static str> {
        let stated = LACKS.iter().filter(|(system, environment, _)| {
            *system == self.system && (environment.is_empty() || *environment == self.environment)
        });
        stated.flat_map(|(_, _, lacks)| lacks.iter().copied()).collect()
    }

    /// Whether it has this file or folder, or in a folder a file with the ending behind a `*`.
    fn has(&self, needed: &str) -> bool {
        let Some((folder, ending)) = needed.split_once('*') else { return self.path.join(needed).exists() };
        let mut files = fs::read_dir(self.path.join(folder)).into_iter().flatten().flatten();
        files.any(|file| name(&file.path()).ends_with(ending))
    }

    /// Whether the check is for it.
    pub fn is_for(&self, check: &Check) -> bool {
        let engine = ENGINE
            .iter()
            .find(|(system, _)| *system == self.system)
            .filter(|_| self.described == Some(SYSTEMS));
        // Where programs of the host itself are released from tags, `units` tries the same scripts.
        let tagged = check.name == "deployment" && self.path.join("scripts/unit-environment.sh").exists();
        // A tree without backups is one that states so.
        let nothing = check.name == "backup" && self.lacks().contains(&"backups");
        self.has(check.needs)
            && !tagged
            && !nothing
            && (!check.engine || engine.is_none_or(|(_, checks)| checks.contains(&check.name)))
    }
}

impl Check {
    /// The tree on which it sees the same and is tried instead.
    pub fn instead<'a>(&self, tree: &Tree, trees: &'a [Tree]) -> Option<&'a Tree> {
        if self.engine { twins::twin(tree, self, trees) } else { None }
    }

    /// The name of its trial on a tree.
    pub fn on(&self, tree: &Tree) -> String {
        format!("{}::{}/{}", self.name, tree.system, tree.environment)
    }
}

/// The trees of the examples and, compiled into a folder, those of the odd systems.
pub fn every_tree(house: &Path, compiled: &Path) -> Result<Vec<Tree>, String> {
    let mut every = trees(&house.join("generated"), Some(EXAMPLES));
    if every.is_empty() {
        return Err("no tree in generated/".to_owned());
    }
    for folder in folders(&house.join(SYSTEMS)) {
        let out = compiled.join(name(&folder));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
        command.args(["apply", "--yes", "--quiet", "--out"]).arg(&out).arg(&folder);
        let output = command.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("{}\n{command:?}", String::from_utf8_lossy(&output.stderr)));
        }
        let odd = trees(&out, Some(SYSTEMS)).into_iter();
        every.extend(odd.map(|tree| Tree { system: name(&folder), ..tree }));
    }
    Ok(every)
}

/// The trees in a folder, `<system>/<environment>`, and the folder with their descriptions.
pub fn trees(folder: &Path, described: Option<&'static str>) -> Vec<Tree> {
    folders(folder)
        .iter()
        .flat_map(|system| folders(system).into_iter().map(|path| (name(system), path)))
        .flat_map(|(system, path)| {
            hosts(path).into_iter().map(move |(environment, path)| (system.clone(), environment, path))
        })
        .map(|(system, environment, path)| Tree { environment, system, path, described })
        .collect()
}

/// The tree of an environment; when it has several hosts, theirs, and ahead of them the folder with what they share.
fn hosts(environment: PathBuf) -> Vec<(String, PathBuf)> {
    let called = name(&environment);
    if environment.join("compose.yaml").exists() {
        return vec![(called, environment)];
    }
    let hosts = folders(&environment).into_iter().filter(|host| host.join("compose.yaml").exists());
    let mut trees: Vec<_> = hosts.map(|host| (format!("{called}/{}", name(&host)), host)).collect();
    if !trees.is_empty() {
        trees.insert(0, (called, environment));
    }
    trees
}

/// The folders in a folder, sorted; none when it cannot be read.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
