//! Text as compose interpolates it.

use crate::{
    emit::quote,
    model::{Model, Part, Text},
    values::EnvName,
};

/// A text with `$` doubled in its literals, and variables as compose reads them.
pub fn text(model: &Model, text: &Text) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => quote::compose(literal),
            Part::Variable(name) => variable(model, name),
        })
        .collect()
}

/// A reference to a variable: without a value, its default; without that, compose refuses to start anything.
fn variable(model: &Model, name: &EnvName) -> String {
    let known = model.variables.binary_search_by(|variable| variable.name.cmp(name)).ok();
    let default = known.and_then(|index| model.variables[index].default.as_ref());
    match default.and_then(|default| quote::compose_default(default.as_str())) {
        Some(default) => format!("${{{name}:-{default}}}"),
        None => format!("${{{name}:?set it in .env}}"),
    }
}
