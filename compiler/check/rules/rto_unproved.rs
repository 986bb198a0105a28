//! A drill that may take longer than a recovery proves no recovery time.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Backup, Model},
    values::Duration,
};

/// The rule.
pub const RULE: Rule = Rule { code: "rto-unproved", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(objective) = &model.objective else { return };
    let Some(rto) = objective.rto else { return };
    let mut each = false;
    for backup in model.backups.iter().filter(|backup| backup.drill.is_some() && backup.timeout > rto) {
        each = true;
        diagnostics.add(
            Diagnostic::warning(
                "rto-unproved",
                format!("a drill of `{}` may take longer than a recovery", backup.name),
            )
            .at(backup.origin.span(), format!("succeeds within {}", backup.timeout))
            .at(objective.origin.span(), format!("a recovery takes {rto} at most"))
            .help(format!(
                "write `timeout \"{rto}\"` in the backup: a restore that takes longer then fails the drill"
            )),
        );
    }
    // One after the other, as the guide has them typed.
    let drilled: Vec<&Backup> =
        model.recovered().into_iter().filter(|backup| backup.drill.is_some()).collect();
    let together = drilled.iter().map(|backup| backup.timeout).reduce(Duration::plus);
    let (Some(together), Some(last)) = (together, drilled.last()) else { return };
    if each || together <= rto {
        return;
    }
    diagnostics.add(
        Diagnostic::warning(
            "rto-unproved",
            format!("the drills of {} backups may together take longer than a recovery", drilled.len()),
        )
        .at(last.origin.span(), format!("the last of them: all succeed within {together}"))
        .at(objective.origin.span(), format!("a recovery takes {rto} at most"))
        .help(format!(
            "a recovery restores them one after the other: give those that are small a shorter `timeout`, so that all of them stay within {rto}"
        )),
    );
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn the_time_limit_is_beyond_the_objective() {
        let raises = |rto: &str, timeout: &str| {
            let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }";
            let backup = format!("backup \"redis\" {{ every \"day\"; {timeout} }}");
            !raised("rto-unproved", &format!("objective rto=\"{rto}\"\n{redis}\n{backup}")).is_empty()
        };
        assert!(raises("30m", ""));
        assert!(!raises("30m", "timeout \"30m\""));
        assert!(!raises("4h", ""));
    }

    #[test]
    fn one_after_the_other() {
        let redis =
            "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }\nobjective rto=\"2h\"";
        let messages = |timeout: &str| {
            let files = |name: &str| {
                format!("backup \"{name}\" {{ files \"/srv/{name}\"; every \"day\"; timeout \"{timeout}\" }}")
            };
            raised(
                "rto-unproved",
                &format!(
                    "{redis}\nbackup \"redis\" {{ every \"day\"; timeout \"{timeout}\" }}\n{}\n{}",
                    files("a"),
                    files("b")
                ),
            )
        };
        assert_eq!(messages("1h"), ["the drills of 3 backups may together take longer than a recovery"]);
        assert!(messages("40m").is_empty());
    }
}
