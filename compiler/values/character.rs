//! How a single character is named in an error, so that no message carries one that cannot be seen.
//!
//! It refuses to decide which characters are right; each noun does that.

/// The first character of `text` that is not `allowed`, as messages name it.
pub(super) fn outside(text: &str, allowed: impl Fn(char) -> bool) -> Option<String> {
    text.chars().find(|c| !allowed(*c)).map(named)
}

/// `c` as messages name it: in backticks when it can be seen, in words when it cannot.
pub(super) fn named(c: char) -> String {
    match c {
        ' ' => "a space".into(),
        '\t' => "a tab".into(),
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break".into(),
        '\0' => "a NUL character".into(),
        '`' => "a backtick".into(),
        '"' => "a double quote".into(),
        '\'' => "a single quote".into(),
        c if c.is_control() || is_invisible(c) || c.is_whitespace() => {
            format!("the invisible character U+{:04X}", u32::from(c))
        }
        c => format!("`{c}`"),
    }
}

/// Whether `c` changes how its neighbours are shown without being seen itself: direction marks, joiners, fillers
/// and code points that are no characters.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || is_bidi_control(c)
        || is_noncharacter(c)
}

/// Whether `c` turns the direction of the text behind it, which can make a line read as another one.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether Unicode promises that `c` never becomes a character; YAML and XML refuse some of these.
pub(super) fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::{named, outside};

    #[test]
    fn names_what_cannot_be_seen() {
        assert_eq!(named(' '), "a space");
        assert_eq!(named('\0'), "a NUL character");
        assert_eq!(named('\u{7}'), "the invisible character U+0007");
        assert_eq!(named('\u{202e}'), "the invisible character U+202E");
        assert_eq!(named('\u{a0}'), "the invisible character U+00A0");
        assert_eq!(named('\u{1ffff}'), "the invisible character U+1FFFF");
    }

    #[test]
    fn shows_what_can_be_seen() {
        assert_eq!(named(';'), "`;`");
        assert_eq!(named('한'), "`한`");
        assert_eq!(outside("ab;c d", |c| c.is_ascii_lowercase()), Some("`;`".into()));
        assert_eq!(outside("abc", |c| c.is_ascii_lowercase()), None);
    }
}
