//! The variables of a model, as the templates show them.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    emit::{header::header, quote},
    model::{ConfigValue, Image, Model, Part, Text, Variable},
    values::EnvName,
};

/// What the templates see.
#[derive(Serialize)]
pub struct View {
    header: String,
    system: String,
    environment: String,
    /// Where the tree lives on the host.
    directory: String,
    variables: Vec<VariableView>,
    /// Whether an image is built from source.
    built: bool,
}

#[derive(Serialize)]
struct VariableView {
    name: String,
    /// What people should know, line by line.
    about: Vec<String>,
    /// Its line in the example: without a value, or a comment that shows the default.
    assignment: String,
    secret: bool,
    /// Whether it may be absent, since it has a default.
    optional: bool,
    min_length: u32,
    /// Whether it stands in a URL.
    in_url: bool,
}

impl View {
    /// Whether there is nothing that the host could supply.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty() && !self.built
    }
}

/// The view of `model`: secrets first, for those have to be made.
pub fn view(model: &Model) -> View {
    let in_url = in_urls(model);
    let (secrets, settings): (Vec<_>, Vec<_>) = model.variables.iter().partition(|variable| variable.secret);
    View {
        header: header(model),
        system: model.system.to_string(),
        environment: model.environment.to_string(),
        directory: model.directory().to_owned(),
        variables: secrets
            .into_iter()
            .chain(settings)
            .map(|variable| variable_view(model, variable, in_url.contains(&variable.name)))
            .collect(),
        built: model.services.iter().any(|service| matches!(service.image, Image::Built(_))),
    }
}

fn variable_view(model: &Model, variable: &Variable, in_url: bool) -> VariableView {
    let assignment = match &variable.default {
        None => format!("{}=", variable.name),
        Some(default) => {
            // A default that compose.yaml cannot hold has to stand here.
            let sign = if quote::compose_default(default.as_str()).is_some() { "# " } else { "" };
            format!("{sign}{}={}", variable.name, quote::dotenv(default.as_str()))
        }
    };
    VariableView {
        name: variable.name.to_string(),
        about: about(model, variable, in_url),
        assignment,
        secret: variable.secret,
        optional: variable
            .default
            .as_ref()
            .is_some_and(|default| quote::compose_default(default.as_str()).is_some()),
        min_length: variable.min_length.max(1),
        in_url,
    }
}

fn about(model: &Model, variable: &Variable, in_url: bool) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(variable.about.as_ref().map(|about| about.to_string()));
    let mut facts = vec![if variable.secret { "Secret" } else { "Setting" }.to_owned()];
    if variable.default.is_some() {
        facts.push("has a default".into());
    }
    if variable.min_length > 1 {
        facts.push(format!("at least {} characters", variable.min_length));
    }
    if !variable.used_by.is_empty() {
        facts.push(format!("used by {}", list(variable.used_by.iter().map(ToString::to_string))));
    }
    if let Some(every) = variable.rotate_every {
        facts.push(format!("replaced every {every}"));
    }
    lines.push(facts.join("; "));
    if in_url {
        lines.push("It stands in a URL: only letters, digits and - . _ ~".into());
    }
    if variable.secret && is_ours(model, variable) {
        // Hexadecimal digits mean the same in every format and in a URL.
        lines.push(format!("Make one: openssl rand -hex {}", variable.min_length.div_ceil(2).max(24)));
    }
    lines
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// Whether the secret is made here, and not given by someone else whose key it is: it has a least length, or a
/// datastore of this system asks for it.
fn is_ours(model: &Model, variable: &Variable) -> bool {
    let asks = |name: &crate::values::Name| model.service(name).is_some_and(|service| service.datastore);
    variable.min_length > 1 || variable.used_by.iter().any(asks)
}

/// The variables whose value is put into a URL, where it is not quoted.
fn in_urls(model: &Model) -> BTreeSet<&EnvName> {
    let mut names = BTreeSet::new();
    for service in &model.services {
        let environment = service.environment.iter().map(|(_, text)| text);
        for text in environment.chain(&service.command) {
            in_url(text, &mut names);
        }
    }
    for config in &model.configs {
        in_config(&config.value, &mut names);
    }
    names
}

fn in_config<'a>(value: &'a ConfigValue, names: &mut BTreeSet<&'a EnvName>) {
    match value {
        ConfigValue::Text(text) => in_url(text, names),
        ConfigValue::List(items) => items.iter().for_each(|item| in_config(item, names)),
        ConfigValue::Map(entries) => entries.iter().for_each(|(_, value)| in_config(value, names)),
        _ => {}
    }
}

fn in_url<'a>(text: &'a Text, names: &mut BTreeSet<&'a EnvName>) {
    let mut url = false;
    for part in &text.parts {
        match part {
            Part::Literal(literal) => url |= literal.contains("://"),
            Part::Variable(name) if url => {
                names.insert(name);
            }
            Part::Variable(_) | Part::Reference { .. } => {}
        }
    }
}
