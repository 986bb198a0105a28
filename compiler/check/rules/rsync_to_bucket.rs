//! rsync speaks to other rsyncs, not to object stores.

use crate::{
    check::{
        Rule,
        commands::{commands, program},
    },
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
    for (words, span) in commands(model) {
        let Some(("rsync", told)) = program(&words) else { continue };
        let mut addresses = told.iter().filter_map(|word| word.split_once("://"));
        let Some((scheme, rest)) = addresses.find(|(scheme, _)| is_foreign(scheme)) else { continue };
        diagnostics.add(
            Diagnostic::error("rsync-to-bucket", format!("rsync cannot copy to or from `{scheme}://`"))
                .at(span, format!("takes `{scheme}` for a host"))
                .help(format!(
                    "rclone can: `rclone copy … {scheme}:{rest}`, with a remote `{scheme}` that `rclone config` makes on the host; or a `backup` with `offsite rclone=`"
                )),
        );
    }
}

/// Whether a scheme is none of rsync's: it is a word, and not the one of its own daemon.
fn is_foreign(scheme: &str) -> bool {
    !scheme.is_empty() && scheme != "rsync" && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
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

    #[test]
    fn in_a_command() {
        let job = |run: &str| {
            raised("rsync-to-bucket", &format!("job \"sync\" {{ every \"day\"; run \"{run}\" }}")).len()
        };
        assert_eq!(job("rsync -a /x s3://b/y"), 1);
        assert_eq!(job("cd /srv && sudo /usr/bin/rsync -az uploads/ gs://b/uploads"), 1);
        for run in [
            "rsync -a /x backup@backup.example.com:/srv",
            "rsync -a rsync://mirror.example.com/debian /srv/debian",
            "aws s3 sync /srv/rsync s3://b/y",
            "rsync -a /x h:/y && rclone copy /x s3:b/y && curl https://ping.example.com/1",
        ] {
            assert_eq!(job(run), 0, "{run}");
        }
        let item = "checklist \"daily\" { item \"copy\" every=\"day\" run=\"rsync -a /x s3://b/y\" }";
        assert_eq!(raised("rsync-to-bucket", item).len(), 1);
    }
}
