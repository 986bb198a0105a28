//! Text as compose interpolates it.

use crate::{
    emit::quote,
    model::{Part, Text, Variable},
    values::EnvName,
};

/// A text with `$` doubled in its literals, and variables as compose reads them; `variables` is sorted by name.
pub fn text(variables: &[Variable], text: &Text) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => quote::compose(literal),
            Part::Variable(name) => variable(variables, name),
            Part::Reference { text, .. } => text.clone(),
        })
        .collect()
}

/// A reference to a variable: without a value, its default; without that, compose refuses to start anything.
fn variable(variables: &[Variable], name: &EnvName) -> String {
    let known = variables.binary_search_by(|variable| variable.name.cmp(name)).ok();
    let default = known.and_then(|index| variables[index].default.as_ref());
    match default.and_then(|default| quote::compose_default(default.as_str())) {
        Some(default) => format!("${{{name}:-{default}}}"),
        None => format!("${{{name}:?set it in .env}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        emit::{
            hostile,
            yaml::{Map, Yaml, flow, seq},
        },
        model::{Constraint, Origin},
        source::{Sources, Span},
        values::{Line, Value as _},
    };

    /// What compose makes of a text, by its documentation and by trial: `$$` is a dollar sign; `${NAME:-default}` ends
    /// at the brace that closes it.
    fn interpolated(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                rest = after;
                continue;
            }
            let inner = after.strip_prefix('{').ok_or(format!("a lone dollar sign in {text:?}"))?;
            let (reference, after) = inner.split_once('}').ok_or(format!("no brace closes in {text:?}"))?;
            let (name, otherwise) = reference.split_once(':').ok_or(format!("no alternative in {text:?}"))?;
            match (value(name), otherwise.strip_prefix('-')) {
                (Some(value), _) => out.push_str(&value),
                (None, Some(default)) => out.push_str(&default.replace("$$", "$")),
                (None, None) => return Err(format!("{name} is missing")),
            }
            rest = after;
        }
        Ok(out + rest)
    }

    fn declared(name: &str, default: Option<&str>) -> Variable {
        Variable {
            name: EnvName::parse(name).unwrap(),
            about: None,
            secret: default.is_none(),
            min_length: 1,
            constraint: Constraint::ANYTHING,
            rotate_every: None,
            default: default.map(|text| Line::parse(text).unwrap()),
            used_by: Vec::new(),
            rotations: Vec::new(),
            origin: Origin::Stated(Span::start_of(Sources::default().add("test.kdl", ""))),
        }
    }

    /// A literal, a variable and another literal.
    fn around(literal: &str, name: &str) -> Text {
        let mut text = Text::literal(literal);
        text.append(&Text::variable(EnvName::parse(name).unwrap()));
        text.push(literal);
        text
    }

    #[test]
    fn every_text_arrives_as_it_is() {
        let variables = [declared("TOKEN", None)];
        for literal in hostile::texts() {
            let written = text(&variables, &around(&literal, "TOKEN"));
            let yaml: Yaml = Map::new()
                .set("command", seq([written.as_str()]))
                .set("environment", Map::new().set("A", written.as_str()))
                .set("test", flow(["CMD", written.as_str()]))
                .into();
            let read: serde_json::Value = serde_yaml_ng::from_str(&yaml.document("")).unwrap();
            let expected = format!("{literal}value{literal}");
            for place in ["/command/0", "/environment/A", "/test/1"] {
                let read = read.pointer(place).and_then(|text| text.as_str()).unwrap();
                let seen = interpolated(read, |name| (name == "TOKEN").then(|| "value".to_owned()));
                assert_eq!(seen.as_deref(), Ok(expected.as_str()), "{place}");
            }
            assert!(interpolated(&written, |_| None).is_err(), "a missing secret goes unnoticed");
        }
    }

    #[test]
    fn every_default_stands_in_for_its_variable() {
        for default in hostile::texts().into_iter().filter(|text| Line::parse(text).is_ok()) {
            let variables = [declared("LEVEL", Some(&default))];
            let written = text(&variables, &around("a", "LEVEL"));
            assert_eq!(interpolated(&written, |_| Some("set".into())).as_deref(), Ok("aseta"), "{written}");
            match interpolated(&written, |_| None) {
                Ok(seen) => assert_eq!(seen, format!("a{default}a")),
                // It has to come from the environment file then.
                Err(_) => assert!(default.contains(['{', '}']), "{written}"),
            }
        }
    }
}
