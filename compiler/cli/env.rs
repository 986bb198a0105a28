//! `ondol env check`

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    DONE, FAILED,
    common::{self, Input, Refused, refused},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity, meant},
    env::{Finding, judge, read},
    expand::Expanded,
    load,
    model::Model,
    render,
    source::{Sources, Span},
    values::EnvName,
};

/// What is done with environment files.
#[derive(Subcommand)]
pub enum Command {
    /// Tell what is missing, unknown, mistyped, too short or left at its placeholder; never show a value
    Check(Args),
}

#[derive(clap::Args)]
pub struct Args {
    /// The environment file; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The host whose file it is (repeatable); of several hosts each has a file of its own, and all of them are asked when
    /// absent
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, to standard error
    Text,
    /// For tools; the schema is docs/schema/env-check.json
    Json,
}

/// A finding, and the environment or the host for which it holds when there are others for which it does not.
struct Found {
    finding: Finding,
    environment: Option<String>,
    host: Option<String>,
}

pub fn run(command: &Command) -> u8 {
    let Command::Check(args) = command;
    common::ended(check(args), args.input.output.color.stderr())
}

fn check(args: &Args) -> Result<u8, Refused> {
    let text = text(&args.file).map_err(refused)?;
    let Ok(descriptions) = common::descriptions(&args.input) else { return Ok(FAILED) };
    let [description] = descriptions.as_slice() else {
        return Err(refused(which(descriptions.iter().map(|path| path.display().to_string()))));
    };
    let mut diagnostics = Diagnostics::default();
    let project = load::load(description, &mut diagnostics);
    let expanded = crate::expand(&project, &args.input.env, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err((diagnostics.into_sorted(), project.sources));
    }
    if let Some(missing) = common::unknown_environments(&args.input, &project.environments()) {
        return Err(refused(missing));
    }
    let environments: Vec<String> = expanded.iter().map(|one| one.environment.to_string()).collect();
    if let Some(other) = expanded.iter().find(|one| one.system != expanded[0].system) {
        return Err(refused(which([&expanded[0], other].map(|one| format!("system \"{}\"", one.system)))));
    }
    let asked = asked(&expanded, &args.host).map_err(refused)?;
    let mut found = found(&asked, &text);
    if let Some(open) = readable_by_others(&args.file) {
        found.push(Found { finding: open, environment: None, host: None });
    }
    found.sort_by_key(|one| one.finding.place.as_ref().map_or(usize::MAX, |place| place.start));
    found.retain_mut(|one| {
        let judged = args.input.judged(one.finding.severity, one.finding.code);
        one.finding.severity = judged.unwrap_or(one.finding.severity);
        judged.is_some()
    });
    let errors = found.iter().any(|one| one.finding.severity == Severity::Error);
    match args.format {
        Format::Text => print_text(args, &found, &text, project.sources, &asked),
        Format::Json => print_json(&found, &text, &project.sources, &environments),
    }
    Ok(if errors { FAILED } else { DONE })
}

/// The text of the file.
fn text(path: &Path) -> Result<String, Diagnostic> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else if path.is_dir() {
        Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"))
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| {
        Diagnostic::error(
            "unreadable-file",
            format!("`{}` cannot be read: {}", path.display(), crate::load::reason(&error)),
        )
        .help("make one: `install -m 600 env/.env.example .env`")
    })?;
    String::from_utf8(bytes).map_err(|_| {
        Diagnostic::error("invalid-utf8", format!("`{}` is not UTF-8 text", path.display()))
            .help("save it as UTF-8")
    })
}

/// The error of more than one system.
fn which(names: impl IntoIterator<Item = String>) -> Diagnostic {
    let names: Vec<String> = names.into_iter().collect();
    Diagnostic::error("which-system", "an environment file belongs to one system")
        .help(format!("name the description behind the file: {}", names.join(", ")))
}

