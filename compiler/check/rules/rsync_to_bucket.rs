//! rsync speaks to other rsyncs, not to object stores.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Offsite},
};

/// The rule.
pub const RULE: Rule = Rule { code: "rsync-to-bucket", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in &model.backups {
        let Some(Offsite::Rsync(target)) = &backup.offsite else { continue };
        let Some((scheme, rest)) = target.as_str().split_once("://").filter(|(scheme, _)| *scheme != "rsync")
        else {
            continue;
        };
        diagnostics.add(
            Diagnostic::error("rsync-to-bucket", format!("rsync cannot copy to `{scheme}://`"))
                .at(backup.origin.span(), format!("copies to `{target}`"))
                .help(format!(
                    "rclone can: `offsite rclone=\"{scheme}:{rest}\"`, with a remote `{scheme}` that `rclone config` makes on the host"
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn an_address_of_an_object_store() {
        let raises = |target: &str| {
            let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }";
            let backup = format!("backup \"redis\" {{ every \"day\"; offsite rsync=\"{target}\" }}");
            !raised("rsync-to-bucket", &format!("{redis}\n{backup}")).is_empty()
        };
        assert!(raises("s3://bucket/shop"));
        assert!(!raises("backup@backup.example.com:/srv/backups"));
        assert!(!raises("rsync://backup.example.com/module"));
    }
}
