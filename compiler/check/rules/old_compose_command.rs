//! `docker-compose` is a program of its own that is no longer kept up; what is generated is for its successor.

use crate::{
    check::{Rule, commands::commands},
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "old-compose-command", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (words, span) in commands(model) {
        if words.iter().any(|word| word.rsplit('/').next() == Some("docker-compose")) {
            diagnostics.add(
                Diagnostic::warning(
                    "old-compose-command",
                    "`docker-compose` is not there on a host of today",
                )
                .at(span, "runs it")
                .help("write `docker compose`, which comes with Docker and reads the generated file"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn wherever_a_command_is_told() {
        let job = |run: &str| {
            raised("old-compose-command", &format!("job \"sync\" {{ every \"day\"; run \"{run}\" }}")).len()
        };
        assert_eq!(job("cd /opt/shop && docker-compose up -d"), 1);
        assert_eq!(job("/usr/local/bin/docker-compose ps"), 1);
        assert_eq!(job("docker compose -f docker-compose.yml ps"), 0);
        let step = "runbook { trouble \"slow\" { step \"look\" run=\"docker-compose logs web\" } }";
        assert_eq!(raised("old-compose-command", step).len(), 1);
        let item = "checklist \"daily\" { item \"look\" every=\"day\" run=\"docker-compose ps\" }";
        assert_eq!(raised("old-compose-command", item).len(), 1);
    }
}
