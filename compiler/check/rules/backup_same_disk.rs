//! A backup beside the data goes where the data goes: with the disk.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Offsite},
};

/// The rule.
pub const RULE: Rule = Rule { code: "backup-same-disk", check, together: Some(together) };

fn together(backups: usize) -> String {
    format!("{backups} backups share the fate of their data")
}

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
                format!("the backup of `{}` shares the fate of its data", backup.name),
            )
            .at(backup.origin.span(), label)
            .help("copy it to another place: `offsite rsync=\"backup@backup.example.com:/srv/backups\"` or `offsite rclone=\"s3:bucket/folder\"`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn several_are_told_once_each_can_be_allowed() {
        let two = |allow: &str| {
            let service = "kind=\"redis\" { password secret=\"P\" }";
            raised(
                "backup-same-disk",
                &format!(
                    "secret \"P\"\nservice \"a\" {service}\nservice \"b\" {service}\nbackup \"a\" {{ every \"day\" }}\nbackup \"b\" {{ every \"day\" at=\"01:00\"; {allow} }}"
                ),
            )
        };
        assert_eq!(two(""), ["2 backups share the fate of their data"]);
        let mirrored = "allow \"backup-same-disk\" because=\"mirrored\"";
        assert_eq!(two(mirrored), ["the backup of `a` shares the fate of its data"]);
    }

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
