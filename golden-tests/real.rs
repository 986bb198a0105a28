//! Real programs on the generated trees: a server's own nginx, Prometheus, cron, ufw, Docker judge every file and run it.
//!
//! A trial is one check on one tree, `proxy::shop/prod`: a script of `golden-tests/real/` that runs inside
//! `golden-tests/tools/sandbox` and finds the tree's facts in the tree itself, so that a new example is covered without
//! a new line here. A tool that is missing fails the trial; nothing is skipped: what a tree has nothing of is stated
//! (`LACKS`), and a check that finds something else fails. This file decides nothing about files: it only starts,
//! bounds and reports.
//!
//! The trees are those of the examples, as committed in `generated/`, and those of the odd systems in
//! `golden-tests/systems/`, compiled here; of a system with several hosts, each host's. `ONDOL_TEST_TREES` names a folder with `<system>/<environment>` trees that
//! take the place of them all.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};

mod calendar;
mod quoted;
mod texts;
mod twins;

/// A script of `golden-tests/real/` and the trees that it is for.
struct Check {
    /// Name of the script and of the trials.
    name: &'static str,
    /// The check applies to trees that have this file or folder.
    needs: &'static str,
    /// Whether it runs beside a Docker engine.
    engine: bool,
    /// Time that it may take on a busy machine.
    seconds: u64,
}

/// A check of files. Objectives over a month are proved with a month of samples: promtool takes a minute and a half.
const fn files(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false, seconds: 480 }
}

/// A check of behaviour, without Docker.
const fn behaviour(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false, seconds: 480 }
}

/// A check of behaviour, with containers.
const fn containers(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: true, seconds: 900 }
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
    ("by-timers", &[]),
    ("behind-proxy", &["firewall"]),
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
const CHECKS: &[Check] = &[
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
    behaviour("timers", "timers"),
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

/// Trials of which the cost is told.
const DEAREST: usize = 30;

/// Lines of a script's output that a failure shows.
const SHOWN_LINES: usize = 60;

/// A generated tree and where it comes from.
struct Tree {
    /// The name of its system's folder.
    system: String,
    environment: String,
    path: PathBuf,
    /// The folder with its description; none for a tree from elsewhere, of which nothing is known.
    described: Option<PathBuf>,
    /// Whether its system is an odd one.
    odd: bool,
}

impl Tree {
    /// The properties that it has nothing of.
    fn lacks(&self) -> Vec<&'static str> {
        let stated = LACKS.iter().filter(|(system, environment, _)| {
            *system == self.system && (environment.is_empty() || *environment == self.environment)
        });
        stated.flat_map(|(_, _, lacks)| lacks.iter().copied()).collect()
    }

    /// Whether the check is for it.
    fn is_for(&self, check: &Check) -> bool {
        let engine = ENGINE.iter().find(|(system, _)| *system == self.system).filter(|_| self.odd);
        // Where programs of the host itself are released from tags, `units` tries the same scripts.
        let tagged = check.name == "deployment" && self.path.join("scripts/unit-environment.sh").exists();
        // A tree without backups is one that states so.
        let nothing = check.name == "backup" && self.lacks().contains(&"backups");
        self.path.join(check.needs).exists()
            && !tagged
            && !nothing
            && (!check.engine || engine.is_none_or(|(_, checks)| checks.contains(&check.name)))
    }
}

