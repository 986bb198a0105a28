//! `ondol log check`

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    DONE, FAILED,
    common::{self, Input, Refused, refused},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    emit::log_schema,
    expand::Expanded,
    lines::{Schema, Wrong},
    load,
};

/// What is done with logs.
#[derive(Subcommand)]
pub enum Command {
    /// Tell which lines of a log are not as they are described, and why; never show a value
    Check(Args),
}

#[derive(clap::Args)]
pub struct Args {
    /// The log, a JSON object on each line; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The log that it is, when several are described: a service, or the path that the description gives it
    #[arg(long, value_name = "SERVICE|PATH")]
    log: Option<String>,
    /// Lines that are shown of each mistake; all are counted
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    show: usize,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, line by line as they come, to standard error
    Text,
    /// For tools, at the end; the schema is docs/schema/log-check.json
    Json,
}

pub fn run(command: &Command) -> u8 {
    let Command::Check(args) = command;
    common::ended(check(args), args.input.output.color.stderr())
}

fn check(args: &Args) -> Result<u8, Refused> {
    let Ok(descriptions) = common::descriptions(&args.input) else { return Ok(FAILED) };
    let mut described = Vec::new();
    for description in &descriptions {
        let mut diagnostics = Diagnostics::default();
        let project = load::load(description, &mut diagnostics);
        let expanded = crate::expand(&project, &args.input.env, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err((diagnostics.into_sorted(), project.sources));
        }
        described.extend(expanded.iter().flat_map(logs));
    }
    let log = chosen(args, described).map_err(refused)?;
    let fault = |text: String| refused(Diagnostic::error("internal-error", text).help("please report this"));
    let schema = Schema::new(&log.schema).map_err(fault)?;
    let name = if args.file.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        args.file.display().to_string()
    };
    let judged = open(&args.file).and_then(|log| judge(args, &schema, log, &name));
    let judged = judged.map_err(|error| {
        let message = format!("`{name}` cannot be read: {}", crate::load::reason(&error));
        refused(Diagnostic::error("unreadable-file", message).help(match error.kind() {
            io::ErrorKind::InvalidData => "a packed log is read with `zcat FILE | ondol log check -`",
            _ => "name a file of log lines, or `-` for standard input",
        }))
    })?;
    match args.format {
        Format::Text => judged.summary(args, &name),
        Format::Json => judged.print(&log),
    }
    Ok(if judged.wrong == 0 { DONE } else { FAILED })
}

/// A log that is described.
#[derive(PartialEq)]
struct Described {
    system: String,
    service: String,
    path: String,
    schema: Value,
}

impl Described {
    fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn shown(&self) -> String {
        format!("{} of {}", self.path, self.service)
    }
}

/// The described logs of one environment.
fn logs(expanded: &Expanded) -> Vec<Described> {
    let mut found = Vec::new();
    for model in &expanded.models {
        for log in model.logs.iter().filter_map(|log| log.schema.as_ref()) {
            let mut schema = log_schema(model, log);
            // It names the environment, in which nothing else need differ.
            schema.as_object_mut().map(|schema| schema.remove("$comment"));
            found.push(Described {
                system: model.system.to_string(),
                service: log.service.to_string(),
                path: log.path.clone(),
                schema,
            });
        }
    }
    found
}

/// The one that is meant: named, or the only one, or the only one of the file's name.
fn chosen(args: &Args, described: Vec<Described>) -> Result<Described, Diagnostic> {
    let mut fitting: Vec<Described> = Vec::new();
    for one in described {
        let named = args.log.as_ref().is_none_or(|name| *name == one.service || *name == one.path);
        if named && !fitting.contains(&one) {
            fitting.push(one);
        }
    }
    let of_name = |one: &Described| Some(one.file()) == args.file.file_name().and_then(|name| name.to_str());
    if fitting.len() > 1 && fitting.iter().any(of_name) {
        fitting.retain(of_name);
    }
    let names: Vec<String> = fitting.iter().map(Described::shown).collect();
    match fitting.pop() {
        Some(one) if fitting.is_empty() => Ok(one),
        None => {
            let what = args.log.as_ref().map_or_else(
                || "no log is described".to_owned(),
                |name| format!("no log `{name}` is described"),
            );
            Err(Diagnostic::error("which-log", what)
                .help("say in the service's `log` what its lines hold: `field \"level\"`"))
        }
        Some(last) => {
            let several = fitting
                .iter()
                .any(|one| one.service != last.service || one.path != last.path || one.system != last.system);
            let help = if several {
                format!("say which one it is with `--log`: {}", names.join(", "))
            } else {
                "the environments describe it differently: say which one it is from with `--env`".to_owned()
            };
            Err(Diagnostic::error("which-log", "more than one description fits this log").help(help))
        }
    }
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    Ok(Box::new(BufReader::new(File::open(path)?)))
}

/// Longest line that is read as a whole: a log without line breaks must not fill the memory.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What was found in a log.
#[derive(Default)]
struct Judged {
    lines: usize,
    /// Lines with something wrong.
    wrong: usize,
    /// Each mistake once: as it was first seen, how often, and in which lines first.
    mistakes: BTreeMap<(&'static str, String), (Wrong, usize, Vec<usize>)>,
}

/// Lines of one mistake that a document names.
const NAMED: usize = 10;

fn judge(args: &Args, schema: &Schema, mut log: Box<dyn BufRead>, name: &str) -> io::Result<Judged> {
    let mut judged = Judged::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if io::Read::take(&mut log, LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(judged);
        }
        judged.lines += 1;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        let found: Vec<Wrong> = schema
            .wrong(&line)
            .into_iter()
            .filter(|wrong| !args.input.allow.iter().any(|code| code == wrong.code))
            .collect();
        judged.wrong += usize::from(!found.is_empty());
        for wrong in found {
            let number = judged.lines;
            let (_, count, lines) = judged
                .mistakes
                .entry((wrong.code, wrong.sort.clone()))
                .or_insert_with(|| (wrong.clone(), 0, Vec::new()));
            *count += 1;
            if lines.len() < NAMED {
                lines.push(number);
            }
            if args.format == Format::Text && *count <= args.show {
                let at = if wrong.pointer.is_empty() { "the line" } else { &wrong.pointer };
                common::remark(&format!("{name}:{number}: error[{}]: {at} {}", wrong.code, wrong.reason));
            }
        }
    }
}

impl Judged {
    /// How often each mistake was found, and a word about the whole.
    fn summary(&self, args: &Args, name: &str) {
        for (wrong, count, _) in self.mistakes.values().filter(|(_, count, _)| *count > args.show) {
            let at = if wrong.pointer.is_empty() { "the line" } else { &wrong.pointer };
            common::remark(&format!(
                "{name}: error[{}]: {at} {}: {} in all",
                wrong.code,
                wrong.reason,
                common::counted(*count, "time"),
            ));
        }
        if !args.input.output.quiet {
            let lines = common::counted(self.lines, "line");
            common::remark(&format!("checked {name}: {lines}, {} not as described", self.wrong));
        }
    }

    fn print(&self, log: &Described) {
        let findings: Vec<Value> = self
            .mistakes
            .values()
            .map(|(wrong, count, lines)| {
                json!({ "code": wrong.code, "pointer": wrong.pointer, "reason": wrong.reason, "count": count, "lines": lines })
            })
            .collect();
        let document = json!({
            "format_version": 1,
            "valid": self.wrong == 0,
            "log": { "system": log.system, "service": log.service, "path": log.path },
            "lines": self.lines,
            "wrong_lines": self.wrong,
            "findings": findings,
        });
        common::print(&format!("{document:#}\n"));
    }
}
