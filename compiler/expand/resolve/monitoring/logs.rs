//! Alerts about logs that are not as they are described: metrics are drawn from them, and people look for fields in them.

use super::Input;
use crate::{
    model::{Alert, AlertTest, LogSchema, Origin, Series, Severity},
    values::{Duration, Labels, Name},
};

/// One alert for each service that writes described logs.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let mut found: Vec<(&Name, &LogSchema)> = Vec::new();
    for log in input.model.logs.iter().filter_map(|log| log.schema.as_ref()) {
        if !found.iter().any(|(service, _)| **service == log.service) {
            found.push((&log.service, log));
        }
    }
    found.into_iter().map(|(service, log)| malformed(input, service, log)).collect()
}

/// More than one line in a hundred: a single odd line is no reason to get up.
fn malformed(input: &Input, service: &Name, log: &LogSchema) -> Alert {
    let growth = |metric: &str| format!("sum(increase({metric}{{service=\"{service}\"}}[1h]))");
    let series = |metric: &str, values: &str| Series {
        series: format!("{metric}{{service=\"{service}\"}}"),
        values: values.to_owned(),
    };
    let lines = |wrong: &str| {
        vec![series("ondol_log_wrong_lines_total", wrong), series("ondol_log_lines_total", "0+1000x90")]
    };
    let (summary, description) = input.pick(
        (
            format!("{service} logs what it should not"),
            "More than 1 % of its lines in the last hour are not as described: metrics and searches miss them.",
        ),
        (
            format!("{service}: 로그 형식 오류"),
            "지난 한 시간 동안 로그 줄 가운데 1% 넘게 기술된 형식과 달랐습니다. 그런 줄은 메트릭과 검색에서 빠집니다.",
        ),
    );
    // Servers have the trees only, neither ondol nor the description.
    let checked = format!(
        "# {}: ssh SERVER cat {} | ondol log check - system.kdl --log {service}",
        input.pick("where ondol and system.kdl are", "ondol과 system.kdl이 있는 컴퓨터에서"),
        log.file
    );
    Alert {
        name: format!("{}LogMalformed", service.camel()),
        from: vec![format!("service/{service}")],
        group: service.to_string(),
        expr: format!(
            "{} / {} > 0.01",
            growth("ondol_log_wrong_lines_total"),
            growth("ondol_log_lines_total")
        ),
        hold: Duration::from_minutes(10),
        severity: Severity::Warning,
        labels: Labels::from([("service".to_owned(), service.to_string())]),
        summary: summary.into(),
        description: description.into(),
        steps: vec![format!("sudo tail -n 20 {}", log.file), checked],
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(80),
            fires: lines("0+20x90"),
            also: Vec::new(),
            silent: lines("0+9x90"),
            still: Vec::new(),
            labels: Labels::new(),
            value: None,
        },
        bound: None,
        origin: Origin::Derived {
            because: "the lines of its log are described".into(),
            from: log.origin.span(),
        },
    }
}