fn main() -> ExitCode {
    let house: &'static Path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let compiled = tempfile::tempdir();
    let trees = match (env::var_os("ONDOL_TEST_TREES"), &compiled) {
        (Some(folder), _) => Ok(trees(Path::new(&folder), None)),
        (None, Ok(compiled)) => every_tree(house, compiled.path()),
        (None, Err(error)) => Err(error.to_string()),
    };
    let mut trials: Vec<Trial> = match &trees {
        Ok(trees) => {
            let (engine, others): (Vec<&Check>, Vec<&Check>) = CHECKS.iter().partition(|check| check.engine);
            mixed(trials_of(house, &engine, trees), trials_of(house, &others, trees))
        }
        Err(reason) => {
            let reason = reason.clone();
            vec![Trial::test("trees", move || Err(reason.into()))]
        }
    };
    trials.push(Trial::test("quoted", || every_text(house)));
    // They wait for clocks, and do nothing meanwhile: first, so that nobody waits for them at the end.
    for part in ["timers", "Europe/Berlin", "America/New_York"] {
        let name = format!("calendar::{part}");
        trials.insert(0, Trial::test(name.clone(), move || every_schedule(house, part, &name)));
    }
    let mut arguments = Arguments::from_args();
    // Trials wait more than they work: for containers to start, for clocks.
    arguments.test_threads.get_or_insert(thread::available_parallelism().map_or(8, |cores| cores.get() + 6));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_passed + conclusion.num_failed > 1 {
        dearest();
    }
    conclusion.exit_code()
}

/// Every trial of the checks.
fn trials_of(house: &'static Path, checks: &[&'static Check], trees: &[Tree]) -> Vec<Trial> {
    let of = |check: &&'static Check| {
        let (check, mine) = (
            *check,
            trees
                .iter()
                .filter(|tree| tree.is_for(check) && !(check.engine && twins::has_twin(tree, check, trees))),
        );
        mine.map(|tree| trial(house, check, tree)).collect::<Vec<_>>()
    };
    checks.iter().flat_map(of).collect()
}

/// Both, spread evenly: there are only four engines, and while they are busy the others run.
fn mixed(few: Vec<Trial>, many: Vec<Trial>) -> Vec<Trial> {
    let (step, mut many) = (many.len().div_ceil(few.len().max(1)), many.into_iter());
    let mut mixed = Vec::new();
    for trial in few {
        mixed.push(trial);
        mixed.extend(many.by_ref().take(step));
    }
    mixed.extend(many);
    mixed
}

/// What a trial took.
#[derive(Clone)]
struct Cost {
    /// Of the processors, by all that it started.
    worked: Duration,
    /// From its start to its end.
    took: Duration,
    trial: String,
}

/// What each trial cost; who makes the whole faster begins with the dearest.
static COSTS: Mutex<Vec<Cost>> = Mutex::new(Vec::new());

/// Prints the trials that cost the processors most: how much work there is decides how long all of it takes, while how long
/// one trial took says most of what ran beside it.
fn dearest() {
    let mut costs = COSTS.lock().map_or_else(|_| Vec::new(), |costs| costs.clone());
    costs.sort_by_key(|cost| cost.worked);
    let worked: Duration = costs.iter().map(|cost| cost.worked).sum();
    println!("cost most, of {} s of work in all (work, time):", worked.as_secs());
    for cost in costs.iter().rev().take(DEAREST) {
        println!("{:>4} s {:>4} s  {}", cost.worked.as_secs(), cost.took.as_secs(), cost.trial);
    }
}

/// What a process that has ended and was not waited for, and all that it waited for, took of the processors.
fn worked(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |of: &[&str]| of.iter().map(|field| field.parse::<u64>()).sum::<Result<u64, _>>().ok();
    // Its own time in user mode and in the kernel, and that of its children, in hundredths of a second.
    (fields.first() == Some(&"Z"))
        .then(|| ticks(fields.get(11..15)?))
        .flatten()
        .map(|ticks| Duration::from_millis(ticks * 10))
}

/// The trees of the examples and, compiled into a folder, those of the odd systems.
fn every_tree(house: &Path, compiled: &Path) -> Result<Vec<Tree>, String> {
    let mut every = trees(&house.join("generated"), Some(&house.join("examples")));
    if every.is_empty() {
        return Err("no tree in generated/".to_owned());
    }
    for folder in folders(&house.join("golden-tests/systems")) {
        let out = compiled.join(name(&folder));
        let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
        command.args(["apply", "--yes", "--quiet", "--out"]).arg(&out).arg(&folder);
        let output = command.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("{}\n{command:?}", String::from_utf8_lossy(&output.stderr)));
        }
        let odd = trees(&out, None).into_iter();
        every.extend(odd.map(|tree| Tree {
            system: name(&folder),
            described: Some(folder.clone()),
            odd: true,
            ..tree
        }));
    }
    Ok(every)
}

