//! Tokens of nginx.

/// One token of an nginx configuration that is exactly `text`: bare when nothing in it acts, else in double quotes.
/// None when no token can be: `$` begins a variable and has no escape, and a NUL ends the text. The types of values
/// that reach nginx refuse both.
pub fn nginx(text: &str) -> Option<String> {
    if text.contains(['$', '\0']) {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,*~^".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    Some(out + "\"")
}

/// The same for text in which a `$` begins a variable, as intended: nginx reads exactly this text, and then the variables
/// in it.
pub fn nginx_with_variables(text: &str) -> String {
    let acts = |c: char| c.is_whitespace() || c.is_control() || ";{}\"'".contains(c);
    let bare = !text.is_empty() && !text.contains(acts) && !text.starts_with('#');
    let mut out = String::with_capacity(text.len() + 2);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            // Before these, and at the end, a backslash acts; elsewhere it is itself, as in `\.`.
            ('\\', None | Some('\\' | '"' | '\'' | 't' | 'r' | 'n')) => out.push_str("\\\\"),
            ('"', _) => out.push_str("\\\""),
            (c, _) => out.push(c),
        }
    }
    if bare { out } else { format!("\"{out}\"") }
}

#[cfg(test)]
mod tests {
    use super::{nginx, nginx_with_variables};
    use crate::emit::hostile;

    /// The first token of a configuration and what stands behind it, by `ngx_conf_read_token`.
    fn first_token(text: &str) -> (String, &str) {
        let quoted = text.starts_with('"');
        let (mut token, mut chars) = (String::new(), text[usize::from(quoted)..].chars());
        loop {
            let rest = chars.as_str();
            match chars.next().expect("the token ends") {
                '"' if quoted => return (token, chars.as_str()),
                ' ' | '\t' | '\r' | '\n' | ';' | '{' if !quoted => return (token, rest),
                '\\' => match chars.next().expect("something is escaped") {
                    't' => token.push('\t'),
                    'r' => token.push('\r'),
                    'n' => token.push('\n'),
                    c @ ('"' | '\'' | '\\') => token.push(c),
                    c => token.extend(['\\', c]),
                },
                c => token.push(c),
            }
        }
    }

    #[test]
    fn a_token_is_exactly_the_text() {
        for text in hostile::texts() {
            match nginx(&text) {
                Some(written) => assert_eq!(first_token(&format!("{written};")), (text, ";"), "{written}"),
                None => assert!(text.contains(['$', '\0'])),
            }
        }
    }

    #[test]
    fn variables_stay_what_they_are() {
        let patterns =
            [r"\.(?:css|js)$", r"~*image/svg\+xml", r"^/\d{4}/\w+\\n$", "#x", "a\\", "$uri/", "'\"\\'"];
        for text in hostile::texts().into_iter().chain(patterns.map(String::from)) {
            let written = nginx_with_variables(&text) + ";";
            assert_eq!(first_token(&written), (text, ";"), "{written}");
        }
    }

    #[test]
    fn tokens_stay_bare_where_they_can() {
        assert_eq!(nginx("/api/v1").as_deref(), Some("/api/v1"));
        assert_eq!(nginx("a;b\"c\n").as_deref(), Some("\"a;b\\\"c\\n\""));
        assert_eq!(nginx("").as_deref(), Some("\"\""));
        assert_eq!(nginx("$host"), None);
    }
}
