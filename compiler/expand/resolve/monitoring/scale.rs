//! The alert on a service that has too much to do and may grow: which step comes next.

use super::{Input, measure::Measure, subject::Subject, used};
use crate::{
    diagnostic::Diagnostic,
    expand::kind::{Form, Kind, Phrase},
    model::{Alert, AlertTest, Message, Origin, Service, Severity, Unit, scale::Scale},
    source::Located,
    values::{Duration, Labels, Name},
};

/// The alerts, one for each service whose `scale-out` says when.
pub fn alerts(input: &Input) -> Vec<Alert> {
    input.model.services.iter().filter_map(|service| alert(input, service)).collect()
}

fn alert(input: &Input, service: &Service) -> Option<Alert> {
    let scale = service.scale.as_ref()?;
    let (name, bound, hold) = scale.when.as_ref()?;
    let (form, about, subject) = measured(input, service, name)?;
    let window = super::measure::window(input.monitor.interval.value);
    let measure = Measure { form, subject, window };
    if let Some(why) = measure.misfit(bound.value) {
        let kind = bound.value.quantity().kind();
        input.sink.report(
            Diagnostic::error("bound-unit", format!("a {kind} is not the unit of what is measured"))
                .at(bound.span, format!("this is a {kind}"))
                .help(why),
        );
        return None;
    }
    let title = if about.en.is_empty() { name.value.as_str() } else { about.get(input.model.language) };
    let words = bound.value.words(input.model.language);
    let at = window.plus(*hold).plus(Duration::from_minutes(5)).whole_minutes();
    let value = bound.value.beyond();
    let mut labels = measure.subject.labels();
    labels.insert("service".to_owned(), service.name.to_string());
    let held = hold.words(input.model.language);
    let unit = measure.unit(Some(bound.value));
    // Half a second keeps clear of how Prometheus rounds what is longer than a minute; bounds of `when` are shares,
    // numbers, or times of an answer, which are shorter.
    let told = (unit != Unit::Seconds || value.as_millionths() < 60_000_000).then_some(value);
    let measured = Message::default().text(input.pick("Measured ", "현재 값 "));
    let measured = if told.is_some() { measured.value(unit) } else { Message::default().text(title) };
    Some(Alert {
        name: format!("{}ScaleOut", service.name.camel()),
        from: input.addresses(service),
        group: service.name.to_string(),
        expr: format!("{} {}", measure.expr(bound.value.operator().is_upward()), bound.value.promql()),
        hold: *hold,
        severity: Severity::Warning,
        labels,
        summary: Message::from(format!(
            "{}: {title} {words}{}; {}",
            service.name,
            match &measure.subject {
                Subject::Host(host) => format!(" ({host})"),
                Subject::Service(_) => String::new(),
            },
            advice(input, scale),
        )),
        description: measured.text(input.pick(
            format!("; it has been {words} for {held}. The steps are in the guide, under scaling out."),
            format!(", {held}째 {words} 상태입니다. 단계는 운영 가이드의 확장 절에 있습니다."),
        )),
        steps: steps(input, service, scale),
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(at),
            fires: measure.proof(value, at + 1)?,
            also: Vec::new(),
            still: Vec::new(),
            silent: measure.proof(bound.value.within(), at + 1)?,
            labels: Labels::new(),
            value: told,
        },
        bound: Some(words),
        origin: Origin::Stated(bound.span),
    })
}

/// What the measure is, and of whom: the kind of the service or of its exporter knows it, or it is what the service uses
/// of its limits, or the host's.
fn measured(input: &Input, service: &Service, name: &Located<Name>) -> Option<(Form, Phrase, Subject)> {
    let exporter = service.exporter.as_ref().and_then(|name| input.model.service(name));
    let of_service = [Some(service), exporter].into_iter().flatten();
    let of_service = of_service.map(|one| (one, Subject::Service(service.name.clone())));
    let of_host = input.host_exporter().map(|one| (one, Subject::Host(input.model.host.name.clone())));
    let kind = |(one, subject): (&'_ Service, Subject)| {
        let kind = input.kind(one).filter(|_| input.is_measured(one))?;
        Some((kind, subject))
    };
    let of_service: Vec<(&Kind, Subject)> = of_service.filter_map(kind).collect();
    let of_host: Vec<(&Kind, Subject)> = of_host.into_iter().filter_map(kind).collect();
    let find = |kinds: &[(&Kind, Subject)]| {
        kinds.iter().find_map(|(kind, subject)| {
            let found = kind.measures.iter().find(|measure| measure.name.value == name.value)?;
            Some((found.form.clone(), found.about.clone(), subject.clone()))
        })
    };
    let used = || {
        let (form, about) = used::measure(input, service, &name.value)?;
        Some((form, about, Subject::Service(service.name.clone())))
    };
    if let Some(found) = find(&of_service).or_else(used).or_else(|| find(&of_host)) {
        return Some(found);
    }
    let measures = of_service.iter().chain(&of_host).flat_map(|(kind, _)| &kind.measures);
    let known: Vec<&str> = measures.map(|measure| measure.name.value.as_str()).collect();
    input.unknown(
        Diagnostic::error("unknown-measure", format!("it is not said what `{}` measures", name.value))
            .at(name.span, "no measure of that name is known of the service or its host"),
        name.value.as_str(),
        &known,
        "",
    );
    None
}

/// What is to be done, in one line.
fn advice(input: &Input, scale: &Scale) -> String {
    let (what, now) = (&scale.what, scale.now);
    match scale.next() {
        Some(next) => {
            input.pick(format!("scale {what} from {now} to {next}"), format!("{what}: {now} → {next} 확장"))
        }
        None => input.pick(
            format!("{now} {what} are the last step of the plan, the next is another host"),
            format!("{what} {now}: 계획의 마지막 단계이며, 다음은 서버 추가"),
        ),
    }
}

/// What to run: first to see that it is this service that is busy.
fn steps(input: &Input, service: &Service, scale: &Scale) -> Vec<String> {
    let mut steps = service.looks();
    if service.unit().is_none() {
        steps.push("docker stats --no-stream".to_owned());
    }
    let Some(next) = scale.next() else { return steps };
    let (name, what) = (&service.name, &scale.what);
    if scale.adds_containers() && service.unit().is_none() {
        steps.push(
            input.pick(
                "# At once, until the next deployment:".to_owned(),
                "# 즉시, 다음 배포까지:".to_owned(),
            ),
        );
        steps.push(scale.at_once(name, next));
    }
    steps.push(input.pick(
        format!("# To stay: `{what} {next}` in the description of {name}, then ondol plan, ondol apply, scripts/deploy.sh"),
        format!("# 계속: 설명 파일의 {name}에 `{what} {next}`, 그다음 ondol plan, ondol apply, scripts/deploy.sh"),
    ));
    steps
}
