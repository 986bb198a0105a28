//! The variables of a model, as the templates show them.

use serde::Serialize;

use super::optional::{Optional, optional};

use crate::{
    emit::{header::header, quote},
    env::{PLACEHOLDER, PLACEHOLDER_OF_SECRET, takes_placeholders},
    model::{Model, Service, Variable},
    values::{Language, VariableType},
};

/// What the templates see.
#[derive(Serialize)]
pub struct View {
    header: String,
    system: String,
    /// The folder of the tree below `generated/`.
    tree: String,
    /// The folder of the description, as seen from the tree.
    sources: &'static str,
    /// Where the tree lives on the host.
    directory: String,
    variables: Vec<VariableView>,
    /// Those that nobody declares, and that may be set all the same.
    optional: Vec<Optional>,
    /// The types that variables have.
    types: Vec<TypeView>,
    /// What the script has to look at: a type, a bound, a form, a choice, any of these; several values in one.
    typed: bool,
    bounded: bool,
    formed: bool,
    chosen: bool,
    judged: bool,
    separated: bool,
    /// Whether some variable may be absent, stands in a URL, or may be any word.
    optional_ones: bool,
    in_urls: bool,
    any_words: bool,
    /// What a person has not filled in, of every variable and of a secret.
    placeholder: [&'static str; 2],
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
    /// What else its value must keep, in the words of the script.
    rules: Vec<String>,
}

/// A type, as the script judges values of it.
#[derive(Serialize)]
struct TypeView {
    word: &'static str,
    what: &'static str,
    expression: &'static str,
}

/// The view of `model`: secrets first, for those have to be made.
pub fn view(model: &Model) -> View {
    let in_url = model.in_urls();
    let (secrets, settings): (Vec<_>, Vec<_>) = model.variables.iter().partition(|variable| variable.secret);
    let variables: Vec<VariableView> = secrets
        .into_iter()
        .chain(settings)
        .map(|variable| variable_view(model, variable, in_url.contains(&variable.name)))
        .collect();
    let any = |words: &[&str]| {
        let mut rules = variables.iter().flat_map(|variable| &variable.rules);
        rules.any(|rule| words.contains(&rule.split('=').next().unwrap_or_default()))
    };
    let types: Vec<TypeView> = VariableType::SHAPED
        .into_iter()
        .filter(|kind| model.variables.iter().any(|variable| variable.constraint.kind == *kind))
        .filter_map(|kind| {
            Some(TypeView { word: kind.as_str(), what: kind.what(), expression: kind.expression()? })
        })
        .collect();
    View {
        typed: !types.is_empty(),
        bounded: any(&["min", "max"]),
        formed: any(&["form"]),
        chosen: any(&["is"]),
        judged: any(&["type", "min", "max", "form", "is"]),
        separated: any(&["separator"]),
        optional_ones: variables.iter().any(|variable| variable.optional),
        in_urls: any(&["in-url"]),
        any_words: any(&["any-word"]),
        header: header(model),
        system: model.system.to_string(),
        tree: model.tree(),
        sources: model.sources(),
        directory: model.directory().to_owned(),
        variables,
        optional: optional(model),
        types,
        placeholder: [PLACEHOLDER, PLACEHOLDER_OF_SECRET],
        built: model.services.iter().any(Service::is_built),
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
        rules: rules(variable, in_url),
    }
}

/// The rules of the script: words, and `name=value`.
fn rules(variable: &Variable, in_url: bool) -> Vec<String> {
    let constraint = &variable.constraint;
    let mut rules = Vec::new();
    rules.extend(in_url.then(|| "in-url".to_owned()));
    rules.extend((!variable.secret && takes_placeholders(variable)).then(|| "any-word".to_owned()));
    if constraint.kind != VariableType::Text {
        rules.push(format!("type={}", constraint.kind.as_str()));
    }
    rules.extend(constraint.separator.map(|separator| format!("separator={separator}")));
    rules.extend(constraint.min.as_ref().map(|min| format!("min={min}")));
    rules.extend(constraint.max.as_ref().map(|max| format!("max={max}")));
    rules.extend(constraint.form.as_ref().map(|form| format!("form={form}")));
    rules.extend(constraint.choices.iter().map(|choice| format!("is={choice}")));
    rules
}

fn about(model: &Model, variable: &Variable, in_url: bool) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(variable.about.as_ref().map(|about| about.to_string()));
    let mut facts = vec![if variable.secret { "Secret" } else { "Setting" }.to_owned()];
    if let Some(default) = &variable.default {
        facts.push(if default.is_empty() { "may be left out" } else { "has a default" }.into());
    }
    facts.extend(variable.constraint.words(Language::English));
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
/// datastore of this system asks for it. One whose value has a form or a type is somebody else's, or made as that asks.
fn is_ours(model: &Model, variable: &Variable) -> bool {
    let constraint = &variable.constraint;
    let free = constraint.form.is_none()
        && constraint.choices.is_empty()
        && constraint.min.is_none()
        && constraint.max.is_none()
        && matches!(constraint.kind, VariableType::Text);
    if !free {
        return false;
    }
    let asks = |name: &crate::values::Name| model.service(name).is_some_and(|service| service.datastore);
    variable.min_length > 1 || variable.used_by.iter().any(asks)
}
