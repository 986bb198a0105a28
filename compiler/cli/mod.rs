//! The command line: arguments in, one outcome out. Options stop here; the rest of the library never prints or exits.

mod apply;
mod check;
mod common;
mod env;
mod explain;
mod fmt;
mod init;
mod log;
mod plan;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// Done, or nothing to do.
pub const DONE: u8 = 0;
/// The input is wrong, or the work failed; usage errors too.
pub const FAILED: u8 = 1;
/// Only from `plan --detailed-exitcode`: there are changes.
pub const CHANGES: u8 = 2;

/// One description of a system becomes every artifact that operates it.
#[derive(Parser)]
#[command(name = "ondol", version, about, max_term_width = 100, disable_help_subcommand = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a small system.kdl that already compiles, by questions on a terminal or by flags
    Init(init::Args),
    /// Read, resolve and check descriptions; write nothing
    Check(check::Args),
    /// Show what apply would do to the target, and why; write nothing
    Plan(plan::Args),
    /// Write what plan shows; ask first on a terminal (`--yes` in CI). Given a saved plan, do exactly that
    Apply(apply::Args),
    /// Format descriptions in place, keeping comments
    Fmt(fmt::Args),
    /// Check an environment file against the variables that a system declares
    #[command(subcommand)]
    Env(env::Command),
    /// Check a log against the description of its lines
    #[command(subcommand)]
    Log(log::Command),
    /// Explain a diagnostic
    Explain(explain::Args),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command line and tells how it went.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // A usage error is an error like any other; help and version are results.
            let status = if error.use_stderr() { FAILED } else { DONE };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    // This thread works like the others: with few cores one less has to be started, and there is nobody to wait for.
    // Where threads cannot be started rayon does without.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    let status = match args.command {
        Command::Init(args) => init::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Env(command) => env::run(&command),
        Command::Log(command) => log::run(&command),
        Command::Explain(args) => explain::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "ondol", &mut script);
            common::print(&String::from_utf8_lossy(&script));
            DONE
        }
    };
    ExitCode::from(common::kept(status))
}
