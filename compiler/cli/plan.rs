//! `ondol plan`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;

use super::{
    CHANGES, DONE, FAILED,
    common::{self, Input},
};
use crate::{
    Compiled,
    apply::Target,
    diagnostic::{Diagnostic, Diagnostics},
    load,
    plan::{
        self, Plan, State, present,
        saved::{self, SavedDescription, SavedPlan, SavedTarget},
    },
    source::Sources,
    syntax::Facts,
};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub input: Input,
    #[command(flatten)]
    pub target: TargetOptions,
    /// How the plan is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show the differences of files
    #[arg(long)]
    diff: bool,
    /// Exit with 2 when there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// Save the plan, for `ondol apply FILE` to do exactly this
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// Options of the commands that look at a target.
#[derive(clap::Args, Clone)]
pub struct TargetOptions {
    /// What is written to
    #[arg(long, value_name = "generated", default_value = "generated", value_parser = ["generated"])]
    pub target: String,
    /// The output folder; `generated/` beside the nearest ondol.kdl or repository root when absent
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Overwrite files that were edited by hand
    #[arg(long)]
    pub overwrite_edited: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For tools; the schema is docs/schema/plan.json
    Json,
    /// For the comment of a pull request
    Markdown,
}

/// One environment of one system with its plan.
pub struct Planned {
    pub compiled: Compiled,
    pub target: Target,
    pub state: State,
    pub plan: Plan,
}

/// What one description gave.
pub struct PlannedDescription {
    pub path: PathBuf,
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    pub planned: Vec<Planned>,
    pub environments: Vec<String>,
}

impl PlannedDescription {
    /// What is needed to show plans, and when they are to be `saved` the digests of what they were made from: the
    /// files of a thousand systems need not wait for that.
    fn without_contents(mut self, saved: bool) -> PlannedDescription {
        for planned in &mut self.planned {
            planned.compiled.artifacts = Vec::new();
            planned.compiled.facts = Facts::default();
            let state = std::mem::take(&mut planned.state);
            if saved {
                planned.state = state.digested();
            }
        }
        self
    }
}

/// Loads, compiles and plans one description. With an error among the diagnostics nothing is planned.
pub fn plan_description(path: &Path, input: &Input, options: &TargetOptions) -> PlannedDescription {
    let mut diagnostics = Diagnostics::default();
    let project = load::load(path, &mut diagnostics);
    let environments = project.environments();
    let compiled = crate::compile(&project, &input.env, &mut diagnostics);
    let mut judged = common::judged(diagnostics, input);
    let mut planned = Vec::new();
    if !common::failed(&judged) {
        let out = common::out_folder(options.out.as_deref(), path);
        let results: Vec<_> = compiled
            .into_par_iter()
            .map(|compiled| {
                let target = Target::new(&out, compiled.system.as_str(), compiled.environment.as_str());
                let state = target.state(&compiled.artifacts)?;
                let plan = plan::plan(&state, &compiled, options.overwrite_edited);
                Ok(Planned { compiled, target, state, plan })
            })
            .collect();
        for result in results {
            match result {
                Ok(one) => planned.push(one),
                Err(error) => {
                    let error: crate::apply::TargetError = error;
                    judged.push(Diagnostic::error(error.code, error.message).help(error.help));
                }
            }
        }
    }
    PlannedDescription {
        path: path.to_path_buf(),
        sources: project.sources,
        diagnostics: judged,
        planned,
        environments,
    }
}

/// Plans all descriptions, reports what is wrong, and gives the plans when nothing is; fit to be [`saved`] if so said.
pub fn plan_all(
    input: &Input,
    options: &TargetOptions,
    to_be_saved: bool,
) -> Result<Vec<PlannedDescription>, u8> {
    let descriptions = common::descriptions(input)?;
    let planned: Vec<PlannedDescription> = descriptions
        .par_iter()
        .map(|path| plan_description(path, input, options).without_contents(to_be_saved))
        .collect();
    let style = input.output.color.stderr();
    common::report_all(planned.iter().map(|one| (one.diagnostics.as_slice(), &one.sources)), style);
    if planned.iter().any(|one| common::failed(&one.diagnostics)) {
        return Err(FAILED);
    }
    let known: Vec<String> = planned.iter().flat_map(|one| one.environments.clone()).collect();
    if let Some(missing) = common::unknown_environments(input, &known, &known) {
        common::report(&[missing], &Sources::default(), style);
        return Err(FAILED);
    }
    if let Some(clash) = clash(
        planned
            .iter()
            .flat_map(|one| one.planned.iter().map(|p| (one.path.as_path(), p.target.tree.as_path()))),
    ) {
        common::report(&[clash], &Sources::default(), style);
        return Err(FAILED);
    }
    Ok(planned)
}

