//! Watches: each finds its measure, and becomes an alert for each of its bounds.

use super::{Input, known, measure::Measure, subject::Subject, used};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::{Form, Kind, Phrase},
        read::monitor::WatchSpec,
    },
    model::{Alert, AlertTest, Message, Origin, Service, Severity, Unit},
    source::Located,
    values::{Bound, Decimal, Duration, Labels, Language, Line, Name},
};

/// A watch with its measure.
pub struct Watch {
    /// Its own name.
    pub stated: Name,
    /// The measure of the kind that it bounds, if it is one.
    pub name: String,
    /// What it is called for people.
    pub title: String,
    /// What is measured.
    pub measure: Measure,
    /// Alerts, one for each bound.
    pub alerts: Vec<Alert>,
    /// The bounds with their severities.
    pub bounds: Vec<(Bound, Severity)>,
}

/// Resolves every watch.
pub fn watches(input: &Input) -> Vec<Watch> {
    input.monitor.watches.iter().filter_map(|spec| watch(input, spec)).collect()
}

/// Resolves one.
pub fn watch(input: &Input, spec: &WatchSpec) -> Option<Watch> {
    let (subject, services) = watched(input, spec.of.as_ref())?;
    let seen = seen(input, spec, &subject, &services);
    let by_host = seen.is_some();
    let (form, about) = match seen {
        Some((form, about)) => (form, Some(about)),
        None => form(input, spec, &services)?,
    };
    let measure = Measure { form, subject, window: super::measure::window(input.monitor.interval.value) };
    if !by_host {
        known::check(input, spec.span, &measure, &services)?;
    }
    let bounds = bounds(input, spec, &measure)?;
    let title = match (&spec.about, &about) {
        (Some(stated), _) => stated.get(input.model.language).to_owned(),
        (None, Some(kinds)) if !kinds.en.is_empty() => kinds.get(input.model.language).to_owned(),
        _ => spec.name.value.to_string(),
    };
    let steps = steps(input, spec, &measure.subject, &services);
    let alerts = bounds
        .iter()
        .map(|(bound, severity)| Raised {
            input,
            spec,
            steps: &steps,
            measure: &measure,
            title: &title,
            bound: *bound,
            severity: *severity,
        })
        .map(|raised| raised.alert(bounds.len() > 1))
        .collect::<Option<Vec<_>>>();
    let Some(alerts) = alerts else {
        unproved(input, spec, &measure);
        return None;
    };
    let name = spec.measure.as_ref().unwrap_or(&spec.name).value.to_string();
    Some(Watch { stated: spec.name.value.clone(), name, title, measure, alerts, bounds })
}

/// What the description says is to be done, else what the kind says of the measure; when both are silent, where anybody
/// would look first.
fn steps(input: &Input, spec: &WatchSpec, subject: &Subject, services: &[&Service]) -> Vec<String> {
    let name = &spec.measure.as_ref().unwrap_or(&spec.name).value;
    let measures = services.iter().filter_map(|one| input.kind(one)).flat_map(|kind| &kind.measures);
    let kinds = measures.filter(|measure| spec.form.is_none() && measure.name.value == *name);
    if !spec.steps.is_empty() {
        return spec.steps.iter().map(|step| step.value.to_string()).collect();
    }
    let about = match subject {
        Subject::Service(name) => Some(name),
        Subject::Host(_) => services.first().map(|service| &service.name),
    };
    if let Some(scope) = about.and_then(|name| input.context.scope(name)) {
        let filled =
            |step: &Located<Line>| input.context.filled(scope.fill_shell(step.value.as_str()), step.span);
        let steps: Vec<String> = kinds.flat_map(|one| &one.steps).filter_map(filled).collect();
        if !steps.is_empty() {
            return steps;
        }
    }
    match subject {
        Subject::Service(name) => {
            input.model.service(name).map(|service| service.looks()).unwrap_or_default()
        }
        Subject::Host(_) => {
            vec!["docker stats --no-stream".to_owned(), "top -b -n 1 | head -n 20".to_owned()]
        }
    }
}

