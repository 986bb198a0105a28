//! Literals of PromQL.

/// A string literal of PromQL that is exactly `text`.
pub fn promql(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Prometheus takes a bare replacement character for broken UTF-8.
            c if c.is_control() || c == '\u{fffd}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::promql;
    use crate::emit::hostile;

    #[test]
    fn literals_are_those_of_json_too() {
        for text in hostile::texts().into_iter().chain(["\u{fffd}".to_owned()]) {
            let literal = promql(&text);
            assert!(!literal.contains(|c: char| c.is_control()));
            // What is escaped here is a common part of the string literals of Go, which PromQL has, and of JSON.
            assert_eq!(serde_json::from_str::<String>(&literal).unwrap(), text);
        }
        assert_eq!(promql("a\"b\\\n"), "\"a\\\"b\\\\\\n\"");
        assert_eq!(promql("\0\u{fffd}"), "\"\\u0000\\ufffd\"");
    }
}
