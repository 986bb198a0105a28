//! What runs by the clock has no terminal: a command that asks Docker for one fails each time.

use crate::{
    check::{Rule, commands::scheduled},
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "terminal-in-job", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (words, span) in scheduled(model) {
        if asks_for_a_terminal(&words) {
            diagnostics.add(
                Diagnostic::warning("terminal-in-job", "the command asks for a terminal, and cron has none")
                    .at(span, "fails with `the input device is not a TTY`")
                    .help("write `docker compose exec -T SERVICE …`; or let the job run in the service: `in=\"SERVICE\"`, with the command alone as `run`"),
            );
        }
    }
}

/// Whether `docker exec` or `docker run` has `-t`, alone or as in `-it`, among the options that it begins with.
fn asks_for_a_terminal(words: &[&str]) -> bool {
    let Some(docker) = words.iter().position(|word| *word == "docker" || *word == "docker-compose") else {
        return false;
    };
    let rest = &words[docker + 1..];
    let Some(verb) = rest.iter().position(|word| *word == "exec" || *word == "run") else { return false };
    let options = rest[verb + 1..].iter().take_while(|word| word.starts_with('-'));
    let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--");
    options.into_iter().any(|word| *word == "--tty" || (is_short(word) && word.contains('t')))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn only_where_nobody_sits() {
        let job = |run: &str| {
            raised("terminal-in-job", &format!("job \"sync\" {{ every \"day\"; run \"{run}\" }}")).len()
        };
        assert_eq!(job("docker exec -it web sh -c date"), 1);
        assert_eq!(job("cd /opt/shop && docker compose exec -t web date"), 1);
        assert_eq!(job("docker run --rm -ti alpine date"), 1);
        assert_eq!(job("docker compose exec -T web date"), 0);
        assert_eq!(job("docker exec web tar -t"), 0);
        assert_eq!(job("tar -tf archive.tar"), 0);
        let step = "runbook { trouble \"slow\" { step \"look\" run=\"docker exec -it web top\" } }";
        assert!(raised("terminal-in-job", step).is_empty());
    }
}
