//! Measures as PromQL.

use super::subject::Subject;
use crate::{
    expand::kind::Form,
    model::Unit,
    values::{Bound, Duration, Quantity, Selector},
};

/// What is measured, of whom.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The form, from a watch or a kind.
    pub form: Form,
    /// Whom it is about.
    pub subject: Subject,
    /// Over what time growth is measured.
    pub window: Duration,
}

/// The window of rates for a scrape interval: four samples at least, so that a lost scrape is no gap, and enough that
/// a burst of seconds is no alarm.
pub fn window(interval: Duration) -> Duration {
    Duration::from_minutes(interval.times(4).whole_minutes().max(5))
}

impl Measure {
    /// The expression, without a bound. It has no labels, so that an alert of it fires once. `upward` says whether
    /// large values are the bad ones: of several, the worst counts.
    pub fn expr(&self, upward: bool) -> String {
        match &self.form {
            Form::Quantile(thousandths, histogram) => {
                format!(
                    "histogram_quantile({}, sum by (le) ({}))",
                    quantile(*thousandths),
                    self.rate(histogram, "_bucket")
                )
            }
            Form::Aggregate(operator, gauge) => format!("{operator}({})", self.select(gauge, "")),
            Form::Rate(counter) => format!("sum({})", self.rate(counter, "")),
            // What has never happened has no series: it is none of the whole. Without any whole the share is not a
            // number, which no bound is compared with.
            Form::Ratio(part, whole) => {
                format!("(sum({}) or vector(0)) / sum({})", self.rate(part, ""), self.rate(whole, ""))
            }
            Form::Expression(text, _) => {
                format!("{}({})", if upward { "max" } else { "min" }, text.about(&self.subject.matcher()))
            }
        }
    }

    /// The expression told apart by the values of a label, for a graph; none for what cannot be.
    pub fn by(&self, label: &str) -> Option<String> {
        if label.contains(':') {
            return None;
        }
        match &self.form {
            Form::Aggregate(operator, gauge) => {
                Some(format!("{operator} by ({label}) ({})", self.select(gauge, "")))
            }
            Form::Rate(counter) => Some(format!("sum by ({label}) ({})", self.rate(counter, ""))),
            _ => None,
        }
    }

    /// The selectors that it reads, as far as its form tells.
    pub fn selectors(&self) -> Vec<&Selector> {
        match &self.form {
            Form::Quantile(_, one) | Form::Aggregate(_, one) | Form::Rate(one) => vec![one],
            Form::Ratio(part, whole) => vec![part, whole],
            Form::Expression(..) => Vec::new(),
        }
    }

    /// A selector as PromQL, with the subject among its matchers.
    pub fn select(&self, selector: &Selector, suffix: &str) -> String {
        selector.with(suffix, &self.subject.matcher())
    }

    fn rate(&self, counter: &Selector, suffix: &str) -> String {
        format!("rate({}[{}])", self.select(counter, suffix), self.window.prometheus())
    }

    /// The unit of its values: the bound's, else what the metric's name tells.
    pub fn unit(&self, bound: Option<Bound>) -> Unit {
        match (bound.map(Bound::quantity), &self.form) {
            (Some(Quantity::Duration(_)), _) => Unit::Seconds,
            (Some(Quantity::Size(_)), Form::Rate(_)) => Unit::BytesPerSecond,
            (Some(Quantity::Size(_)), _) => Unit::Bytes,
            (Some(Quantity::Percent(_)), _) | (_, Form::Ratio(..)) => Unit::Ratio,
            (_, Form::Rate(one)) => growth(one.metric().family()),
            (_, Form::Quantile(_, one) | Form::Aggregate(_, one)) => said(one.metric().family()),
            _ => Unit::Number,
        }
    }

    /// Why a bound in that unit does not fit, if so; what to write instead.
    pub fn misfit(&self, bound: Bound) -> Option<String> {
        let selector = match &self.form {
            Form::Quantile(_, one) | Form::Aggregate(_, one) => one,
            Form::Rate(one) => {
                let bytes = growth(one.metric().family()) == Unit::BytesPerSecond;
                return match bound.quantity() {
                    Quantity::Number(_) => None,
                    Quantity::Size(_) if bytes => None,
                    _ => Some("growth of a counter is a number per second, or a size per second where it counts bytes".to_owned()),
                };
            }
            Form::Ratio(..) if !matches!(bound.quantity(), Quantity::Number(_) | Quantity::Percent(_)) => {
                return Some("a ratio is a percentage".to_owned());
            }
            _ => return None,
        };
        let name = selector.metric().as_str();
        let (fits, unit) = match bound.quantity() {
            Quantity::Number(_) => (true, ""),
            Quantity::Duration(_) => (said(name) == Unit::Seconds, "seconds"),
            Quantity::Size(_) => (said(name) == Unit::Bytes, "bytes"),
            Quantity::Percent(_) => (said(name) == Unit::Ratio, "ratio"),
        };
        (!fits).then(|| {
            format!("the name `{name}` does not tell that it is in `{unit}`: write the bound as a plain number in the metric's own unit")
        })
    }
}

