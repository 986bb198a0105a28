//! `ondol apply`

use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;

use super::{
    DONE, FAILED,
    common::{self, Input},
    plan::{
        PlannedDescription, TargetOptions, clash, leftover_systems, out_folders, plan_all, plan_description,
        saved,
    },
};
use crate::{
    apply::{self, Lock},
    diagnostic::Diagnostic,
    plan::{present, saved::SavedPlan},
    render::Style,
    source::Sources,
};

#[derive(clap::Args)]
#[command(mut_arg("verbose", |verbose| verbose.hide(false)), mut_arg("paths", |paths| {
    paths.help("A system.kdl, a folder that is searched for them, or one plan that was saved with `plan --save`")
}))]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    target: TargetOptions,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub fn run(args: &Args) -> u8 {
    let style = args.input.output.color.stderr();
    if let Some(status) = args.target.refused(style) {
        return status;
    }
    let unusable = |error: &str, help: &str| {
        let message =
            format!("{} is a saved plan that cannot be used: {error}", args.input.paths[0].display());
        common::complain("unreadable-plan", &message, help, style);
        FAILED
    };
    match saved_plan(&args.input.paths) {
        Some(Ok(plan)) => {
            return match contradicted(args, &plan) {
                Some(error) => unusable(&error, "leave the option out, or make a plan with it"),
                None => apply_saved(args, &plan),
            };
        }
        Some(Err(error)) => return unusable(&error, "make a new one with `ondol plan --save`"),
        None => {}
    }
    if args.yes {
        return apply_at_once(args);
    }
    let planned = match plan_all(&args.input, &args.target, true) {
        Ok(planned) => planned,
        Err(status) => return status,
    };
    let pending = |one: &PlannedDescription| one.planned.iter().any(|p| !p.plan.is_empty());
    if planned.iter().any(pending) {
        show(args, &planned);
        if !io::stdin().is_terminal() {
            common::complain(
                "not-confirmed",
                "there is nobody to ask whether this shall be done",
                "look at `ondol plan`, then run `ondol apply --yes`",
                style,
            );
            return FAILED;
        }
        if !confirmed() {
            common::remark("nothing was changed");
            return FAILED;
        }
    }
    // What was shown is done, or nothing: between the question and the answer somebody may have changed the target.
    let shown = saved(&planned, &args.input, &args.target);
    apply_exactly(args, &shown, &args.input, &args.target, "this is no longer what was shown", "run it again")
}

/// Does each description as soon as it is compiled, so that a thousand of them need the memory of a few. Trees are
/// put together first and take their places only when there is no error in any.
fn apply_at_once(args: &Args) -> u8 {
    let style = args.input.output.color.stderr();
    let descriptions = match common::descriptions(&args.input) {
        Ok(found) => found,
        Err(status) => return status,
    };
    let _locks = match lock(&descriptions, &args.target, style) {
        Ok(locks) => locks,
        Err(status) => return status,
    };
    let claimed = Mutex::default();
    let mut results: Vec<Staging> = descriptions
        .par_iter()
        .map(|path| stage(plan_description(path, &args.input, &args.target), &claimed))
        .collect();
    if !results.iter().any(|one| common::failed(&one.diagnostics)) {
        let systems: Vec<String> = results.iter().flat_map(|one| one.systems.clone()).collect();
        let left = leftover_systems(&descriptions, &systems, &args.input, &args.target);
        results.extend(left.map(|left| stage(left, &claimed)));
    }
    commit(args, results)
}

/// What one description came to: trees that wait for their places.
struct Staging {
    path: PathBuf,
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    environments: Vec<String>,
    systems: Vec<String>,
    trees: Vec<Tree>,
}

