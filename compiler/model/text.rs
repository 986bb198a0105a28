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

    /// The variables that it refers to.
    pub fn variables(&self) -> impl Iterator<Item = &EnvName> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name),
            Part::Literal(_) => None,
        })
    }
}
