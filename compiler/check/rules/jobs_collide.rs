//! Two heavy jobs that start together fight for one disk, and both take longer than either alone.

use std::collections::BTreeSet;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Job, Model, Origin},
    values::{Duration, Schedule},
};

/// The rule.
pub const RULE: Rule = Rule { code: "jobs-collide", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let of_backups: BTreeSet<String> = model
        .backups
        .iter()
        .flat_map(|backup| ["backup", "verify"].map(|verb| format!("{verb}-{}", backup.name)))
        .collect();
    // The first job of each schedule: what coincides with another coincides with that one too.
    let mut firsts: Vec<&Job> = Vec::new();
    let mut known: BTreeSet<Schedule> = BTreeSet::new();
    for job in model.jobs.iter().filter(|job| is_heavy(job, &of_backups)) {
        let other = firsts.iter().copied().find(|other| other.schedule.coincides_with(job.schedule));
        if known.insert(job.schedule) {
            firsts.push(job);
        }
        let Some(other) = other else { continue };
        diagnostics.add(
            Diagnostic::warning(
                "jobs-collide",
                format!("`{}` and `{}` start in the same minute", other.name, job.name),
            )
            .at(job.origin.span(), format!("`{}` runs `{}`", job.name, job.schedule))
            .at(other.origin.span(), format!("`{}` runs `{}`", other.name, other.schedule))
            .help("give one of them another time of day"),
        );
    }
}

/// Whether it moves much data: backups, drills, and what is stated and runs once a day or less often. What runs more
/// often is meant to be light, and could not keep out of everybody's way.
fn is_heavy(job: &Job, of_backups: &BTreeSet<String>) -> bool {
    let daily = job.schedule.period() >= Duration::from_days(1);
    of_backups.contains(job.name.as_str()) || (daily && matches!(job.origin, Origin::Stated(_)))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(rest: &str) -> Vec<String> {
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }\n";
        raised("jobs-collide", &format!("{redis}backup \"redis\" {{ every \"day\" at=\"02:00\" }}\n{rest}"))
    }

    #[test]
    fn in_the_same_minute() {
        let job = |every: &str| format!("job \"reindex\" {{ every {every}; run \"true\" }}");
        assert_eq!(
            raises(&job("\"sunday\" at=\"02:00\"")),
            ["`backup-redis` and `reindex` start in the same minute"]
        );
        assert!(raises(&job("\"sunday\" at=\"02:30\"")).is_empty());
        assert!(raises(&job("\"15m\"")).is_empty());
        // That of a drill that nobody stated keeps out of the way by itself.
        assert!(raises(&job("\"sunday\" at=\"04:00\"")).is_empty());
    }

    #[test]
    fn drills_that_nobody_stated_are_apart() {
        let second = "service \"cache\" kind=\"redis\" { password secret=\"P\" }\nbackup \"cache\" { every \"day\" at=\"03:00\" }";
        assert!(raises(second).is_empty());
    }
}
