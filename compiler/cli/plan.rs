//! `ondol plan`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use rayon::prelude::*;
use serde_json::json;

use super::{
    CHANGES, DONE, FAILED,
    common::{self, Input},
};
use crate::{
    Compiled,
    apply::{Target, TargetError, is_output, leftover},
    diagnostic::{Diagnostic, Diagnostics},
    load,
    plan::{
        self, Plan, State, present,
        saved::{self, SavedDescription, SavedPlan, SavedTarget},
    },
    render::Style,
    source::Sources,
    syntax::Facts,
    values::{Name, Value as _},
};

#[derive(clap::Args)]
#[command(mut_arg("verbose", |verbose| verbose.hide(false)))]
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
    /// Exit with 2 when there are changes that apply would make; files that stay as edited by hand are none
    #[arg(long)]
    detailed_exitcode: bool,
    /// Save the plan, for `ondol apply FILE` to do exactly this
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// Options of the commands that look at a target.
#[derive(clap::Args, Clone)]
pub struct TargetOptions {
    /// What is written to: `generated`, trees of files. `host[:NAME]` is not there yet: the trees are delivered by a
    /// pipeline, or by hand
    #[arg(long, value_name = "generated", default_value = "generated")]
    pub target: String,
    /// The output folder; `generated/` beside the nearest ondol.kdl or repository root when absent
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Overwrite files that were edited by hand
    #[arg(long)]
    pub overwrite_edited: bool,
}

impl TargetOptions {
    /// Refuses a target that cannot be written to.
    pub fn refused(&self, style: Style) -> Option<u8> {
        if self.target == "generated" {
            return None;
        }
        let message = match is_host(&self.target) {
            true => format!("`--target {}` is not there yet: apply writes trees of files", self.target),
            false => format!("there is no target `{}`", self.target),
        };
        let help = "leave `--target` out; then deliver a tree with its pipeline (ci/ in it), or copy it to its host and run scripts/deploy.sh there";
        common::complain("invalid-value", &message, help, style);
        Some(FAILED)
    }
}

