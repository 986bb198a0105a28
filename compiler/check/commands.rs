//! The commands that a description hands to people and to the clock, as words.

use crate::{
    model::{Command, Model, Origin},
    source::Span,
};

/// A simple command with its place.
pub type Placed<'a> = (Vec<&'a str>, Span);

/// Each simple command of every job, of every step of the runbook and of every item of a checklist, with its place.
pub fn commands(model: &Model) -> Vec<Placed<'_>> {
    sequences(model).into_iter().flatten().collect()
}

/// The same, with those together that run one after the other: of a job, of the steps of one trouble, of a checklist.
pub fn sequences(model: &Model) -> Vec<Vec<Placed<'_>>> {
    let troubles = model.runbook.troubles.iter().map(|trouble| {
        let runs = trouble.steps.iter().filter_map(|step| step.run.as_ref());
        runs.flat_map(|run| placed(run.value.as_str(), run.span)).collect()
    });
    let lists = model.checklists.iter().map(|list| {
        let runs = list.items.iter().filter_map(|item| item.run.as_ref());
        runs.flat_map(|run| placed(run.value.as_str(), run.span)).collect()
    });
    jobs(model).chain(troubles).chain(lists).collect()
}

/// Each simple command of every job that is stated, with its place.
pub fn scheduled(model: &Model) -> Vec<Placed<'_>> {
    jobs(model).flatten().collect()
}

fn jobs(model: &Model) -> impl Iterator<Item = Vec<Placed<'_>>> {
    let jobs = model.jobs.iter().filter(|job| matches!(job.origin, Origin::Stated(_)));
    jobs.filter_map(|job| match &job.command {
        Command::OnHost(text) | Command::InService(_, text) => {
            Some(placed(text.as_str(), job.origin.span()).collect())
        }
        Command::Script(..) => None,
    })
}

fn placed(text: &str, span: Span) -> impl Iterator<Item = Placed<'_>> {
    simple(text).map(move |one| (one, span))
}

/// Words that only start what follows them.
const STARTERS: &[&str] = &[
    "sudo", "doas", "nice", "ionice", "env", "nohup", "time", "timeout", "exec", "command", "bash", "sh",
    "if", "then", "else", "do", "while", "until", "!", "{",
];

/// The program of a simple command by its own name, and what it is told; none when there is only a starter.
pub fn program<'a, 'b>(words: &'b [&'a str]) -> Option<(&'a str, &'b [&'a str])> {
    let own = |word: &'a str| word.rsplit('/').next().unwrap_or(word);
    // `sudo -u backup`: whom it runs as is no program.
    let whom = |at: usize| at > 0 && words[at - 1] == "-u";
    let starts = |word: &'a str| {
        STARTERS.contains(&own(word))
            || word.contains('=')
            || word.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    };
    let at = (0..words.len()).find(|at| !starts(words[*at]) && !whom(*at))?;
    Some((own(words[at]), &words[at + 1..]))
}

/// The simple commands of a shell text. What stands in quotes is taken apart too: such text is often run as well.
fn simple(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '$');
    text.split([';', '|', '&', '\n'])
        .map(move |one| one.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_behind_what_starts_it() {
        let of = |text: &str| {
            let commands: Vec<Vec<&str>> = simple(text).collect();
            program(&commands[0])
                .map(|(name, told)| format!("{name}: {}", told.join(" ")))
                .unwrap_or_default()
        };
        assert_eq!(of("sudo -u backup nice -n 10 /usr/bin/rsync -a /x y"), "rsync: -a /x y");
        assert_eq!(
            of("LC_ALL=C timeout 30s aws s3 sync /srv/rsync s3://b"),
            "aws: s3 sync /srv/rsync s3://b"
        );
        assert_eq!(of("bash -c 'tar cf - /x'"), "tar: cf - /x");
        assert_eq!(of("sudo -i"), "");
    }
}
