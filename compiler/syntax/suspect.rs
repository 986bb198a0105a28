//! How far a text can be given to the parser.
//!
//! The `kdl` crate goes on behind every mistake, and each costs it stack and time that grow with all that stood before: a
//! few kilobytes of nothing but mistakes would end the process or hang it. So what looks like a mistake is counted first, in
//! one pass, and a text with many of them is read no further than they reach. Nothing is refused here: what only looks like
//! a mistake costs a second look.

use std::ops::ControlFlow;

use super::parse::{Mark, after_comment, after_string, outline};

/// So many suspicious places are given to the parser at first.
pub(super) const FEW: usize = 16;

/// The offset behind the `few`-th suspicious place, or behind the first brace that closes nothing; none when there are
/// fewer.
pub(super) fn reach(text: &str, few: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut found) = (0, 0usize, 0);
    // What stood before: the last sign or word, and whether blanks are between.
    let (mut last, mut apart) = (b'\n', true);
    // Whether the last word is the value of a property, which is no name of another one.
    let mut value = false;
    while at < bytes.len() {
        let byte = bytes[at];
        let mut next = at + 1;
        let mut suspicious;
        match byte {
            b' ' | b'\t' | b'\r' => {
                (apart, at) = (true, next);
                continue;
            }
            b'/' if bytes[at..].starts_with(b"//") => {
                at += bytes[at..].iter().take_while(|byte| **byte != b'\n').count();
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                (apart, at) = (true, after_comment(bytes, at).unwrap_or(bytes.len()));
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/-") => {
                next = at + 2;
                suspicious = last == b'/';
            }
            b'{' => {
                depth += 1;
                suspicious = b"\n{};=(".contains(&last);
            }
            b'}' => {
                if depth == 0 {
                    return Some(next);
                }
                depth -= 1;
                suspicious = b"=(/".contains(&last);
            }
            b';' => suspicious = b"\n;{=(/".contains(&last),
            b'\n' => suspicious = b"=(".contains(&last),
            b'=' => suspicious = last != b'w' || value,
            b'(' => suspicious = b")(".contains(&last),
            b')' => suspicious = last != b'w',
            b'\\' => suspicious = !rest_of_line_is_empty(&bytes[next..]),
            b'"' | b'#' => {
                let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
                suspicious = last == b'w' && !apart;
                if bytes.get(at + hashes) == Some(&b'"') {
                    next = after_string(bytes, at + hashes, hashes);
                } else {
                    next = word_end(bytes, at + hashes);
                    suspicious |= hashes != 1
                        || !["true", "false", "null", "inf", "-inf", "nan"].contains(&&text[at + 1..next]);
                }
            }
            _ => {
                next = word_end(bytes, at).max(next);
                while !text.is_char_boundary(next) {
                    next += 1;
                }
                suspicious = !is_word(&text[at..next]) || last == b'w' && !apart;
            }
        }
        value = last == b'=' || value && !apart && last == b'w' && byte != b'=';
        found += usize::from(suspicious);
        if found >= few {
            return Some(next);
        }
        last = match byte {
            b'\n' if last == b'/' => b'/',
            b'\\' => b'\\',
            b'{' | b'}' | b';' | b'\n' | b'=' | b'(' | b')' => byte,
            b'/' if next == at + 2 => b'/',
            _ => b'w',
        };
        (apart, at) = (false, next);
    }
    None
}

/// Where the word ends that goes on at `at`.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..].iter().take_while(|byte| !b" \t\r\n{}()=;\"#\\/".contains(byte)).count();
    at + length
}

fn rest_of_line_is_empty(bytes: &[u8]) -> bool {
    let rest: Vec<u8> = bytes
        .iter()
        .copied()
        .take_while(|byte| *byte != b'\n')
        .skip_while(|byte| byte.is_ascii_whitespace())
        .take(2)
        .collect();
    rest.is_empty() || rest.starts_with(b"//") || rest.starts_with(b"/*")
}

/// Whether it may stand without quotes: a number, or a name that is no keyword.
fn is_word(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit(unsigned.strip_prefix('.').unwrap_or(unsigned)) {
        let plain = unsigned.bytes().all(|byte| byte.is_ascii_digit() || b"._eE+-".contains(&byte));
        let radix = ["0x", "0o", "0b"].iter().any(|radix| unsigned.starts_with(radix));
        return starts_with_digit(unsigned)
            && (radix || plain)
            && !unsigned.contains("._")
            && !unsigned.ends_with(['.', 'e', 'E', '+', '-']);
    }
    !["true", "false", "null", "inf", "-inf", "nan"].contains(&word)
        && word.chars().all(|c| !c.is_control() && !"[],/".contains(c))
}

/// The offset of a sign that comments out what comes next, where nothing but another such sign comes next: the parser would
/// try every way to read a row of them.
pub(super) fn chained(text: &str) -> Option<usize> {
    let mut before: Option<usize> = None;
    let walked = outline(text, |at, mark| {
        let Mark::Out = mark else { return ControlFlow::Continue(()) };
        match before.replace(at) {
            Some(before) if nothing(&text[before + 2..at]) => ControlFlow::Break(at),
            _ => ControlFlow::Continue(()),
        }
    });
    walked.break_value()
}

/// Whether only blanks, comments and continued lines stand there.
fn nothing(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => {
                at += bytes[at..].iter().take_while(|byte| **byte != b'\n').count();
            }
            b'/' if bytes[at..].starts_with(b"/*") => at = after_comment(bytes, at).unwrap_or(bytes.len()),
            b'\\' => at += 1,
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_text_is_read_as_a_whole() {
        let text = "a \"x\" b=1 (c)d=#true { e; f 1.5 -2 0x1f; /- g {\n}\n /-h\n}; i \\ // j\n k #\"l\"# /- m /-{\n}\n/-\nn\n";
        assert_eq!(reach(text, 1), None);
        assert_eq!(chained(text), None);
    }

    #[test]
    fn mistakes_bound_what_is_read() {
        for mistake in
            ["{}\n", "a{}{}", "a=\n", "= ", "(a)", "; ", "a true\n", "1. ", "[ ", "\"a\"\"b\" ", "#b "]
        {
            let text = format!("system \"x\" {{\n{}", mistake.repeat(1000));
            assert!(reach(&text, FEW).is_some_and(|end| end < 40 * mistake.len()), "{mistake:?}");
        }
        assert_eq!(reach("a {\n}\n}\nb", 1000), Some(7));
        assert_eq!(chained("a /- /* b */ \\ // c\n /-d"), Some(21));
    }
}
