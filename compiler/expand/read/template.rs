//! Text with variables in it, in compose's own notation: `(template)"postgres:${TAG:-17}"`.
//!
//! What has no alternative beside it, `${TAG}`, is the declared variable, with its default and its checks. What brings
//! one, `${TAG:-17}` or `${TAG:?say which}`, stays exactly as it is written.

use crate::values::{EnvName, Prose, Value as _};

/// A checked template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is made of, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Exactly this.
    Literal(String),
    /// The declared variable.
    Variable(EnvName),
    /// A reference that says itself what stands in when there is no value.
    Reference {
        /// The variable in front.
        name: EnvName,
        /// Variables that have to be declared, for nothing stands in for them.
        bare: Vec<EnvName>,
        /// All of it, as compose reads it.
        text: String,
    },
}

impl Template {
    /// The variables that it names.
    pub fn variables(&self) -> impl Iterator<Item = &EnvName> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) | Piece::Reference { name, .. } => Some(name),
            Piece::Literal(_) => None,
        })
    }

    /// The text as long as nobody sets a variable: what stands in for each, here or where it is declared.
    pub fn by_default(&self, declared: impl Fn(&EnvName) -> Option<String>) -> Option<String> {
        let each = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            Piece::Variable(name) => declared(name),
            Piece::Reference { name, text, .. } => {
                let inner = text.strip_prefix("${")?.strip_prefix(name.as_str())?.strip_suffix('}')?;
                let default = inner.strip_prefix(":-").or_else(|| inner.strip_prefix('-'))?;
                declared(name).or_else(|| (!default.contains('$')).then(|| default.to_owned()))
            }
        });
        each.collect()
    }

    /// Reads compose's notation; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Template, String> {
        Prose::parse(text)?;
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            literal.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                literal.push('$');
                rest = after;
                continue;
            }
            let (piece, after) = reference(after)?;
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(piece);
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Template { pieces })
    }
}

/// The reference behind a dollar sign, and what follows it.
fn reference(text: &str) -> Result<(Piece, &str), String> {
    let Some(inner) = text.strip_prefix('{') else {
        let (name, after) = name(text)?;
        return Ok((Piece::Variable(name), after));
    };
    let (name, after) = name(inner)?;
    if let Some(after) = after.strip_prefix('}') {
        return Ok((Piece::Variable(name), after));
    }
    let operator = [":-", ":?", ":+", "-", "?", "+"].into_iter().find(|operator| after.starts_with(operator));
    let Some(operator) = operator else {
        return Err(format!("behind `${{{name}` stands `}}`, or one of `:-`, `:?`, `:+` with what follows"));
    };
    let body = &after[operator.len()..];
    let end = closing(body).ok_or(format!("no brace closes `${{{name}{operator}`"))?;
    let mut bare = Vec::new();
    if operator.ends_with('?') || operator.ends_with('+') {
        bare.push(name.clone());
    }
    for piece in Template::parse(&body[..end])?.pieces {
        match piece {
            Piece::Literal(_) => {}
            Piece::Variable(name) => bare.push(name),
            Piece::Reference { bare: inner, .. } => bare.extend(inner),
        }
    }
    let text = format!("${{{name}{operator}{}}}", &body[..end]);
    Ok((Piece::Reference { name, bare, text }, &body[end + 1..]))
}

/// The name at the beginning, and what follows it.
fn name(text: &str) -> Result<(EnvName, &str), String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if end == 0 {
        return Err("`$` begins the name of a variable in a template; a dollar sign itself is `$$`".into());
    }
    Ok((EnvName::parse(&text[..end])?, &text[end..]))
}

/// Where the brace is that closes what has been opened, with braces of references within passed over.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut before = ' ';
    for (index, c) in text.char_indices() {
        match c {
            '{' if before == '$' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> EnvName {
        EnvName::parse(name).unwrap()
    }

    #[test]
    fn literals_and_variables() {
        assert_eq!(
            Template::parse("a$$b${TAG}-$C.d").unwrap().pieces,
            [
                Piece::Literal("a$b".into()),
                Piece::Variable(variable("TAG")),
                Piece::Literal("-".into()),
                Piece::Variable(variable("C")),
                Piece::Literal(".d".into()),
            ]
        );
        assert_eq!(Template::parse("").unwrap().pieces, []);
    }

    #[test]
    fn what_stands_in_stays_as_it_is_written() {
        for (text, bare) in [
            ("${A:-17}", &[][..]),
            ("${A-}", &[]),
            ("${A:-${B}}", &["B"]),
            ("${A:-${B:-c}}", &[]),
            ("${A:?say it}", &["A"]),
            ("${A:+x}", &["A"]),
        ] {
            let bare = bare.iter().map(|name| variable(name)).collect();
            let expected = Piece::Reference { name: variable("A"), bare, text: text.into() };
            assert_eq!(Template::parse(text).unwrap().pieces, [expected]);
        }
    }

    #[test]
    fn what_it_is_by_default() {
        let declared = |name: &EnvName| (name.as_str() == "A").then(|| "1".to_owned());
        let of = |text: &str| Template::parse(text).unwrap().by_default(declared);
        assert_eq!(of("x${A}$$").as_deref(), Some("x1$"));
        assert_eq!(of("${A:-2}${B:-3}${B-4}").as_deref(), Some("134"));
        for text in ["${B}", "${B:?say it}", "${B:+x}", "${B:-${A}}"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn what_compose_would_refuse() {
        for text in ["$", "a $ b", "${", "${}", "${A", "${A!x}", "${A:-x", "${9}", "$-"] {
            assert!(Template::parse(text).is_err(), "{text:?}");
        }
    }
}
