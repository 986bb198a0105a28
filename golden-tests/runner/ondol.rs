//! The program itself, run as a user runs it: in a folder of their own, with nothing of this machine around it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use libtest_mimic::Failed;

/// What a run gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The exit status.
    pub status: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said beside that.
    pub stderr: String,
}

/// Runs ondol in `folder`. A panic, a signal or a fault of its own fails, whatever the case expects.
pub fn run(folder: &Path, arguments: &[&str]) -> Result<Run, Failed> {
    with_threads(folder, arguments, None)
}

/// The same with so many threads.
pub fn with_threads(folder: &Path, arguments: &[&str], threads: Option<&str>) -> Result<Run, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ondol"));
    command.args(arguments).current_dir(folder).env_clear().env("COLUMNS", "100").stdin(Stdio::null());
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads);
    }
    let output = command.output()?;
    let run = Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).map_err(|_| "standard output is not UTF-8")?,
        stderr: String::from_utf8(output.stderr).map_err(|_| "standard error is not UTF-8")?,
    };
    let line = format!("ondol {}", arguments.join(" "));
    if !(0..=2).contains(&run.status)
        || ["internal-error", "panicked at"].iter().any(|fault| run.stderr.contains(fault))
    {
        return Err(format!("`{line}` broke, status {}\n{}", run.status, run.stderr).into());
    }
    // What is shown must be the same on every machine.
    let here = folder.to_string_lossy();
    for text in [&run.stdout, &run.stderr] {
        if text.contains(&*here) {
            return Err(format!("`{line}` shows where it runs instead of a relative path\n{text}").into());
        }
    }
    Ok(run)
}

/// Runs ondol and wants this exit status.
pub fn expect(folder: &Path, arguments: &[&str], status: i32) -> Result<Run, Failed> {
    let run = run(folder, arguments)?;
    if run.status == status {
        return Ok(run);
    }
    let line = arguments.join(" ");
    Err(format!("`ondol {line}` exits {}, not {status}\n{}{}", run.status, run.stdout, run.stderr).into())
}
