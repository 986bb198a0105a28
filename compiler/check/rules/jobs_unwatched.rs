//! A backup that stops is noticed on the day it is needed, unless something watches.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Origin},
};

/// The rule.
pub const RULE: Rule = Rule { code: "jobs-unwatched", check };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    if model.monitoring.is_some() {
        return;
    }
    // What is derived for its own sake (the weekly look at the host) tells its findings itself.
    let backups = model.backups.iter().map(|backup| &backup.origin);
    let stated =
        model.jobs.iter().map(|job| &job.origin).filter(|origin| matches!(origin, Origin::Stated(_)));
    let mut watched = backups.chain(stated);
    let Some(first) = watched.next() else { return };
    let message = match watched.count() {
        0 => "nobody notices when a job fails or does not run".to_owned(),
        others => format!("nobody notices when one of {} jobs fails or does not run", others + 1),
    };
    diagnostics.add(
        Diagnostic::warning("jobs-unwatched", message)
            .at(first.span(), "runs by the clock")
            .help("write `monitor` and `notify { … }`: every job then has an alert for a failure and one for not running"),
    );
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn a_job_without_monitoring() {
        let job = "job \"sync\" { every \"hour\"; run \"true\" }";
        assert_eq!(raised("jobs-unwatched", job), ["nobody notices when a job fails or does not run"]);
        assert!(raised("jobs-unwatched", &format!("{job}\nmonitor")).is_empty());
        assert!(raised("jobs-unwatched", "service \"web\" kind=\"static-site\" { build \".\" }").is_empty());
    }
}
