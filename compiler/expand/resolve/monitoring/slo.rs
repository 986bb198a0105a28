//! Objectives, with alerts on how fast their budgets burn: two windows and two paces each, so that a page means that
//! much is lost and still being lost, and a slow loss is told before it is too late.

use super::{Input, known, proof::series, subject::Subject};
use crate::{
    diagnostic::Diagnostic,
    expand::{kind::Form, read::slo::SloSpec},
    model::{Alert, AlertTest, Origin, Recording, Series, Service, Severity, Slo, slo::GROUP},
    values::{Decimal, Duration, Labels, Selector},
};

/// A pace at which a budget burns: this share of it within the long window, and still so in the short one.
struct Pace {
    /// Thousandths of the budget.
    share: i128,
    long: Duration,
    short: Duration,
}

/// The paces that are told at once.
const FAST: [Pace; 2] = [
    Pace { share: 20, long: Duration::from_hours(1), short: Duration::from_minutes(5) },
    Pace { share: 50, long: Duration::from_hours(6), short: Duration::from_minutes(30) },
];
/// The paces that are told within working hours.
const SLOW: [Pace; 2] = [
    Pace { share: 100, long: Duration::from_hours(24), short: Duration::from_hours(2) },
    Pace { share: 100, long: Duration::from_hours(72), short: Duration::from_hours(6) },
];
/// Of the short windows the shortest has the scrapes of five minutes: one that is lost is no alarm.
const HOLD: Duration = Duration::from_minutes(2);
/// Events a minute in tests: a millionth of them is a whole number.
const EVENTS: i64 = 1_000_000;

impl Pace {
    /// The share of failures that is this pace, in millionths of a millionth: the budget times how much faster than
    /// evenly it burns.
    fn edge(&self, budget: Decimal, window: Duration) -> Decimal {
        let evenly = budget.as_millionths() * self.share * i128::from(window.whole_seconds());
        Decimal::millionths(evenly / (1000 * i128::from(self.long.whole_seconds())))
    }
}

/// An objective with what its parts are made of.
struct Objective<'a> {
    input: &'a Input<'a>,
    spec: &'a SloSpec,
    subject: Subject,
    events: Events,
    budget: Decimal,
    title: String,
}

/// What is counted.
enum Events {
    /// What fails, of all.
    Bad(Selector, Selector),
    /// What goes well, of all.
    Good(Selector, Selector),
    /// What takes no longer than the `le` of this bucket.
    Within(Selector, Duration),
}

/// Every objective, with the alerts on its budget.
pub fn slos(input: &Input) -> Vec<(Slo, Vec<Alert>)> {
    input.monitor.slos.iter().filter_map(|spec| objective(input, spec)?.made()).collect()
}

fn objective<'a>(input: &'a Input<'a>, spec: &'a SloSpec) -> Option<Objective<'a>> {
    let service = service(input, spec)?;
    let exporter = service.exporter.as_ref().and_then(|name| input.model.service(name));
    let services: Vec<&Service> = [Some(service), exporter].into_iter().flatten().collect();
    let subject = Subject::Service(service.name.clone());
    let events = events(input, spec, &services)?;
    let form = match &events {
        Events::Bad(part, whole) | Events::Good(part, whole) => Form::Ratio(part.clone(), whole.clone()),
        Events::Within(histogram, _) => Form::Quantile(500, histogram.clone()),
    };
    let window = super::measure::window(input.monitor.interval.value);
    let measure = super::measure::Measure { form, subject: subject.clone(), window };
    known::check(input, spec.span, &measure, &services)?;
    times(input, spec)?;
    let title = match &spec.about {
        Some(about) => about.get(input.model.language).to_owned(),
        None => spec.name.value.to_string(),
    };
    Some(Objective { input, spec, subject, events, budget: spec.target.value.rest().ratio(), title })
}

fn service<'a>(input: &Input<'a>, spec: &SloSpec) -> Option<&'a Service> {
    let found = input.model.service(&spec.of.value);
    if found.is_none() {
        let names: Vec<&str> = input.model.services.iter().map(|service| service.name.as_str()).collect();
        input.unknown(
            Diagnostic::error("unknown-service", format!("there is no service `{}`", spec.of.value))
                .at(spec.of.span, "named here"),
            spec.of.value.as_str(),
            &names,
            "",
        );
    }
    found
}

