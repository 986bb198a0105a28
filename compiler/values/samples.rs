//! Samples of a series over time, in the notation of Prometheus' rule tests.
//!
//! It refuses native histograms.

use super::{Value, character};
use std::sync::Arc;

/// Samples one interval apart: `0+10x5` begins with 0 and adds 10 five times, `1x5` repeats, `_` is a gap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Samples(Arc<str>);

checked_text!(Samples);

const LONGEST: usize = 1_000;
/// More would only make a test slow.
const MOST_REPEATS: u32 = 100_000;

impl Value for Samples {
    const WHAT: &'static str = "a run of samples";
    const EXAMPLES: &'static [&'static str] = &["0+10x20", "1x20", "0 0 1 _x3 stale"];

    fn parse(text: &str) -> Result<Self, String> {
        if let Some(wrong) = character::outside(text, |c| c.is_ascii_alphanumeric() || " +-._".contains(c)) {
            return Err(format!("a run of samples is numbers in the notation of promtool, not {wrong}"));
        }
        if text.trim().is_empty() {
            return Err("a run of samples cannot be empty".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a run of samples has at most {LONGEST} characters"));
        }
        match text.split(' ').filter(|one| !one.is_empty()).find(|one| !is_sample(one)) {
            None => Ok(Samples(text.into())),
            Some(wrong) => Err(format!(
                "a run of samples is written `1`, `1x5`, `0+10x5`, `100-10x5`, `_` or `stale`, not `{}`",
                wrong.chars().take(40).collect::<String>()
            )),
        }
    }
}

fn is_sample(text: &str) -> bool {
    if text == "stale" {
        return true;
    }
    let (values, often) = text.split_once('x').map_or((text, true), |(values, n)| {
        (
            values,
            !n.is_empty()
                && n.bytes().all(|b| b.is_ascii_digit())
                && n.parse().is_ok_and(|n: u32| n <= MOST_REPEATS),
        )
    });
    let step = values.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at);
    often
        && match step {
            Some(at) => text.contains('x') && is_number(&values[..at]) && is_number(&values[at + 1..]),
            None => values == "_" || is_number(values),
        }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    plain(whole) && plain(fraction)
}

#[cfg(test)]
mod tests {
    use super::{Samples, Value};

    #[test]
    fn reads_promtools_notation() {
        for text in ["1", "-1.5", "1x5", "0+10x5", "100-0.5x5", "-5--1x3", "1 2  _ _x3 stale", "0+0x10"] {
            assert_eq!(Samples::parse(text).unwrap().as_str(), text);
        }
        for text in
            ["", " ", "1+", "0+10", "x5", "1x", "1x9999999", "a", "1e3", "1;2", "{{schema:0}}", "1\n2", "一"]
        {
            assert!(Samples::parse(text).is_err(), "{text:?}");
        }
    }
}
