//! A backup that stops is noticed on the day it is needed, unless something watches.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Origin},
};

/// The rule.
pub const RULE: Rule = Rule { code: "jobs-unwatched", check, together: Some(together) };

fn together(jobs: usize) -> String {
    format!("nobody notices when one of {jobs} jobs fails or does not run")
}

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    if model.monitoring.is_some() {
        return;
    }
    let backups = model
        .backups
        .iter()
        .map(|backup| (format!("the backup of `{}`", backup.name), &backup.schedule, &backup.origin));
    // What is derived for its own sake (the weekly look at the host) tells its findings itself.
    let stated = model.jobs.iter().filter(|job| matches!(job.origin, Origin::Stated(_)));
    let jobs = stated.map(|job| (format!("`{}`", job.name), &job.schedule, &job.origin));
    for (what, schedule, origin) in backups.chain(jobs) {
        diagnostics.add(
            Diagnostic::warning("jobs-unwatched", format!("nobody notices when {what} fails or does not run"))
                .at(origin.span(), format!("runs `{schedule}`"))
                .help("write `monitor` and `notify { … }`: every job then has an alert for a failure and one for not running"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn a_job_without_monitoring() {
        let job = "job \"sync\" { every \"hour\"; run \"true\" }";
        assert_eq!(raised("jobs-unwatched", job), ["nobody notices when `sync` fails or does not run"]);
        let second = "job \"mail\" { every \"day\"; run \"true\" }";
        assert_eq!(
            raised("jobs-unwatched", &format!("{job}\n{second}")),
            ["nobody notices when one of 2 jobs fails or does not run"]
        );
        assert!(raised("jobs-unwatched", &format!("{job}\nmonitor")).is_empty());
        assert!(raised("jobs-unwatched", "service \"web\" kind=\"static-site\" { build \".\" }").is_empty());
    }
}
