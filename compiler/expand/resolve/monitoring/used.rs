//! What a service uses of what it may use: measures of whatever runs under a limit, whether it exports metrics or not.

use super::{Input, services};
use crate::{
    expand::kind::{Form, Phrase, Sample},
    model::Service,
    values::{Decimal, Name, Promql, Selector, Value as _},
};

/// The measure of that name; none without a limit. Of several containers it is what one uses on average, on the busiest
/// of their hosts.
pub fn measure(input: &Input, service: &Service, name: &Name) -> Option<(Form, Phrase)> {
    input.host_exporter()?;
    let selector = |metric: &str| format!("{metric}{{system=\"{}\",$self}}", input.model.system);
    let sample = |metric: &str, limit: &str, counter: bool| {
        Some(Sample {
            series: Selector::parse(&format!("{metric}{{system=\"{}\"}}", input.model.system)).ok()?,
            from: Decimal::whole(0),
            times: Decimal::parse(limit).ok()?,
            counter,
        })
    };
    let (expr, sample, english, korean) = match name.as_str() {
        "cpu" => {
            let limit = &service.limits.cpus.as_ref()?.value;
            let used = format!("avg by (host) (rate({}[5m]))", selector(services::CPU));
            (
                format!("{used} / {limit}"),
                sample(services::CPU, limit, true)?,
                "use of its processors",
                "CPU 한도 대비 사용률",
            )
        }
        "memory" => {
            let limit = service.limits.memory?.value.bytes().to_string();
            let used = format!("avg by (host) ({})", selector(services::MEMORY));
            (
                format!("{used} / {limit}"),
                sample(services::MEMORY, &limit, false)?,
                "use of its memory",
                "메모리 한도 대비 사용률",
            )
        }
        _ => return None,
    };
    let about = Phrase { en: english.to_owned(), ko: Some(korean.to_owned()) };
    Some((Form::Expression(Promql::parse(&expr).ok()?, vec![sample]), about))
}
