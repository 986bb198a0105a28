//! Text that may refer to variables of the environment file.

use crate::values::EnvName;

/// Text made of literal parts and references to variables. A secret's value is never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The parts, in order; no two literal parts are neighbours.
    pub parts: Vec<Part>,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Exactly this.
    Literal(String),
    /// The value of this variable at run time.
    Variable(EnvName),
    /// The value of a variable at run time, with what stands in for it said here: `${NAME:-default}`.
    Reference {
        /// The variables in it.
        names: Vec<EnvName>,
        /// All of it as compose reads it, checked.
        text: String,
    },
}

impl Text {
    /// Only this literal.
    pub fn literal(text: impl Into<String>) -> Text {
        let mut value = Text::default();
        value.push(&text.into());
        value
    }

    /// Only this variable.
    pub fn variable(name: EnvName) -> Text {
        Text { parts: vec![Part::Variable(name)] }
    }

    /// Adds a literal behind.
    pub fn push(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    /// Adds another text behind.
    pub fn append(&mut self, other: &Text) {
        for part in &other.parts {
            match part {
                Part::Literal(text) => self.push(text),
                variable => self.parts.push(variable.clone()),
            }
        }
    }

    /// The literal, when it refers to no variable.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for people: variables as `${NAME}`.
    pub fn shown(&self) -> String {
        let part = |part: &Part| match part {
            Part::Literal(text) | Part::Reference { text, .. } => text.clone(),
            Part::Variable(name) => format!("${{{name}}}"),
        };
        self.parts.iter().map(part).collect()
    }

    /// The variables that it refers to.
    pub fn variables(&self) -> impl Iterator<Item = &EnvName> {
        self.parts.iter().flat_map(|part| match part {
            Part::Variable(name) => std::slice::from_ref(name),
            Part::Reference { names, .. } => names,
            Part::Literal(_) => &[],
        })
    }
}
