//! `env/.env.example`: every variable that the host must supply, and `.gitignore`, which keeps the real file out of
//! version control.

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote,
};
use crate::model::{Image, Model, Variable};

/// Makes both files.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let mut text = format!(
        "# {}\n#\n# Copy it to .env beside compose.yaml, fill it in, keep it out of version control:\n#   install -m 600 env/.env.example .env && \"${{EDITOR:-vi}}\" .env && scripts/check-env.sh\n",
        header(model)
    );
    for variable in &model.variables {
        text.push_str(&entry(variable));
    }
    if model.services.iter().any(|service| matches!(service.image, Image::Built(_))) {
        text.push_str("\n# The release that runs: the tag of the images that are built here. scripts/deploy.sh sets it.\n# RELEASE=latest\n");
        text.push_str("\n# The checkout that holds the sources, seen from compose.yaml; this one fits a tree at generated/<system>/<environment>.\n# SOURCE_DIR=../../..\n");
    }
    let mut from = vec!["system".to_owned()];
    from.extend(
        model
            .variables
            .iter()
            .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
    );
    let file = |path: &str, contents: String| Artifact {
        path: path.into(),
        contents,
        mode: 0o644,
        emitter: "env",
        from: from.clone(),
        on_change: OnChange::Nothing,
    };
    vec![
        file("env/.env.example", text),
        file(
            ".gitignore",
            format!(
                "# {}\n# Secrets, and the record of what was deployed, belong to the host.\n.env\nreleases.log\n",
                header(model)
            ),
        ),
    ]
}

fn entry(variable: &Variable) -> String {
    let mut lines = vec![String::new()];
    if let Some(about) = &variable.about {
        lines.push(format!("# {}", quote::line(about.as_str())));
    }
    let mut facts = vec![if variable.secret { "secret" } else { "variable" }.to_owned()];
    if variable.min_length > 1 {
        facts.push(format!("at least {} characters", variable.min_length));
    }
    if let Some(every) = variable.rotate_every {
        facts.push(format!("replaced every {every}"));
    }
    if !variable.used_by.is_empty() {
        facts.push(format!(
            "used by {}",
            variable.used_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ));
    }
    lines.push(format!("# {}", facts.join("; ")));
    if variable.secret && variable.min_length > 1 {
        // Hexadecimal digits mean the same in every format and in a URL.
        lines.push(format!("# make one: openssl rand -hex {}", variable.min_length.div_ceil(2).max(16)));
    }
    match &variable.default {
        Some(default) => lines.push(format!("# {}={}", variable.name, quote::shell(default.as_str()))),
        None => lines.push(format!("{}=", variable.name)),
    }
    lines.join("\n") + "\n"
}
