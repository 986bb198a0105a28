//! A secret that is written out is in every copy of the repository, for ever.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "literal-secret", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for literal in &model.literals {
        let Some(what) = literal.secret() else { continue };
        diagnostics.add(
            Diagnostic::error("literal-secret", format!("`{}` holds a secret that is written out", literal.name))
                .at(literal.span, format!("it is {what}"))
                .help("declare `secret \"NAME\"` in the system and refer to it: `(secret)\"NAME\"`, or `(url-of)\"SERVICE\"` for an address; what is no secret can be a `variable` with a default"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(content: &str) -> Vec<String> {
        raised("literal-secret", content)
    }

    #[test]
    fn a_password_in_the_environment() {
        let app = |value: &str| {
            format!(
                "secret \"DB\"\nservice \"app\" kind=\"worker\" {{ build \".\"; env {{ DB_PASSWORD {value} }} }}"
            )
        };
        assert_eq!(messages(&app("\"hunter2\"")), ["`DB_PASSWORD` holds a secret that is written out"]);
        assert!(messages(&app("secret=\"DB\"")).is_empty());
    }

    #[test]
    fn a_key_of_a_configuration_file_and_a_word_of_a_command() {
        let config = "service \"app\" kind=\"worker\" { build \".\"; config \"/etc/app.yaml\" format=\"yaml\" { jwt secret=\"abc\" lifetime=\"15m\" } }";
        assert_eq!(messages(config), ["`jwt.secret` holds a secret that is written out"]);
        let command = "service \"app\" kind=\"worker\" { build \".\"; command \"serve\" \"--api-key=abc\" }";
        assert_eq!(messages(command), ["`--api-key` holds a secret that is written out"]);
    }

    #[test]
    fn what_is_passed_on_to_compose() {
        let listed =
            "service \"app\" kind=\"worker\" { build \".\"; compose { environment \"API_TOKEN=abc\" } }";
        assert_eq!(messages(listed).len(), 1);
    }
}
