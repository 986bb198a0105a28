//! Text for people: one line, or several.
//!
//! It refuses what cannot be seen and what changes how the rest is read: control characters, and the marks that turn
//! the direction of text. Everything else, any script and any sign, is kept as it is; to quote it is the emitters' work.

use super::{Value, character};
use std::sync::Arc;

/// Text of one line; may be empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(Arc<str>);

checked_text!(Line);

/// Text of any number of lines; may be empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(Arc<str>);

checked_text!(Prose);

impl Line {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Prose {
    /// Its lines, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }
}

impl From<Line> for Prose {
    fn from(line: Line) -> Prose {
        Prose(line.0)
    }
}

impl Value for Line {
    const WHAT: &'static str = "a line of text";
    const EXAMPLES: &'static [&'static str] = &["any text on one line"];

    fn parse(text: &str) -> Result<Self, String> {
        match character::outside(text, is_plain) {
            None => Ok(Line(text.into())),
            Some(wrong) => Err(format!(
                "a line of text has no {}",
                wrong.trim_start_matches("a ").trim_start_matches("the ")
            )),
        }
    }
}

impl Value for Prose {
    const WHAT: &'static str = "a text";
    const EXAMPLES: &'static [&'static str] = &["any text, of several lines"];

    fn parse(text: &str) -> Result<Self, String> {
        match character::outside(text, |c| is_plain(c) || c == '\n' || c == '\t') {
            None => Ok(Prose(text.into())),
            Some(wrong) if text.contains('\r') && wrong == character::named('\r') => {
                Err("a text has no carriage return: end lines with a line feed only".into())
            }
            Some(wrong) => {
                Err(format!("a text has no {}", wrong.trim_start_matches("a ").trim_start_matches("the ")))
            }
        }
    }
}

/// Whether `c` can stand in a line and is what it looks like.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        && !character::is_bidi_control(c)
        && !character::is_noncharacter(c)
}

#[cfg(test)]
mod tests {
    use super::{Line, Prose, Value};

    #[test]
    fn keeps_whatever_can_be_seen() {
        for text in [
            "",
            "회의 도우미 👩‍💻",
            "a \"b\" 'c' `d` $e %f {{g}} #h: -i \\n",
            " leading and trailing ",
            "é\u{301}",
            "עברית",
        ] {
            assert_eq!(Line::parse(text).unwrap().as_str(), text);
            assert_eq!(Prose::parse(text).unwrap().as_str(), text);
        }
        let prose = Prose::parse("one\n\ttwo\n").unwrap();
        assert_eq!(prose.lines().collect::<Vec<_>>(), ["one", "\ttwo"]);
    }

    #[test]
    fn refuses_what_cannot() {
        for text in [
            "\0",
            "a\u{7}",
            "\u{1b}[31m",
            "\u{202e}abc",
            "\u{2066}",
            "\u{feff}a",
            "\u{85}",
            "\u{2028}",
            "\u{ffff}",
            "\r",
            "\u{7f}",
        ] {
            assert!(Line::parse(text).is_err(), "{text:?}");
            assert!(Prose::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Line::parse("a\nb").unwrap_err(), "a line of text has no line break");
        assert_eq!(Line::parse("a\tb").unwrap_err(), "a line of text has no tab");
        assert!(Prose::parse("a\r\nb").unwrap_err().contains("carriage return"));
    }
}
