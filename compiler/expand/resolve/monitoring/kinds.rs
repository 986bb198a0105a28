//! The alerts that kinds bring, for each service of the kind.

use super::{Input, proof::series, subject::Subject};
use crate::{
    expand::kind::{KindAlert, Phrase},
    model::{Alert, AlertTest, Message, Origin, Series, Service},
    values::{Duration, Labels, Samples, Selector},
};

/// Every one whose metrics are collected; without those it could never fire.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for service in input.model.services.iter().filter(|service| input.is_measured(service)) {
        let Some(kind) = input.kind(service) else { continue };
        let subject = Subject::of(input, service);
        alerts.extend(kind.alerts.iter().filter_map(|alert| one(input, service, &subject, alert)));
    }
    alerts
}

fn one(input: &Input, service: &Service, subject: &Subject, alert: &KindAlert) -> Option<Alert> {
    let message = |phrase: &Phrase| {
        let text = phrase.get(input.model.language).replace("{name}", subject.name().as_str());
        message(&text, &alert.labels)
    };
    // What is to be done is done about the service, not about its exporter.
    let about = match subject {
        Subject::Service(name) => name,
        Subject::Host(_) => &service.name,
    };
    let mut scope = input.context.scope(about)?.clone();
    scope.text("name", subject.name().as_str());
    let expr = alert.expr.value.about(&subject.matcher());
    // Of what runs on several hosts it has to be said where; what computes with series may lose the label.
    let several = service.hosts.len() > 1 && matches!(subject, Subject::Service(_));
    let host = (several && !expr.contains('(')).then_some(&input.model.host.name);
    let mut own = subject.labels();
    let mut carried: Labels = alert.labels.iter().cloned().collect();
    let mut summary = Message::from(subject.name().to_string());
    if let Some(host) = host {
        own.insert("host".to_owned(), host.to_string());
        carried.insert("host".to_owned(), host.to_string());
        summary = summary.text(" (").label("host").text(")");
    }
    summary = summary.text(": ");
    let series = |list: &[(Selector, Samples)]| -> Option<Vec<Series>> {
        list.iter()
            .map(|(selector, values)| {
                let labels = selector.example()?.into_iter().chain(own.clone()).collect();
                Some(Series {
                    series: series(selector.metric().as_str(), &labels),
                    values: values.to_string(),
                })
            })
            .collect()
    };
    summary.0.extend(message(&alert.summary).0);
    Some(Alert {
        name: format!("{}{}", subject.prefix(), alert.name.value),
        from: input.addresses(service),
        group: subject.group(),
        expr,
        hold: alert.hold,
        severity: alert.severity,
        labels: subject.labels(),
        summary,
        description: message(&alert.description),
        steps: match alert.steps.as_slice() {
            [] => input.model.service(about).unwrap_or(service).looks_for_cause(input.model.language),
            steps => steps
                .iter()
                .filter_map(|step| input.context.filled(scope.fill_shell(step.value.as_str()), step.span))
                .collect(),
        },
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: alert.after,
            fires: series(&alert.fires)?,
            also: Vec::new(),
            still: Vec::new(),
            silent: series(&alert.silent)?,
            labels: carried,
            value: None,
        },
        bound: None,
        origin: Origin::Derived {
            because: format!("the kind `{}` brings it", service.kind),
            from: alert.name.span,
        },
    })
}

/// A kind's text; `{label}` in it is the value of a label that the alert takes from its series.
fn message(text: &str, labels: &[(String, String)]) -> Message {
    let mut message = Message::default();
    let mut rest = text;
    while let Some((before, label, behind)) = first(rest, labels) {
        message = message.text(before).label(label);
        rest = behind;
    }
    message.text(rest)
}

fn first<'a>(text: &'a str, labels: &'a [(String, String)]) -> Option<(&'a str, &'a str, &'a str)> {
    labels
        .iter()
        .filter_map(|(label, _)| {
            let (before, behind) = text.split_once(&format!("{{{label}}}"))?;
            Some((before, label.as_str(), behind))
        })
        .min_by_key(|(before, ..)| before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_where_the_text_names_them() {
        let labels = [("device".to_owned(), "x".to_owned()), ("mode".to_owned(), "y".to_owned())];
        let expected =
            Message::default().text("a ").label("mode").text(", ").label("device").text(" {b} {{c}}");
        assert_eq!(message("a {mode}, {device} {b} {{c}}", &labels), expected);
    }
}