/// What is counted: stated, else by a measure of the kind.
fn events(input: &Input, spec: &SloSpec, services: &[&Service]) -> Option<Events> {
    let measured = |name: &str| {
        let kinds = services.iter().filter_map(|service| input.kind(service));
        kinds
            .flat_map(|kind| &kind.measures)
            .find(|measure| measure.name.value.as_str() == name)
            .map(|one| &one.form)
    };
    match (&spec.within, &spec.bad, &spec.good, &spec.over) {
        (Some(within), None, None, None) => {
            let known = spec.histogram.as_ref().map(|one| one.value.clone()).or_else(|| {
                match measured("latency-p95") {
                    Some(Form::Quantile(_, histogram)) => Some(histogram.clone()),
                    _ => None,
                }
            });
            match known {
                Some(histogram) => return Some(Events::Within(histogram, within.value)),
                None => unknown(
                    input,
                    spec,
                    "it is not known how long anything takes here",
                    "name the histogram: `histogram=\"http_request_duration_seconds\"`",
                ),
            }
        }
        (None, Some(bad), None, Some(over)) => {
            return Some(Events::Bad(bad.value.clone(), over.value.clone()));
        }
        (None, None, Some(good), Some(over)) => {
            return Some(Events::Good(good.value.clone(), over.value.clone()));
        }
        (None, None, None, None) => {
            let name = spec.measure.as_ref().map_or("error-rate", |one| one.value.as_str());
            match measured(name) {
                Some(Form::Ratio(bad, over)) => return Some(Events::Bad(bad.clone(), over.clone())),
                _ => unknown(
                    input,
                    spec,
                    &format!("no measure `{name}` tells what fails here"),
                    "say what is counted: `bad=\"…\" over=\"…\"`, `good=\"…\" over=\"…\"` or `within=\"500ms\"`",
                ),
            }
        }
        _ => unknown(
            input,
            spec,
            "it is said in several ways, or in half of one, what goes well",
            "write one of: `bad` and `over`; `good` and `over`; `within`; `measure`",
        ),
    }
    None
}

fn unknown(input: &Input, spec: &SloSpec, what: &str, help: &str) {
    input.sink.report(
        Diagnostic::error("unknown-measure", format!("`{}` measures nothing: {what}", spec.name.value))
            .at(spec.span, "what goes well, of what?")
            .help(help),
    );
}

/// Reports targets and windows with which no alert could tell anything.
fn times(input: &Input, spec: &SloSpec) -> Option<()> {
    let report = |diagnostic: Diagnostic| {
        input.sink.report(diagnostic);
        None
    };
    let window = spec.window.value;
    if !(Duration::from_days(28)..=Duration::from_days(92)).contains(&window) {
        return report(
            Diagnostic::error("slo-window", "an objective counts over 28 to 92 days")
                .at(spec.window.span, "not between those")
                .help("alerts look at up to three days: of a shorter window they would come too late, of a longer one too often; four weeks are \"28d\""),
        );
    }
    if input.monitor.retention.value < window {
        return report(
            Diagnostic::error("slo-window", "samples are gone before the window of the objective is over")
                .at(spec.window.span, "counted over this time")
                .at(input.monitor.retention.span, "kept for this time")
                .help(format!("keep them longer: `retention=\"{window}\"`")),
        );
    }
    let budget = spec.target.value.rest().ratio();
    let most = FAST[0].edge(budget, window);
    if !budget.is_positive() || most.as_millionths() >= 1_000_000 {
        return report(
            Diagnostic::error("slo-target", "no failures could be told from too many")
                .at(spec.target.span, "this target")
                .help("a budget lies between nothing and about 6 %: write 94% to 99.999%, or bound the share itself with `watch`"),
        );
    }
    Some(())
}

