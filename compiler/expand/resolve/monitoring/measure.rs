//! Measures: PromQL, and the input series under which a unit test measures a given value.

use crate::{
    expand::kind::{Form, Sample},
    model::Series,
    values::{Bound, Decimal, Value as _},
};

/// Window of rates: four times the longest usual scrape interval and more, so that one lost scrape is no gap.
pub const WINDOW: &str = "5m";

/// What is measured, of whom.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The form, from a watch or a kind.
    pub form: Form,
    /// The matcher of the subject: `service="redis"`.
    pub subject: String,
}

impl Measure {
    /// The expression, without a bound; it has no labels, so that an alert of it fires once.
    pub fn expr(&self, upward: bool) -> String {
        match &self.form {
            Form::Quantile(thousandths, histogram) => {
                format!(
                    "histogram_quantile({}, sum by (le) (rate({}[{WINDOW}])))",
                    quantile(*thousandths),
                    self.selector(&format!("{histogram}_bucket"))
                )
            }
            Form::Aggregate(operator, gauge) => format!("{operator}({})", self.selector(gauge)),
            Form::Rate(counter) => format!("sum(rate({}[{WINDOW}]))", self.selector(counter)),
            Form::Ratio(part, whole) => format!(
                "sum(rate({}[{WINDOW}])) / sum(rate({}[{WINDOW}]))",
                self.selector(part),
                self.selector(whole)
            ),
            Form::Expression(text, _) => {
                format!("{}({})", if upward { "max" } else { "min" }, self.subject_in(text))
            }
        }
    }

