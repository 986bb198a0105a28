//! Real programs on the generated trees: a server's own nginx, Prometheus, cron, ufw, Docker judge every file and run it.
//!
//! A trial is one check on one tree, `proxy::shop/prod`: a script of `golden-tests/real/` that runs inside
//! `golden-tests/tools/sandbox` and finds the tree's facts in the tree itself, so that a new example is covered without
//! a new line here. A tool that is missing fails the trial; nothing is skipped: what a tree has nothing of is stated
//! (`LACKS` in `trials.rs`), and a check that finds something else fails. This file decides nothing about files: it only starts,
//! bounds and reports.
//!
//! The trees are those of the examples, as committed in `generated/`, and those of the odd systems in
//! `golden-tests/systems/`, compiled here; of a system with several hosts, each host's, and what they share. `ONDOL_TEST_TREES` names a folder with `<system>/<environment>` trees that
//! take the place of them all.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::{Command, ExitCode, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Failed, Trial};

mod calendar;
mod quoted;
mod texts;
mod trials;

use trials::{CHECKS, Check, Tree, every_tree, trees};

/// Time after which a trial counts as hanging, however busy the machine is: on one that is not, the longest, which wait for
/// clocks, take five minutes.
const LIMIT: Duration = Duration::from_secs(1800);

/// The same of a trial with containers, which may wait for the trials before it to leave it an engine.
const LIMIT_WITH_ENGINE: Duration = Duration::from_secs(3600);

/// Trials of which the cost is told.
const DEAREST: usize = 30;

/// Lines of a script's output that a failure shows.
const SHOWN_LINES: usize = 60;

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
    for part in ["timers", "Asia/Seoul", "Europe/Berlin", "America/New_York"] {
        let name = format!("calendar::{part}");
        trials.insert(0, Trial::test(name.clone(), move || every_schedule(house, part, &name)));
    }
    let mut arguments = Arguments::from_args();
    // Trials wait more than they work: for containers to start, for clocks.
    arguments.test_threads.get_or_insert(thread::available_parallelism().map_or(8, |cores| cores.get() + 8));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if conclusion.num_passed + conclusion.num_failed > 1 {
        dearest();
    }
    conclusion.exit_code()
}

/// Every trial of the checks.
fn trials_of(house: &'static Path, checks: &[&'static Check], trees: &[Tree]) -> Vec<Trial> {
    let of = |check: &&'static Check| {
        let check = *check;
        let tried = trees.iter().filter(|tree| tree.is_for(check) && check.instead(tree, trees).is_none());
        tried.map(|tree| trial(house, check, tree)).collect::<Vec<_>>()
    };
    checks.iter().flat_map(of).collect()
}

/// Both, spread evenly: there are only five engines, and while they are busy the others run.
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

/// One check on one tree.
fn trial(house: &Path, check: &'static Check, tree: &Tree) -> Trial {
    let tools = house.join("golden-tests/tools");
    let mut command = Command::new(tools.join("sandbox"));
    if check.engine {
        command.arg(tools.join("engine"));
    }
    command.arg(house.join(format!("golden-tests/real/{}.py", check.name))).arg(&tree.path);
    if let Some(folder) = tree.described {
        command.arg("--described").arg(house.join(folder).join(&tree.system));
        command.arg("--lacks").arg(tree.lacks().join(","));
    }
    command.args(["--ondol", env!("CARGO_BIN_EXE_ondol")]);
    let name = check.on(tree);
    let limit = if check.engine { LIMIT_WITH_ENGINE } else { LIMIT };
    Trial::test(name.clone(), move || within(command, limit, &name))
}

/// Hostile texts in every format, for the real readers.
fn every_text(house: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    quoted::write(folder.path(), &texts::texts())?;
    let mut command = Command::new(house.join("golden-tests/tools/sandbox"));
    command.arg(house.join("golden-tests/real/quoted.py")).arg(folder.path());
    within(command, LIMIT, "quoted")
}

/// Schedules of every cadence beside an independent calendar: for the cron of a zone, while its clock is changed or, where it
/// never is, on each day of a year; or for the timers of all of them.
fn every_schedule(house: &Path, part: &str, name: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    calendar::write(folder.path())?;
    let mut command = Command::new(house.join("golden-tests/tools/sandbox"));
    command
        .arg(house.join("golden-tests/real/clocks.py"))
        .arg(folder.path().join("schedules.json"))
        .arg(part);
    within(command, LIMIT, name)
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
