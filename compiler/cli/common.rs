//! What the commands share: the options that compile, and how diagnostics and results leave.

use std::{
    collections::BTreeSet,
    env,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use clap::{Args, ValueEnum};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity, meant},
    explain, load,
    render::{self, Style},
    shell,
    source::Sources,
};

/// Options of every command that reads descriptions.
#[derive(Args, Clone)]
pub struct Input {
    /// A system.kdl, or a folder that is searched for them
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Only this environment (repeatable); every environment when absent
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
    #[command(flatten)]
    pub output: Output,
    /// Treat all warnings, or one code, as errors (repeatable)
    #[arg(long, value_name = "warnings|CODE")]
    pub deny: Vec<String>,
    /// Leave this code of warnings out (repeatable)
    #[arg(long, value_name = "CODE")]
    pub allow: Vec<String>,
}

/// Options of every command that prints.
#[derive(Args, Clone)]
pub struct Output {
    /// Colours
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Print only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
    /// Show every file of the plan, with its differences
    // Every command takes it, and those that print a plan tell so in their help.
    #[arg(short, long, hide = true)]
    pub verbose: bool,
}

/// When colours are used.
#[derive(Clone, Copy, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    fn on(self, terminal: bool) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                terminal
                    && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// Whether results are coloured.
    pub fn stdout(self) -> bool {
        self.on(io::stdout().is_terminal())
    }

    /// How diagnostics are written.
    pub fn stderr(self) -> Style {
        Style { color: self.on(io::stderr().is_terminal()), width: 100 }
    }
}

/// The descriptions that `paths` name. Words of `--deny` and `--allow` that are no code are told here, before anything is
/// read: a misspelt one would silently do nothing.
pub fn descriptions(input: &Input) -> Result<Vec<PathBuf>, u8> {
    let mut diagnostics = Diagnostics::default();
    for (option, codes) in [("--deny", &input.deny), ("--allow", &input.allow)] {
        for code in codes.iter().filter(|code| !(option == "--deny" && *code == "warnings")) {
            if explain::page(code).is_some() {
                continue;
            }
            let help = meant(code, explain::codes(), || {
                "the code stands in front of each diagnostic; `ondol explain` lists them all".to_owned()
            });
            let message = format!("`{option}`: there is no code `{code}`");
            diagnostics.add(Diagnostic::error("unknown-code", message).help(help));
        }
    }
    let found = load::find(&input.paths, &mut diagnostics);
    let failed = diagnostics.has_errors();
    report(&judged(diagnostics, input), &Sources::default(), input.output.color.stderr());
    if failed { Err(super::FAILED) } else { Ok(found) }
}

impl Input {
    /// How bad a finding is when `--allow` and `--deny` have been heard; none when it is left out.
    pub fn judged(&self, severity: Severity, code: &str) -> Option<Severity> {
        if severity == Severity::Warning && self.allow.iter().any(|allowed| allowed == code) {
            return None;
        }
        let denied = self.deny.iter().any(|denied| denied == "warnings" || denied == code);
        Some(if denied { Severity::Error } else { severity })
    }
}

/// The diagnostics as `--allow` and `--deny` want them.
pub fn judged(diagnostics: Diagnostics, input: &Input) -> Vec<Diagnostic> {
    let list = diagnostics.into_sorted().into_iter();
    let judged =
        |one: Diagnostic| Some(Diagnostic { severity: input.judged(one.severity, one.code)?, ..one });
    list.filter_map(judged).collect()
}

/// Whether one of them is an error.
pub fn failed(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Writes diagnostics to standard error.
pub fn report(diagnostics: &[Diagnostic], sources: &Sources, style: Style) {
    report_all([(diagnostics, sources)], style);
}

/// Writes diagnostics of several runs to standard error, and behind all of them where there is more about them.
pub fn report_all<'a>(found: impl IntoIterator<Item = (&'a [Diagnostic], &'a Sources)>, style: Style) {
    let mut codes: Vec<&str> = Vec::new();
    for (diagnostics, sources) in found {
        let _ = io::stderr().write_all(render::text(diagnostics, sources, style).as_bytes());
        for diagnostic in diagnostics {
            if !codes.contains(&diagnostic.code) {
                codes.push(diagnostic.code);
            }
        }
    }
    if !codes.is_empty() {
        remark(&format!("for more: ondol explain {}\n", codes.join(" ")));
    }
}

/// Why a command could not begin, with what its places lie in.
pub type Refused = (Vec<Diagnostic>, Sources);

/// For a reason that has no place in a source.
pub fn refused(diagnostic: Diagnostic) -> Refused {
    (vec![diagnostic], Sources::default())
}

/// The exit status, with the reason told where there is none.
pub fn ended(outcome: Result<u8, Refused>, style: Style) -> u8 {
    outcome.unwrap_or_else(|(diagnostics, sources)| {
        report(&diagnostics, &sources, style);
        super::FAILED
    })
}

/// Writes one error that has no place in a source.
pub fn complain(code: &'static str, message: &str, help: &str, style: Style) {
    report(&[Diagnostic::error(code, message).help(help)], &Sources::default(), style);
}

/// Whether a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes a result. A reader that goes away is no failure of ours; a full disk is one.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        let style = Style { color: false, width: 100 };
        let message = format!("the result cannot be written to standard output: {}", load::reason(&error));
        complain("output-failed", &message, "free the place that it is written to, and run it again", style);
    }
}

/// The exit status, when a result may have been lost.
pub fn kept(status: u8) -> u8 {
    if LOST.load(Ordering::Relaxed) { super::FAILED } else { status }
}

/// A path as one word of a shell.
pub fn word(path: &Path) -> String {
    shell::word(&path.display().to_string())
}

/// Writes a remark to standard error.
pub fn remark(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The environments that were asked for and that no description has, as one error.
pub fn unknown_environments(input: &Input, known: &[String]) -> Option<Diagnostic> {
    let missing = input.env.iter().find(|name| !known.contains(name))?;
    let message = format!("no description has an environment `{missing}`");
    let names: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let help = meant(missing, names.iter().copied(), || {
        format!("environments: {}", names.iter().copied().collect::<Vec<_>>().join(", "))
    });
    Some(Diagnostic::error("unknown-environment", message).help(help))
}

/// Where output goes: `--out`, else `generated/` beside the nearest `ondol.kdl` or repository root above the
/// description, else beside the description.
pub fn out_folder(out: Option<&Path>, description: &Path) -> PathBuf {
    if let Some(out) = out {
        return out.to_path_buf();
    }
    let beside = match description.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let start = beside.canonicalize().unwrap_or_else(|_| beside.clone());
    let root =
        start.ancestors().find(|folder| folder.join("ondol.kdl").is_file() || folder.join(".git").exists());
    let folder = root.map_or(start.as_path(), |root| root).join("generated");
    // Shown and saved as people type it: relative to where they are, when it lies below.
    let here = env::current_dir().and_then(|here| here.canonicalize()).ok();
    match here.as_deref().and_then(|here| folder.strip_prefix(here).ok()) {
        Some(relative) => relative.to_path_buf(),
        None => folder,
    }
}

/// How many errors and warnings there are, in words.
pub fn tally<'a>(found: impl Iterator<Item = &'a Diagnostic> + Clone) -> String {
    let count = |wanted| found.clone().filter(|one| one.severity == wanted).count();
    format!("{}, {}", counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning"))
}

/// A number of things in words: `1 error`, `2 errors`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
