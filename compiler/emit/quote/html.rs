//! HTML and SVG: text within an element, or within the quotes of an attribute.

use std::borrow::Cow;

/// Text that shows as it is; control characters, which no page may hold, become blanks.
pub fn html(text: &str) -> Cow<'_, str> {
    let acts = |c: char| matches!(c, '<' | '>' | '&' | '"' | '\'') || is_control(c);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_control(c) => out.push(' '),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::html;
    use crate::emit::hostile;

    #[test]
    fn nothing_acts() {
        for text in hostile::texts() {
            let written = html(&text);
            assert!(!written.contains(['<', '>', '"', '\'']), "{written:?}");
            let read = written.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            let read = read.replace("&#39;", "'").replace("&amp;", "&");
            let kept: String = text.chars().map(|c| if super::is_control(c) { ' ' } else { c }).collect();
            assert_eq!(read, kept);
        }
    }

    #[test]
    fn nothing_is_escaped_without_need() {
        for text in ["", "a b", "회의 시작!", "10.0.0.1/8; {x} $y `z` #"] {
            assert_eq!(html(text), text);
        }
    }
}
