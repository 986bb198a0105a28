//! Words and texts in unit files of systemd.

/// One argument in a command line of a unit (`ExecStart=`) that is exactly `text`: bare when nothing in it acts, else in double quotes.
///
/// `%` begins a specifier and `$` a variable: both are doubled. A NUL, which no argument can hold, is left out; other
/// control characters become codes. The first word of a command must be an absolute path: before others than that,
/// prefixes such as `-` and `@` would act.
pub fn systemd(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\0' => {}
            '%' => out.push_str("%%"),
            '$' => out.push_str("$$"),
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

/// Text for people in a unit file (`Description=`): on its line, without specifiers, and with nothing that continues
/// the line.
pub fn systemd_text(text: &str) -> String {
    super::line(text).replace('%', "%%").trim_end_matches(|c: char| c == '\\' || c.is_whitespace()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{systemd, systemd_text};
    use crate::emit::hostile;

    /// What systemd makes of a word, by `systemd.syntax(7)` and `systemd.service(5)`.
    fn read(written: &str) -> String {
        let Some(inner) = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return written.to_owned();
        };
        let (mut out, mut rest) = (Vec::new(), inner.bytes());
        while let Some(byte) = rest.next() {
            match byte {
                b'"' => panic!("the quote ends early: {written}"),
                b'%' => assert_eq!(rest.next(), Some(b'%'), "a specifier: {written}"),
                b'$' => assert_eq!(rest.next(), Some(b'$'), "a variable: {written}"),
                _ => {}
            }
            match (byte, byte == b'\\') {
                (_, true) => match rest.next() {
                    Some(b'n') => out.push(b'\n'),
                    Some(b't') => out.push(b'\t'),
                    Some(b'x') => {
                        let digits = [rest.next().unwrap(), rest.next().unwrap()];
                        out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                    }
                    Some(c @ (b'"' | b'\\')) => out.push(c),
                    other => panic!("an unknown escape {other:?}: {written}"),
                },
                (byte, false) => out.push(byte),
            }
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_text_is_one_word() {
        for text in hostile::texts() {
            let written = systemd(&text);
            assert!(!written.contains(|c: char| c.is_ascii_control()), "{written:?}");
            assert_eq!(read(&written), text.replace('\0', ""), "{written}");
        }
    }

    #[test]
    fn texts_stay_on_their_line() {
        for text in hostile::texts() {
            let written = systemd_text(&text);
            assert!(!written.contains('\n') && !written.ends_with('\\'), "{written:?}");
            assert!(!written.replace("%%", "").contains('%'), "{written:?}");
        }
    }
}
