//! Literals of compose files.

/// A literal in a compose file, where `$NAME` would be replaced: `$` is written twice.
pub fn compose(text: &str) -> String {
    text.replace('$', "$$")
}

/// A literal as default in `${NAME:-…}` of compose, which looks for the closing brace without regard to quotes; none
/// when it could not find it.
pub fn compose_default(text: &str) -> Option<String> {
    (!text.contains(['{', '}'])).then(|| compose(text))
}

#[cfg(test)]
mod tests {
    use super::{compose, compose_default};

    #[test]
    fn dollars_are_doubled() {
        assert_eq!(compose("${A} $$ $"), "$${A} $$$$ $$");
        assert_eq!(compose_default("$A").as_deref(), Some("$$A"));
        assert_eq!(compose_default("a}b"), None);
    }
}
