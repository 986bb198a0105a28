//! Blocks of code: each command can be copied by itself, since a block may well show status and restart in a row.

use crate::emit::quote::html;

/// A block of code as HTML.
pub fn block(code: &str) -> String {
    let code = code.trim_end_matches('\n');
    let mut out = String::from("<pre><code>");
    if code.lines().all(stands_alone) {
        code.lines().for_each(|line| row(&mut out, line));
    } else {
        out.push_str(&format!("<span class=\"row\"><span class=\"command\">{}</span></span>", html(code)));
    }
    out + "</code></pre>\n"
}

/// Whether a line is a command of its own: it neither goes on with the one before nor into the next.
fn stands_alone(line: &str) -> bool {
    let (line, _) = parts(line);
    let first = line.split_whitespace().next().unwrap_or_default();
    let last = line.split_whitespace().next_back().unwrap_or_default();
    let closing =
        matches!(first, "fi" | "done" | "esac" | "else" | "elif" | "then" | "do") || first.starts_with('}');
    let opening =
        matches!(last, "|" | "||" | "&&" | "then" | "do" | "{" | "(" | "else") || last.ends_with('\\');
    !line.starts_with([' ', '\t']) && !closing && !opening && !line.contains("<<") && is_closed(line)
}

/// Whether no quote is open at the end, as far as can be told without reading it as a shell does.
fn is_closed(text: &str) -> bool {
    ['"', '\'', '`'].iter().all(|quote| text.matches(*quote).count() % 2 == 0) && !text.contains('\\')
}

/// A line with its command, and the comment behind it.
fn row(out: &mut String, line: &str) {
    let (command, note) = parts(line);
    out.push_str("<span class=\"row\">");
    if !command.is_empty() {
        out.push_str(&format!("<span class=\"command\">{}</span>", html(command)));
    }
    if !note.is_empty() {
        out.push_str(&format!("<span class=\"note\">{}</span>", html(note)));
    }
    out.push_str("</span>");
}

/// The command and the comment behind it, which must not begin within quotes.
fn parts(line: &str) -> (&str, &str) {
    let at = if line.starts_with('#') { Some(0) } else { line.find(" # ") };
    match at {
        Some(at) if is_closed(&line[..at]) => line.split_at(line[..at].trim_end().len()),
        _ => (line, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::{block, parts};

    #[test]
    fn commands_stand_alone() {
        let seen = block("docker compose ps\n# look first\ndocker compose restart      # everything\n");
        assert_eq!(seen.matches("class=\"row\"").count(), 3);
        assert!(seen.contains("<span class=\"command\">docker compose restart</span><span class=\"note\">      # everything</span>"));
        assert!(seen.contains("<span class=\"note\"># look first</span>"));
    }

    #[test]
    fn what_belongs_together_is_copied_together() {
        for code in [
            "for x in 1 2; do\n  echo $x\ndone",
            "cat <<'END'\na\nEND",
            "a |\nb",
            "a \\\n  b",
            "echo 'a\nb'",
            "f() {\nx\n}",
            "printf 'a # b\nc'",
        ] {
            assert_eq!(block(code).matches("class=\"command\"").count(), 1, "{code}");
        }
    }

    #[test]
    fn a_comment_does_not_begin_within_quotes() {
        assert_eq!(parts("grep ' # ' x"), ("grep ' # ' x", ""));
        assert_eq!(parts("ls  # all"), ("ls", "  # all"));
        assert_eq!(parts("\"${EDITOR:-vi}\" .env # it's"), ("\"${EDITOR:-vi}\" .env", " # it's"));
        assert_eq!(parts("curl https://a/#b"), ("curl https://a/#b", ""));
        assert!(!block("echo \"<b>\" & x").contains("<b>"));
    }
}
