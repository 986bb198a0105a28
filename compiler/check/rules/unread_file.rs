//! Files for cron, logrotate and systemd that these programs would pass over without a word.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{ExtraFile, FileContents, Model},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unread-file", check, together: None };

/// What the name of a unit ends with.
const UNITS: [&str; 9] =
    ["service", "socket", "timer", "mount", "automount", "path", "slice", "target", "swap"];
/// Endings of what editors and package managers leave, which logrotate skips.
const LEFTOVERS: [&str; 8] =
    ["bak", "disabled", "dpkg-dist", "dpkg-old", "dpkg-new", "rpmsave", "rpmnew", "swp"];

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for file in &model.files {
        let Some((why, help)) = unread(file) else { continue };
        diagnostics.add(
            Diagnostic::error("unread-file", format!("`{}` would do nothing", file.path))
                .at(file.origin.span(), why)
                .help(help),
        );
    }
}

/// Why a file in a folder that is installed would not be read, and what to write instead.
fn unread(file: &ExtraFile) -> Option<(&'static str, &'static str)> {
    let (folder, name) = file.path.split_once('/')?;
    match folder {
        "cron.d" if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) => Some((
            "cron passes over tables whose names have more than letters, digits, `-` and `_`",
            "rename it: `cron.d/own-jobs`",
        )),
        "cron.d" if matches!(&file.contents, FileContents::Text(text) if !text.ends_with('\n')) => Some((
            "its last line does not end, and cron refuses the whole table for that",
            "write the text in several lines, `text=\"\"\"`, with an empty one at the end, or state a `job`",
        )),
        "logrotate.d" if name.contains('/') || LEFTOVERS.iter().any(|end| ends(name, end)) => {
            Some(("logrotate passes over names of this form", "rename it: `logrotate.d/nginx`"))
        }
        "systemd" if !is_unit(name) => Some((
            "systemd knows units by their ending, and parts of them as `NAME.service.d/NAME.conf`",
            "rename it: `systemd/srv-data.mount`",
        )),
        _ => None,
    }
}

fn is_unit(name: &str) -> bool {
    match name.split_once('/') {
        None => UNITS.iter().any(|end| ends(name, end)),
        Some((unit, part)) => {
            unit.strip_suffix(".d").is_some_and(is_unit) && ends(part, "conf") && !part.contains('/')
        }
    }
}

fn ends(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && end == ending)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn refused(path: &str) -> bool {
        !raised("unread-file", &format!("file \"{path}\" text=\"x\\n\"")).is_empty()
    }

    #[test]
    fn names_that_are_passed_over() {
        for path in [
            "cron.d/app.cron",
            "cron.d/a/b",
            "logrotate.d/nginx.bak",
            "logrotate.d/a/b",
            "systemd/x",
            "systemd/x.d/y.conf",
        ] {
            assert!(refused(path), "{path}");
        }
        for path in [
            "cron.d/app",
            "logrotate.d/nginx",
            "systemd/srv-nas.mount",
            "systemd/docker.service.d/own.conf",
            "web/x",
        ] {
            assert!(!refused(path), "{path}");
        }
    }

    #[test]
    fn a_table_ends_its_last_line() {
        let table = |text: &str| raised("unread-file", &format!("file \"cron.d/app\" text=\"{text}\""));
        assert_eq!(table("* * * * * root true"), ["`cron.d/app` would do nothing"]);
        assert!(table("* * * * * root true\\n").is_empty());
    }
}
