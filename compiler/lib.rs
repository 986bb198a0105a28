//! ondol: one description of a system becomes every artifact that operates it.
//!
//! The pipeline, in the order of the modules below: a *description* is loaded ([`load`]) and parsed into trees
//! ([`syntax`]); kinds are applied, environments laid over and everything derived that follows ([`expand`]), which
//! gives one *model* ([`model`]) for each environment; the model is checked as a whole ([`check`]); emitters
//! ([`emit`]) make *artifacts* of it; a *plan* ([`plan`]) compares them with what a target holds; *apply*
//! ([`apply`]) writes. Everything between loading and applying is pure: same input, same bytes.
//!
//! Stages do not stop at the first problem: they return what they could make and add to [`diagnostic::Diagnostics`].

pub mod digest;

pub mod shell;

pub mod source;

pub mod diagnostic;

pub mod render;

pub mod values;

pub mod syntax;

pub mod model;

pub mod stdlib;

pub mod expand;

pub mod check;

pub mod env;

pub mod emit;

pub mod lines;

pub mod load;

pub mod plan;

pub mod apply;

pub mod explain;

pub mod reference;

pub mod cli;

use diagnostic::{Diagnostic, Diagnostics};
use emit::Artifact;
use expand::Expanded;
use load::Project;
use syntax::Facts;
use values::{Language, Name};

/// One environment of one system, compiled.
pub struct Compiled {
    /// The system.
    pub system: Name,
    /// The environment.
    pub environment: Name,
    /// Every file of its tree, sorted by path; none when there are errors.
    pub artifacts: Vec<Artifact>,
    /// What its description says.
    pub facts: Facts,
}

/// Compiles a loaded description in the wanted environments (all when none is named).
pub fn compile(project: &Project, wanted: &[String], diagnostics: &mut Diagnostics) -> Vec<Compiled> {
    emit::prepare(if project.says("\"ko\"") { Language::Korean } else { Language::English });
    let expanded = judged(project, wanted, diagnostics);
    if diagnostics.has_errors() {
        return Vec::new();
    }
    let mut compiled = Vec::new();
    for one in expanded {
        let artifacts = emit::emit(&one.models);
        emit::taken(&one.models, &artifacts).into_iter().for_each(|found| diagnostics.add(found));
        let (system, environment) = (one.system, one.environment);
        compiled.push(Compiled { system, environment, artifacts, facts: one.facts });
    }
    if diagnostics.has_errors() {
        return Vec::new();
    }
    if let Some(fault) = emit::fault() {
        let help = "the description is not to blame: please report this text, and what you compiled";
        diagnostics.add(Diagnostic::error("internal-error", format!("a fault of ondol: {fault}")).help(help));
        return Vec::new();
    }
    compiled
}

/// Expands and checks a loaded description: everything but the artifacts. They are made all the same where it says
/// files of its own, whose places others may have.
pub fn expand(project: &Project, wanted: &[String], diagnostics: &mut Diagnostics) -> Vec<Expanded> {
    let expanded = judged(project, wanted, diagnostics);
    if !diagnostics.has_errors() {
        for one in expanded.iter().filter(|one| one.models.iter().any(|model| !model.files.is_empty())) {
            let found = emit::taken(&one.models, &emit::emit(&one.models));
            found.into_iter().for_each(|found| diagnostics.add(found));
        }
    }
    expanded
}

/// Expands and checks: what can be said without the artifacts.
fn judged(project: &Project, wanted: &[String], diagnostics: &mut Diagnostics) -> Vec<Expanded> {
    let expanded = expand::expand(&project.nodes, wanted, &project.reader(), diagnostics);
    let models = expanded.iter().flat_map(|one| &one.models);
    check::check(models, wanted.is_empty(), diagnostics);
    if !diagnostics.has_errors() {
        let models = expanded.iter().flat_map(|one| &one.models);
        models.flat_map(emit::undefined_receivers).for_each(|found| diagnostics.add(found));
    }
    expanded
}