/// What one file is held against: a host in an environment.
struct Asked<'a> {
    environment: &'a str,
    model: &'a Model,
}

/// The hosts that are meant, in every environment; the error of a name that none of them has.
fn asked<'a>(expanded: &'a [Expanded], names: &[String]) -> Result<Vec<Asked<'a>>, Diagnostic> {
    let all = || {
        expanded.iter().flat_map(|one| {
            one.models.iter().map(|model| Asked { environment: one.environment.as_str(), model })
        })
    };
    let mut known: Vec<&str> = all().map(|one| one.model.host.name.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if let Some(missing) = names.iter().find(|name| !known.contains(&name.as_str())) {
        let diagnostic = Diagnostic::error("unknown-host", format!("no environment has a host `{missing}`"));
        let all = || format!("hosts: {}", known.join(", "));
        return Err(diagnostic.help(meant(missing, known.iter().copied(), all)));
    }
    let meant =
        |one: &Asked| names.is_empty() || names.iter().any(|name| name == one.model.host.name.as_str());
    Ok(all().filter(meant).collect())
}

/// What is wrong on the hosts and in the environments; what is wrong everywhere is told once. What one host does not read
/// is for another when the file is for several.
fn found(asked: &[Asked], text: &str) -> Vec<Found> {
    let file = read(text);
    let judged: Vec<(&Asked, Vec<Finding>)> =
        asked.iter().map(|one| (one, judge(one.model, &file))).collect();
    let is_read = |name: &str, environment: &str| {
        let there = asked.iter().filter(|one| one.environment == environment);
        there.flat_map(|one| &one.model.variables).any(|known| known.name.as_str() == name)
    };
    let mut found: Vec<Found> = Vec::new();
    for (one, findings) in &judged {
        for finding in findings {
            let of_all = |these: &dyn Fn(&Asked) -> bool| {
                judged.iter().filter(|(other, _)| these(other)).all(|(_, others)| others.contains(finding))
            };
            let everywhere = of_all(&|_| true);
            let several = judged.iter().any(|(other, _)| other.environment != one.environment);
            let environment = (several && !everywhere).then(|| one.environment.to_owned());
            let here = of_all(&|other| other.environment == one.environment);
            let host = (!here).then(|| one.model.host.name.to_string());
            let for_another = !here
                && finding.code == "env-unknown"
                && finding.variable.as_deref().is_some_and(|name| is_read(name, one.environment));
            let known = |known: &Found| {
                known.finding == *finding && known.environment == environment && known.host == host
            };
            if !for_another && !found.iter().any(known) {
                found.push(Found { finding: finding.clone(), environment, host });
            }
        }
    }
    found
}

/// The warning that others than its owner can read the file.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let data = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mode = data.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then(|| Finding {
        severity: Severity::Warning,
        code: "env-open",
        variable: None,
        message: format!("others can read the file (mode {mode:o})"),
        help: Some(format!("chmod 600 {}", common::word(path))),
        place: None,
        declared: None,
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Option<Finding> {
    None
}

fn message(one: &Found) -> String {
    let name = one.finding.variable.as_ref().map(|name| format!("`{name}`: ")).unwrap_or_default();
    let places: Vec<String> = [("environment", &one.environment), ("host", &one.host)]
        .into_iter()
        .filter_map(|(noun, name)| Some(format!("{noun} `{}`", name.as_ref()?)))
        .collect();
    let only = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
    format!("{name}{}{only}", one.finding.message)
}

