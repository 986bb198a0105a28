//! The words of a stanza: what follows from the description, and what it passes on, which takes the place of the former.

use serde::Serialize;

use crate::model::{Directive, Log, logrotate};

/// A word of logrotate with its value, or a script.
#[derive(PartialEq, Serialize)]
pub struct Said {
    /// Why it is there, for who reads the file.
    comment: Vec<&'static str>,
    /// The line; of a script, all of its lines.
    lines: Vec<String>,
}

/// Words of which a stanza has one: who says one says none of the others.
const CONTRARY: [&[&str]; 9] = [
    &["hourly", "daily", "weekly", "monthly", "yearly"],
    &["compress", "nocompress"],
    &["delaycompress", "nodelaycompress"],
    &["missingok", "nomissingok"],
    &["notifempty", "ifempty"],
    &["create", "nocreate"],
    &["copytruncate", "nocopytruncate"],
    &["sharedscripts", "nosharedscripts"],
    &["dateext", "nodateext"],
];
/// Words that are void beside others: the former where one of the latter is said.
const VOID: [(&str, &[&str]); 4] = [
    ("delaycompress", &["nocompress", "copytruncate"]),
    ("nocreate", &["copytruncate"]),
    ("create", &["copytruncate"]),
    ("sharedscripts", &["postrotate"]),
];

/// All of them. `shared` says that others than root write to the folder.
pub fn words(log: &Log, shared: bool) -> Vec<Said> {
    let passed = logrotate::directives(&log.raw);
    let mut said: Vec<Said> = derived(log, shared)
        .into_iter()
        .filter(|one| !one.lines.iter().take(1).any(|line| replaced(line, &passed)))
        .collect();
    for (index, directive) in passed.iter().enumerate() {
        let comment = if index == 0 { vec!["From the description, as it is."] } else { Vec::new() };
        said.push(Said { comment, lines: lines(directive) });
    }
    said
}

/// Whether what is passed on says otherwise, or again, what this line says.
fn replaced(line: &str, passed: &[Directive]) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    let says = |others: &[&str]| passed.iter().any(|one| others.contains(&one.word.as_str()));
    says(&[word])
        || CONTRARY.iter().any(|group| group.contains(&word) && says(group))
        || VOID.iter().any(|(void, beside)| *void == word && says(beside))
}

/// What follows from the description.
fn derived(log: &Log, shared: bool) -> Vec<Said> {
    let mut said = Vec::new();
    let mut say = |comment: &[&'static str], line: String| {
        said.push(Said { comment: comment.to_vec(), lines: vec![line] });
    };
    say(&[], log.rhythm.to_owned());
    say(&[], format!("rotate {}", log.keep));
    if let Some(size) = log.max_size {
        say(
            &["Before its time when it grows beyond this; `size` would rotate by size alone."],
            format!("maxsize {}", size.logrotate()),
        );
    }
    if log.dateext {
        say(&[], "dateext".to_owned());
    }
    ["missingok", "notifempty", "compress"].into_iter().for_each(|word| say(&[], word.to_owned()));
    if log.copytruncate {
        say(
            &[
                "The writer keeps the file open and is not told of a new one: this one is copied, and emptied in place.",
            ],
            "copytruncate".to_owned(),
        );
    } else {
        say(
            &["Whoever has the old file open still writes to it: it is compressed at the next rotation."],
            "delaycompress".to_owned(),
        );
        match &log.create {
            Some(create) => say(&[], format!("create {create}")),
            None => say(&["The writer makes the new file itself."], "nocreate".to_owned()),
        }
    }
    match &log.owner {
        Some(owner) => say(
            &["The folder is that of an account: root would follow what it puts there."],
            format!("su {owner}"),
        ),
        None if shared => say(
            &[
                "A container writes into this folder, as a user of its own: without these words logrotate refuses a folder that",
                "others than root may write to.",
            ],
            "su root root".to_owned(),
        ),
        None => {}
    }
    let mut script: Vec<String> = Vec::new();
    if let Some(unit) = &log.reload {
        script.push("    # Who does not run opens nothing anew.".to_owned());
        script.push(format!("    ! systemctl --quiet is-active {unit} || systemctl reload {unit}"));
    }
    script.extend(log.after.iter().flat_map(|text| text.lines()).map(inside));
    if !script.is_empty() {
        say(&[], "sharedscripts".to_owned());
        let lines = [vec!["postrotate".to_owned()], script, vec!["endscript".to_owned()]].concat();
        said.push(Said { comment: Vec::new(), lines });
    }
    said
}

/// A line of a script, a step further in.
fn inside(line: &str) -> String {
    if line.trim().is_empty() { String::new() } else { format!("    {line}") }
}

/// The lines of what is passed on. A script keeps its own steps to the right.
fn lines(directive: &Directive) -> Vec<String> {
    let mut lines = vec![directive.line.clone()];
    if let Some(script) = &directive.script {
        let blanks = |line: &String| line.len() - line.trim_start().len();
        let common = script.iter().filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or(0);
        lines.extend(script.iter().map(|line| inside(line.get(common..).unwrap_or_default())));
        lines.push("endscript".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::check::testing;

    fn stanza(log: &str) -> String {
        let model = testing::model(&format!(
            "service \"app\" kind=\"worker\" {{ build \".\"; log \"/var/log/app/app.log\" {log} }}"
        ));
        let said = words(&model.logs[0], false);
        said.iter().flat_map(|one| &one.lines).map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_passed_on_takes_the_place_of_its_contrary() {
        assert_eq!(
            stanza("{ logrotate \"nocompress\" \"su www-data adm\" \"rotate 3\"; }"),
            "daily; missingok; notifempty; copytruncate; nocompress; su www-data adm; rotate 3"
        );
        assert_eq!(
            stanza("reopens=#true { logrotate \"copytruncate\"; }"),
            "daily; rotate 14; missingok; notifempty; compress; copytruncate"
        );
    }

    #[test]
    fn a_script_stays_one() {
        let script = "\"postrotate\" \"  docker kill \\\\\" \"    -s USR1 web\" \"endscript\" \"dateext\"";
        let text = stanza(&format!("{{ logrotate {script}; }}"));
        assert!(
            text.ends_with("postrotate;     docker kill \\;       -s USR1 web; endscript; dateext"),
            "{text}"
        );
    }
}
