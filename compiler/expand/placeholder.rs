//! Placeholders in the texts of kinds: `{port}`, `{memory:mb}`, `{of.password}`; `{{` and `}}` are braces.

use std::collections::BTreeMap;

use super::setting::Typed;
use crate::{model::Text, shell};

/// The values that placeholders may take.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    values: BTreeMap<String, Vec<Typed>>,
}

/// Why a text could not be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfilled {
    /// A placeholder has no value here: the text is left out.
    Absent,
    /// The kind is wrong: an unknown placeholder or format.
    Wrong(String),
}

impl Scope {
    /// Gives a placeholder its values.
    pub fn set(&mut self, name: impl Into<String>, values: Vec<Typed>) {
        self.values.insert(name.into(), values);
    }

    /// Gives a placeholder one text.
    pub fn text(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.set(name, vec![Typed::Text(text.into())]);
    }

    /// Says that a placeholder exists but has no value here.
    pub fn absent(&mut self, name: impl Into<String>) {
        self.values.entry(name.into()).or_default();
    }

    /// Takes in all of `other` under `prefix.`.
    pub fn nest(&mut self, prefix: &str, other: &Scope) {
        for (name, values) in &other.values {
            self.values.insert(format!("{prefix}.{name}"), values.clone());
        }
    }

    /// How many values the most valued placeholder in `template` has: a group of arguments is repeated so often.
    pub fn repeats(&self, template: &str) -> usize {
        pieces(template)
            .iter()
            .filter_map(|piece| match piece {
                Piece::Placeholder(name, _) => self.values.get(*name).map(Vec::len),
                Piece::Literal(_) => None,
            })
            .max()
            .unwrap_or(1)
    }

    /// Fills `template`, taking the `nth` value of placeholders that have several.
    pub fn fill(&self, template: &str, nth: usize) -> Result<Text, Unfilled> {
        let mut text = Text::default();
        for piece in pieces(template) {
            match piece {
                Piece::Literal(literal) => text.push(&literal),
                Piece::Placeholder(name, format) => text.append(&self.value(name, format, nth)?),
            }
        }
        Ok(text)
    }

    /// Fills shell text: values are put in as one shell word each. Secrets cannot stand there: a kind reads them
    /// from the container's environment.
    pub fn fill_shell(&self, template: &str) -> Result<String, Unfilled> {
        let mut script = String::new();
        for piece in pieces(template) {
            match piece {
                Piece::Literal(literal) => script.push_str(&literal),
                Piece::Placeholder(name, format) => match self.value(name, format, 0)?.as_literal() {
                    Some(value) => script.push_str(&shell::word(value)),
                    None => {
                        return Err(Unfilled::Wrong(format!(
                            "`{{{name}}}` is a secret, which shell text must read from the environment"
                        )));
                    }
                },
            }
        }
        Ok(script)
    }

    fn value(&self, name: &str, format: Option<&str>, nth: usize) -> Result<Text, Unfilled> {
        let values = self
            .values
            .get(name)
            .ok_or_else(|| Unfilled::Wrong(format!("there is no placeholder `{{{name}}}`")))?;
        let value = values.get(nth).or(values.first()).ok_or(Unfilled::Absent)?;
        let wrong = |format: &str| {
            Unfilled::Wrong(format!("`{{{name}:{format}}}` has a format that its type does not know"))
        };
        Ok(match (value, format) {
            (Typed::Text(text), None) => Text::literal(text.clone()),
            (Typed::Secret(variable), None) => Text::variable(variable.clone()),
            (Typed::Bool(value), None) => Text::literal(value.to_string()),
            (Typed::Bool(value), Some(words)) => match words.split_once('/') {
                Some((yes, no)) => Text::literal(if *value { yes } else { no }),
                None => return Err(wrong(words)),
            },
            (Typed::Duration(duration), None | Some("duration")) => Text::literal(duration.to_string()),
            (Typed::Duration(duration), Some("s")) => Text::literal(duration.whole_seconds().to_string()),
            (Typed::Duration(duration), Some("ms")) => Text::literal(duration.millis().to_string()),
            (Typed::Duration(duration), Some("prometheus")) => Text::literal(duration.prometheus()),
            (Typed::Size(size), None | Some("bytes")) => Text::literal(size.bytes().to_string()),
            (Typed::Size(size), Some("mb")) => Text::literal(size.redis()),
            (Typed::Size(size), Some("MB")) => Text::literal(size.postgres()),
            (Typed::Size(size), Some("m")) => Text::literal(size.compose()),
            (Typed::Size(size), Some("MiB")) => Text::literal(size.whole_mebibytes().to_string()),
            (Typed::Percent(percent), None | Some("ratio")) => Text::literal(percent.ratio().to_string()),
            (Typed::Percent(percent), Some("number")) => Text::literal(percent.number().to_string()),
            (_, Some(format)) => return Err(wrong(format)),
        })
    }
}

