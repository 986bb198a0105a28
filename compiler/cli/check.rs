//! `ondol check`

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;

use super::{
    DONE, FAILED,
    common::{self, Input},
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
    let descriptions = match common::descriptions(&args.input) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let mut checked: Vec<Checked> = descriptions
        .par_iter()
        .map(|path| {
            let mut diagnostics = Diagnostics::default();
            let project = load::load(path, &mut diagnostics);
            let expanded = crate::expand(&project, &[], &mut diagnostics);
            Checked {
                environments: expanded.iter().map(|e| e.environment.to_string()).collect(),
                diagnostics: common::judged(diagnostics, &args.input),
                sources: project.sources,
            }
        })
        .collect();
    let known: Vec<String> = checked.iter().flat_map(|c| c.environments.clone()).collect();
    if let Some(missing) = common::unknown_environments(&args.input, &known, &known)
        && let Some(first) = checked.first_mut()
    {
        first.diagnostics.push(missing);
    }
    print(args, &checked);
    let errors = checked.iter().any(|one| common::failed(&one.diagnostics));
    if args.format == Format::Text && !args.input.output.quiet {
        let count = |wanted| {
            checked
                .iter()
                .flat_map(|one| &one.diagnostics)
                .filter(|d| render::word(d.severity) == wanted)
                .count()
        };
        common::remark(&format!(
            "checked {}: {}, {}",
            common::counted(checked.len(), "description"),
            common::counted(count("error"), "error"),
            common::counted(count("warning"), "warning")
        ));
    }
    if errors { FAILED } else { DONE }
}

fn print(args: &Args, checked: &[Checked]) {
    match args.format {
        Format::Text => {
            let found = checked.iter().map(|one| (one.diagnostics.as_slice(), &one.sources));
            common::report_all(found, args.input.output.color.stderr());
        }
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
        Format::Sarif => {
            let mut document = render::sarif(&[], &Sources::default());
            let mut results = Vec::new();
            let mut rules = Vec::new();
            for one in checked {
                let part = render::sarif(&one.diagnostics, &one.sources);
                results.extend(part["runs"][0]["results"].as_array().cloned().unwrap_or_default());
                rules.extend(
                    part["runs"][0]["tool"]["driver"]["rules"].as_array().cloned().unwrap_or_default(),
                );
            }
            rules.sort_by_key(|rule| rule["id"].to_string());
            rules.dedup();
            document["runs"][0]["results"] = results.into();
            document["runs"][0]["tool"]["driver"]["rules"] = rules.into();
            common::print(&format!("{document:#}\n"));
        }
    }
}
