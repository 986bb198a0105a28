//! `ondol fmt`

use std::{fs, path::PathBuf};

use super::{
    DONE, FAILED,
    common::{self, Output},
};
use crate::{
    diagnostic::Diagnostics,
    load::{self, Unreadable, reason},
    source::Sources,
    syntax,
};

#[derive(clap::Args)]
pub struct Args {
    /// A KDL file, or a folder that is searched for them; `-` formats standard input to standard output
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only tell which files are not formatted
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: &Args) -> u8 {
    let style = args.output.color.stderr();
    if args.paths.as_slice() == [PathBuf::from("-")] {
        return stream(args);
    }
    let mut status = DONE;
    for path in load::kdl_files(&args.paths) {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let formatted = match load::read(&path) {
            Ok(text) => {
                let source = sources.add(path.display().to_string(), text.as_str());
                syntax::format(source, &text, &mut diagnostics).filter(|formatted| *formatted != text)
            }
            Err(error) => {
                let help = match error {
                    Unreadable::Encoding(..) => "save the file as UTF-8",
                    Unreadable::Io(_) => "check the path and its permissions",
                };
                common::complain(error.code(), &error.told(&path), help, style);
                status = FAILED;
                continue;
            }
        };
        if diagnostics.has_errors() {
            common::report(&diagnostics.into_sorted(), &sources, style);
            status = FAILED;
            continue;
        }
        let Some(formatted) = formatted else { continue };
        if args.check {
            common::print(&format!("{}\n", path.display()));
            status = FAILED;
        } else if let Err(error) = replace(&path, &formatted) {
            common::complain(
                "output-failed",
                &format!("{} cannot be written: {}", path.display(), reason(&error)),
                "the file is as it was",
                style,
            );
            status = FAILED;
        } else if !args.output.quiet {
            common::remark(&format!("formatted {}", path.display()));
        }
    }
    status
}

/// Formats standard input.
fn stream(args: &Args) -> u8 {
    let style = args.output.color.stderr();
    let text = match std::io::read_to_string(std::io::stdin()) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("standard input cannot be read: {}", reason(&error));
            common::complain("unreadable-file", &message, "give it a description in UTF-8", style);
            return FAILED;
        }
    };
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let source = sources.add("<stdin>", text.as_str());
    let Some(formatted) = syntax::format(source, &text, &mut diagnostics) else {
        common::report(&diagnostics.into_sorted(), &sources, style);
        return FAILED;
    };
    if !args.check {
        common::print(&formatted);
        return DONE;
    }
    if formatted == text { DONE } else { FAILED }
}

/// Replaces a file in one step, so that a full disk or a killed process costs nobody a description.
fn replace(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    let real = fs::canonicalize(path)?;
    let mut beside = real.clone().into_os_string();
    beside.push(".ondol-new");
    let beside = PathBuf::from(beside);
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&real)?.permissions()))
        .and_then(|()| fs::rename(&beside, &real));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