/// Whom it is about, and the services that export that one's metrics: itself and its exporter.
pub fn watched<'a>(input: &Input<'a>, of: Option<&Located<Name>>) -> Option<(Subject, Vec<&'a Service>)> {
    let host = || {
        let subject = Subject::Host(input.model.host.name.clone());
        Some((subject, input.host_exporter().into_iter().collect()))
    };
    let Some(of) = of else { return host() };
    if input.context.hosts.iter().any(|host| host.name == of.value) {
        return if of.value == input.model.host.name { host() } else { None };
    }
    if let Some(service) = input.model.service(&of.value) {
        let exporter = service.exporter.as_ref().and_then(|name| input.model.service(name));
        return Some((
            Subject::Service(service.name.clone()),
            [Some(service), exporter].into_iter().flatten().collect(),
        ));
    }
    let services = input.model.services.iter().map(|service| service.name.as_str());
    let names: Vec<&str> =
        services.chain(input.context.hosts.iter().map(|host| host.name.as_str())).collect();
    input.unknown(
        Diagnostic::error("unknown-service", format!("there is no service or host `{}`", of.value))
            .at(of.span, "named here"),
        of.value.as_str(),
        &names,
        "",
    );
    None
}

/// What the host sees a service use, when that is watched and no kind measures something of that name.
fn seen(input: &Input, spec: &WatchSpec, subject: &Subject, services: &[&Service]) -> Option<(Form, Phrase)> {
    let name = &spec.measure.as_ref().unwrap_or(&spec.name).value;
    let Subject::Service(service) = subject else { return None };
    let known = || services.iter().filter_map(|one| input.kind(one)).flat_map(|kind| &kind.measures);
    if spec.form.is_some() || known().any(|measure| measure.name.value == *name) {
        return None;
    }
    used::measure(input, input.model.service(service)?, name)
}

/// What is measured: stated, else a measure of the kind, of its exporter's kind, or of the host exporter's.
fn form(input: &Input, spec: &WatchSpec, services: &[&Service]) -> Option<(Form, Option<Phrase>)> {
    if let Some(form) = &spec.form {
        if let Form::Expression(_, samples) = form
            && samples.is_empty()
        {
            input.sink.report(
                Diagnostic::error("unproved-expression", "an expression of one's own needs the series that prove it")
                    .at(spec.span, "without `series` no unit test can be made")
                    .help("write for example `series \"queue_length{$self}\"`: the series that has the measured value"),
            );
            return None;
        }
        return Some((form.clone(), None));
    }
    let name = spec.measure.as_ref().unwrap_or(&spec.name);
    let (form, about) = measured(input, name, services)?;
    Some((form, Some(about)))
}

/// A measure of the services' kinds; one that none of them has is reported.
pub fn measured(input: &Input, name: &Located<Name>, services: &[&Service]) -> Option<(Form, Phrase)> {
    let kinds: Vec<&Kind> = services.iter().filter_map(|service| input.kind(service)).collect();
    let measures = || kinds.iter().flat_map(|kind| &kind.measures);
    if let Some(measure) = measures().find(|measure| measure.name.value == name.value) {
        return Some((measure.form.clone(), measure.about.clone()));
    }
    let known: Vec<&str> = measures().map(|measure| measure.name.value.as_str()).collect();
    input.unknown(
        Diagnostic::error("unknown-measure", format!("it is not said what `{}` measures", name.value))
            .at(name.span, "no measure of that name is known here"),
        name.value.as_str(),
        &known,
        "say what is measured, as in `max=\"some_gauge\"` or `p95=\"some_histogram\"`",
    );
    None
}

/// The bounds: at least one, in the measure's unit, in one direction, the critical one beyond the warning.
fn bounds(input: &Input, spec: &WatchSpec, measure: &Measure) -> Option<Vec<(Bound, Severity)>> {
    let stated = [(&spec.warn, Severity::Warning), (&spec.critical, Severity::Critical)];
    for bound in stated.iter().filter_map(|(bound, _)| bound.as_ref()) {
        if let Some(why) = measure.misfit(bound.value) {
            let kind = bound.value.quantity().kind();
            input.sink.report(
                Diagnostic::error("bound-unit", format!("a {kind} is not the unit of what is measured"))
                    .at(bound.span, format!("this is a {kind}"))
                    .help(why),
            );
            return None;
        }
    }
    if let (Some(warn), Some(critical)) = (&spec.warn, &spec.critical)
        && (!critical.value.implies(warn.value) || critical.value == warn.value)
    {
        input.sink.report(
            Diagnostic::error("bounds-contradict", "the critical bound is not beyond the warning")
                .at(critical.span, "critical")
                .at(warn.span, "warning")
                .help("a value that is critical must be beyond the warning too"),
        );
        return None;
    }
    let bounds: Vec<_> =
        stated.iter().filter_map(|(bound, severity)| Some((bound.as_ref()?.value, *severity))).collect();
    if bounds.is_empty() {
        input.sink.report(
            Diagnostic::error("watch-without-bound", "`watch` needs a bound")
                .at(spec.span, "nothing would ever be told")
                .help("write for example `warn=\">1s\"` or `critical=\">5%\"`"),
        );
        return None;
    }
    Some(bounds)
}

