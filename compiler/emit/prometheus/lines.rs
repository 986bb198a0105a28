//! A long expression on several lines: broken before its operators, those that bind least first.

/// What fits on a line of a rule.
const WIDTH: usize = 110;

/// A factor of up to so many characters stays beside what it multiplies: `> 0.9 * sum(…)`.
const FACTOR: usize = 12;

/// Operators of PromQL from those that bind least to those that bind most.
const LEVELS: [&[&str]; 4] =
    [&["or"], &["and", "unless"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-", "*", "/", "%"]];

/// The expression, as it is written in a rule. What has lines already keeps them, and what may have a comment its line.
pub fn of(expr: &str) -> String {
    if expr.contains(['\n', '#']) {
        return expr.to_owned();
    }
    let text = broken(expr, &LEVELS);
    // As a block of YAML that needs no sign of how it ends.
    if text.contains('\n') { text + "\n" } else { text }
}

fn broken(expr: &str, levels: &[&[&str]]) -> String {
    let Some((level, tighter)) = levels.split_first().filter(|_| expr.len() > WIDTH) else {
        return expr.to_owned();
    };
    let mut parts: Vec<String> = Vec::new();
    let mut rest = 0;
    for at in operators(expr, level) {
        let part = expr[rest..at].trim_end();
        if part.len() > FACTOR {
            parts.push(broken(part, tighter));
            rest = at;
        }
    }
    parts.push(broken(&expr[rest..], tighter));
    parts.join("\n")
}

/// Where operators of the level stand outside of all brackets and quotes: each a word between blanks.
fn operators(expr: &str, level: &[&str]) -> Vec<usize> {
    let (mut depth, mut quote, mut escaped) = (0usize, None, false);
    let mut found = Vec::new();
    for (at, c) in expr.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote.is_some_and(|quote| quote != '`') => escaped = true,
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' | '`' => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 => {
                let word = expr[at + 1..].split(' ').next().unwrap_or_default();
                if level.contains(&word) {
                    found.push(at + 1);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn breaks_before_operators_and_nowhere_else() {
        let selector = "{job=\"a < b\",path=~\"/a or /b/\\\" and \"}";
        let (a, b) = (format!("sum(rate(requests_total{selector}[5m]))"), "x".repeat(80));
        let expr = format!("({a} or vector(0)) / {a} / {b} > 0.05");
        assert_eq!(of(&expr), format!("({a} or vector(0))\n/ {a}\n/ {b}\n> 0.05\n"));
        let expr = format!("{a} > 0.9 * {a} > 0");
        assert_eq!(of(&expr), format!("{a}\n> 0.9 * {a}\n> 0\n"));
        let long = format!("{a} + label_replace({a}, 'x', ' + ', `\\ + `, '')");
        assert_eq!(of(&long).trim_end().lines().count(), 2, "{long}");
        assert_eq!(of("up == 0"), "up == 0");
        assert_eq!(of(&a.repeat(3)), a.repeat(3), "there is no operator");
    }
}