impl Objective<'_> {
    fn made(&self) -> Option<(Slo, Vec<Alert>)> {
        let window = self.spec.window.value;
        let mut windows: Vec<Duration> =
            FAST.iter().chain(&SLOW).flat_map(|pace| [pace.short, pace.long]).collect();
        windows.sort();
        windows.dedup();
        let recorded = windows.iter().map(|window| Recording {
            name: recorded(*window),
            expr: self.failing(*window),
            labels: self.labels(),
        });
        let slo = Slo {
            name: self.spec.name.value.clone(),
            service: self.subject.name().clone(),
            title: self.title.clone(),
            target: self.spec.target.value,
            left: format!("1 - ({}) / {}", self.failing(window), self.budget),
            recorded: recorded.collect(),
        };
        Some((slo, vec![self.alert(&FAST, Severity::Critical)?, self.alert(&SLOW, Severity::Warning)?]))
    }

    fn labels(&self) -> Labels {
        let mut labels = self.subject.labels();
        labels.insert("slo".to_owned(), self.spec.name.value.to_string());
        labels
    }

    /// The share of what failed in the last `window`. What never happened has no series: it is none.
    fn failing(&self, window: Duration) -> String {
        let matcher = self.subject.matcher();
        let window = window.prometheus();
        let rate = |selector: &Selector, suffix: &str| {
            format!("sum(rate({}[{window}]))", selector.with(suffix, &matcher))
        };
        match &self.events {
            Events::Bad(bad, all) => format!("({} or vector(0)) / {}", rate(bad, ""), rate(all, "")),
            Events::Good(good, all) => format!("1 - ({} or vector(0)) / {}", rate(good, ""), rate(all, "")),
            Events::Within(histogram, limit) => {
                let bucket = histogram.with("_bucket", &format!("le=~\"{}\",{matcher}", le(*limit)));
                format!("1 - (sum(rate({bucket}[{window}])) or vector(0)) / {}", rate(histogram, "_count"))
            }
        }
    }

    /// The alert on these paces.
    fn alert(&self, paces: &[Pace; 2], severity: Severity) -> Option<Alert> {
        let window = self.spec.window.value;
        let labels: Vec<String> =
            self.labels().iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let labels = labels.join(",");
        let pair = |pace: &Pace| {
            let edge = pace.edge(self.budget, window);
            let part = |window: Duration| format!("{}{{{labels}}} > {edge}", recorded(window));
            format!("({} and {})", part(pace.long), part(pace.short))
        };
        let language = self.input.model.language;
        let (service, title) = (self.subject.name(), &self.title);
        let (fast, days) = (severity == Severity::Critical, window.words(language));
        let summary = if fast {
            self.input.pick(
                format!("{service}: {title}: the error budget burns fast"),
                format!("{service}: {title}: 오류 예산이 빠르게 소진됨"),
            )
        } else {
            self.input.pick(
                format!("{service}: {title}: the error budget burns too fast"),
                format!("{service}: {title}: 오류 예산이 계획보다 빨리 소진됨"),
            )
        };
        let shares = |pace: &Pace| {
            self.input.pick(
                format!("{} % of it within {}", pace.share / 10, pace.long.words(language)),
                format!("{} 안에 {}%", pace.long.words(language), pace.share / 10),
            )
        };
        let (one, other) = (shares(&paces[0]), shares(&paces[1]));
        let allowed = self.spec.target.value.rest();
        let description = self.input.pick(
            format!("Of {days} {allowed} may fail. Used up: {one}, or {other}, and it goes on."),
            format!("{days} 동안 {allowed}까지 실패를 허용합니다. 이 오류 예산을 {one} 이상, 또는 {other} 이상 썼고 지금도 줄고 있습니다."),
        );
        Some(Alert {
            name: format!(
                "{}{}Budget{}",
                self.subject.prefix(),
                self.spec.name.value.camel(),
                if fast { "BurnsFast" } else { "Burns" }
            ),
            from: self.from(),
            group: GROUP.to_owned(),
            expr: format!("{}\nor {}\n", pair(&paces[0]), pair(&paces[1])),
            hold: HOLD,
            severity,
            labels: self.labels(),
            summary: summary.into(),
            description: description.into(),
            steps: self.steps(),
            test: self.test(paces)?,
            bound: Some(format!(
                "{} ({})",
                self.spec.target.value,
                self.input.pick("of", "기간").to_owned() + " " + &days
            )),
            origin: Origin::Stated(self.spec.target.span),
        })
    }

    fn from(&self) -> Vec<String> {
        let service = self.input.model.service(self.subject.name());
        std::iter::once(format!("slo/{}", self.spec.name.value))
            .chain(service.into_iter().flat_map(|service| self.input.addresses(service)))
            .collect()
    }

    fn steps(&self) -> Vec<String> {
        if !self.spec.steps.is_empty() {
            return self.spec.steps.iter().map(|step| step.value.to_string()).collect();
        }
        let name = self.subject.name();
        vec!["tail -n 5 releases.log".to_owned(), format!("docker compose logs --since 1h {name}")]
    }

    /// Fires when each pace is just passed, by itself; is silent just below both, and after a burst that is over.
    fn test(&self, paces: &[Pace; 2]) -> Option<AlertTest> {
        let window = self.spec.window.value;
        let edges = [0, 1].map(|index: usize| paces[index].edge(self.budget, window));
        let at = paces[1].long.whole_minutes() + 30;
        let scaled = |edge: Decimal, percent: i128| {
            Decimal::millionths((edge.as_millionths() * percent).div_euclid(100).max(1))
        };
        let above = |edge: Decimal| {
            Decimal::millionths((edge.as_millionths() * 101).div_euclid(100) + 1).min(Decimal::whole(1))
        };
        let low = edges[0].min(edges[1]);
        let first = paces[0].long.whole_minutes() + 10;
        let quiet = paces[1].short.whole_minutes() + 10;
        // Of days a sample every five minutes is enough.
        let step = if at > 1440 { 5 } else { 1 };
        Some(AlertTest {
            interval: Duration::from_minutes(step),
            at: Duration::from_minutes(at),
            fires: self.failures(step, &[(at + 5, above(edges[1]))])?,
            also: vec![(
                "a burst that goes on",
                self.failures(step, &[(at - first, Decimal::whole(0)), (first + 5, above(edges[0]))])?,
            )],
            silent: self.failures(step, &[(at + 5, scaled(low, 99))])?,
            still: vec![(
                "a burst that is over",
                self.failures(
                    step,
                    &[
                        (at - first - quiet, Decimal::whole(0)),
                        (first, scaled(edges[0], 300).min(Decimal::whole(1))),
                        (quiet + 5, Decimal::whole(0)),
                    ],
                )?,
            )],
            labels: Labels::new(),
            value: None,
        })
    }

    /// Input series with these shares of failures, each for so many minutes, and a sample every `step` of them.
    fn failures(&self, step: u64, stretches: &[(u64, Decimal)]) -> Option<Vec<Series>> {
        let own = |labels: Labels| -> Labels { labels.into_iter().chain(self.subject.labels()).collect() };
        let all = Decimal::whole(EVENTS);
        let bad = |share: Decimal| Decimal::millionths(share.as_millionths() * i128::from(EVENTS));
        let rest = |share: Decimal| Decimal::millionths(all.as_millionths() - bad(share).as_millionths());
        let one = |metric: &str, labels: Labels, values: String| Series {
            series: series(metric, &own(labels)),
            values,
        };
        let of = |per_minute: &dyn Fn(Decimal) -> Decimal| {
            counter(step, stretches.iter().map(|(minutes, share)| (*minutes, per_minute(*share))))
        };
        match &self.events {
            Events::Within(histogram, limit) => {
                let name = histogram.metric().as_str();
                let mut bucket = histogram.example()?;
                bucket.insert(
                    "le".to_owned(),
                    le(*limit).split('|').next().unwrap_or_default().replace('\\', ""),
                );
                Some(vec![
                    one(&format!("{name}_bucket"), bucket, of(&rest)),
                    one(&format!("{name}_count"), histogram.example()?, of(&|_| all)),
                ])
            }
            Events::Bad(part, whole) | Events::Good(part, whole) => {
                let (inside, outside) = (part.example()?, part.outside(whole)?);
                let counted = part.metric() == whole.metric() && whole.selects(&inside);
                let fails = matches!(self.events, Events::Bad(..));
                let of_part: &dyn Fn(Decimal) -> Decimal = if fails { &bad } else { &rest };
                let of_others: &dyn Fn(Decimal) -> Decimal = match (counted, fails) {
                    (false, _) => &|_| all,
                    (true, true) => &rest,
                    (true, false) => &bad,
                };
                Some(vec![
                    one(part.metric().as_str(), inside, of(of_part)),
                    one(whole.metric().as_str(), outside, of(of_others)),
                ])
            }
        }
    }
}

/// The series that holds the share of failures of a window.
fn recorded(window: Duration) -> String {
    format!("slo:failures:ratio_rate{}", window.prometheus())
}

/// The label of the bucket of that limit, as programs write it: of whole seconds some leave the fraction out.
fn le(limit: Duration) -> String {
    let seconds = Decimal::millionths(i128::from(limit.millis()) * 1000);
    let text = seconds.to_string();
    if seconds.is_whole() { format!("{text}|{text}\\\\.0") } else { text.replace('.', "\\\\.") }
}

/// A counter that grows by so much a minute for so many minutes, stretch by stretch, in promtool's notation.
fn counter(step: u64, stretches: impl Iterator<Item = (u64, Decimal)>) -> String {
    let (mut at, mut parts) = (Decimal::whole(0), Vec::new());
    for (minutes, growth) in stretches {
        let grown = |times: u64| growth.as_millionths() * i128::from(times);
        let samples = minutes / step;
        if samples > 0 {
            parts.push(format!("{at}+{}x{}", Decimal::millionths(grown(step)), samples - 1));
            at = Decimal::millionths(at.as_millionths() + grown(samples * step));
        }
    }
    parts.join(" ")
}
