//! A drill that may take longer than a recovery proves no recovery time.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "rto-unproved", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(objective) = &model.objective else { return };
    let Some(rto) = objective.rto else { return };
    for backup in model.backups.iter().filter(|backup| backup.drill.is_some() && backup.timeout > rto) {
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
}
