//! What fits into a comment on a pull request, and into the hands that take it there.

use std::fmt::Write as _;

/// Longest comment: GitHub refuses one of more than 65,536 characters. The rest is for what a workflow puts around it.
const LONGEST: usize = 64_000;

/// How much of that a text takes. A workflow hands it on in an environment variable, of which Linux allows 128 KiB: so no
/// character has more than two bytes for each that it counts.
fn length(text: &str) -> usize {
    text.chars().map(|c| c.len_utf8().div_ceil(2)).sum()
}

/// Pages with their differences as one comment. What does not fit is left out and counted: first differences, then lines.
pub fn fitted(parts: &[(String, Vec<String>)]) -> String {
    let mut left = LONGEST.saturating_sub(parts.iter().map(|(page, _)| length(page) + 200).sum());
    let mut out = String::new();
    for (index, (page, differences)) in parts.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(page);
        let mut omitted = 0;
        for difference in differences {
            match left.checked_sub(length(difference)) {
                Some(rest) if omitted == 0 => {
                    out.push_str(difference);
                    left = rest;
                }
                _ => omitted += 1,
            }
        }
        if omitted > 0 {
            let what = if omitted == 1 { "difference does" } else { "differences do" };
            let _ = writeln!(
                out,
                "\n{omitted} more {what} not fit into a comment: `ondol plan --diff` shows all."
            );
        }
    }
    if length(&out) > LONGEST {
        let mut room = LONGEST;
        let fits = |line: &&str| {
            let rest = room.checked_sub(length(line));
            room = rest.unwrap_or(0);
            rest.is_some()
        };
        let short: String = out.split_inclusive('\n').take_while(fits).collect();
        let more = out.lines().count() - short.lines().count();
        return format!("{short}\n{more} more lines do not fit into a comment: `ondol plan` shows all.\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a comment may have and an environment variable may, whatever the texts are written in.
    fn fits(text: &str) {
        assert!(text.chars().count() < 65_000, "{} characters", text.chars().count());
        assert!(text.len() < 130_000, "{} bytes", text.len());
    }

    #[test]
    fn differences_are_left_out_before_lines_are() {
        for line in ["+ line\n", "+ 한 줄\n", "+ 🔥🔥🔥\n"] {
            let differences = vec![line.repeat(3000); 9];
            let text =
                fitted(&[("### one\n".into(), differences.clone()), ("### two\n".into(), differences)]);
            fits(&text);
            assert!(text.starts_with(&format!("### one\n{line}")));
            assert!(text.contains("more differences do not fit") && text.contains("\n### two\n"), "{text}");
        }
    }

    #[test]
    fn lines_that_do_not_fit_are_counted() {
        for line in ["| a row of a table |\n", "| 표의 한 줄 |\n", "| 🔥 |\n"] {
            let text = fitted(&[(line.repeat(20_000), vec!["a difference\n".into()])]);
            fits(&text);
            let shown = text.lines().filter(|shown| line.starts_with(shown) && !shown.is_empty()).count();
            let left = 20_000 - shown + "\n1 more difference".lines().count();
            assert!(text.ends_with(&format!(
                "\n{left} more lines do not fit into a comment: `ondol plan` shows all.\n"
            )));
        }
    }

    #[test]
    fn what_is_short_is_all_there() {
        assert_eq!(
            fitted(&[("one\n".into(), vec!["two\n".into()]), ("three\n".into(), vec![])]),
            "one\ntwo\n\nthree\n"
        );
    }
}
