//! Text as one unit of each format that it reaches. Whatever the text holds, it arrives as it is or stays harmless.

/// One shell word that means exactly `text`: bare when nothing in it acts, else in single quotes.
pub fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('=') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// One token of an nginx configuration: bare when nothing in it acts, else in double quotes. `$` starts a variable
/// in either form; the types of values that reach nginx refuse it.
pub fn nginx(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,*~^".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text that stays on its line: line breaks and control characters become blanks.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

/// Text that Markdown shows as it is.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '#' | '-' | '+' | '=' if at_start => {
                out.push('\\');
                out.push(c);
            }
            '\n' => {
                out.push('\n');
                at_start = true;
                continue;
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        at_start = at_start && c == ' ';
    }
    out
}

/// Text as a cell of a Markdown table.
pub fn markdown_cell(text: &str) -> String {
    markdown(&line(text))
}

/// Text as a code span.
pub fn markdown_code(text: &str) -> String {
    let text = line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A command in a crontab line: `%` would be a newline there.
pub fn cron(command: &str) -> String {
    line(command).replace('%', "\\%")
}

/// A literal for compose, which would expand `$NAME`.
pub fn compose(text: &str) -> String {
    text.replace('$', "$$")
}

/// A literal as default in `${NAME:-…}` of compose, which looks for the closing brace without regard to quotes; none
/// when it could not find it.
pub fn compose_default(text: &str) -> Option<String> {
    (!text.contains(['{', '}'])).then(|| compose(text))
}

/// A value in an environment file as compose reads it: bare when nothing in it acts, else in single quotes, where only
/// a quote has to be escaped.
pub fn dotenv(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else if text.ends_with('\\') {
        // In single quotes the last backslash would take the closing quote for its own.
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
    } else {
        format!("'{}'", text.replace('\'', "\\'"))
    }
}

/// A literal for the Go templates in rules and Alertmanager's texts, which would act on `{{`.
pub fn go_template(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// A string literal of PromQL.
pub fn promql(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_reads_back_what_was_quoted() {
        for text in [
            "",
            "a",
            "a b",
            "it's",
            "$HOME `id` \"x\" \\ \n # ; & | > < * ? ~ !",
            "-n",
            "가나다 😀",
            "=x",
            "a=b",
        ] {
            let script = format!("printf %s {}", shell(text));
            let out = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
            assert_eq!(String::from_utf8_lossy(&out.stdout), text);
        }
    }

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(nginx("a;b\"c\n"), "\"a;b\\\"c\\n\"");
        assert_eq!(line("a\nb\u{2028}c\0"), "a b c ");
        assert_eq!(markdown("# <b>*x*|`"), "\\# &lt;b&gt;\\*x\\*\\|\\`");
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(cron("date +%F\nx"), "date +\\%F x");
        assert_eq!(compose("$A"), "$$A");
        assert_eq!(compose_default("$A"), Some("$$A".into()));
        assert_eq!(compose_default("a}b"), None);
        assert_eq!(dotenv("https://example.com:1/a"), "https://example.com:1/a");
        assert_eq!(dotenv("it's $5 # or \\n"), "'it\\'s $5 # or \\n'");
        assert_eq!(dotenv("a \"\\"), "\"a \\\"\\\\\"");
        assert_eq!(go_template("{{ x }}"), "{{ \"{{\" }} x }}");
    }
}
