//! Words of a shell.

/// One argument, in any shell of POSIX, that is exactly `text`: bare when nothing in it acts, else in single quotes.
///
/// As the first word of a command a bare `a=b` or `if` would be something else: user text never stands there. A NUL,
/// which no argument can hold, is left out.
pub fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    // No `%` directly behind a backslash, so that `cron` can escape it.
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''").replace(r"\%", r"\''%"))
}

/// One argument of bash on a single line that is exactly `text`, whatever line breaks it has.
pub fn bash_line(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return shell(text);
    }
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\0' => {}
            '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Codes of three digits: what follows cannot be taken for a part of them.
            '%' => out.push_str("\\045"),
            c if c.is_ascii_control() => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{bash_line, shell};
    use crate::emit::hostile;

    /// What a shell hands on of each text; the script goes through a file, as ours do.
    fn passed_on(program: &str, quote: fn(&str) -> String, texts: &[String]) -> Vec<String> {
        let script: String = texts.iter().map(|text| format!("printf '%s\\0' {}\n", quote(text))).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        let output = Command::new(program).arg(file.path()).env("LC_ALL", "C.UTF-8").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn shells_hand_on_exactly_the_text() {
        let texts = hostile::texts();
        let expected: Vec<String> = texts.iter().map(|text| text.replace('\0', "")).collect();
        for (program, quote) in [("sh", shell as fn(&str) -> String), ("bash", shell), ("bash", bash_line)] {
            let passed = passed_on(program, quote, &texts);
            assert_eq!(passed.len(), expected.len(), "{program}");
            for (passed, expected) in passed.iter().zip(&expected) {
                assert_eq!(passed, expected, "{program}");
            }
        }
    }

    #[test]
    fn a_bash_line_is_one() {
        assert!(hostile::texts().iter().all(|text| !shell(text).contains('\0')));
        assert!(
            hostile::texts().iter().all(|text| !bash_line(text).contains(|c: char| c.is_ascii_control()))
        );
    }

    #[test]
    fn words_that_do_nothing_stay_bare() {
        for text in ["redis", "/var/lib/x", "a=b", "--flag", "10.0.0.0/8", "user@host:22", "50%"] {
            assert_eq!(shell(text), text);
        }
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(bash_line("a\nb\t7%'\\"), r"$'a\nb\t7\045\'\\'");
    }
}