/// Whether a target is a host.
pub fn is_host(target: &str) -> bool {
    target == "host" || target.starts_with("host:")
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
    /// The systems that it describes.
    pub systems: Vec<String>,
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

/// The output folders of the descriptions, sorted, each once. What is in the way of one is told here, before anything is
/// compiled: it is in the way of every tree.
pub fn out_folders(
    descriptions: &[PathBuf],
    options: &TargetOptions,
    style: Style,
) -> Result<Vec<PathBuf>, u8> {
    let folders: BTreeSet<PathBuf> =
        descriptions.iter().map(|path| common::out_folder(options.out.as_deref(), path)).collect();
    let wrong: Vec<Diagnostic> =
        folders.iter().filter_map(|folder| Some(is_output(folder).err()?.into())).collect();
    if wrong.is_empty() {
        return Ok(folders.into_iter().collect());
    }
    common::report(&wrong, &Sources::default(), style);
    Err(FAILED)
}

/// Loads, compiles and plans one description. With an error among the diagnostics nothing is planned.
pub fn plan_description(path: &Path, input: &Input, options: &TargetOptions) -> PlannedDescription {
    let mut diagnostics = Diagnostics::default();
    let project = load::load(path, &mut diagnostics);
    let environments = project.environments();
    let compiled = crate::compile(&project, &input.env, &mut diagnostics);
    let mut judged = common::judged(diagnostics, input);
    let mut planned = Vec::new();
    let described = project.systems();
    if !common::failed(&judged) {
        let out = common::out_folder(options.out.as_deref(), path);
        let results: Vec<Result<Planned, TargetError>> = compiled
            .into_par_iter()
            .map(|compiled| {
                let target = Target::new(&out, compiled.system.as_str(), compiled.environment.as_str());
                let state = target.state(&compiled.artifacts)?;
                let plan = plan::plan(&state, &compiled, options.overwrite_edited);
                Ok(Planned { compiled, target, state, plan })
            })
            .collect();
        // What is in the way of a system is so in each of its environments, and told once.
        let mut wrong: Vec<TargetError> = Vec::new();
        for result in results {
            match result {
                Ok(one) => planned.push(one),
                Err(error) if wrong.contains(&error) => {}
                Err(error) => wrong.push(error),
            }
        }
        judged.extend(wrong.into_iter().map(Diagnostic::from));
        // Whoever asks for some environments does not ask about the others.
        let asked = if input.env.is_empty() { described.as_slice() } else { &[] };
        for (system, environments) in asked {
            for target in leftover::environments(&out, system, environments) {
                match removed(target, options) {
                    Ok(one) => planned.push(one),
                    Err(error) => judged.push(error.into()),
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
        systems: described.into_iter().map(|(system, _)| system).collect(),
    }
}

/// The plan for a tree that is no longer described.
fn removed(target: Target, options: &TargetOptions) -> Result<Planned, TargetError> {
    let state = target.state(&[])?;
    let plan = plan::removal(&state, options.overwrite_edited);
    let name = |text: &str| {
        Name::parse(text).map_err(|error| TargetError {
            code: "unreadable-manifest",
            message: format!("{} names `{text}`: {error}", target.tree.join(plan::manifest::FILE).display()),
            help: "restore it from version control".into(),
        })
    };
    let (system, environment) = (name(&plan.system)?, name(&plan.environment)?);
    let compiled = Compiled { system, environment, artifacts: Vec::new(), facts: Facts::default() };
    Ok(Planned { compiled, target, state, plan })
}

/// The plans for systems that lie in the output folder and that nothing describes any more, as if a description without a
/// name asked for their removal. They are looked for only where this run read every description that could describe them:
/// `paths` are those, `systems` what they describe.
pub fn leftover_systems(
    paths: &[PathBuf],
    systems: &[String],
    input: &Input,
    options: &TargetOptions,
) -> Option<PlannedDescription> {
    let mut outs: Vec<PathBuf> = paths.iter().map(|path| common::out_folder(None, path)).collect();
    outs.sort();
    outs.dedup();
    if options.out.is_some() || !input.env.is_empty() {
        return None;
    }
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let read: Vec<PathBuf> = paths.iter().map(|path| real(path)).collect();
    let (mut planned, mut diagnostics) = (Vec::new(), Vec::new());
    for out in outs {
        let left = leftover::systems(&out, systems);
        if left.is_empty() {
            continue;
        }
        let real_out = real(&out);
        let Some(root) = real_out.parent() else { continue };
        let around = load::kdl_files(&[root.to_path_buf()]);
        let missed =
            |path: &PathBuf| path.file_name() == Some("system.kdl".as_ref()) && !read.contains(&real(path));
        if around.iter().any(missed) {
            continue;
        }
        let texts: Vec<String> = around.iter().filter_map(|path| load::read(path).ok()).collect();
        for system in left {
            // Another file than a system.kdl may describe it, and is run for itself.
            if texts.iter().any(|text| text.contains(&format!("\"{system}\"")) && text.contains("system")) {
                continue;
            }
            for target in leftover::environments(&out, &system, &[]) {
                match removed(target, options) {
                    Ok(one) => planned.push(one),
                    Err(error) => diagnostics.push(error.into()),
                }
            }
        }
    }
    (!planned.is_empty() || !diagnostics.is_empty()).then(|| PlannedDescription {
        path: PathBuf::new(),
        sources: Sources::default(),
        diagnostics,
        planned,
        environments: Vec::new(),
        systems: Vec::new(),
    })
}

/// Plans all descriptions, reports what is wrong, and gives the plans when nothing is; fit to be [`saved`] if so said.
pub fn plan_all(
    input: &Input,
    options: &TargetOptions,
    to_be_saved: bool,
) -> Result<Vec<PlannedDescription>, u8> {
    if let Some(status) = options.refused(input.output.color.stderr()) {
        return Err(status);
    }
    let descriptions = common::descriptions(input)?;
    out_folders(&descriptions, options, input.output.color.stderr())?;
    let mut planned: Vec<PlannedDescription> = descriptions
        .par_iter()
        .map(|path| plan_description(path, input, options).without_contents(to_be_saved))
        .collect();
    if !planned.iter().any(|one| common::failed(&one.diagnostics)) {
        let systems: Vec<String> = planned.iter().flat_map(|one| one.systems.clone()).collect();
        let left = leftover_systems(&descriptions, &systems, input, options);
        planned.extend(left.map(|left| left.without_contents(to_be_saved)));
    }
    let style = input.output.color.stderr();
    common::report_all(planned.iter().map(|one| (one.diagnostics.as_slice(), &one.sources)), style);
    if planned.iter().any(|one| common::failed(&one.diagnostics)) {
        return Err(FAILED);
    }
    let known: Vec<String> = planned.iter().flat_map(|one| one.environments.clone()).collect();
    if let Some(missing) = common::unknown_environments(input, &known) {
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
            .filter(|one| !one.path.as_os_str().is_empty())
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
    if let Some(file) = &args.save
        && let Some((message, help)) = unfit(file, &planned)
    {
        common::complain("output-in-the-way", &message, help, args.input.output.color.stderr());
        return FAILED;
    }
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
        common::remark(&format!("saved; `ondol apply {}` does exactly this, or refuses", common::word(file)));
    }
    let changes = planned.iter().flat_map(|one| &one.planned).any(|one| !one.plan.is_empty());
    if args.detailed_exitcode && changes { CHANGES } else { DONE }
}

/// Why a plan must not be saved there, and what to do: only a saved plan, or an empty file, gives way to one.
fn unfit(file: &Path, planned: &[PlannedDescription]) -> Option<(String, &'static str)> {
    let shown = file.display();
    let elsewhere = "save the plan elsewhere, for example `--save ondol.plan`";
    if file == Path::new("-") {
        return Some(("a plan is saved into a file, not to standard output".into(), elsewhere));
    }
    if file.extension().is_some_and(|extension| extension == "kdl") {
        return Some((format!("{shown} would be read as a description by `ondol apply`"), elsewhere));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = real(folder);
    let trees = planned.iter().flat_map(|one| &one.planned).map(|one| real(&one.target.system));
    if let Some(tree) = trees.into_iter().find(|tree| folder.starts_with(tree)) {
        return Some((format!("{shown} lies below {}, which apply writes", tree.display()), elsewhere));
    }
    let meta = std::fs::metadata(file).ok()?;
    let plan = meta.is_file()
        && (meta.len() == 0 || std::fs::read_to_string(file).is_ok_and(|text| saved::is_plan(&text)));
    (!plan).then(|| {
        (format!("{shown} exists, and is no saved plan"), "move it away, or save the plan elsewhere")
    })
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
            common::print(&present::markdown(each().map(|(one, planned)| (&planned.plan, &one.sources))));
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
