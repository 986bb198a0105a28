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
                .help("declare `secret \"NAME\"` in the system and refer to it: `(secret)\"NAME\"`, or `(url-of)\"SERVICE\"` for an address; what is no secret can be a `variable` with a default, or stay with `allow \"literal-secret\" because=\"…\"` beside it"),
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
    fn the_words_of_commands() {
        let app = |words: &str| {
            messages(&format!("service \"app\" kind=\"worker\" {{ build \".\"; {words} }}")).len()
        };
        assert_eq!(app("command \"redis-server\" \"--requirepass\" \"hunter22\""), 1);
        assert_eq!(app("command \"sh\" \"-c\" \"redis-server --requirepass hunter22\""), 1);
        assert_eq!(app("health { shell \"sqlcmd -U sa -P hunter22 -Q 'SELECT 1'\" }"), 1);
        assert_eq!(app("health { command \"redis-cli\" \"-a\" \"hunter22\" \"ping\" }"), 1);
        assert_eq!(app("health { shell \"redis-cli -a $REDIS_PASSWORD ping\" }"), 0);
        assert_eq!(app("command \"serve\" \"--token-file\" \"/run/secrets/token\""), 0);
    }

    #[test]
    fn what_stands_in_for_a_variable() {
        let app = |env: &str| {
            messages(&format!(
                "secret \"PW\"\nservice \"app\" kind=\"worker\" {{ build \".\"; env {{ {env} }} }}"
            ))
            .len()
        };
        assert_eq!(app("DB_PASSWORD (template)\"${DB_PASSWORD:-postgres}\""), 1);
        assert_eq!(app("DB_URL (template)\"postgres://postgres:hunter22@db/x?y=${Q:-1}\""), 1);
        assert_eq!(app("DB_URL (template)\"postgres://postgres:${PW}@db/x\""), 0);
        assert_eq!(app("API_TOKEN (template)\"Bearer ${PW}\""), 0);
    }

    #[test]
    fn who_knows_better_says_so() {
        let app = "service \"app\" kind=\"worker\" { build \".\"; env { PUBLIC_TOKEN \"pk_live_1\" }; allow \"literal-secret\" because=\"it is in every page\" }";
        assert!(messages(app).is_empty());
        let proof =
            format!("{app}\nchecklist \"security\" {{ item \"none\" proved-by=\"no-literal-secrets\" }}");
        let text = format!("system \"shop\" {{\n{proof}\n}}");
        assert_eq!(crate::check::testing::codes(&text), ["unproved-item"]);
    }

    #[test]
    fn what_is_passed_on_to_compose() {
        let listed =
            "service \"app\" kind=\"worker\" { build \".\"; compose { environment \"API_TOKEN=abc\" } }";
        assert_eq!(messages(listed).len(), 1);
        let default = "service \"app\" kind=\"worker\" { build \".\"; compose { environment { FOO_PASSWORD \"${V:-abc}\" } } }";
        assert_eq!(messages(default).len(), 1);
    }
}
