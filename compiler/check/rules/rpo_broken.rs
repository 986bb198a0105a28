//! What may be lost is what was written since the last backup.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    source::Located,
};

/// The rule.
pub const RULE: Rule = Rule { code: "rpo-broken", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in &model.backups {
        let Some(Located { value: rpo, span }) = backup.rpo else { continue };
        if backup.loss() <= rpo {
            continue;
        }
        diagnostics.add(
            Diagnostic::error(
                "rpo-broken",
                format!("up to {} of `{}` can be lost", backup.loss(), backup.name),
            )
            .at(
                backup.origin.span(),
                match backup.log() {
                    Some(log) => format!("its log is archived `{}`", log.every),
                    None => format!("runs `{}`", backup.schedule),
                },
            )
            .at(span, format!("no more than {rpo} may be lost"))
            .help(format!(
                "back it up at least every {rpo}, or say inside it what loss is accepted: `rpo \"{}\"`",
                backup.loss()
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(rpo: &str, every: &str) -> Vec<String> {
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }";
        raised(
            "rpo-broken",
            &format!("objective rpo=\"{rpo}\"\n{redis}\nbackup \"redis\" {{ every {every} }}"),
        )
    }

    #[test]
    fn the_greatest_gap_counts() {
        assert_eq!(messages("24h", "\"week\""), ["up to 7d of `redis` can be lost"]);
        assert_eq!(messages("2d", "\"weekday\""), ["up to 3d of `redis` can be lost"]);
        assert!(messages("24h", "\"day\"").is_empty());
        assert!(messages("6h", "\"6h\"").is_empty());
        assert!(messages("1h", "\"6h\"").len() == 1);
        assert!(messages("24h", "\"week\"; rpo \"7d\"").is_empty());
        assert_eq!(messages("7d", "\"week\"; rpo \"1d\"").len(), 1);
    }
}