fn unproved(input: &Input, spec: &WatchSpec, measure: &Measure) {
    let help = match &measure.form {
        Form::Ratio(..) => "`ratio` counts a part of what `over` counts, and not all of it",
        _ => "its conditions on labels seem to exclude each other",
    };
    input.sink.report(
        Diagnostic::error("unproved-expression", "no series can be found under which this alert fires")
            .at(spec.span, "without them no unit test can be made")
            .help(help),
    );
}

/// A bound of a watch on its way to an alert.
struct Raised<'a> {
    input: &'a Input<'a>,
    spec: &'a WatchSpec,
    steps: &'a [String],
    measure: &'a Measure,
    title: &'a str,
    bound: Bound,
    severity: Severity,
}

impl Raised<'_> {
    /// The alert; `both` says whether the watch has another bound. None when no series proves it.
    fn alert(&self, both: bool) -> Option<Alert> {
        let subject = &self.measure.subject;
        let hold = self.spec.hold.value;
        // Rates need a window of samples, then the bound has to be violated for a while, then an evaluation sees it.
        let at = self.measure.window.plus(hold).plus(Duration::from_minutes(5)).whole_minutes();
        let suffix = match (both, self.severity) {
            (false, _) => "",
            (true, Severity::Warning) => "Warning",
            (true, Severity::Critical) => "Critical",
        };
        let mut value = self.bound.beyond();
        if self.measure.unit(Some(self.bound)) == Unit::Seconds && value.as_millionths() >= 60_000_000 {
            // From a minute on Prometheus prints whole seconds: half a one keeps clear of the rounding of floats.
            value = Decimal::millionths(value.as_millionths() + 500_000);
        }
        let watch = self.spec.name.value.as_str();
        let mut labels = subject.labels();
        labels.insert("watch".to_owned(), watch.to_owned());
        Some(Alert {
            name: format!("{}{}{suffix}", subject.prefix(), self.spec.name.value.camel()),
            from: self.from(),
            group: subject.group(),
            expr: format!("{} {}", self.measure.expr(self.bound.operator().is_upward()), self.bound.promql()),
            hold,
            severity: self.severity,
            labels,
            summary: Message::default().text(format!(
                "{}: {} {}",
                subject.name(),
                self.title,
                self.headline()
            )),
            description: self.description(),
            steps: self.steps.to_vec(),
            test: AlertTest {
                interval: Duration::from_minutes(1),
                at: Duration::from_minutes(at),
                fires: self.measure.proof(value, at + 1)?,
                also: Vec::new(),
                still: Vec::new(),
                silent: self.measure.proof(self.bound.within(), at + 1)?,
                labels: Labels::new(),
                value: Some(value),
            },
            bound: Some(self.words()),
            origin: Origin::Stated(match self.severity {
                Severity::Warning => self.spec.warn.as_ref().map_or(self.spec.span, |bound| bound.span),
                Severity::Critical => self.spec.critical.as_ref().map_or(self.spec.span, |bound| bound.span),
            }),
        })
    }

    fn from(&self) -> Vec<String> {
        let service = self.input.model.service(self.measure.subject.name());
        std::iter::once(format!("watch/{}", self.spec.name.value))
            .chain(service.into_iter().flat_map(|service| self.input.addresses(service)))
            .collect()
    }

    /// The bound for people: `above 5 per second`.
    fn words(&self) -> String {
        let words = self.bound.words(self.input.model.language);
        match (self.measure.unit(Some(self.bound)), self.input.model.language) {
            (unit, Language::English) if unit.is_per_second() => format!("{words} per second"),
            (unit, Language::Korean) if unit.is_per_second() => format!("초당 {words}"),
            _ => words,
        }
    }

    /// The bound behind the title, which may say already that it is a rate.
    fn headline(&self) -> String {
        let language = self.input.model.language;
        if self.title.contains(language.pick("per second", "초당")) {
            self.bound.words(language)
        } else {
            self.words()
        }
    }

    /// What was measured; Prometheus puts in the value.
    fn description(&self) -> Message {
        let unit = self.measure.unit(Some(self.bound));
        let (words, hold) = (self.words(), self.spec.hold.value.words(self.input.model.language));
        let bound = match (self.spec.hold.value.is_zero(), self.input.model.language) {
            (true, Language::English) => format!("; it is {words}."),
            (true, Language::Korean) => format!(", {words} 상태입니다."),
            (false, Language::English) => format!("; it has been {words} for {hold}."),
            (false, Language::Korean) => format!(", {hold}째 {words} 상태입니다."),
        };
        Message::default().text(self.input.pick("Measured ", "현재 값 ")).value(unit).text(bound)
    }
}
