//! What is passed on to logrotate has to be what logrotate can read: a line that it does not know makes it pass over the
//! stanza, or over the whole file, and logs grow until the disk is full.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics, meant},
    model::{Directive, Model, logrotate},
};

/// The rule.
pub const RULE: Rule = Rule { code: "logrotate-syntax", check, together: None };

/// Words that a stanza may have: logrotate.8, version 3.22.
const WORDS: &[&str] = &[
    "addextension",
    "allowhardlink",
    "compress",
    "compresscmd",
    "compressext",
    "compressoptions",
    "copy",
    "copytruncate",
    "create",
    "createolddir",
    "daily",
    "dateext",
    "dateformat",
    "datehourago",
    "dateyesterday",
    "delaycompress",
    "extension",
    "firstaction",
    "hourly",
    "ifempty",
    "ignoreduplicates",
    "lastaction",
    "mail",
    "mailfirst",
    "maillast",
    "maxage",
    "maxsize",
    "minage",
    "minsize",
    "missingok",
    "monthly",
    "noallowhardlink",
    "nocompress",
    "nocopy",
    "nocopytruncate",
    "nocreate",
    "nocreateolddir",
    "nodateext",
    "nodelaycompress",
    "nomail",
    "nomissingok",
    "noolddir",
    "norenamecopy",
    "nosharedscripts",
    "noshred",
    "notifempty",
    "olddir",
    "postrotate",
    "preremove",
    "prerotate",
    "renamecopy",
    "rotate",
    "sharedscripts",
    "shred",
    "shredcycles",
    "size",
    "start",
    "su",
    "uncompresscmd",
    "weekly",
    "yearly",
];

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for log in &model.logs {
        for directive in logrotate::directives(&log.raw) {
            let Some((what, why, help)) = fault(&directive) else { continue };
            diagnostics.add(Diagnostic::error("logrotate-syntax", what).at(directive.span, why).help(help));
        }
    }
}

/// What is wrong with a part of what is passed on: the message, the label and the help.
fn fault(directive: &Directive) -> Option<(String, &'static str, String)> {
    let word = directive.word.as_str();
    if directive.script.is_some() {
        let help =
            format!("write `logrotate \"{word}\" \"…\" \"endscript\"`, or `postrotate \"…\"` in `log`");
        return (!directive.ended)
            .then(|| (format!("`{word}` has no end"), "its script goes on to the end of the file", help));
    }
    if directive.line.contains(['{', '}']) {
        let what = "a brace would end the stanza".to_owned();
        let help =
            "write the lines of the stanza only; a whole file of your own is `file \"logrotate.d/NAME\"`";
        return Some((what, "for logrotate as it is", help.to_owned()));
    }
    if word == "endscript" {
        let help = "begin it with `postrotate` or another word of logrotate for scripts".to_owned();
        return Some(("`endscript` ends nothing".to_owned(), "no script is open here", help));
    }
    // `word=value` is `word value`.
    let word = word.split('=').next().unwrap_or_default();
    if WORDS.contains(&word) {
        return None;
    }
    let manual = || "its words are in the manual: `man 8 logrotate`".to_owned();
    let help = meant(word, WORDS.iter().copied(), manual);
    Some((format!("logrotate knows no word `{word}`"), "it would pass over the whole file", help))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(lines: &str) -> Vec<String> {
        raised(
            "logrotate-syntax",
            &format!(
                "service \"app\" kind=\"worker\" {{ build \".\"; log \"/var/log/app/app.log\" {{ logrotate {lines}; }} }}"
            ),
        )
    }

    #[test]
    fn what_logrotate_cannot_read() {
        for (lines, message) in [
            ("\"dateformatt -%Y\"", "logrotate knows no word `dateformatt`"),
            ("\"postrotate\" \"true\"", "`postrotate` has no end"),
            ("\"endscript\"", "`endscript` ends nothing"),
            ("\"}\"", "a brace would end the stanza"),
            ("\"daily }\"", "a brace would end the stanza"),
            ("\"olddir /x\" \"} /etc/passwd {\"", "a brace would end the stanza"),
        ] {
            assert_eq!(messages(lines), [message]);
        }
    }

    #[test]
    fn what_it_can() {
        for lines in [
            "\"dateext\" \"dateformat -%Y%m%d\"",
            "\"postrotate\" \"{ true; }\" \"endscript\"",
            "\"prerotate\\n  true\\nendscript\\nmaxage 90\"",
            "\"# why\"",
        ] {
            assert!(messages(lines).is_empty(), "{lines}");
        }
    }
}
