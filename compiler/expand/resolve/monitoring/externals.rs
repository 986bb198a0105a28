//! The alerts of what somebody else runs: it does not answer.

use super::{Input, proof::series};
use crate::{
    expand::kind::Role,
    model::{Alert, AlertTest, External, Probe, Series, Service, Severity},
    values::{Duration, Labels},
};

/// One for each external that can be asked.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let prober = |service: &Service| input.kind(service).is_some_and(|kind| kind.role == Role::Prober);
    if !input.model.services.iter().any(prober) {
        return Vec::new();
    }
    let asked = |one: &External| one.probe.as_ref().map(|probe| alert(input, one, probe));
    input.model.externals.iter().filter_map(asked).collect()
}

fn alert(input: &Input, external: &External, probe: &Probe) -> Alert {
    let name = &external.name;
    let target = probe.target();
    let (summary, description) = input.pick(
        (
            format!("{name}: does not answer"),
            format!("{target} has not answered for 2 minutes. It is not run here: see the runbook for whom to call."),
        ),
        (
            format!("{name}: 응답 없음"),
            format!("2분 동안 {target}에서 응답이 없습니다. 여기서 운영하는 것이 아닙니다. 연락처는 운영 가이드에 있습니다."),
        ),
    );
    let labels = Labels::from([("external".to_owned(), name.to_string())]);
    let carried = Labels::from([("instance".to_owned(), target.clone()), ("job".to_owned(), probe.job())]);
    let success = |values: &str| {
        let labels = labels.clone().into_iter().chain(carried.clone()).collect();
        vec![Series { series: series("probe_success", &labels), values: values.to_owned() }]
    };
    Alert {
        name: format!("{}Unreachable", name.camel()),
        from: vec![format!("external/{name}")],
        group: "targets".to_owned(),
        expr: format!("probe_success{{external=\"{name}\"}} == 0"),
        hold: Duration::from_minutes(2),
        severity: Severity::Critical,
        labels: labels.clone(),
        summary: summary.into(),
        description: description.into(),
        steps: vec![by_hand(probe)],
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(5),
            fires: success("0x10"),
            also: Vec::new(),
            still: Vec::new(),
            silent: success("1x10"),
            labels: carried,
            value: None,
        },
        bound: None,
        origin: external.origin.clone(),
    }
}

/// The same question, asked from the host.
fn by_hand(probe: &Probe) -> String {
    match probe {
        Probe::Tcp(address, port) => format!("timeout 5 bash -c '</dev/tcp/{address}/{port}' && echo open"),
        Probe::Answers(url) | Probe::Healthy(url) => {
            format!("curl -sS -m 5 -o /dev/null -w '%{{http_code}}\\n' '{url}'")
        }
    }
}