/// The trees in a folder, `<system>/<environment>`; their descriptions are in folders of the systems' names.
fn trees(folder: &Path, descriptions: Option<&Path>) -> Vec<Tree> {
    folders(folder)
        .iter()
        .flat_map(|system| folders(system).into_iter().map(|path| (name(system), path)))
        .flat_map(|(system, path)| {
            hosts(path).into_iter().map(move |(environment, path)| (system.clone(), environment, path))
        })
        .map(|(system, environment, path)| Tree {
            environment,
            described: descriptions.map(|folder| folder.join(&system)),
            system,
            path,
            odd: false,
        })
        .collect()
}

/// The tree of an environment, or those of its hosts when it has several.
fn hosts(environment: PathBuf) -> Vec<(String, PathBuf)> {
    let called = name(&environment);
    if environment.join("compose.yaml").exists() {
        return vec![(called, environment)];
    }
    let hosts = folders(&environment).into_iter().filter(|host| host.join("compose.yaml").exists());
    hosts.map(|host| (format!("{called}/{}", name(&host)), host)).collect()
}

/// The folders in a folder, sorted; none when it cannot be read.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The last part of a path.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// One check on one tree.
fn trial(house: &Path, check: &'static Check, tree: &Tree) -> Trial {
    let tools = house.join("golden-tests/tools");
    let mut command = Command::new(tools.join("sandbox"));
    if check.engine {
        command.arg(tools.join("engine"));
    }
    command.arg(house.join(format!("golden-tests/real/{}.py", check.name))).arg(&tree.path);
    if let Some(described) = &tree.described {
        command.arg("--described").arg(described).arg("--lacks").arg(tree.lacks().join(","));
    }
    command.args(["--ondol", env!("CARGO_BIN_EXE_ondol")]);
    let name = format!("{}::{}/{}", check.name, tree.system, tree.environment);
    Trial::test(name.clone(), move || within(command, Duration::from_secs(check.seconds), &name))
}

/// Hostile texts in every format, for the real readers.
fn every_text(house: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    quoted::write(folder.path(), &texts::texts())?;
    let mut command = Command::new(house.join("golden-tests/tools/sandbox"));
    command.arg(house.join("golden-tests/real/quoted.py")).arg(folder.path());
    within(command, Duration::from_secs(240), "quoted")
}

/// Schedules of every cadence beside an independent calendar: for the cron of a zone, or for the timers of all of them.
fn every_schedule(house: &Path, part: &str, name: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    calendar::write(folder.path())?;
    let mut command = Command::new(house.join("golden-tests/tools/sandbox"));
    command
        .arg(house.join("golden-tests/real/clocks.py"))
        .arg(folder.path().join("schedules.json"))
        .arg(part);
    within(command, Duration::from_secs(900), name)
}

/// Runs a trial's command to its end or to the limit; its last lines are the failure.
fn within(mut command: Command, limit: Duration, trial: &str) -> Result<(), Failed> {
    let output = tempfile::NamedTempFile::new()?;
    let file = File::create(output.path())?;
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn()?;
    let end = loop {
        if let Some(worked) = worked(child.id()) {
            let cost = Cost { worked, took: start.elapsed(), trial: trial.to_owned() };
            COSTS.lock().map_err(|error| error.to_string())?.push(cost);
        }
        if let Some(status) = child.try_wait()? {
            if status.success() {
                return Ok(());
            }
            break format!("{status}");
        }
        if start.elapsed() > limit {
            child.kill()?; // the whole sandbox ends with it
            child.wait()?;
            break format!("killed after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(20));
    };
    let text = String::from_utf8_lossy(&fs::read(output.path())?).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
    Err(format!("{shown}\n{end}: {command:?}").into())
}
