//! A selector of PromQL: the series of one metric, chosen by their labels.
//!
//! It refuses functions and operators, and the labels that say whose series it is, which are put in by the compiler.

use std::{collections::BTreeMap, fmt};

use super::{MetricName, Pattern, Value, character};

/// A metric and the conditions on its labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    metric: MetricName,
    matchers: Vec<Matcher>,
}

/// Labels of one series, by name.
pub type Labels = BTreeMap<String, String>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Matcher {
    label: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Test {
    Equal(String),
    NotEqual(String),
    Matches(Pattern),
    NotMatches(Pattern),
}

/// Labels that say whose series it is.
const SUBJECT: [&str; 3] = ["service", "host", "__name__"];

impl Selector {
    /// The metric.
    pub fn metric(&self) -> &MetricName {
        &self.metric
    }

    /// As PromQL, the name with `suffix` behind it, and with the matcher `subject` behind its own.
    pub fn with(&self, suffix: &str, subject: &str) -> String {
        let own = self.matchers.iter().map(ToString::to_string);
        let all: Vec<String> = own.chain((!subject.is_empty()).then(|| subject.to_owned())).collect();
        if all.is_empty() {
            format!("{}{suffix}", self.metric)
        } else {
            format!("{}{suffix}{{{}}}", self.metric, all.join(","))
        }
    }

    /// Labels of a series that it selects; none when none was found.
    pub fn example(&self) -> Option<Labels> {
        let mut labels = Labels::new();
        for matcher in &self.matchers {
            if matcher.holds(&labels) {
                continue;
            }
            labels.insert(matcher.label.clone(), matcher.example()?);
        }
        self.selects(&labels).then_some(labels)
    }

    /// Whether it selects the series of its metric with these labels.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.holds(labels))
    }

    /// Labels of a series that `whole` selects and this does not; none when none was found.
    pub fn outside(&self, whole: &Selector) -> Option<Labels> {
        let common = whole.example()?;
        if self.metric != whole.metric || !self.selects(&common) {
            return Some(common);
        }
        self.matchers.iter().find_map(|matcher| {
            let mut labels = common.clone();
            labels.insert(matcher.label.clone(), matcher.counterexample()?);
            (whole.selects(&labels) && !self.selects(&labels)).then_some(labels)
        })
    }
}

impl Matcher {
    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        match &self.test {
            Test::Equal(wanted) => value == wanted,
            Test::NotEqual(other) => value != other,
            Test::Matches(pattern) => pattern.matches(value),
            Test::NotMatches(pattern) => !pattern.matches(value),
        }
    }

    fn example(&self) -> Option<String> {
        match &self.test {
            Test::Equal(wanted) => Some(wanted.clone()),
            Test::NotEqual(other) => Some(besides(other)),
            Test::Matches(pattern) => pattern.example(),
            Test::NotMatches(pattern) => pattern.counterexample(),
        }
    }

    fn counterexample(&self) -> Option<String> {
        match &self.test {
            Test::Equal(wanted) => Some(besides(wanted)),
            Test::NotEqual(other) => Some(other.clone()),
            Test::Matches(pattern) => pattern.counterexample(),
            Test::NotMatches(pattern) => pattern.example(),
        }
    }
}

fn besides(value: &str) -> String {
    if value == "other" { "another" } else { "other" }.to_owned()
}

impl Value for Selector {
    const WHAT: &'static str = "a selector of series";
    const EXAMPLES: &'static [&'static str] =
        &["redis_connected_clients", "http_requests_total{status=~\"5..\"}", "queue_length{queue=\"mail\"}"];

    fn parse(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_at(text.find('{').unwrap_or(text.len()));
        let metric = MetricName::parse(name.trim_end_matches(' '))
            .map_err(|error| format!("a selector of series is the name of a metric, with conditions on its labels in braces if need be: {error}"))?;
        let mut matchers = Vec::new();
        if let Some(inner) = rest.strip_prefix('{') {
            let mut rest = inner.trim_start_matches(' ');
            while !rest.starts_with('}') {
                let (matcher, tail) = matcher(rest)?;
                matchers.extend(matcher);
                rest = tail.trim_start_matches(' ');
                rest = match rest.strip_prefix(',') {
                    Some(tail) => tail.trim_start_matches(' '),
                    None if rest.starts_with('}') => rest,
                    None => {
                        return Err(
                            "a selector of series has a `,` between its conditions and ends with `}`".into(),
                        );
                    }
                };
            }
            if rest != "}" {
                return Err("a selector of series ends with its `}`; for more than that write `expr`".into());
            }
        }
        Ok(Selector { metric, matchers })
    }
}

