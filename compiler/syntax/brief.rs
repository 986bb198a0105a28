//! What of a source the parser is shown: one letter stands for a word and for a text in quotes, comments and indentation
//! are left out.
//!
//! The `kdl` crate takes thousands of instructions for each character, and what a plain word says is nothing that it
//! could tell us: the word stands in the source. So it finds out what is a node, an argument, a property or a block,
//! for which a word is as good as a text in quotes; and what they say is looked up where they stand. What may mean
//! something else than it shows (an escape, a raw text, one of several lines, a number, a keyword) is shown in full.

use std::{
    borrow::Cow,
    ops::{ControlFlow, Range},
};

use super::parse::{Mark, outline};
use crate::source::{SourceId, Span};

/// What stands for a word.
const LETTER: &str = "x";

/// A text for the parser, and where in its source it stands.
pub(super) struct Brief<'a> {
    source: SourceId,
    all: &'a str,
    text: Cow<'a, str>,
    /// What stands at this offset of the text or behind it stands so many bytes further back in the source. Sorted.
    shifts: Vec<(usize, usize)>,
}

impl<'a> Brief<'a> {
    /// The source as it is.
    pub fn whole(source: SourceId, all: &'a str) -> Brief<'a> {
        Brief { source, all, text: all.into(), shifts: Vec::new() }
    }

    /// The source in brief.
    pub fn new(source: SourceId, all: &'a str) -> Brief<'a> {
        let mut short =
            Shortened { all, text: String::with_capacity(all.len() / 2), shifts: Vec::new(), done: 0 };
        let mut bare = 0;
        let _ = outline(all, |at, mark| {
            match mark {
                Mark::Text(end) => {
                    short.words(bare..at);
                    short.quoted(at..end);
                    bare = end;
                }
                Mark::Comment(length) => {
                    short.words(bare..at);
                    short.comment(at..at + length);
                    bare = at + length;
                }
                Mark::Block | Mark::Open | Mark::Close | Mark::Out => {}
            }
            ControlFlow::Continue(())
        });
        short.words(bare..all.len());
        short.up_to(all.len());
        Brief { source, all, text: short.text.into(), shifts: short.shifts }
    }

    /// What the parser reads.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A piece of it.
    pub fn piece(&self, range: Range<usize>) -> Brief<'a> {
        let mut piece = Brief { text: String::new().into(), shifts: Vec::new(), ..*self };
        piece.append(self, range);
        piece
    }

    /// All but what stands within.
    pub fn without(&self, within: Range<usize>) -> Brief<'a> {
        let mut rest = self.piece(0..within.start);
        rest.append(self, within.end..self.text.len());
        rest
    }

    fn append(&mut self, from: &Brief<'a>, range: Range<usize>) {
        let here = self.text.len();
        let text = self.text.to_mut();
        text.push_str(&from.text[range.clone()]);
        self.shifts.push((here, from.shift(range.start) + range.start - here));
        let first = from.shifts.partition_point(|(at, _)| *at <= range.start);
        let within = from.shifts[first..].iter().take_while(|(at, _)| *at <= range.end);
        self.shifts.extend(within.map(|(at, by)| (at - range.start + here, by + range.start - here)));
    }

    fn shift(&self, at: usize) -> usize {
        let behind = self.shifts.partition_point(|(from, _)| *from <= at);
        behind.checked_sub(1).map_or(0, |last| self.shifts[last].1)
    }

    /// Where in the source an offset of the text lies.
    pub fn place(&self, at: usize) -> usize {
        at + self.shift(at)
    }

    /// The place in the source of what is so long in the text.
    pub fn span(&self, start: usize, length: usize) -> Span {
        Span::new(self.source, self.place(start), self.place(start + length))
    }

    /// What stands in the source from one of its offsets to another.
    pub fn between(&self, from: usize, to: usize) -> &'a str {
        &self.all[from..to]
    }

    /// The word or text that stands there, where the parser was shown a letter for it.
    pub fn said(&self, start: usize, length: usize) -> Option<&'a str> {
        let (from, to) = (self.place(start), self.place(start + length));
        let said = (to - from > length).then(|| &self.all[from..to])?;
        Some(said.strip_prefix('"').and_then(|said| said.strip_suffix('"')).unwrap_or(said))
    }
}

/// A source that is being shortened.
struct Shortened<'a> {
    all: &'a str,
    text: String,
    shifts: Vec<(usize, usize)>,
    /// So far it is done.
    done: usize,
}

