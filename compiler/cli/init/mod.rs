//! `ondol init`

mod description;

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use description::{Choice, Description};

use super::{
    DONE, FAILED,
    common::{self, Output},
};
use crate::{
    diagnostic::meant,
    load::reason,
    values::{Email, Hostname, Name, Value},
};

#[derive(clap::Args)]
pub struct Args {
    /// The folder to write system.kdl into
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Name of the system; the folder's name when absent
    #[arg(long)]
    name: Option<String>,
    /// Kind of its first service: one that is built from source and serves (`--kind help` lists them)
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Kind of a datastore that it uses (repeatable; `--data help` lists them); none when absent
    #[arg(long, value_name = "KIND")]
    data: Vec<String>,
    /// Where users reach it; localhost when absent
    #[arg(long)]
    domain: Option<String>,
    /// Where the authority for certificates writes to, with a public domain; admin@ the domain when absent
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// What was asked for and is not so: the flag or question, what is wrong, what to write.
struct Wrong {
    about: &'static str,
    error: String,
    help: String,
}

pub fn run(args: &Args) -> u8 {
    if let Some(kinds) = asked(args) {
        common::print(&listed(&kinds));
        return DONE;
    }
    let style = args.output.color.stderr();
    let path = args.folder.join("system.kdl");
    let path = path.strip_prefix("./").unwrap_or(&path);
    if fs::symlink_metadata(path).is_ok() {
        common::complain(
            "output-in-the-way",
            &format!("{} exists already", path.display()),
            "edit it, or choose another folder",
            style,
        );
        return FAILED;
    }
    let description = match describe(args) {
        Ok(description) => description,
        Err(Wrong { about, error, help }) => {
            common::complain("invalid-value", &format!("{about}: {error}"), &help, style);
            return FAILED;
        }
    };
    let written = fs::create_dir_all(&args.folder)
        .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(path))
        .and_then(|mut file| file.write_all(description.text().as_bytes()));
    if let Err(error) = written {
        common::complain(
            "output-failed",
            &format!("{} cannot be written: {}", path.display(), reason(&error)),
            "choose another folder",
            style,
        );
        return FAILED;
    }
    if !args.output.quiet {
        common::remark(&format!(
            "wrote {0}: say in it what runs, then look at what follows with `ondol plan {0}`",
            common::word(path)
        ));
    }
    DONE
}

/// What can stand behind a flag, when that is asked instead of writing anything.
fn asked(args: &Args) -> Option<Vec<Choice>> {
    if args.kind.as_deref() == Some("help") {
        return Some(Choice::served());
    }
    args.data.iter().any(|kind| kind == "help").then(Choice::datastores)
}

/// A line for each: its name, and what it is.
fn listed(kinds: &[Choice]) -> String {
    let width = kinds.iter().map(|kind| kind.name.len()).max().unwrap_or_default();
    kinds.iter().map(|kind| format!("{:width$}  {}\n", kind.name, kind.about)).collect()
}

/// Flags, else answers, else what is suggested.
fn describe(args: &Args) -> Result<Description, Wrong> {
    let name =
        answer::<Name>("--name", args.name.as_deref(), "name of the system", &suggested_name(&args.folder))?;
    let kind = choose("--kind", args.kind.as_deref(), "kind of the first service", &Choice::served())?;
    let mut data: Vec<Choice> = Vec::new();
    for choice in datastores(args)? {
        // Said twice it is still one.
        if !data.iter().any(|known| known.name == choice.name) {
            data.push(choice);
        }
    }
    let domain = answer::<Hostname>("--domain", args.domain.as_deref(), "domain", "localhost")?;
    let email = match domain.can_be_public() {
        true => {
            let suggested = format!("admin@{domain}");
            let question = "mail address for the authority that issues certificates";
            Some(answer::<Email>("--email", args.email.as_deref(), question, &suggested)?)
        }
        false => None,
    };
    Ok(Description { name, kind, data, domain, email })
}

fn datastores(args: &Args) -> Result<Vec<Choice>, Wrong> {
    let known = Choice::datastores();
    if !args.data.is_empty() || !io::stdin().is_terminal() {
        return args.data.iter().map(|kind| known_kind("--data", kind, &known)).collect();
    }
    loop {
        let names: Vec<&str> = known.iter().map(|choice| choice.name.as_str()).collect();
        let text = ask("--data", &format!("datastores, with blanks between ({})", names.join(", ")), "none")?;
        let words = text.split([' ', ',']).filter(|word| !word.is_empty() && *word != "none");
        match words.map(|kind| known_kind("--data", kind, &known)).collect() {
            Ok(chosen) => return Ok(chosen),
            Err(wrong) => common::remark(&format!("{}; {}", wrong.error, wrong.help)),
        }
    }
}

/// The folder's name, as far as it can name a system.
fn suggested_name(folder: &Path) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let name: String = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let name = name.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if Name::parse(&name).is_ok() { name } else { "shop".to_owned() }
}

/// The flag's value, else the answer to a question on a terminal, else what is suggested.
fn answer<T: Value>(
    about: &'static str,
    flag: Option<&str>,
    question: &str,
    suggested: &str,
) -> Result<T, Wrong> {
    let wrong = |error| Wrong {
        about,
        error,
        help: format!("write for example `{about} {}`", T::EXAMPLES.first().unwrap_or(&suggested)),
    };
    if let Some(text) = flag {
        return T::parse(text).map_err(wrong);
    }
    if !io::stdin().is_terminal() {
        return T::parse(suggested).map_err(wrong);
    }
    loop {
        match T::parse(&ask(about, question, suggested)?) {
            Ok(value) => return Ok(value),
            Err(error) => common::remark(&error),
        }
    }
}

/// One of several kinds: of the flag, of an answer, or the first.
fn choose(
    about: &'static str,
    flag: Option<&str>,
    question: &str,
    known: &[Choice],
) -> Result<Choice, Wrong> {
    let names: Vec<&str> = known.iter().map(|choice| choice.name.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    if flag.is_some() || !io::stdin().is_terminal() {
        return known_kind(about, flag.unwrap_or(first), known);
    }
    loop {
        let text = ask(about, &format!("{question} ({})", names.join(", ")), first)?;
        match known_kind(about, &text, known) {
            Ok(choice) => return Ok(choice),
            Err(wrong) => common::remark(&format!("{}; {}", wrong.error, wrong.help)),
        }
    }
}

fn known_kind(about: &'static str, kind: &str, known: &[Choice]) -> Result<Choice, Wrong> {
    if let Some(choice) = known.iter().find(|choice| choice.name == kind) {
        return Ok(choice.clone());
    }
    let names: Vec<&str> = known.iter().map(|choice| choice.name.as_str()).collect();
    let help = meant(kind, names.iter().copied(), || format!("right here: {}", names.join(", ")));
    Err(Wrong { about, error: format!("there is no such kind as `{kind}` for this"), help })
}

fn ask(about: &'static str, question: &str, suggested: &str) -> Result<String, Wrong> {
    let _ = write!(io::stderr(), "{question} [{suggested}]: ");
    let mut line = String::new();
    let wrong = |error| Wrong { about, error, help: format!("answer, or give `{about}`") };
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => Err(wrong("no answer was given".into())),
        Ok(_) if line.trim().is_empty() => Ok(suggested.to_owned()),
        Ok(_) => Ok(line.trim().to_owned()),
        Err(error) => Err(wrong(reason(&error))),
    }
}