struct Tree {
    staged: Option<apply::Staged>,
    tree: PathBuf,
    said: String,
    kept: Vec<(PathBuf, &'static str)>,
}

/// Puts the trees of one description together beside their places. A tree that another description has `claimed`
/// is not touched: `commit` names the two, and does neither.
fn stage(one: PlannedDescription, claimed: &Mutex<BTreeSet<PathBuf>>) -> Staging {
    let mut diagnostics = one.diagnostics;
    let mut trees = Vec::new();
    if !common::failed(&diagnostics) {
        for planned in &one.planned {
            let free =
                claimed.lock().unwrap_or_else(PoisonError::into_inner).insert(planned.target.tree.clone());
            let staged = if free {
                apply::stage(&planned.target, &planned.plan, &planned.compiled.artifacts)
            } else {
                Ok(None)
            };
            match staged {
                Ok(staged) => trees.push(Tree {
                    staged,
                    tree: planned.target.tree.clone(),
                    said: format!(
                        "{} / {}: {}",
                        planned.plan.system,
                        planned.plan.environment,
                        done(planned)
                    ),
                    kept: planned
                        .plan
                        .files
                        .iter()
                        .filter(|file| file.kept)
                        .map(|file| {
                            let whose =
                                if file.foreign { "was not written by ondol" } else { "was edited by hand" };
                            (planned.target.tree.join(&file.path), whose)
                        })
                        .collect(),
                }),
                Err(error) => diagnostics.push(error.into()),
            }
        }
    }
    // Sources are needed for messages only: a thousand standard libraries need not wait for that.
    let sources = if diagnostics.is_empty() { Sources::default() } else { one.sources };
    Staging {
        path: one.path,
        sources,
        diagnostics,
        environments: one.environments,
        systems: one.systems,
        trees,
    }
}

/// Reports, and when nothing is wrong puts every tree in its place.
fn commit(args: &Args, results: Vec<Staging>) -> u8 {
    let style = args.input.output.color.stderr();
    let known: Vec<String> = results.iter().flat_map(|one| one.environments.clone()).collect();
    let mut problems: Vec<Diagnostic> =
        common::unknown_environments(&args.input, &known).into_iter().collect();
    problems.extend(clash(
        results.iter().flat_map(|one| one.trees.iter().map(|tree| (one.path.as_path(), tree.tree.as_path()))),
    ));
    let none = Sources::default();
    let found = results.iter().map(|one| (one.diagnostics.as_slice(), &one.sources));
    common::report_all(found.chain([(problems.as_slice(), &none)]), style);
    if !problems.is_empty() || results.iter().any(|one| common::failed(&one.diagnostics)) {
        return FAILED;
    }
    let mut status = DONE;
    let trees: Vec<Tree> = results.into_iter().flat_map(|one| one.trees).collect();
    for tree in trees {
        match tree.staged.map_or(Ok(()), apply::Staged::commit) {
            Ok(()) if args.input.output.quiet => {}
            Ok(()) => common::print(&format!("{}\n", tree.said)),
            Err(error) => {
                common::report(&[error.into()], &Sources::default(), style);
                status = FAILED;
            }
        }
        for (path, whose) in tree.kept {
            common::remark(&format!("kept: {} {whose} (overwrite with --overwrite-edited)", path.display()));
        }
    }
    status
}

/// The plan that a single path names, if it is one.
fn saved_plan(paths: &[PathBuf]) -> Option<Result<SavedPlan, String>> {
    let [path] = paths else { return None };
    if !path.is_file() || path.extension().is_some_and(|extension| extension == "kdl") {
        return None;
    }
    SavedPlan::parse(&fs::read_to_string(path).ok()?)
}

/// The option that says something else than the plan was made with.
fn contradicted(args: &Args, plan: &SavedPlan) -> Option<String> {
    let out = args.target.out.as_ref().map(|out| out.display().to_string());
    if let Some(out) = out.filter(|out| *out != plan.out) {
        let made = if plan.out.is_empty() { "none".to_owned() } else { format!("`--out {}`", plan.out) };
        return Some(format!("`--out {out}` is given, and it was made with {made}"));
    }
    if !args.input.env.is_empty() && args.input.env != plan.environments {
        let made = match plan.environments.as_slice() {
            [] => "every environment".to_owned(),
            names => names.join(", "),
        };
        return Some(format!(
            "`--env {}` is given, and it was made for {made}",
            args.input.env.join(" --env ")
        ));
    }
    (args.target.overwrite_edited && !plan.overwrite_edited)
        .then(|| "`--overwrite-edited` is given, and it was made without".to_owned())
}

fn apply_saved(args: &Args, plan: &SavedPlan) -> u8 {
    let mut input = args.input.clone();
    input.env = plan.environments.clone();
    let target = TargetOptions {
        out: (!plan.out.is_empty()).then(|| PathBuf::from(&plan.out)),
        overwrite_edited: plan.overwrite_edited,
        ..args.target.clone()
    };
    apply_exactly(
        args,
        plan,
        &input,
        &target,
        "the saved plan cannot be done any more",
        "make a new one with `ondol plan --save` and look at it",
    )
}

/// Locks every output folder, in one order for all runs.
fn lock(descriptions: &[PathBuf], target: &TargetOptions, style: Style) -> Result<Vec<Lock>, u8> {
    let waiting = || common::remark("waiting for another ondol apply");
    let mut locks = Vec::new();
    for folder in out_folders(descriptions, target, style)? {
        match Lock::acquire(&folder, waiting) {
            Ok(lock) => locks.push(lock),
            Err(error) => {
                common::report(&[error.into()], &Sources::default(), style);
                return Err(FAILED);
            }
        }
    }
    Ok(locks)
}

/// Does what `shown` says, under a lock, or refuses when it is no longer what would be done.
fn apply_exactly(
    args: &Args,
    shown: &SavedPlan,
    input: &Input,
    target: &TargetOptions,
    stale: &str,
    help: &str,
) -> u8 {
    let style = input.output.color.stderr();
    let paths: Vec<PathBuf> = shown.descriptions.iter().map(|d| PathBuf::from(&d.path)).collect();
    let _locks = match lock(&paths, target, style) {
        Ok(locks) => locks,
        Err(status) => return status,
    };
    let mut planned: Vec<PlannedDescription> =
        paths.par_iter().map(|path| plan_description(path, input, target)).collect();
    if !planned.iter().any(|one| common::failed(&one.diagnostics)) {
        let systems: Vec<String> = planned.iter().flat_map(|one| one.systems.clone()).collect();
        planned.extend(leftover_systems(&paths, &systems, input, target));
    }
    if !planned.iter().any(|one| common::failed(&one.diagnostics))
        && let Some(why) = shown.stale(&saved(&planned, input, target))
    {
        common::complain("stale-plan", &format!("{stale}: {why}"), help, style);
        return FAILED;
    }
    let claimed = Mutex::default();
    commit(args, planned.into_iter().map(|one| stage(one, &claimed)).collect())
}

fn done(one: &super::plan::Planned) -> String {
    if one.plan.is_empty() {
        return "nothing to do".into();
    }
    let files = common::counted(one.plan.files.iter().filter(|file| !file.kept).count(), "file");
    if one.plan.gone {
        return format!("no longer described: {files} removed from {}", one.target.tree.display());
    }
    format!("{files} written, {} unchanged, in {}", one.plan.unchanged, one.target.tree.display())
}

fn show(args: &Args, planned: &[PlannedDescription]) {
    let view = present::View {
        color: args.input.output.color.stdout(),
        diff: args.input.output.verbose,
        all: args.input.output.verbose,
    };
    let parts: Vec<String> = planned
        .iter()
        .flat_map(|one| one.planned.iter().map(move |p| present::text(&p.plan, &one.sources, view)))
        .collect();
    common::print(&parts.join("\n"));
}

fn confirmed() -> bool {
    let _ = write!(io::stderr(), "\nDo this? [y/N] ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
