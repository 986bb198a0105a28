//! How long it takes and how much memory, beside the floor that is measured in the same run.
//!
//! Measured is the real program, a new process each time, making **all** artifacts: compose, nginx, Prometheus with
//! rules and their tests, Alertmanager, Grafana, cron, logrotate, ufw, scripts, configuration, runbook, manifest. The
//! descriptions ([`description`]) mix services as the real examples do. The floor is what cannot be avoided: the same
//! files parsed with the `kdl` crate alone, plus the same bytes written, both here in a warm process on all cores.
//! Rounds take turns with the floor, so that a busy machine is busy for both; every figure is a median.
//!
//! - `cargo bench --bench scale` measures 1, 100 and 1,000 systems and one of 1,000, 2,000 and 10,000 services;
//! - `… -- 1 100` measures these numbers of systems only, `… -- 1x2000` one system of 2,000 services;
//! - `… -- write DIR 1x2000` writes the descriptions, for a profiler to run ondol on.

mod description;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use description::{GROUP, description};
use rayon::prelude::*;

/// How many systems of how many services.
#[derive(Clone, Copy)]
struct Size {
    systems: usize,
    services: usize,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [write, folder, size] = arguments.as_slice()
        && write == "write"
    {
        return size.parse().map(|size| describe(Path::new(folder), size)).expect("a size");
    }
    let usual = ["1", "100", "1000", "1x1000", "1x2000", "1x10000"].map(str::to_owned).to_vec();
    let sizes = if arguments.is_empty() { usual } else { arguments };
    let root = env::temp_dir().join(format!("ondol-bench-{}", std::process::id()));
    println!("a process that does nothing: {}", millis(idle()));
    println!("{:<30}{}", "", COLUMNS.map(|column| format!("{column:>11}")).concat());
    for size in sizes {
        measure(&root, size.parse().expect("a number of systems, or SYSTEMSxSERVICES"));
    }
}

impl std::str::FromStr for Size {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Size, Self::Err> {
        let (systems, services) = text.split_once('x').unwrap_or((text, "8"));
        Ok(Size { systems: systems.parse()?, services: services.parse()? })
    }
}

const COLUMNS: [&str; 9] =
    ["apply", "floor", "ratio", "no change", "parse", "ratio", "memory", "files", "bytes"];

/// Measures one size and prints its row.
fn measure(root: &Path, size: Size) {
    let (input, out) = (root.join("input"), root.join("out"));
    describe(&input, size);
    let sources: Vec<String> = (0..size.systems).map(|index| description(index, size.services)).collect();
    run(&input, &out, "apply");
    let files = files(&out);
    let rounds = if size.systems * size.services <= GROUP { 41 } else { 3 };
    let mut times: [Vec<Duration>; 4] = Default::default();
    let mut memory = 0;
    for round in 0..rounds {
        // Always new folders: a file system that has just removed thousands of files is slow to make new ones.
        let (out, copy) = (root.join(format!("out-{round}")), root.join(format!("floor-{round}")));
        times[0].push(timed(|| run(&input, &out, "apply")));
        times[1].push(timed(|| parse(&sources)));
        times[2].push(timed(|| write(&copy, &files)));
        times[3].push(timed(|| run(&input, &out, "plan")));
    }
    for round in 0..3 {
        let out = root.join(format!("peak-{round}"));
        memory = memory.max(peak(command(&input, &out, "apply").spawn().expect("ondol runs")));
    }
    let _ = fs::remove_dir_all(root);
    let [apply, parse, write, plan] = times.map(median);
    let floor = parse + write;
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let row = [
        millis(apply),
        millis(floor),
        ratio(apply, floor),
        millis(plan),
        millis(parse),
        ratio(plan, parse),
        format!("{} MB", memory / 1024),
        files.len().to_string(),
        format!("{} kB", bytes / 1000),
    ];
    let plural = if size.systems == 1 { "" } else { "s" };
    let title = format!("{} system{plural} of {} services", size.systems, size.services);
    println!("{title:<30}{}", row.map(|cell| format!("{cell:>11}")).concat());
}

/// Writes the descriptions, a folder each.
fn describe(input: &Path, size: Size) {
    for index in 0..size.systems {
        let folder = input.join(format!("s{index}"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("system.kdl"), description(index, size.services)).expect("a description");
    }
}

fn command(input: &Path, out: &Path, command: &str) -> Command {
    let mut ondol = Command::new(env!("CARGO_BIN_EXE_ondol"));
    ondol.arg(command).arg(input).arg("--out").arg(out).arg("--quiet");
    if command == "apply" {
        ondol.arg("--yes");
    }
    // A plan of nothing says so; nobody reads it here.
    ondol.stdout(std::process::Stdio::null());
    ondol
}

fn run(input: &Path, out: &Path, subcommand: &str) {
    assert!(command(input, out, subcommand).status().expect("ondol runs").success());
}

/// What starting a process costs by itself.
fn idle() -> Duration {
    let version = || {
        let mut ondol = Command::new(env!("CARGO_BIN_EXE_ondol"));
        assert!(ondol.arg("--version").output().expect("ondol runs").status.success());
    };
    median((0..41).map(|_| timed(version)).collect())
}

/// The first part of the floor.
fn parse(sources: &[String]) {
    sources.par_iter().for_each(|text| drop(kdl::KdlDocument::parse_v2(text).expect("KDL")));
}

/// The second part of the floor.
fn write(root: &Path, files: &[(PathBuf, Vec<u8>)]) {
    files.par_iter().for_each(|(path, bytes)| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    });
}

/// The most memory that a process held, in KiB. The kernel keeps the maximum; asking often is for its last moments.
fn peak(mut child: Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("a child").is_none() {
        let status = fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(now.unwrap_or(0));
        sleep(Duration::from_millis(1));
    }
    most
}

fn files(out: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(out).into_iter().flatten();
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(out).expect("below").to_path_buf();
            (path, fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn ratio(time: Duration, floor: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / floor.as_secs_f64())
}
