//! A secret that nothing uses is asked for on every host all the same.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Command, Model, Variable},
    syntax::Node,
};

/// The rule.
pub const RULE: Rule = Rule { code: "unused-secret", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for secret in model.variables.iter().filter(|variable| variable.secret) {
        if !secret.used_by.is_empty()
            || is_received(model, secret)
            || is_mentioned(model, secret.name.as_str())
        {
            continue;
        }
        diagnostics.add(
            Diagnostic::warning("unused-secret", format!("nothing uses the secret `{}`", secret.name))
                .at(secret.origin.span(), "declared here, and then demanded on every host")
                .help(format!(
                    "give it to the service that needs it: `env {{ {} secret=\"{}\" }}`, or remove it",
                    secret.name, secret.name
                )),
        );
    }
}

fn is_received(model: &Model, secret: &Variable) -> bool {
    model.notify.receivers.iter().any(|receiver| receiver.secret() == Some(&secret.name))
}

/// Whether text that is passed on has the name in it: what that means is for its program to say.
fn is_mentioned(model: &Model, name: &str) -> bool {
    let raw = model.services.iter().flat_map(|service| &service.raw_compose);
    let raw = raw.chain(&model.raw_compose).chain(&model.notify.raw_alertmanager);
    let raw = raw.chain(model.monitoring.iter().flat_map(|monitoring| &monitoring.raw_prometheus));
    let commands = model.jobs.iter().filter_map(|job| match &job.command {
        Command::InService(_, text) | Command::OnHost(text) => Some(text),
        Command::Script(..) => None,
    });
    let files = model.files.iter().map(|file| &file.contents);
    raw.into_iter().any(|node| in_node(node, name)) || commands.chain(files).any(|text| text.contains(name))
}

fn in_node(node: &Node, name: &str) -> bool {
    node.name.value.contains(name)
        || node.entries.iter().any(|entry| entry.scalar.text().contains(name))
        || node.children.iter().any(|child| in_node(child, name))
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
