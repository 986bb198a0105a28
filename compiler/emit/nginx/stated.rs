//! Directives that the description states in nginx's own words.
//!
//! It refuses to change what they mean: only blanks between tokens are added.

/// The directives, each line indented to where it stands. What is quoted over several lines stays as it is.
pub fn indented(text: &str, columns: usize) -> String {
    let margin = " ".repeat(columns);
    let mut out = String::with_capacity(text.len() + columns);
    let (mut quote, mut comment, mut escaped, mut line_begins) = (None, false, false, true);
    for c in text.trim_end().chars() {
        if line_begins && quote.is_none() && c != '\n' {
            out.push_str(&margin);
        }
        let token_begins = line_begins || out.ends_with([' ', '\t', ';', '{', '}']);
        line_begins = c == '\n';
        out.push(c);
        match quote {
            _ if escaped => escaped = false,
            _ if comment => comment = c != '\n',
            _ if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            // Within a word, a quote is a character like others.
            None if token_begins && matches!(c, '"' | '\'') => quote = Some(c),
            None if token_begins && c == '#' => comment = true,
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn lines_go_where_they_stand() {
        assert_eq!(
            indented("location = /x {\n    return 204;\n\n}\n", 4),
            "    location = /x {\n        return 204;\n\n    }"
        );
        // Neither a comment nor a word with a quote in it opens a quotation.
        assert_eq!(indented("# it's\na b'c;\nd;", 2), "  # it's\n  a b'c;\n  d;");
    }

    #[test]
    fn what_is_quoted_stays() {
        assert_eq!(indented("return 200 \"a\n  b\\\"\nc\";\nd;", 2), "  return 200 \"a\n  b\\\"\nc\";\n  d;");
    }
}
