//! Commands in a crontab.

use super::line;

/// A command as the last field of a crontab line. cron ends the command at the first `%` that no backslash escapes,
/// and keeps all other backslashes: so a `%` gets one, and a second one when it stands behind a backslash already,
/// which `shell` and `bash_line` avoid. Line breaks must be quoted by `bash_line`; bare ones become blanks.
///
/// cron refuses a whole table for one command beyond 999 characters: longer ones belong into scripts.
pub fn cron(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut backslashes = 0;
    for c in line(command).chars() {
        if c == '%' {
            out.push_str(if backslashes % 2 == 0 { "\\" } else { "\\\\" });
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::cron;
    use crate::emit::{hostile, quote};

    /// What cron gives to the shell of a command field, by `do_command.c`: all up to the first bare `%`.
    fn given_to_the_shell(field: &str) -> String {
        let (mut out, mut escaped) = (String::new(), false);
        for c in field.chars() {
            match (escaped, c) {
                (true, '%') => {
                    out.pop();
                    out.push(c);
                }
                (false, '%') => return out,
                _ => out.push(c),
            }
            escaped = !escaped && c == '\\';
        }
        out
    }

    #[test]
    fn commands_reach_the_shell_whole() {
        let texts = hostile::texts();
        let mut script = String::new();
        for text in &texts {
            let field = cron(&format!("printf '%s\\0' {}", quote::bash_line(text)));
            assert!(!field.contains(|c: char| c.is_control()), "{field}");
            script += &given_to_the_shell(&field);
            script.push('\n');
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        let output = Command::new("bash").arg(file.path()).env("LC_ALL", "C.UTF-8").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let passed = String::from_utf8(output.stdout).unwrap();
        for (passed, text) in passed.split_terminator('\0').zip(&texts) {
            assert_eq!(passed, text.replace('\0', "").replace(['\u{85}', '\u{2028}', '\u{2029}'], " "));
        }
    }

    #[test]
    fn no_command_is_cut_or_continued() {
        for text in hostile::texts() {
            let field = cron(&text);
            assert!(!field.contains(|c: char| c.is_control()));
            assert_eq!(
                given_to_the_shell(&field).matches('%').count(),
                text.matches('%').count(),
                "{text:?}"
            );
        }
        assert_eq!(cron("date +%F"), "date +\\%F");
    }
}
