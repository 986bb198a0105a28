//! A line of one's own for logrotate can take away what the language has said.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Log, Model, logrotate},
};

/// The rule.
pub const RULE: Rule = Rule { code: "logrotate-contradiction", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for log in &model.logs {
        for directive in logrotate::directives(&log.raw) {
            let word = directive.word.as_str();
            let Some((why, help)) = contradicts(log, word) else { continue };
            diagnostics.add(
                Diagnostic::warning("logrotate-contradiction", format!("`{word}` {why}"))
                    .at(directive.span, "for logrotate as it is")
                    .at(log.origin.span(), "beside what follows from this")
                    .help(help),
            );
        }
    }
}

/// Why a word of logrotate does not go together with what is generated, and what to write instead.
fn contradicts(log: &Log, word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "size" => (
            "takes the rhythm away: the file is rotated only when it is larger",
            "write `max-size=\"100MiB\"` in `log`, which rotates earlier and keeps the rhythm",
        ),
        "hourly" | "daily" | "weekly" | "monthly" | "yearly" => (
            "takes the place of the stated rhythm",
            "write `rotate=\"hourly\"`, `\"daily\"`, `\"weekly\"`, `\"monthly\"` or `\"yearly\"` in `log`",
        ),
        "rotate" => ("takes the place of the stated number", "write `keep=30` in `log`"),
        "create" if log.copytruncate => (
            "does nothing beside `copytruncate`, which creates no file",
            "remove it; if the service reopens its file by itself, write `reopens=#true`, which moves the file",
        ),
        "copytruncate" if !log.copytruncate => {
            ("empties the file in place, and `reopens` says that it is moved", "remove one of them")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(log: &str) -> Vec<String> {
        raised(
            "logrotate-contradiction",
            &format!("service \"app\" kind=\"worker\" {{ build \".\"; log \"/var/log/app/app.log\" {log} }}"),
        )
    }

    #[test]
    fn void_words_and_second_words() {
        let create = messages("{ logrotate \"create 0644 www-data www-data\" }");
        assert_eq!(create, ["`create` does nothing beside `copytruncate`, which creates no file"]);
        assert_eq!(messages("{ logrotate \"size 100M\" \"weekly\" }").len(), 2);
        assert_eq!(messages("reopens=#true { logrotate \"copytruncate\" }").len(), 1);
        assert!(messages("reopens=#true { logrotate \"create 0644 www-data www-data\" }").is_empty());
        assert!(messages("{ logrotate \"dateext\" }").is_empty());
    }
}