enum Piece<'a> {
    Literal(String),
    Placeholder(&'a str, Option<&'a str>),
}

/// The names of the placeholders in a template.
pub fn names(template: &str) -> Vec<&str> {
    let name = |piece| match piece {
        Piece::Placeholder(name, _) => Some(name),
        Piece::Literal(_) => None,
    };
    pieces(template).into_iter().filter_map(name).collect()
}

/// Splits a template. A brace that opens no placeholder is a literal brace.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut literal = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            literal.push_str(&rest[..1]);
            rest = &rest[2..];
            continue;
        }
        let name = |inner: &str| {
            !inner.is_empty()
                && inner.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        };
        let inner = rest.strip_prefix('{').and_then(|r| r.split_once('}')).map(|(inner, _)| inner);
        match inner.map(|inner| inner.split_once(':').map_or((inner, None), |(n, f)| (n, Some(f)))) {
            Some((n, format)) if name(n) => {
                if !literal.is_empty() {
                    found.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                found.push(Piece::Placeholder(n, format));
                rest = &rest[inner.map_or(0, str::len) + 2..];
            }
            _ => {
                literal.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        found.push(Piece::Literal(literal));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{EnvName, Size, Value as _};

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.text("port", "6379");
        scope.set("memory", vec![Typed::Size(Size::parse("256MiB").expect("a size"))]);
        scope.set("password", vec![Typed::Secret(EnvName::parse("TOKEN").expect("a name"))]);
        scope.set("save", vec![Typed::Text("900 1".into()), Typed::Text("300 10".into())]);
        scope.absent("user");
        scope
    }

    #[test]
    fn fills_with_formats_and_secrets() {
        let scope = scope();
        assert_eq!(scope.fill("--maxmemory {memory:mb}", 0), Ok(Text::literal("--maxmemory 256mb")));
        let url = scope.fill("redis://:{password}@r:{port}/0", 0).expect("filled");
        assert_eq!(url.parts.len(), 3);
        assert_eq!(scope.repeats("{save}"), 2);
        assert_eq!(scope.fill("{save}", 1), Ok(Text::literal("300 10")));
    }

    #[test]
    fn tells_absence_from_error() {
        let scope = scope();
        assert_eq!(scope.fill("{user}", 0), Err(Unfilled::Absent));
        assert!(matches!(scope.fill("{usr}", 0), Err(Unfilled::Wrong(_))));
        assert!(matches!(scope.fill("{port:mb}", 0), Err(Unfilled::Wrong(_))));
    }

    #[test]
    fn leaves_other_braces_alone() {
        let scope = scope();
        assert_eq!(scope.fill("{{port}} { x } {} ${A}", 0), Ok(Text::literal("{port} { x } {} ${A}")));
        assert_eq!(scope.fill_shell("echo {save}"), Ok("echo '900 1'".into()));
        assert!(scope.fill_shell("echo {password}").is_err());
    }
}