fn print_text(args: &Args, found: &[Found], text: &str, mut sources: Sources, asked: &[Asked]) {
    let masked = Masked::new(text);
    let id = sources.add(args.file.display().to_string(), masked.text.as_str());
    let diagnostics: Vec<Diagnostic> = found
        .iter()
        .map(|one| {
            let finding = &one.finding;
            let mut diagnostic = Diagnostic::new(finding.severity, finding.code, message(one));
            if let Some(place) = &finding.place {
                let (start, end) = masked.place(text, place.start);
                diagnostic = diagnostic.at(Span::new(id, start, end), "here");
            }
            if let (Some(declared), None) = (finding.declared, &finding.place) {
                diagnostic = diagnostic.at(declared, "asked for here");
            }
            match &finding.help {
                Some(help) => diagnostic.help(help.as_str()),
                None => diagnostic,
            }
        })
        .collect();
    common::report(&diagnostics, &sources, args.input.output.color.stderr());
    if !args.input.output.quiet {
        let names: BTreeSet<&EnvName> =
            asked.iter().flat_map(|one| &one.model.variables).map(|variable| &variable.name).collect();
        common::remark(&format!(
            "checked {} against {}: {}",
            args.file.display(),
            common::counted(names.len(), "variable"),
            common::tally(diagnostics.iter()),
        ));
    }
}

fn print_json(found: &[Found], text: &str, sources: &Sources, environments: &[String]) {
    let findings: Vec<Value> = found
        .iter()
        .map(|one| {
            let finding = &one.finding;
            let line = finding.place.as_ref().map(|place| line_of(text, place.start) + 1);
            let declared = finding.declared.map(|span| {
                let place = sources.place(span);
                json!({ "file": place.file, "line": place.line, "column": place.column })
            });
            json!({
                "severity": render::word(finding.severity),
                "code": finding.code,
                "variable": finding.variable,
                "message": finding.message,
                "help": finding.help,
                "line": line,
                "environment": one.environment,
                "host": one.host,
                "declared": declared,
            })
        })
        .collect();
    let valid = !found.iter().any(|one| one.finding.severity == Severity::Error);
    let document =
        json!({ "format_version": 1, "valid": valid, "environments": environments, "findings": findings });
    common::print(&format!("{document:#}\n"));
}

/// The line, from 0, of a byte.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The file line by line with everything covered but the names of variables, so that messages can show their place.
struct Masked {
    text: String,
    /// Where each line starts, and how long its name is.
    lines: Vec<(usize, usize)>,
}

impl Masked {
    const COVER: &'static str = "…";

    fn new(text: &str) -> Masked {
        let file = read(text);
        let mut names: Vec<(usize, &str)> = file
            .assignments
            .iter()
            .filter(|one| crate::env::is_conventional(&one.name))
            .map(|one| (line_of(text, one.place.start), one.name.as_str()))
            .collect();
        names.sort_unstable();
        let mut masked = Masked { text: String::new(), lines: Vec::new() };
        for (number, line) in text.split('\n').enumerate() {
            let name =
                names.binary_search_by_key(&number, |(line, _)| *line).ok().map(|index| names[index].1);
            let start = masked.text.len();
            match name {
                Some(name) => {
                    masked.text.push_str(name);
                    masked.text.push('=');
                    masked.text.push_str(Self::COVER);
                }
                None if line.trim().is_empty() => {}
                None => masked.text.push_str(Self::COVER),
            }
            let covered = if masked.text.len() > start { Self::COVER.len() } else { 0 };
            masked.lines.push((start, name.map_or(covered, str::len)));
            masked.text.push('\n');
        }
        masked
    }

    /// The range that stands for the place at a byte of the file.
    fn place(&self, text: &str, at: usize) -> (usize, usize) {
        let (start, length) = self.lines.get(line_of(text, at)).copied().unwrap_or((0, 0));
        (start, start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::Masked;

    #[test]
    fn nothing_but_names_is_left() {
        let text = "# old: hunter2\nJWT_SECRET=hunter2\nA_B='two\nhunter2'\nhunter2\nMIIhunter2==\n";
        let masked = Masked::new(text);
        assert_eq!(masked.text, "…\nJWT_SECRET=…\nA_B=…\n…\n…\n…\n\n");
        let at = masked.place(text, text.find("JWT").unwrap());
        assert_eq!(&masked.text[at.0..at.1], "JWT_SECRET");
    }
}