/// Two descriptions that would write the same tree.
pub fn clash<'a>(trees: impl Iterator<Item = (&'a Path, &'a Path)>) -> Option<Diagnostic> {
    let mut seen: std::collections::BTreeMap<&Path, &Path> = std::collections::BTreeMap::new();
    for (description, tree) in trees {
        if let Some(other) = seen.insert(tree, description) {
            return Some(
                Diagnostic::error(
                    "duplicate",
                    format!(
                        "{} and {} would both write {}",
                        other.display(),
                        description.display(),
                        tree.display()
                    ),
                )
                .help("rename one of the systems, or give each its own `--out`"),
            );
        }
    }
    None
}

/// What `--save` writes for these plans.
pub fn saved(planned: &[PlannedDescription], input: &Input, options: &TargetOptions) -> SavedPlan {
    SavedPlan {
        kind: saved::KIND.into(),
        format_version: saved::FORMAT,
        ondol: env!("CARGO_PKG_VERSION").into(),
        descriptions: planned
            .iter()
            .map(|one| SavedDescription {
                path: one.path.display().to_string(),
                digest: saved::digest(&one.sources),
            })
            .collect(),
        environments: input.env.clone(),
        out: options.out.as_ref().map(|out| out.display().to_string()).unwrap_or_default(),
        overwrite_edited: options.overwrite_edited,
        targets: planned
            .iter()
            .flat_map(|one| &one.planned)
            .map(|one| SavedTarget::new(&one.plan, &one.state))
            .collect(),
    }
}

pub fn run(args: &Args) -> u8 {
    let planned = match plan_all(&args.input, &args.target, args.save.is_some()) {
        Ok(planned) => planned,
        Err(status) => return status,
    };
    show(args, &planned);
    if let Some(file) = &args.save {
        let document =
            serde_json::to_string_pretty(&saved(&planned, &args.input, &args.target)).unwrap_or_default();
        if let Err(error) = std::fs::write(file, document + "\n") {
            common::complain(
                "output-failed",
                &format!("{} cannot be written: {}", file.display(), load::reason(&error)),
                "choose another place for the plan",
                args.input.output.color.stderr(),
            );
            return FAILED;
        }
        common::remark(&format!("saved; `ondol apply {}` does exactly this, or refuses", file.display()));
    }
    let changes = planned.iter().flat_map(|one| &one.planned).any(|one| !one.plan.is_empty());
    if args.detailed_exitcode && changes { CHANGES } else { DONE }
}

fn show(args: &Args, planned: &[PlannedDescription]) {
    let each = || planned.iter().flat_map(|one| one.planned.iter().map(move |planned| (one, planned)));
    match args.format {
        Format::Text if args.input.output.quiet => {}
        Format::Text => {
            let view = present::View {
                color: args.input.output.color.stdout(),
                diff: args.diff || args.input.output.verbose,
                all: args.input.output.verbose,
            };
            let parts: Vec<String> =
                each().map(|(one, planned)| present::text(&planned.plan, &one.sources, view)).collect();
            common::print(&parts.join("\n"));
        }
        Format::Markdown => {
            let parts: Vec<String> =
                each().map(|(one, planned)| present::markdown(&planned.plan, &one.sources)).collect();
            common::print(&parts.join("\n"));
        }
        Format::Json => {
            let records: Vec<_> =
                each().map(|(one, planned)| present::record(&planned.plan, &one.sources)).collect();
            let changes = each().any(|(_, planned)| !planned.plan.is_empty());
            common::print(&format!(
                "{:#}\n",
                json!({ "format_version": present::FORMAT, "changes": changes, "plans": records })
            ));
        }
    }
}
