//! What makes room by deleting whatever is unused just now also deletes what the next hour needs.

use crate::{
    check::{Rule, commands::commands},
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "destructive-command", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (words, span) in commands(model) {
        let Some((command, takes)) = destroys(&words) else { continue };
        diagnostics.add(
            Diagnostic::warning("destructive-command", format!("`{command}` {takes}"))
                .at(span, "takes more than is in the way")
                .help("delete by name what is known to be in the way; `docker builder prune -f` and `docker image prune -f` free space and take nothing that is needed"),
        );
    }
}

/// The command in short, and what it takes away.
fn destroys(words: &[&str]) -> Option<(&'static str, &'static str)> {
    let at = words.iter().position(|word| *word == "docker" || *word == "docker-compose")?;
    let compose = words[at] == "docker-compose" || words.get(at + 1) == Some(&"compose");
    let words = &words[at + 1..];
    let has = |long: &str, short: char| {
        words.iter().any(|word| {
            *word == long || (word.starts_with('-') && !word.starts_with("--") && word.contains(short))
        })
    };
    match words {
        ["system", "prune", ..] if has("--all", 'a') => Some((
            "docker system prune --all",
            "deletes every image that does not run at the moment, the one of a rollback among them",
        )),
        ["system", "prune", ..] => Some((
            "docker system prune",
            "deletes containers that stopped, and with them the logs that say why",
        )),
        ["image", "prune", ..] if has("--all", 'a') => Some((
            "docker image prune --all",
            "deletes every image that does not run at the moment, the one of a rollback among them",
        )),
        ["volume", "prune", ..] => {
            Some(("docker volume prune", "deletes the data of what does not run at the moment"))
        }
        _ if compose && words.contains(&"down") && has("--volumes", 'v') => {
            Some(("docker compose down --volumes", "deletes the data of all services"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(run: &str) -> Vec<String> {
        let step =
            format!("runbook {{ trouble \"the disk is full\" {{ step \"make room\" run=\"{run}\" }} }}");
        raised("destructive-command", &step)
    }

    #[test]
    fn what_it_takes() {
        assert!(messages("docker system prune -f")[0].contains("logs"));
        assert!(messages("docker system prune -af --volumes")[0].contains("rollback"));
        assert!(messages("docker image prune --all")[0].contains("rollback"));
        assert!(messages("sudo docker volume prune -f")[0].contains("data"));
        assert!(messages("cd /opt/shop && docker compose down -v")[0].contains("data"));
        assert!(messages("docker-compose down --volumes")[0].contains("data"));
    }

    #[test]
    fn what_is_needed_stays() {
        for run in ["docker builder prune -f", "docker image prune -f", "docker compose down", "docker -v"] {
            assert!(messages(run).is_empty(), "{run}");
        }
    }
}
