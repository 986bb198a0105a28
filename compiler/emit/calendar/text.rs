//! Calendar files as RFC 5545 writes them: properties on lines of 75 bytes at most, text with what would act escaped.

use crate::emit::quote;

/// A calendar that is being written.
#[derive(Default)]
pub struct Calendar(String);

impl Calendar {
    /// Adds a property whose value is a word of the format.
    pub fn word(&mut self, name: &str, value: &str) {
        self.folded(&format!("{name}:{value}"));
    }

    /// Adds a property whose value is text.
    pub fn text(&mut self, name: &str, value: &str) {
        let lines: Vec<String> = value.split('\n').map(|line| escaped(&quote::line(line))).collect();
        self.folded(&format!("{name}:{}", lines.join("\\n")));
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.0
    }

    /// A line, gone on with on the next behind a blank where it is too long; never within a character.
    fn folded(&mut self, line: &str) {
        let mut room = 75;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = 74;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Calendar;
    use crate::emit::{hostile, quote};

    /// The value of the one property, read back.
    fn read(written: &str) -> String {
        let line = written.strip_suffix("\r\n").unwrap().replace("\r\n ", "");
        assert!(!line.contains(['\r', '\n']), "{line:?}");
        let (mut value, mut escaped) = (String::new(), false);
        for c in line.strip_prefix("SUMMARY:").unwrap().chars() {
            match (escaped, c) {
                (false, '\\') => escaped = true,
                (true, 'n') => (value, escaped) = (value + "\n", false),
                (_, c) => {
                    value.push(c);
                    escaped = false;
                }
            }
        }
        value
    }

    #[test]
    fn text_comes_back() {
        for text in hostile::texts() {
            let mut calendar = Calendar::default();
            calendar.text("SUMMARY", &text);
            let written = calendar.finish();
            assert!(written.split("\r\n").all(|line| line.len() <= 75), "{written:?}");
            let lines: Vec<String> = text.split('\n').map(quote::line).collect();
            assert_eq!(read(&written), lines.join("\n"));
        }
    }
}
