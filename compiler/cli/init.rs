//! `ondol init`

use std::{
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
};

use super::{
    DONE, FAILED,
    common::{self, Output},
};
use crate::{
    load::reason,
    values::{Hostname, Name, Value},
};

#[derive(clap::Args)]
pub struct Args {
    /// The folder to write system.kdl into
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Name of the system; the folder's name when absent
    #[arg(long)]
    name: Option<String>,
    /// Kind of its first service
    #[arg(long, value_name = "KIND", value_parser = ["fastapi", "go-http", "node", "static-site"])]
    kind: Option<String>,
    /// Where users reach it
    #[arg(long)]
    domain: Option<String>,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: &Args) -> u8 {
    let style = args.output.color.stderr();
    let path = args.folder.join("system.kdl");
    if fs::symlink_metadata(&path).is_ok() {
        common::complain(
            "output-in-the-way",
            &format!("{} exists already", path.display()),
            "edit it, or choose another folder",
            style,
        );
        return FAILED;
    }
    let suggested = suggested_name(&args.folder);
    let result = answer::<Name>(args.name.as_deref(), "name of the system", &suggested)
        .and_then(|name| Ok((name, answer_kind(args.kind.as_deref())?)))
        .and_then(|(name, kind)| {
            Ok((name, kind, answer::<Hostname>(args.domain.as_deref(), "domain", "localhost")?))
        });
    let (name, kind, domain) = match result {
        Ok(answers) => answers,
        Err(error) => {
            common::complain("invalid-value", &error, "give it as a flag: see `ondol init --help`", style);
            return FAILED;
        }
    };
    let written = fs::create_dir_all(&args.folder)
        .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(&path))
        .and_then(|mut file| file.write_all(description(&name, &kind, &domain).as_bytes()));
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
            "wrote {}; `ondol plan {}` shows what follows from it",
            path.display(),
            path.display()
        ));
    }
    DONE
}

/// The folder's name, as far as it can name a system.
fn suggested_name(folder: &std::path::Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
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
fn answer<T: Value>(flag: Option<&str>, question: &str, suggested: &str) -> Result<T, String> {
    if let Some(text) = flag {
        return T::parse(text);
    }
    if !io::stdin().is_terminal() {
        return T::parse(suggested);
    }
    loop {
        let text = ask(question, suggested)?;
        match T::parse(&text) {
            Ok(value) => return Ok(value),
            Err(error) => common::remark(&error),
        }
    }
}

fn answer_kind(flag: Option<&str>) -> Result<String, String> {
    let known = ["fastapi", "go-http", "node", "static-site"];
    match flag {
        Some(kind) => Ok(kind.to_owned()),
        None if !io::stdin().is_terminal() => Ok("static-site".to_owned()),
        None => loop {
            let kind = ask(&format!("kind of the first service ({})", known.join(", ")), "static-site")?;
            if known.contains(&kind.as_str()) {
                return Ok(kind);
            }
            common::remark("choose one of these");
        },
    }
}

fn ask(question: &str, suggested: &str) -> Result<String, String> {
    let _ = write!(io::stderr(), "{question} [{suggested}]: ");
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => Err("no answer was given".into()),
        Ok(_) if line.trim().is_empty() => Ok(suggested.to_owned()),
        Ok(_) => Ok(line.trim().to_owned()),
        Err(error) => Err(reason(&error)),
    }
}

fn description(name: &Name, kind: &str, domain: &Hostname) -> String {
    let tls = if domain.can_be_public() {
        format!(
            "tls \"letsencrypt\" email=\"admin@{domain}\" // the authority writes here before a certificate expires"
        )
    } else {
        "tls \"self-signed\"".to_owned()
    };
    let details = match kind {
        "static-site" => "",
        _ => "        health \"/health\"\n",
    };
    format!(
        "// What runs, who may reach it, what is watched, what is kept: everything else follows from this file.\n\n\
         system \"{name}\" {{\n    domain \"{domain}\"\n\n    service \"web\" kind=\"{kind}\" {{\n        build \"./web\" // the folder with its Dockerfile\n{details}    }}\n\n    \
         ingress {{\n        {tls}\n        route \"/\" to=\"web\"\n    }}\n}}\n"
    )
}
