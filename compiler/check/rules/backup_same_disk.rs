//! A backup beside the data goes where the data goes: with the disk.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Offsite},
};

/// The rule.
pub const RULE: Rule = Rule { code: "backup-same-disk", check };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for backup in &model.backups {
        // Without a colon both programs copy to a folder of this host.
        let local = match &backup.offsite {
            None => None,
            Some(Offsite::Rsync(target) | Offsite::Rclone(target)) if target.as_str().contains(':') => {
                continue;
            }
            Some(Offsite::Rsync(target) | Offsite::Rclone(target)) => Some(target),
        };
        let label = match local {
            Some(target) => format!("`{target}` names a folder of this host"),
            None => format!("kept in `{}` of the host only", backup.directory),
        };
        diagnostics.add(
            Diagnostic::warning(
                "backup-same-disk",
                format!("the backup of `{}` shares the fate of its data", backup.service),
            )
            .at(backup.origin.span(), label)
            .help("copy it to another place: `offsite rsync=\"backup@backup.example.com:/srv/backups\"` or `offsite rclone=\"s3:bucket/folder\"`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(offsite: &str) -> bool {
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\" }";
        let backup = format!("backup \"redis\" {{ every \"day\"; {offsite} }}");
        !raised("backup-same-disk", &format!("{redis}\n{backup}")).is_empty()
    }

    #[test]
    fn a_copy_elsewhere_is_asked_for() {
        assert!(raises(""));
        assert!(raises("offsite rsync=\"/mnt/second\""));
        assert!(!raises("offsite rsync=\"backup@backup.example.com:/srv\""));
        assert!(!raises("offsite rclone=\"s3:bucket/shop\""));
        assert!(!raises("allow \"backup-same-disk\" because=\"the disk is replicated by the provider\""));
    }
}
