//! `ondol check`

use std::path::PathBuf;

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;

use super::{
    DONE, FAILED,
    common::{self, Input},
    plan::is_host,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    load, render,
    source::Sources,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Of no use here, where nothing is written; taken so that commands can share their options
    #[arg(long, value_name = "generated")]
    target: Option<String>,
    /// Of no use here, like `--target`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, to standard error
    Text,
    /// For tools; the schema is docs/schema/check.json
    Json,
    /// Commands of a GitHub workflow, shown beside the lines of a pull request
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// What one description gave.
struct Checked {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    environments: Vec<String>,
}

pub fn run(args: &Args) -> u8 {
    if let Some(target) = args.target.as_deref().filter(|target| *target != "generated" && !is_host(target)) {
        let style = args.input.output.color.stderr();
        common::complain(
            "invalid-value",
            &format!("there is no target `{target}`"),
            "write `generated`, or leave `--target` out: nothing is written here",
            style,
        );
        return FAILED;
    }
    let descriptions = match common::descriptions(&args.input) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let mut checked: Vec<Checked> = descriptions
        .par_iter()
        .map(|path| {
            let mut diagnostics = Diagnostics::default();
            let project = load::load(path, &mut diagnostics);
            crate::expand(&project, &args.input.env, &mut diagnostics);
            Checked {
                environments: project.environments(),
                diagnostics: common::judged(diagnostics, &args.input),
                sources: project.sources,
            }
        })
        .collect();
    let known: Vec<String> = checked.iter().flat_map(|c| c.environments.clone()).collect();
    if let Some(missing) = common::unknown_environments(&args.input, &known)
        && let Some(first) = checked.first_mut()
    {
        first.diagnostics.push(missing);
    }
    print(args, &checked);
    let errors = checked.iter().any(|one| common::failed(&one.diagnostics));
    if args.format == Format::Text && !args.input.output.quiet {
        let found = common::tally(checked.iter().flat_map(|one| &one.diagnostics));
        common::remark(&format!("checked {}: {found}", common::counted(checked.len(), "description")));
    }
    if errors { FAILED } else { DONE }
}

fn print(args: &Args, checked: &[Checked]) {
    let found = checked.iter().map(|one| (one.diagnostics.as_slice(), &one.sources));
    match args.format {
        Format::Text => common::report_all(found, args.input.output.color.stderr()),
        Format::Json => {
            let records: Vec<_> =
                checked.iter().flat_map(|one| render::records(&one.diagnostics, &one.sources)).collect();
            let valid = !checked.iter().any(|one| common::failed(&one.diagnostics));
            let document = json!({ "format_version": 1, "valid": valid, "diagnostics": records });
            common::print(&format!("{document:#}\n"));
        }
        Format::Github => {
            for one in checked {
                common::print(&render::github(&one.diagnostics, &one.sources));
            }
        }
        Format::Sarif => common::print(&format!("{:#}\n", render::sarif(found))),
    }
}