/// One condition and what follows it; `$self` is none, since the compiler puts it in anyway.
fn matcher(text: &str) -> Result<(Option<Matcher>, &str), String> {
    if let Some(rest) = text.strip_prefix("$self") {
        return Ok((None, rest));
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (label, rest) = text.split_at(end);
    if label.is_empty() || label.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(
            "a condition of a selector begins with the name of a label, as in `status=\"500\"`".into()
        );
    }
    if SUBJECT.contains(&label) {
        return Err(format!("the label `{label}` of a selector is put in by ondol: say `of` instead"));
    }
    let rest = rest.trim_start_matches(' ');
    let sign = ["=~", "!~", "!=", "="].into_iter().find(|sign| rest.starts_with(sign));
    let sign = sign.ok_or("a condition of a selector compares with `=`, `!=`, `=~` or `!~`")?;
    let (value, rest) = string(rest[sign.len()..].trim_start_matches(' '))?;
    let test = match sign {
        "=" => Test::Equal(value),
        "!=" => Test::NotEqual(value),
        "=~" => Test::Matches(Pattern::parse(&value)?),
        _ => Test::NotMatches(Pattern::parse(&value)?),
    };
    Ok((Some(Matcher { label: label.to_owned(), test }), rest))
}

/// A string of PromQL and what follows it.
fn string(text: &str) -> Result<(String, &str), String> {
    const OPEN: &str = "the value of a condition stands in quotes, as in `status=\"500\"`";
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')).ok_or(OPEN)?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => {
                if let Some(wrong) =
                    character::outside(&value, |c| !c.is_control() && !character::is_invisible(c))
                {
                    return Err(format!("the value of a condition cannot hold {wrong}"));
                }
                return Ok((value, &text[at + 1..]));
            }
            '\\' if quote != '`' => match chars.next() {
                Some((_, c @ ('\\' | '"' | '\''))) => value.push(c),
                _ => return Err("in the value of a condition write `\\\\` for a backslash".into()),
            },
            c => value.push(c),
        }
    }
    Err("the value of a condition has no closing quote".into())
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = match &self.test {
            Test::Equal(value) => ("=", value.as_str()),
            Test::NotEqual(value) => ("!=", value.as_str()),
            Test::Matches(pattern) => ("=~", pattern.as_str()),
            Test::NotMatches(pattern) => ("!~", pattern.as_str()),
        };
        write!(f, "{}{sign}\"{}\"", self.label, value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.with("", ""))
    }
}

#[cfg(test)]
mod tests {
    use super::{Selector, Value};

    fn selector(text: &str) -> Selector {
        Selector::parse(text).unwrap()
    }

    #[test]
    fn reads_and_prints() {
        for (text, shown) in [
            ("up", "up"),
            ("a{b=\"c\"}", "a{b=\"c\"}"),
            ("a { b = 'c' , d!~`\\d` , } ", ""),
            ("a{ b = 'c' , d!~`\\d`, $self }", "a{b=\"c\",d!~\"\\\\d\"}"),
            ("a{$self}", "a"),
            ("a{b=\"\\\"\\\\\"}", "a{b=\"\\\"\\\\\"}"),
            ("a{b=\"한글 {}, }\"}", "a{b=\"한글 {}, }\"}"),
        ] {
            match shown {
                "" => assert!(Selector::parse(text).is_err(), "{text}"),
                shown => assert_eq!(selector(text).to_string(), shown),
            }
        }
        assert_eq!(
            selector("a{b=\"c\"}").with("_bucket", "service=\"x\""),
            "a_bucket{b=\"c\",service=\"x\"}"
        );
        assert_eq!(selector("a").with("", "service=\"x\""), "a{service=\"x\"}");
    }

    #[test]
    fn finds_series() {
        let labels = |text: &str| {
            selector(text)
                .example()
                .map(|l| l.into_iter().map(|(k, v)| k + "=" + &v).collect::<Vec<_>>().join(","))
        };
        assert_eq!(labels("a{status=~\"5..\",method!=\"GET\"}").as_deref(), Some("status=500"));
        assert_eq!(labels("a{b=\"c\",b!=\"c\"}"), None);
        assert_eq!(labels("a{b!=\"\"}").as_deref(), Some("b=other"));
        let outside = |part: &str, whole: &str| {
            selector(part)
                .outside(&selector(whole))
                .map(|l| l.into_iter().map(|(k, v)| k + "=" + &v).collect::<Vec<_>>().join(","))
        };
        assert_eq!(outside("a{status=~\"5..\"}", "a").as_deref(), Some(""));
        assert_eq!(outside("a{status!~\"5..\"}", "a").as_deref(), Some("status=500"));
        assert_eq!(outside("a{result=\"ok\"}", "a{result=~\"ok|bad\"}"), None);
        assert_eq!(outside("a{result=\"ok\"}", "a{result!=\"\"}").as_deref(), Some("result=other"));
        assert_eq!(outside("a", "a"), None);
        assert_eq!(outside("b", "a").as_deref(), Some(""));
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "is the name of a metric"),
            ("rate(a[5m])", "is the name of a metric"),
            ("a{b=\"c\"", "between its conditions"),
            ("a{b=c}", "stands in quotes"),
            ("a{b=\"c}", "no closing quote"),
            ("a{b>\"c\"}", "compares with"),
            ("a{=\"c\"}", "begins with the name"),
            ("a{service=\"x\"}", "say `of`"),
            ("a{b=~\"(\"}", "cannot be read"),
            ("a{b=\"c\"} or b", "ends with its `}`"),
            ("a{b=\"\\n\"}", "for a backslash"),
            ("a{b=\"\0\"}", "NUL"),
        ] {
            let found = Selector::parse(text);
            assert!(found.clone().unwrap_err().contains(reason), "{text:?}: {found:?}");
        }
    }
}
