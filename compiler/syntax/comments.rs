//! Comments that nobody meant: to KDL one begins within a word, so that of a bare `https://host/path` only `https:` is
//! left.

use std::ops::ControlFlow;

use super::parse::{MOST, Mark, outline};
use crate::{
    diagnostic::Diagnostic,
    source::{SourceId, Span},
};

/// Complains of every comment that begins right behind a bare word.
pub(super) fn within_words(source: SourceId, text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let _ = outline(text, |at, mark| {
        if let Mark::Comment(_) | Mark::Block = mark
            && text[..at].ends_with(is_of_word)
        {
            found.push(complaint(source, text, at));
        }
        if found.len() < MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(at) }
    });
    found
}

fn complaint(source: SourceId, text: &str, at: usize) -> Diagnostic {
    let start = text[..at].trim_end_matches(is_of_word).len();
    let length = text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
    let end = start + text[start..at + length].trim_end_matches([';', '{', '}', '\\']).len();
    let (word, sign) = (&text[start..end], &text[at..at + 2]);
    let quoted = match word.contains('"') {
        true => "write all of it in quotes".to_owned(),
        false => format!("write it in quotes: `\"{word}\"`"),
    };
    Diagnostic::error("syntax", format!("`{sign}` begins a comment, also within a word"))
        .at(Span::new(source, start, end.max(at + 2)), format!("only `{}` would be read", &text[start..at]))
        .help(format!("{quoted}; or put a blank before the `{sign}` if it is a comment"))
}

/// Whether a character belongs to a word that stands without quotes.
fn is_of_word(c: char) -> bool {
    !c.is_whitespace() && !"{}()[]=;\"#\\/\u{feff}".contains(c)
}

#[cfg(test)]
mod tests {
    use super::within_words;
    use crate::source::Sources;

    fn marked(text: &str) -> Vec<&str> {
        let source = Sources::default().add("x.kdl", text);
        let found = within_words(source, text);
        found
            .iter()
            .map(|one| &text[one.labels[0].span.start as usize..one.labels[0].span.end as usize])
            .collect()
    }

    #[test]
    fn a_word_is_cut_by_no_comment() {
        assert_eq!(
            marked("a https://$host$request_uri;\nURL http://x:1/y"),
            ["https://$host$request_uri", "http://x:1/y"]
        );
        assert_eq!(marked("a {\n b 가://x\n}"), ["가://x"]);
        assert_eq!(marked("Accept */*\nb"), ["*/*"]);
        assert_eq!(marked("job/* { every"), ["job/*"]);
        assert_eq!(marked("a b//"), ["b//"]);
        assert_eq!(marked(&"a x://y\n".repeat(100)).len(), 20);
    }

    #[test]
    fn a_comment_is_one() {
        for text in [
            "// a://b\na // c\n/* d://e */ f /* g */\t// h",
            "a \"https://x\" #\"http://\"y\"# \"b\"//c",
            "a {//b\n}//c\n(d)e;//f\n\"k\"=\"v\"//g\n\u{3000}//h",
            "a \\//b\n c",
        ] {
            assert!(marked(text).is_empty(), "{text}");
        }
    }
}
