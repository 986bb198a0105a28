//! Proofs of measures: the input series under which a unit test measures a given value.

use super::measure::Measure;
use crate::{
    expand::kind::{Form, Sample},
    model::Series,
    values::{Decimal, Labels, Selector},
};

/// Denominators of all quantiles divide this many millionths.
const HUNDRED: i128 = 100;

impl Measure {
    /// Series, a sample a minute and `steps` of them, under which it measures `value`; none when no series can be
    /// found that its selectors select.
    pub fn proof(&self, value: Decimal, steps: u64) -> Option<Vec<Series>> {
        let growth = |selector: &Selector, labels: &Labels, per_second: Decimal| Series {
            series: self.series(selector, "", labels),
            values: format!("0+{}x{steps}", times(per_second, 60)),
        };
        match &self.form {
            Form::Quantile(thousandths, histogram) => self.histogram(*thousandths, histogram, value, steps),
            Form::Aggregate(_, gauge) => Some(vec![Series {
                series: self.series(gauge, "", &gauge.example()?),
                values: format!("{value}x{steps}"),
            }]),
            Form::Rate(counter) => Some(vec![growth(counter, &counter.example()?, value)]),
            Form::Ratio(part, whole) => {
                let all = Decimal::whole(100);
                let some = times(value, 100);
                let inside = part.example()?;
                let outside = part.outside(whole)?;
                let counted = part.metric() == whole.metric() && whole.selects(&inside);
                if !counted && part.metric() == whole.metric() && part.selects(&outside) {
                    return None; // the part is not a part
                }
                let rest = if counted { minus(all, some)? } else { all };
                Some(vec![growth(part, &inside, some), growth(whole, &outside, rest)])
            }
            Form::Expression(_, samples) => {
                samples.iter().map(|sample| self.sample(sample, value, steps)).collect()
            }
        }
    }

    /// A histogram whose quantile is `value`: all observations are in one bucket, within which Prometheus interpolates
    /// linearly. Its bounds `low` and `high` are chosen so that `low + (high - low) × quantile` is exactly the value.
    fn histogram(
        &self,
        thousandths: u32,
        histogram: &Selector,
        value: Decimal,
        steps: u64,
    ) -> Option<Vec<Series>> {
        let value = value.as_millionths();
        let width = (value.abs() / HUNDRED).max(1) * HUNDRED;
        let low = value - width * i128::from(thousandths) / 1000;
        let labels = histogram.example()?;
        let bucket = |le: &str, values: String| {
            let mut labels = labels.clone();
            labels.insert("le".to_owned(), le.to_owned());
            Series { series: self.series(histogram, "_bucket", &labels), values }
        };
        Some(vec![
            bucket(&Decimal::millionths(low).to_string(), format!("0x{steps}")),
            bucket(&Decimal::millionths(low + width).to_string(), format!("0+60x{steps}")),
            bucket("+Inf", format!("0+60x{steps}")),
        ])
    }

    fn sample(&self, sample: &Sample, value: Decimal, steps: u64) -> Option<Series> {
        let scaled = sample.times.as_millionths().checked_mul(value.as_millionths())? / 1_000_000;
        let at = Decimal::millionths(sample.from.as_millionths().checked_add(scaled)?);
        let values =
            if sample.counter { format!("0+{}x{steps}", times(at, 60)) } else { format!("{at}x{steps}") };
        Some(Series { series: self.series(&sample.series, "", &sample.series.example()?), values })
    }

    /// One series of a selector's metric, with these labels and the subject's.
    fn series(&self, selector: &Selector, suffix: &str, labels: &Labels) -> String {
        let all: Labels =
            labels.iter().map(|(k, v)| (k.clone(), v.clone())).chain(self.subject.labels()).collect();
        series(&format!("{}{suffix}", selector.metric()), &all)
    }
}

/// A series as PromQL writes it.
pub fn series(metric: &str, labels: &Labels) -> String {
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    if labels.is_empty() { metric.to_owned() } else { format!("{metric}{{{}}}", labels.join(",")) }
}

fn times(value: Decimal, n: i128) -> Decimal {
    Decimal::millionths(value.as_millionths().saturating_mul(n))
}

/// The difference, unless a counter would have to shrink.
fn minus(a: Decimal, b: Decimal) -> Option<Decimal> {
    let rest = a.as_millionths() - b.as_millionths();
    (rest >= 0).then_some(Decimal::millionths(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        expand::{kind::Form, resolve::monitoring::subject::Subject},
        values::{Duration, Name, Value as _},
    };

    fn proof(form: Form, value: &str) -> Option<Vec<(String, String)>> {
        let subject = Subject::Service(Name::parse("a").expect("a name"));
        let measure = Measure { form, subject, window: Duration::from_minutes(5) };
        let series = measure.proof(Decimal::parse(value).expect("a number"), 9)?;
        Some(series.into_iter().map(|one| (one.series, one.values)).collect())
    }

    fn selector(text: &str) -> Selector {
        Selector::parse(text).expect("a selector")
    }

    #[test]
    fn a_quantile_lies_within_its_bucket() {
        let found = proof(Form::Quantile(950, selector("x")), "1.01").expect("a proof");
        let expected = [
            ("x_bucket{le=\"0.0505\",service=\"a\"}", "0x9"),
            ("x_bucket{le=\"1.0605\",service=\"a\"}", "0+60x9"),
            ("x_bucket{le=\"+Inf\",service=\"a\"}", "0+60x9"),
        ];
        // 0.0505 + 1.01 × 0.95 = 1.01
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_part_counts_towards_its_whole() {
        let found = proof(Form::Ratio(selector("x{s=~\"5..\"}"), selector("x")), "0.0505").expect("a proof");
        let expected = [("x{s=\"500\",service=\"a\"}", "0+303x9"), ("x{service=\"a\"}", "0+5697x9")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let found = proof(Form::Ratio(selector("bad"), selector("all")), "0.5").expect("a proof");
        let expected = [("bad{service=\"a\"}", "0+3000x9"), ("all{service=\"a\"}", "0+6000x9")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(proof(Form::Ratio(selector("x"), selector("x")), "0.5"), None);
        assert_eq!(proof(Form::Ratio(selector("x"), selector("x{a=\"b\"}")), "0.5"), None);
    }
}
