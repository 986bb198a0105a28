//! Text in the picture: how wide it may turn out, and short enough for a box.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text of one line that fits into a box.
#[derive(Debug)]
pub struct Text {
    /// What is shown.
    pub shown: String,
    /// All of it, when more is shown where the pointer rests.
    pub whole: Option<String>,
    /// The most that it takes, in pixels.
    pub width: f32,
}

/// Size of names, which are set in a font of equal widths.
pub const NAME: f32 = 13.0;
/// Size of the lines below.
pub const LINE: f32 = 11.0;

/// Columns of a name at most.
const NAME_COLUMNS: usize = 34;
/// Width of a line at most.
const LINE_WIDTH: f32 = 190.0;

impl Text {
    /// A name.
    pub fn name(text: &str) -> Text {
        let shown = if text.width() <= NAME_COLUMNS { text.to_owned() } else { middle(text) };
        // Fonts of equal widths take 0.6 of their size for a column, and Korean in another font less than two.
        let width = shown.width() as f32 * NAME * 0.62;
        Text { whole: (shown != text).then(|| text.to_owned()), shown, width }
    }

    /// A line.
    pub fn line(text: &str) -> Text {
        let (mut shown, mut width) = (String::new(), 0.0);
        for c in text.chars() {
            width += taken(c) * LINE;
            if width > LINE_WIDTH {
                shown.push('…');
                return Text { shown, whole: Some(text.to_owned()), width };
            }
            shown.push(c);
        }
        Text { shown, whole: None, width }
    }
}

/// The start and the end of a name that is too long, which differ where names are alike.
fn middle(text: &str) -> String {
    let (mut start, mut end, mut columns) = (0, text.len(), 1);
    let mut take = |c: char| {
        columns += c.width().unwrap_or(0);
        columns <= NAME_COLUMNS
    };
    while let Some(first) = text[start..end].chars().next() {
        if !take(first) {
            break;
        }
        start += first.len_utf8();
        match text[start..end].chars().next_back() {
            Some(last) if take(last) => end -= last.len_utf8(),
            _ => break,
        }
    }
    format!("{}…{}", &text[..start], &text[end..])
}

/// What a sign takes at most in the fonts that systems have, in parts of the size.
fn taken(c: char) -> f32 {
    match c {
        _ if c.width() == Some(2) => 1.0,
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | ';' | '(' | ')' | '/' | '-' | '\''
        | '|' => 0.45,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '→' | '←' | '×' => 1.0,
        'A'..='Z' => 0.76,
        _ if c.is_ascii() => 0.64,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{LINE_WIDTH, NAME_COLUMNS, Text};

    #[test]
    fn what_is_short_is_whole() {
        let name = Text::name("backend");
        assert_eq!((name.shown.as_str(), name.whole), ("backend", None));
        let line = Text::line("FastAPI 애플리케이션");
        assert_eq!((line.shown.as_str(), line.whole), ("FastAPI 애플리케이션", None));
    }

    #[test]
    fn what_is_long_is_cut_and_kept() {
        for text in ["a-service-with-a-name-that-is-longer-than-any-box-1", &"이름".repeat(30)] {
            let name = Text::name(text);
            assert!(name.shown.width() <= NAME_COLUMNS, "{}", name.shown);
            assert!(name.shown.chars().last() == text.chars().last());
            assert_eq!(name.whole.as_deref(), Some(text));
            let line = Text::line(&text.repeat(3));
            assert!(line.shown.ends_with('…') && line.width <= LINE_WIDTH + 24.0, "{line:?}");
        }
    }
}