impl Shortened<'_> {
    /// Takes over everything up to there.
    fn up_to(&mut self, at: usize) {
        self.text.push_str(&self.all[self.done..at]);
        self.done = at;
    }

    /// Shows these words in place of what stands in the range.
    fn show(&mut self, words: &str, range: Range<usize>) {
        self.up_to(range.start);
        self.text.push_str(words);
        self.done = range.end;
        self.shifts.push((self.text.len(), self.done - self.text.len()));
    }

    /// A comment that ends with its line is beyond doubt when a blank or a new line stands before it, and nothing in it
    /// that KDL takes for the end of a line, too.
    fn comment(&mut self, range: Range<usize>) {
        let ends = ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
        if (range.start == 0 || self.all[..range.start].ends_with([' ', '\t', '\n']))
            && !self.all[range.clone()].contains(ends)
        {
            self.show("", range);
        }
    }

    fn quoted(&mut self, range: Range<usize>) {
        let text = self.all[range.clone()].strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        if text.is_some_and(|text| text.chars().all(means_itself)) && self.stands_apart(&range) {
            self.show(LETTER, range);
        }
    }

    /// Shortens what stands in a range without texts and comments.
    fn words(&mut self, range: Range<usize>) {
        let bytes = self.all.as_bytes();
        let mut at = range.start;
        while at < range.end {
            let length = bytes[at..range.end].iter().take_while(|byte| !parts(**byte)).count();
            let word = at..at + length;
            if length > 1 && is_word(&self.all[word.clone()]) && self.stands_apart(&word) {
                self.show(LETTER, word);
            }
            at += length;
            if bytes.get(at) == Some(&b'\n') {
                let blanks = bytes[at + 1..range.end].iter().take_while(|byte| b" \t".contains(byte)).count();
                self.show("", at + 1..at + 1 + blanks);
                at += blanks;
            }
            at += 1;
        }
    }

    /// Whether nothing touches a word that a letter in its place could be taken for a part of.
    fn stands_apart(&self, word: &Range<usize>) -> bool {
        let bytes = self.all.as_bytes();
        (word.start == 0 || b" \t\n{()=;".contains(&bytes[word.start - 1]))
            && bytes.get(word.end).is_none_or(|byte| b" \t\n\r{})=;".contains(byte))
    }
}

/// Whether a character in quotes is nothing but itself: no escape, no end of the text or the line, nothing that KDL
/// forbids.
fn means_itself(c: char) -> bool {
    match c {
        '"' | '\\' => false,
        ' '..='~' => true,
        '\u{2000}'..='\u{206f}' | '\u{feff}' => false,
        c => c >= '\u{a0}',
    }
}

/// Whether a byte ends a word.
fn parts(byte: u8) -> bool {
    byte <= b' ' || b"\"#(){}[]=;\\/".contains(&byte)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && !["true", "false", "null", "inf", "nan"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Diagnostics,
        source::Sources,
        syntax::parse::{parse, part, read},
    };

    fn brief(text: &str) -> String {
        Brief::new(Sources::default().add("x.kdl", ""), text).text().to_owned()
    }

    #[test]
    fn words_texts_comments_and_indentation_are_shortened() {
        let text =
            "service \"web\" kind=\"\" replicas=3 { // two\n    health \"/a b\"; from (secret)TOKEN\n}\n";
        assert_eq!(brief(text), "x x x=x x=3 { \nx x; x (x)x\n}\n");
        assert_eq!(brief("포트 \"웹 서버\"\n"), "포트 x\n");
    }

    #[test]
    fn what_may_mean_something_else_is_shown_in_full() {
        for text in [
            "a \"b\\n\" #true #null -inf 0x1f 1.50 .5 --flag x.y",
            "#\"raw text\"# \"\"\"\n several\n \"\"\"",
            "true",
            "ab\"cd\" \"e\"\"f\"",
            "\"a\u{200f}b\" \"a\u{7f}b\" \"a\tb\"",
            "a /-bc ab\\",
            "http://ab",
            "a // b\u{2028}",
        ] {
            assert_eq!(brief(text), text);
        }
    }

    /// Words, texts, comments and blanks of all sorts, side by side.
    const TEXTS: &[&str] = &[
        "// 가 {\naa \"// b\" 1 // c\n\\ // d\n/* // e \"x\" */ ff#\"\n // g\"#\nhi\n\t// j\n// l",
        "\"node name\" \"key name\"=\"value\" (\"some type\")(kind)\"b\"\n",
        "(type)node (unit)key=(\"b c\")\"d e\" key = value /-gone=\"more\" /* c */ name=\"last\"{\n child;other\n}",
        "a \"\\u{41}bc\" \"\" \"x\" yy \"\"\"\n  text\n  \"\"\" 0123 12.0 1e3\n",
        "가나 \"다라\"=\"마바\"\r\nend",
        "ab\"cd\"\nx true\n",
        "a \\\n\n b \\ // c\n   dd \"\"=\"\"\n",
    ];

    #[test]
    fn what_is_read_in_brief_is_read_in_full() {
        for text in TEXTS {
            let source = Sources::default().add("x.kdl", *text);
            let whole = parse(source, text, &mut Diagnostics::default());
            assert_eq!(part(&Brief::new(source, text)).unwrap_or_default(), whole, "{text}");
        }
    }

    #[test]
    fn what_is_no_kdl_is_none_in_brief() {
        let source = Sources::default().add("x.kdl", "");
        let mut refused = 0;
        for text in TEXTS {
            for (at, c) in text.char_indices() {
                let (before, behind) = (&text[..at], &text[at + c.len_utf8()..]);
                for other in ["", "\"", "\\", "#", "/", " ", "\n", "(", ")", "{", "=", "-", "0", "\u{feff}"] {
                    let text = [before, other, behind].concat();
                    let whole = read(source, &text).ok();
                    refused += usize::from(whole.is_none());
                    if let Some(nodes) = part(&Brief::new(source, &text)) {
                        assert_eq!(Some(nodes), whole, "{text}");
                    }
                }
            }
        }
        assert!(refused > 1000, "{refused}");
    }
}
