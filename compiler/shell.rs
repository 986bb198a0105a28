//! Words of a shell.

/// One argument, in any shell of POSIX, that is exactly `text`: bare when nothing in it acts, else in single quotes.
///
/// As the first word of a command a bare `a=b` or `if` would be something else: user text never stands there. A NUL,
/// which no argument can hold, is left out.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::process::Command;

    use super::word;
    use crate::emit::hostile;

    /// What the shell of a script hands on of its arguments.
    pub fn passed_on(program: &str, commands: impl Iterator<Item = String>) -> Vec<String> {
        let script: String = commands.map(|command| command + "\n").collect();
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
        for program in ["sh", "bash"] {
            let passed =
                passed_on(program, texts.iter().map(|text| format!("printf '%s\\0' {}", word(text))));
            assert!(
                passed == expected,
                "{program}: {:?}",
                passed.iter().zip(&expected).find(|(a, b)| a != b)
            );
        }
    }

    #[test]
    fn words_that_do_nothing_stay_bare() {
        for text in ["redis", "/var/lib/x", "a=b", "--flag", "10.0.0.0/8", "user@host:22", "50%"] {
            assert_eq!(word(text), text);
        }
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("a\0b c"), "'ab c'");
    }
}