    /// The metrics that it reads, as far as its form tells.
    pub fn metrics(&self) -> Vec<&str> {
        let base = |selector: &'_ str| -> usize { selector.find('{').unwrap_or(selector.len()) };
        match &self.form {
            Form::Quantile(_, name) => vec![name],
            Form::Aggregate(_, selector) | Form::Rate(selector) => vec![&selector[..base(selector)]],
            Form::Ratio(part, whole) => vec![&part[..base(part)], &whole[..base(whole)]],
            Form::Expression(..) => Vec::new(),
        }
    }

    /// A selector with the subject among its labels.
    fn selector(&self, selector: &str) -> String {
        if selector.contains("$self") {
            return self.subject_in(selector);
        }
        match selector.trim_end().strip_suffix('}') {
            Some(open) if open.ends_with('{') => format!("{open}{}}}", self.subject),
            Some(open) => format!("{open},{}}}", self.subject),
            None => format!("{selector}{{{}}}", self.subject),
        }
    }

    fn subject_in(&self, text: &str) -> String {
        text.replace("$self", &self.subject)
    }

    /// Series of one value a minute under which the bound is violated, or kept, and the value that is measured then.
    pub fn series(&self, bound: Bound, violated: bool, steps: u64) -> (Vec<Series>, Decimal) {
        let value = if violated { bound.beyond() } else { bound.within() };
        let level = |selector: &str, value: Decimal| Series {
            series: self.selector(selector),
            values: format!("{value}+0x{steps}"),
        };
        let growth = |selector: &str, per_second: Decimal| Series {
            series: self.selector(selector),
            values: format!("0+{}x{steps}", times(per_second, 60)),
        };
        match &self.form {
            Form::Quantile(thousandths, histogram) => {
                // All observations fall into the lowest bucket, over which the quantile is interpolated from zero.
                let far = violated == bound.operator().is_upward();
                let edge = if far { times(bound.edge(), 3) } else { bound.edge() };
                let measured = Decimal::millionths(edge.as_millionths() * i128::from(*thousandths) / 1000);
                let bucket = |le: &str| {
                    level_growth(&self.selector(&format!("{histogram}_bucket{{le=\"{le}\"}}")), steps)
                };
                (vec![bucket(&edge.to_string()), bucket("+Inf")], measured)
            }
            Form::Aggregate(_, gauge) => (vec![level(gauge, value)], value),
            Form::Rate(counter) => (vec![growth(counter, value)], value),
            Form::Ratio(part, whole) => {
                let part = growth(&example(part), times(value, 100));
                (vec![part, growth(&example(whole), Decimal::whole(100))], value)
            }
            Form::Expression(_, samples) => {
                (samples.iter().map(|sample| self.sample(sample, value, steps)).collect(), value)
            }
        }
    }

    fn sample(&self, sample: &Sample, value: Decimal, steps: u64) -> Series {
        let number = |text: &str| Decimal::parse(text).map_or(0, Decimal::as_millionths);
        let at = Decimal::millionths(
            number(&sample.from) + number(&sample.times) * value.as_millionths() / 1_000_000,
        );
        let values =
            if sample.counter { format!("0+{}x{steps}", times(at, 60)) } else { format!("{at}+0x{steps}") };
        Series { series: self.subject_in(&sample.series), values }
    }
}

fn level_growth(series: &str, steps: u64) -> Series {
    Series { series: series.to_owned(), values: format!("0+60x{steps}") }
}

/// A selector as one series that it selects: regular expressions become a string that they match.
fn example(selector: &str) -> String {
    selector
        .replace("=~\"5..\"", "=\"500\"")
        .replace("=~\"4..\"", "=\"404\"")
        .replace("=~\"2..\"", "=\"200\"")
}

fn times(value: Decimal, n: i128) -> Decimal {
    Decimal::millionths(value.as_millionths().saturating_mul(n))
}

fn quantile(thousandths: u32) -> String {
    Decimal::millionths(i128::from(thousandths) * 1000).to_string()
}

/// The value as `printf "%.4g"` writes it.
pub fn four_digits(value: Decimal) -> String {
    let millionths = value.as_millionths();
    if millionths == 0 {
        return "0".into();
    }
    let digits = millionths.unsigned_abs().to_string();
    let mut exponent = digits.len() as i32 - 7;
    let mut mantissa: u64 = format!("{digits:0<4}")[..4].parse().unwrap_or(0);
    // C rounds what lies exactly between two to the even one.
    let rest = digits.get(4..).unwrap_or_default();
    let tie = rest.trim_end_matches('0') == "5";
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') && !(tie && mantissa.is_multiple_of(2)) {
        mantissa += 1;
        if mantissa == 10_000 {
            mantissa = 1_000;
            exponent += 1;
        }
    }
    let sign = if millionths < 0 { "-" } else { "" };
    let text = mantissa.to_string();
    if !(-4..4).contains(&exponent) {
        let fraction = text[1..].trim_end_matches('0');
        let point = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
        return format!(
            "{sign}{}{point}e{}{:02}",
            &text[..1],
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        );
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{}", text.trim_end_matches('0'));
    }
    let (whole, fraction) = text.split_at(exponent as usize + 1);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_c_does() {
        for (text, printed) in [
            ("1.9", "1.9"),
            ("0.05", "0.05"),
            ("7500", "7500"),
            ("12345", "1.234e+04"),
            ("150000", "1.5e+05"),
            ("0.00005", "5e-05"),
            ("0.00015", "0.00015"),
            ("-3", "-3"),
            ("0", "0"),
            ("99999", "1e+05"),
            ("1.425", "1.425"),
        ] {
            assert_eq!(four_digits(Decimal::parse(text).expect("a number")), printed, "{text}");
        }
    }

    #[test]
    fn puts_the_subject_among_the_labels() {
        let measure = |form| Measure { form, subject: "service=\"a\"".into() };
        assert_eq!(measure(Form::Aggregate("max", "x".into())).expr(true), "max(x{service=\"a\"})");
        assert_eq!(
            measure(Form::Rate("x{b=\"c\"}".into())).expr(true),
            "sum(rate(x{b=\"c\",service=\"a\"}[5m]))"
        );
        assert_eq!(
            measure(Form::Expression("1 - x{$self}".into(), Vec::new())).expr(false),
            "min(1 - x{service=\"a\"})"
        );
    }
}
