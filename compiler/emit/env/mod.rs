//! What the host supplies: `env/.env.example` with every variable described, `scripts/check-env.sh`, which judges the
//! real file, and `.gitignore`, which keeps that out of version control.

mod optional;
mod view;

use super::{
    artifact::{Artifact, OnChange},
    template::{Format, Template},
};
use crate::model::Model;

static EXAMPLE: Template = Template::new(Format::Line, include_str!("env.example.tera"));
static CHECK: Template = Template::new(Format::Shell, include_str!("check-env.sh.tera"));
static IGNORE: Template = Template::new(Format::Line, include_str!("gitignore.tera"));

/// What every system needs.
pub static TEMPLATES: &[&Template] = &[&EXAMPLE, &CHECK, &IGNORE];

/// Makes the files.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let view = view::view(model);
    let mut from = vec!["system".to_owned()];
    from.extend(
        model
            .variables
            .iter()
            .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
    );
    let file = |path: &str, template: &Template, mode: u32, from: Vec<String>| Artifact {
        path: path.into(),
        contents: template.render(&view).into(),
        mode,
        emitter: "env",
        from,
        on_change: OnChange::Nothing,
    };
    vec![
        file(".gitignore", &IGNORE, 0o644, vec!["system".into()]),
        file("scripts/check-env.sh", &CHECK, 0o755, from.clone()),
        // Also where nothing is asked for yet: compose and the scripts read the file that is made of it.
        file("env/.env.example", &EXAMPLE, 0o644, from),
    ]
}
