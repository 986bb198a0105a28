//! The commit before the last one is not what ran before the last deployment.

use crate::{
    check::{
        Rule,
        commands::{commands, program},
    },
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "rollback-by-guess", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (words, span) in commands(model) {
        if goes_back(&words) {
            diagnostics.add(
                Diagnostic::warning("rollback-by-guess", "the commit before the last one is not always the one that ran before")
                    .at(span, "goes back by counting commits")
                    .help("name what worked by its tag; or run `sudo scripts/rollback.sh` of the tree, which knows the release that ran before and has its images"),
            );
        }
    }
}

/// Whether all of the work tree is set to a commit that is counted back from the last one. A single file may be.
fn goes_back(words: &[&str]) -> bool {
    let Some(("git", told)) = program(words) else { return false };
    let counted = |word: &&str| {
        ["HEAD", "@"]
            .iter()
            .any(|head| word.strip_prefix(head).is_some_and(|rest| rest.starts_with(['~', '^'])))
    };
    let sets = told.contains(&"checkout")
        || told.contains(&"switch")
        || (told.contains(&"reset") && told.contains(&"--hard"));
    // A new branch is no going back, and of a path the last word is no commit.
    let branches = told.iter().any(|word| matches!(*word, "-b" | "-B" | "-c"));
    sets && !branches && told.last().is_some_and(counted)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn all_of_it_and_counted() {
        let step = |run: &str| {
            let step = format!("runbook {{ trouble \"broken\" {{ step \"back\" run=\"{run}\" }} }}");
            raised("rollback-by-guess", &step).len()
        };
        for run in [
            "git checkout HEAD~1",
            "cd /opt/shop && git checkout HEAD^ && docker compose up -d",
            "git -C /opt/shop reset --hard HEAD~2",
            "git switch --detach @~1",
        ] {
            assert_eq!(step(run), 1, "{run}");
        }
        for run in [
            "git checkout v1.4.2",
            "git checkout HEAD~1 -- nginx.conf",
            "git checkout HEAD~1 nginx.conf",
            "git checkout -b look HEAD~1",
            "git diff HEAD~1",
            "git reset --soft HEAD~1",
            "git log HEAD~5..HEAD",
        ] {
            assert_eq!(step(run), 0, "{run}");
        }
    }
}
