//! How a string or a number is written: bare where every reader takes it for what it is, else quoted.
//!
//! "Every reader" is go-yaml 2 and 3 (compose, Prometheus, Alertmanager, Grafana), PyYAML and libyaml (YAML 1.1), and
//! readers of YAML 1.2. It refuses styles that fold lines.

use std::fmt::Write as _;

/// Writes a string as a value.
pub fn string(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else if reads_better_in_single_quotes(text) {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    } else {
        double_quoted(out, text);
    }
}

/// Writes a string as a key.
pub fn key(out: &mut String, text: &str) {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" _-./$".contains(&b);
    if text.bytes().all(plain) && is_plain(text) {
        out.push_str(text);
    } else {
        double_quoted(out, text);
    }
}

/// Writes a number that is given as text. What no number of YAML is comes out as the string that it is.
pub fn number(out: &mut String, text: &str) {
    match text {
        "inf" => return out.push_str(".inf"),
        "-inf" => return out.push_str("-.inf"),
        "NaN" => return out.push_str(".nan"),
        _ => {}
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let (sign, magnitude) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = magnitude.split_once('.').map_or((magnitude, None), |(w, f)| (w, Some(f)));
    // A zero in front would make it octal for some.
    let unambiguous =
        digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits);
    match exponent {
        None if unambiguous => out.push_str(text),
        Some(exponent) if unambiguous && digits(exponent.trim_start_matches(['+', '-'])) => {
            // YAML 1.1 knows an exponent only behind a fraction and with its sign.
            let signed = if exponent.starts_with(['+', '-']) { "" } else { "+" };
            let _ = write!(out, "{sign}{whole}.{}e{signed}{exponent}", fraction.unwrap_or("0"));
        }
        _ => string(out, text),
    }
}

/// Whether a text of several lines is exact as a literal block: none of its lines begins or ends with a blank that a
/// reader would take for indentation or a person would not see, and it ends in one newline or none.
pub fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && !text.split('\n').any(|line| line.ends_with([' ', '\t']) || line.starts_with('\t'))
        && !text.chars().any(|c| c != '\n' && c != '\t' && needs_escape(c))
}

/// Whether every reader takes the bare text, behind a key or a dash, for this very string.
fn is_plain(text: &str) -> bool {
    if is_measure(text) {
        return true;
    }
    // A flag or a path: no list item, number or end of a document begins so.
    let text = ["--", "./", "-"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    // A digit, sign or dot may begin a number, a date or a time in base 60; most other signs have a meaning in front.
    let begins = text.starts_with(|c: char| is_letter(c) || matches!(c, '/' | '_' | '$' | '('));
    begins && !text.ends_with([':', ' ']) && all_plain(text) && !is_word(text)
}

/// Whether no character means anything inside of a plain text in block style. Brackets and quotes do not there, and
/// this writer never puts such a text into a flow.
fn all_plain(text: &str) -> bool {
    let mut before = 0;
    let ascii = text.bytes().all(|byte| {
        let pair = (before, byte);
        before = byte;
        !matches!(pair, (b':' | b' ', b' ') | (b' ', b'#') | (_, 0..b' ' | 0x7f))
    });
    ascii && (text.is_ascii() || text.chars().all(|c| c.is_ascii() || is_letter(c) || c.is_numeric()))
}

/// Whether it is a letter. Of Hangul it is known without a search in the tables of Unicode, which every text in
/// Korean would pay for.
fn is_letter(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '가'..='힣') || (!c.is_ascii() && c.is_alphabetic())
}

/// Words that some reader takes for a boolean or for nothing.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

fn is_word(text: &str) -> bool {
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether it is digits and a unit, such as `10s` or `256mb`: no reader takes that for a number.
fn is_measure(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - unit.len();
    (1..=15).contains(&digits)
        && ["ms", "s", "m", "h", "d", "w", "k", "g", "kb", "mb", "gb", "kB", "MB", "GB"].contains(&unit)
}

fn reads_better_in_single_quotes(text: &str) -> bool {
    let escapes = text.bytes().filter(|b| matches!(b, b'"' | b'\\')).count();
    escapes > text.bytes().filter(|b| *b == b'\'').count() && !text.chars().any(needs_escape)
}

/// Whether a character must not stand as itself: readers refuse it, break the line at it, or people do not see it.
pub fn needs_escape(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Writes a string in double quotes, which can hold any.
pub fn double_quoted(out: &mut String, text: &str) {
    let acts = |c: char| c == '"' || c == '\\' || needs_escape(c);
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(acts) {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        let Some(c) = behind.chars().next() else { break };
        rest = &behind[c.len_utf8()..];
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push_str(rest);
    out.push('"');
}
