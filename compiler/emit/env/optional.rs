//! Variables that nobody declares, because something stands in for them or nothing has to: `${TAG:-latest}` in a text,
//! and those that are handed through.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    emit::quote,
    model::{Model, Part},
};

/// One of them, as the example shows it.
#[derive(Serialize)]
pub struct Optional {
    /// What people should know.
    about: String,
    /// Its line, as a comment.
    assignment: String,
}

/// All of them, by name.
pub fn optional(model: &Model) -> Vec<Optional> {
    let declared = |name: &str| model.variables.iter().any(|variable| variable.name.as_str() == name);
    let mut found: BTreeMap<&str, (Option<&str>, Vec<&str>)> = BTreeMap::new();
    for service in &model.services {
        let references = service.filled().flat_map(|text| &text.parts).filter_map(|part| match part {
            Part::Reference { text, .. } => stood_in(text),
            Part::Literal(_) | Part::Variable(_) => None,
        });
        let passed = service.container.pass_env.iter().map(|name| (name.as_str(), None));
        for (name, default) in references.chain(passed).filter(|(name, _)| !declared(name)) {
            let (known, users) = found.entry(name).or_default();
            *known = known.or(default);
            if !users.contains(&service.name.as_str()) {
                users.push(service.name.as_str());
            }
        }
    }
    let shown = |(name, (default, users)): (&str, (Option<&str>, Vec<&str>))| Optional {
        about: match default {
            Some(_) => format!("Setting; has a default; used by {}", users.join(", ")),
            None => format!("Setting; may be left out; used by {}", users.join(", ")),
        },
        assignment: format!("# {name}={}", quote::dotenv(default.unwrap_or_default())),
    };
    found.into_iter().map(shown).collect()
}

/// The name in `${NAME:-default}`, and what stands in for it when that is plain; none of a reference that must be set.
fn stood_in(reference: &str) -> Option<(&str, Option<&str>)> {
    let inner = reference.strip_prefix("${")?.strip_suffix('}')?;
    let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (name, rest) = inner.split_at(end);
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    match rest.strip_prefix('-') {
        Some(default) => Some((name, Some(default).filter(|default| !default.contains(['$', '\n'])))),
        None => rest.starts_with('+').then_some((name, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::stood_in;

    #[test]
    fn what_stands_in() {
        assert_eq!(stood_in("${TAG:-latest}"), Some(("TAG", Some("latest"))));
        assert_eq!(stood_in("${TAG-}"), Some(("TAG", Some(""))));
        assert_eq!(stood_in("${A:-${B}}"), Some(("A", None)));
        assert_eq!(stood_in("${A:+x}"), Some(("A", None)));
        assert_eq!(stood_in("${A:?set it}"), None);
    }
}
