//! Commands in a crontab.

use super::{line, shell};

/// One argument of bash, on a single line, that is exactly `text`; the crontab has to set `SHELL=/bin/bash`.
///
/// Debian's cron makes one backslash of two, cronie leaves two: so no word has two in a row, nor one before a `%`. A
/// NUL, which no argument can hold, is left out.
pub fn cron_word(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(breaks) && !text.contains(r"\\") && !text.contains(r"\%") {
        return shell(text);
    }
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\0' => {}
            '\'' => out.push_str("\\'"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Codes of bytes, which mean the same in every locale; of three digits, so that none can follow.
            c if matches!(c, '\\' | '%') || breaks(c) => {
                out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\{byte:03o}")))
            }
            c => out.push(c),
        }
    }
    out + "'"
}

/// A command as the last field of a crontab line. cron ends it at the first `%` that no backslash escapes. What holds
/// text is made by [`cron_word`]; bare line breaks become blanks.
///
/// cron refuses a whole table for one command beyond 999 bytes: longer ones belong in scripts.
pub fn cron(command: &str) -> String {
    let command = line(command);
    let mut out = String::with_capacity(command.len());
    let mut rest = command.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '%' || c == '\\' && matches!(rest.peek(), Some('\\' | '%')) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{cron, cron_word};
    use crate::{emit::hostile, shell::tests::passed_on};

    /// What cron gives to the shell of a command field: all up to the first bare `%`, without the backslashes that
    /// escape one of `escapable`.
    fn given_to_the_shell(field: &str, escapable: &[char]) -> String {
        let (mut out, mut escaped) = (String::new(), false);
        for c in field.chars() {
            match (escaped, c) {
                (true, c) if escapable.contains(&c) => {
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

    const DEBIAN: &[char] = &['%', '\\'];
    const CRONIE: &[char] = &['%'];

    #[test]
    fn words_arrive_through_both_crons() {
        let texts = hostile::texts();
        let expected: Vec<String> = texts.iter().map(|text| text.replace('\0', "")).collect();
        for escapable in [DEBIAN, CRONIE] {
            let commands = texts.iter().map(|text| {
                let field = cron(&format!("printf '%s\\0' {}", cron_word(text)));
                assert!(!field.contains(|c: char| c.is_control()), "{field}");
                given_to_the_shell(&field, escapable)
            });
            let passed = passed_on("bash", commands);
            assert!(passed == expected, "{:?}", passed.iter().zip(&expected).find(|(a, b)| a != b));
        }
    }

    #[test]
    fn no_command_is_cut_or_continued() {
        for text in hostile::texts() {
            let field = cron(&text);
            assert!(!field.contains(|c: char| c.is_control()));
            assert_eq!(given_to_the_shell(&field, DEBIAN), crate::emit::quote::line(&text));
            let given = given_to_the_shell(&field, CRONIE);
            assert_eq!(given.matches('%').count(), text.matches('%').count(), "{text:?}");
        }
        assert_eq!(cron("date +%F"), "date +\\%F");
        assert_eq!(cron_word("a\nb\t7%'\\"), r"$'a\nb\t7\045\'\134'");
        assert_eq!(cron_word("date +%F"), "'date +%F'");
    }
}
