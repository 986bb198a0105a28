//! A secret that nothing uses is asked for on every host all the same.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    expand::DEFAULT_ENVIRONMENT,
    model::{Model, Variable},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unused-secret", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for secret in model.variables.iter().filter(|variable| variable.secret) {
        if !secret.used_by.is_empty() || is_received(model, secret) || model.mentions(secret.name.as_str()) {
            continue;
        }
        // Others may use it: this one need not be asked for it then.
        let elsewhere = match model.environment.as_str() {
            DEFAULT_ENVIRONMENT => String::new(),
            _ => format!(
                ", or declare it where it is used: `environment \"…\" {{ add {{ secret \"{}\" }} }}`",
                secret.name
            ),
        };
        diagnostics.add(
            Diagnostic::warning("unused-secret", format!("nothing uses the secret `{}`", secret.name))
                .at(secret.origin.span(), "declared here, and then demanded on every host")
                .help(format!(
                    "give it to the service that needs it: `env {{ {} secret=\"{}\" }}`{elsewhere}, or remove it",
                    secret.name, secret.name
                )),
        );
    }
}

fn is_received(model: &Model, secret: &Variable) -> bool {
    model.notify.receivers.iter().any(|receiver| receiver.way.secrets().any(|one| *one == secret.name))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn nobody_is_given_it() {
        let raises = |env: &str| {
            let app = format!("secret \"TOKEN\"\nservice \"app\" kind=\"worker\" {{ build \".\"; {env} }}");
            !raised("unused-secret", &app).is_empty()
        };
        assert!(raises(""));
        assert!(!raises("env { TOKEN secret=\"TOKEN\" }"));
        assert!(!raises("compose { environment TOKEN=\"${TOKEN}\" }"));
        assert!(!raises("config \"/app/config.yaml\" format=\"yaml\" { token (secret)\"TOKEN\" }"));
    }

    #[test]
    fn a_job_or_a_receiver_uses_it() {
        let job = "secret \"TOKEN\"\njob \"sync\" { every \"day\"; run \"curl -u bot:$TOKEN https://example.com\" }";
        assert!(raised("unused-secret", job).is_empty());
        assert!(raised("unused-secret", "secret \"URL\"\nnotify { webhook url=(secret)\"URL\" }").is_empty());
    }
}
