//! Real programs on the generated trees: a server's own nginx, Prometheus, cron, ufw, Docker judge every file and run it.
//!
//! A trial is one check on one tree, `proxy::shop/prod`: a script of `golden-tests/real/` that runs inside
//! `golden-tests/tools/sandbox` and finds the tree's facts in the tree itself, so that a new example is covered without
//! a new line here. A tool that is missing fails the trial; nothing is skipped. This file decides nothing about files:
//! it only starts, bounds and reports.
//!
//! `ONDOL_TEST_TREES` names another folder with `<system>/<environment>` trees than `generated/`.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};

mod quoted;
mod texts;

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

/// A check of files.
const fn files(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false, seconds: 120 }
}

/// A check of behaviour, without Docker.
const fn behaviour(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: false, seconds: 240 }
}

/// A check of behaviour, with containers.
const fn containers(name: &'static str, needs: &'static str) -> Check {
    Check { name, needs, engine: true, seconds: 480 }
}

/// The long ones first, so that the last trial to end is a short one.
const CHECKS: &[Check] = &[
    containers("backup", "scripts"),
    containers("up", "compose.yaml"),
    containers("firewall", "ufw"),
    containers("certificate", "scripts/certificate.sh"),
    containers("tuning", "compose.yaml"),
    behaviour("alerting", "alertmanager"),
    behaviour("jobs", "cron.d"),
    behaviour("proxy", "nginx"),
    behaviour("hostile", "nginx"),
    behaviour("security", "scripts/security-check.sh"),
    files("compose", "compose.yaml"),
    files("nginx", "nginx"),
    files("prometheus", "prometheus"),
    files("alertmanager", "alertmanager"),
    files("grafana", "grafana"),
    files("cron", "cron.d"),
    files("environment", "env"),
    files("logrotate", "logrotate.d"),
    files("scripts", "scripts"),
    files("runbook", "runbook.md"),
    files("workflow", "ci"),
];

/// Lines of a script's output that a failure shows.
const SHOWN_LINES: usize = 60;

fn main() -> ExitCode {
    let house: &'static Path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let generated = env::var_os("ONDOL_TEST_TREES").map_or_else(|| house.join("generated"), PathBuf::from);
    let trees: Vec<PathBuf> = folders(&generated).iter().flat_map(|system| folders(system)).collect();
    let mut trials: Vec<Trial> = CHECKS
        .iter()
        .flat_map(|check| {
            trees
                .iter()
                .filter(|tree| tree.join(check.needs).exists())
                .map(move |tree| trial(house, check, tree))
        })
        .collect();
    if trees.is_empty() {
        trials.push(Trial::test("trees", move || Err(format!("no tree in {}", generated.display()).into())));
    }
    trials.push(Trial::test("quoted", || every_text(house)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The folders in a folder, sorted; none when it cannot be read.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// One check on one tree.
fn trial(house: &Path, check: &'static Check, tree: &Path) -> Trial {
    let tools = house.join("golden-tests/tools");
    let mut command = Command::new(tools.join("sandbox"));
    if check.engine {
        command.arg(tools.join("engine"));
    }
    command.arg(house.join(format!("golden-tests/real/{}.py", check.name))).arg(tree);
    let parts: Vec<&str> = tree.iter().rev().take(2).filter_map(|part| part.to_str()).collect();
    let name = format!("{}::{}/{}", check.name, parts[1], parts[0]);
    Trial::test(name, move || within(command, Duration::from_secs(check.seconds)))
}

/// Hostile texts in every format, for the real readers.
fn every_text(house: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    quoted::write(folder.path(), &texts::texts())?;
    let mut command = Command::new(house.join("golden-tests/tools/sandbox"));
    command.arg(house.join("golden-tests/real/quoted.py")).arg(folder.path());
    within(command, Duration::from_secs(240))
}

/// Runs a command to its end or to the limit; its last lines are the failure.
fn within(mut command: Command, limit: Duration) -> Result<(), Failed> {
    let output = tempfile::NamedTempFile::new()?;
    let file = File::create(output.path())?;
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn()?;
    let end = loop {
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
