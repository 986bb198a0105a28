//! A mistake that is noticed after the next backup must still find the one before it.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    values::Language,
};

/// The rule.
pub const RULE: Rule = Rule { code: "keep-too-short", check, together: None };

// Of bases with a log the last one before the time stays in any case.
fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in model
        .backups
        .iter()
        .filter(|backup| backup.log().is_none() && backup.keep.copies(backup.schedule.period()) <= 1)
    {
        diagnostics.add(
            Diagnostic::warning(
                "keep-too-short",
                format!("each backup of `{}` deletes the one before it", backup.name),
            )
            .at(backup.origin.span(), match backup.keep.only_within() {
                Some(age) => format!("runs `{}`, kept for {age}", backup.schedule),
                None => format!("runs `{}`, kept: {}", backup.schedule, backup.keep.words(Language::English)),
            })
            .help("keep several: data that was destroyed before the last backup is only in an older one, `keep \"30d\"`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn only_one_is_ever_there() {
        let raises = |every: &str, keep: &str| {
            let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }";
            let backup = format!("backup \"redis\" {{ every \"{every}\"; keep \"{keep}\" }}");
            raised("keep-too-short", &format!("{redis}\n{backup}")).len()
        };
        assert_eq!(raises("week", "7d"), 1);
        assert_eq!(raises("day", "12h"), 1);
        assert_eq!(raises("day", "7d"), 0);
    }
}