/// The unit that a metric's name tells, by the conventions of Prometheus.
fn said(name: &str) -> Unit {
    let words: Vec<&str> = name.split(['_', ':']).collect();
    match words.iter().rev().find(|word| ["seconds", "bytes", "ratio", "usd", "dollars"].contains(word)) {
        Some(&"seconds") => Unit::Seconds,
        Some(&"bytes") => Unit::Bytes,
        Some(&("usd" | "dollars")) => Unit::Dollars,
        Some(_) => Unit::Ratio,
        None => Unit::Number,
    }
}

/// The unit of the growth of a counter of that name.
fn growth(name: &str) -> Unit {
    match said(name) {
        Unit::Bytes => Unit::BytesPerSecond,
        Unit::Dollars => Unit::DollarsPerSecond,
        _ if name.split(['_', ':']).any(|word| word == "requests") => Unit::Requests,
        _ => Unit::PerSecond,
    }
}

/// A number of thousandths as a decimal fraction: `0.95`.
fn quantile(thousandths: u32) -> String {
    crate::values::Decimal::millionths(i128::from(thousandths) * 1000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Name, Promql, Value as _};

    fn measure(form: Form) -> Measure {
        let subject = Subject::Service(Name::parse("a").expect("a name"));
        Measure { form, subject, window: window(Duration::from_seconds(15)) }
    }

    fn selector(text: &str) -> Selector {
        Selector::parse(text).expect("a selector")
    }

    #[test]
    fn puts_the_subject_among_the_labels() {
        for (form, expr) in [
            (Form::Aggregate("max", selector("x")), "max(x{service=\"a\"})"),
            (Form::Rate(selector("x{b=\"c\"}")), "sum(rate(x{b=\"c\",service=\"a\"}[5m]))"),
            (
                Form::Expression(Promql::parse("1 - x{$self}").expect("an expression"), Vec::new()),
                "min(1 - x{service=\"a\"})",
            ),
            (
                Form::Quantile(950, selector("x_seconds")),
                "histogram_quantile(0.95, sum by (le) (rate(x_seconds_bucket{service=\"a\"}[5m])))",
            ),
            (
                Form::Ratio(selector("x{b=\"c\"}"), selector("x")),
                "(sum(rate(x{b=\"c\",service=\"a\"}[5m])) or vector(0)) / sum(rate(x{service=\"a\"}[5m]))",
            ),
        ] {
            assert_eq!(measure(form).expr(false), expr);
        }
    }

    #[test]
    fn growth_is_of_what_is_counted() {
        for (name, unit) in [
            ("http_requests_total", Unit::Requests),
            ("node_disk_read_bytes_total", Unit::BytesPerSecond),
            ("openai_cost_usd_total", Unit::DollarsPerSecond),
            ("openai_tokens_total", Unit::PerSecond),
        ] {
            assert_eq!(measure(Form::Rate(selector(name))).unit(None), unit, "{name}");
        }
    }

    #[test]
    fn windows_hold_four_scrapes() {
        assert_eq!(window(Duration::from_seconds(15)), Duration::from_minutes(5));
        assert_eq!(window(Duration::from_seconds(100)), Duration::from_minutes(7));
    }

    #[test]
    fn bounds_are_in_the_unit_of_the_metric() {
        let misfit =
            |form: Form, bound: &str| measure(form).misfit(Bound::parse(bound).expect("a bound")).is_some();
        assert!(!misfit(Form::Quantile(950, selector("x_seconds")), ">1s"));
        assert!(misfit(Form::Quantile(950, selector("x_milliseconds")), ">1s"));
        assert!(!misfit(Form::Aggregate("max", selector("x_bytes")), ">1GiB"));
        assert!(misfit(Form::Aggregate("max", selector("x_clients")), ">5%"));
        assert!(misfit(Form::Rate(selector("x_total")), ">5%"));
        assert!(misfit(Form::Rate(selector("x_total")), ">5MB"));
        assert!(!misfit(Form::Rate(selector("x_bytes_total")), ">5MB"));
        assert!(!misfit(Form::Ratio(selector("x"), selector("y")), ">5%"));
        assert!(!misfit(Form::Aggregate("max", selector("x_clients")), ">5"));
    }
}
