//! An expression of PromQL, for what the measures of the language cannot say.
//!
//! It refuses what would act beyond its place: open brackets and strings, comments, line breaks. Whether the functions
//! in it exist is for Prometheus' own tool to say.

use super::{Value, character};
use std::sync::Arc;

/// An expression. `$self` in it stands for the labels of the service or host that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Promql(Arc<str>);

checked_text!(Promql);

const LONGEST: usize = 4_000;

impl Promql {
    /// The expression, about what the matcher `subject` selects.
    pub fn about(&self, subject: &str) -> String {
        self.0.replace("$self", subject)
    }
}

impl Value for Promql {
    const WHAT: &'static str = "an expression of PromQL";
    const EXAMPLES: &'static [&'static str] =
        &["sum(queue_length{$self})", "time() - last_import_timestamp_seconds{$self}"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| !c.is_control() && !character::is_invisible(c)) {
            return Err(format!("an expression of PromQL cannot hold {wrong}"));
        }
        if text.len() > LONGEST {
            return Err(format!("an expression of PromQL has at most {LONGEST} characters"));
        }
        let mut open = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '(' => open.push(')'),
                '[' => open.push(']'),
                '{' => open.push('}'),
                ')' | ']' | '}' if open.pop() != Some(c) => {
                    return Err(format!(
                        "an expression of PromQL opens what it closes: this `{c}` closes nothing"
                    ));
                }
                '#' => return Err("an expression of PromQL cannot hold a comment".into()),
                '"' | '\'' | '`' => skip_string(c, &mut chars)?,
                _ => {}
            }
        }
        if let Some(missing) = open.pop() {
            return Err(format!("an expression of PromQL closes what it opens: a `{missing}` is missing"));
        }
        if text.trim().is_empty() {
            return Err("an expression of PromQL cannot be empty".into());
        }
        Ok(Promql(text.into()))
    }
}

fn skip_string(quote: char, chars: &mut std::str::Chars) -> Result<(), String> {
    while let Some(c) = chars.next() {
        if c == quote {
            return Ok(());
        }
        if c == '\\' && quote != '`' {
            chars.next();
        }
    }
    Err("an expression of PromQL closes its strings: a quote is missing".into())
}

#[cfg(test)]
mod tests {
    use super::{Promql, Value};

    #[test]
    fn accepts_expressions() {
        for text in ["1", "a{b=\"}\\\"\"} > 5", "sum by (le) (rate(a{$self}[5m]))", "a{b='#'}", "a{b=`\\`}"] {
            assert_eq!(Promql::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Promql::parse("a{$self}").unwrap().about("host=\"x\""), "a{host=\"x\"}");
    }

    #[test]
    fn refuses_what_leaves_its_place() {
        for (text, reason) in [
            ("", "empty"),
            ("a) or (b", "closes nothing"),
            ("(a", "`)` is missing"),
            ("(a]", "closes nothing"),
            ("a # b", "comment"),
            ("a{b=\"c}", "a quote is missing"),
            ("a\nb", "line break"),
        ] {
            let found = Promql::parse(text);
            assert!(found.clone().unwrap_err().contains(reason), "{text:?}: {found:?}");
        }
    }
}
