//! Markdown, as GitHub and CommonMark read it.

use super::line;

/// Text that Markdown shows as it is, line by line. Blanks around lines, which Markdown does not show but acts on, are
/// left out.
pub fn markdown(text: &str) -> String {
    text.split('\n').map(|one| escaped(line(one).trim())).collect::<Vec<_>>().join("\n")
}

/// Text as a cell of a table, or wherever it has to stay on its line.
pub fn markdown_cell(text: &str) -> String {
    escaped(line(text).trim())
}

/// Text as a code span on one line; nothing when there is no text.
pub fn markdown_code(text: &str) -> String {
    let text = line(text);
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let strips = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let pad = if text.starts_with('`') || text.ends_with('`') || strips { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Text as a code span in a cell of a table, where a `|` ends the cell even inside of code.
pub fn markdown_code_cell(text: &str) -> String {
    if text.contains("\\|") {
        // Readers differ in what a backslash before an escaped `|` means.
        return format!("<code>{}</code>", markdown_cell(text).replace("\\|", "&#124;"));
    }
    markdown_code(text).replace('|', "\\|")
}

/// One line with everything escaped that would act.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let marker = marker(text);
    let heading_end = text.trim_end_matches('#').len();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text[at + c.len_utf8()..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '<' => out.push_str("&lt;"),
            '&' if is_word(after) || after == Some('#') => out.push_str("&amp;"),
            // The end of a comment of HTML, in which the text may stand.
            '>' if matches!(before, Some('-' | '!')) => out.push_str("&gt;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            '_' if !(is_word(before) && is_word(after)) => out.push_str("\\_"),
            '>' if at == 0 => out.push_str("\\>"),
            _ if marker == Some(at) => out.extend(['\\', c]),
            '#' if at >= heading_end => out.push_str("\\#"),
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Where the sign stands that would make the line a list item, a heading, or the underline of one.
fn marker(text: &str) -> Option<usize> {
    let ends = |at: usize| text[at..].is_empty() || text[at..].starts_with(' ');
    let number = text.bytes().take_while(u8::is_ascii_digit).count();
    let at = if number > 0 && text[number..].starts_with(['.', ')']) { number } else { 0 };
    let sign = text[at..].chars().next()?;
    let acts = match sign {
        '.' | ')' => number > 0 && ends(at + 1),
        '-' | '+' | '=' => ends(1) || text.chars().all(|c| c == sign || c == ' '),
        '#' => ends(text.len() - text.trim_start_matches('#').len()),
        _ => false,
    };
    acts.then_some(at)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::{line, markdown, markdown_cell, markdown_code, markdown_code_cell};
    use crate::emit::hostile;

    /// What a reader shows, and every construct that it saw.
    fn shown(source: &str) -> (String, Vec<String>) {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        let (mut text, mut seen) = (String::new(), Vec::new());
        for event in Parser::new_ext(source, options) {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::Code(part) => text.push_str(&format!("‹{part}›")),
                Event::SoftBreak => text.push('\n'),
                Event::End(_) | Event::Start(Tag::Paragraph) => {}
                other => seen.push(format!("{other:?}")),
            }
        }
        (text, seen)
    }

    #[test]
    fn text_shows_as_it_is() {
        for text in hostile::texts() {
            let written = markdown(&text);
            let (shown, seen) = shown(&written);
            let expected: Vec<String> = text.split('\n').map(|one| line(one).trim().to_owned()).collect();
            let expected: Vec<&str> =
                expected.iter().map(String::as_str).filter(|one| !one.is_empty()).collect();
            assert_eq!(shown.replace('\n', ""), expected.concat(), "{written:?}");
            assert!(seen.is_empty(), "{seen:?} in {written:?}");
        }
    }

    #[test]
    fn text_stays_in_its_heading_item_and_comment() {
        for text in hostile::texts() {
            let cell = markdown_cell(&text);
            assert!(!cell.contains("-->") && !cell.contains("--!>"), "{cell:?}");
            let (shown, seen) = shown(&format!("<!-- {cell} -->\n\n# {cell}\n\n- {cell}\n"));
            assert_eq!(shown, line(&text).trim().repeat(2), "{cell:?}");
            let kinds = seen.iter().filter(|one| {
                ["Html(", "Start(HtmlBlock)", "Start(Heading", "Start(List", "Start(Item)"]
                    .iter()
                    .any(|kind| one.starts_with(kind))
            });
            assert_eq!(kinds.count(), seen.len(), "{seen:?} in {cell:?}");
        }
    }

    #[test]
    fn text_stays_in_its_cell() {
        for text in hostile::texts() {
            let table = format!(
                "| a | b | c |\n| --- | --- | --- |\n| {} | {} | end |\n",
                markdown_cell(&text),
                markdown_code_cell(&text)
            );
            let (shown, seen) = shown(&table);
            let (plain, code) = (line(&text).trim().to_owned(), line(&text));
            let html = code.contains("\\|");
            let code = match code.as_str() {
                "" => String::new(),
                _ if html => plain.clone(),
                code => format!("‹{code}›"),
            };
            assert_eq!(shown, format!("abc{plain}{code}end"), "{table}");
            let inline = seen.iter().filter(|one| one.starts_with("InlineHtml")).count();
            assert_eq!(inline, if html { 2 } else { 0 }, "{seen:?} in {table}");
            assert_eq!(seen.iter().filter(|one| one.contains("TableCell")).count(), 6, "{table}");
        }
    }

    #[test]
    fn code_is_exactly_the_text() {
        for text in hostile::texts().iter().filter(|text| !text.is_empty()) {
            let (shown, seen) = shown(&format!("x {} y", markdown_code(text)));
            assert_eq!(shown, format!("x ‹{}› y", line(text)));
            assert!(seen.is_empty(), "{seen:?}");
        }
    }

    #[test]
    fn nothing_is_escaped_without_need() {
        for text in [
            "redis_connected_clients > 100",
            "R & D: 1.5 (p95), a-b + c = d",
            "10:30 https://a.b/c_d?e=f&g=h",
            "10.0.0.1 -1 +2",
            "#alerts",
            "-a",
            "=b",
            "3.5",
            "회의 #1 시작!",
        ] {
            let written = markdown(text);
            assert_eq!(written.replace("&amp;", "&"), text);
        }
        assert_eq!(markdown("# <b>*x*|`"), "\\# &lt;b>\\*x\\*\\|\\`");
        assert_eq!(markdown("1. a\n2) b"), "1\\. a\n2\\) b");
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_code_cell("ps | grep a"), "`ps \\| grep a`");
    }
}
