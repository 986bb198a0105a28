//! Values in an environment file.

/// A value in an environment file, on one line, as `docker compose` reads it: bare when nothing in it acts, else in
/// single quotes, which shells that read the file take for the same; in double quotes what single ones cannot hold.
///
/// compose replaces `$NAME` in bare and double-quoted values. In single quotes a backslash before a quote escapes it
/// and all others stay, so that none can stand before a quote or at the end. A NUL, which no variable can hold, is
/// left out.
pub fn dotenv(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-./:@+,%".contains(c);
    if text.chars().all(bare) {
        return text.to_owned();
    }
    if !text.contains(['\'', '\n', '\r', '\0']) && !text.ends_with('\\') {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => {}
            // A shell would run what stands between two; compose knows codes that begin with a zero.
            '`' => out.push_str("\\0140"),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::dotenv;
    use crate::emit::hostile;

    /// What compose reads of a quoted or bare value, by `dotenv/parser.go` of compose-go.
    fn read(written: &str) -> String {
        let Some(quote) = written.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            let value = written.split_once(" #").map_or(written, |(value, _)| value).trim_end();
            assert!(!value.contains('$'), "a variable: {written}");
            return value.to_owned();
        };
        let (mut inner, mut escape, mut rest) = (String::new(), false, written[1..].chars());
        loop {
            match rest.next().expect("the quote is closed") {
                c if c != quote && !escape && c == '\\' => escape = true,
                c if c == quote && !escape => break,
                c => {
                    if escape && c != quote {
                        inner.push('\\');
                    }
                    escape = false;
                    inner.push(c);
                }
            }
        }
        assert_eq!(rest.as_str(), "", "text behind the value: {written}");
        if quote == '\'' { inner } else { unescaped(&inner) }
    }

    fn unescaped(inner: &str) -> String {
        let (mut out, mut rest) = (String::new(), inner);
        while let Some(c) = rest.chars().next() {
            let known =
                [("\\\\", "\\"), ("\\\"", "\""), ("\\$", "$"), ("\\n", "\n"), ("\\r", "\r"), ("\\0140", "`")];
            let (from, to) = known
                .iter()
                .find(|(from, _)| rest.starts_with(from))
                .copied()
                .unwrap_or((&rest[..c.len_utf8()], ""));
            assert!(from != "$", "a variable: {inner}");
            out.push_str(if to.is_empty() { from } else { to });
            rest = &rest[from.len()..];
        }
        out
    }

    #[test]
    fn compose_reads_exactly_the_text() {
        for text in hostile::texts() {
            let written = dotenv(&text);
            assert!(!written.contains(['\n', '\r', '\0']), "{written}");
            assert_eq!(read(&written), text.replace('\0', ""), "{written}");
        }
    }

    #[test]
    fn values_look_as_one_would_write_them() {
        for (text, written) in [
            ("", ""),
            ("info", "info"),
            ("a b", "'a b'"),
            ("$x", "'$x'"),
            ("it's $5", "\"it's \\$5\""),
            ("C:\\", "\"C:\\\\\""),
            ("a # b", "'a # b'"),
            ("`'", "\"\\0140'\""),
        ] {
            assert_eq!(dotenv(text), written);
        }
    }
}
