//! Alerts about services that run on the host itself: down, not answering, restarted again and again.

use super::{Input, camel, proof::series};
use crate::{
    model::{Alert, AlertTest, HostUnit, Origin, Series, Service, Severity},
    values::{Duration, Labels},
};

/// The alerts of every unit.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let unit = |(service, unit)| Watched { input, service, unit };
    input
        .model
        .units()
        .map(unit)
        .flat_map(|watched| [watched.down(), watched.unhealthy(), watched.restarts()])
        .collect()
}

struct Watched<'a> {
    input: &'a Input<'a>,
    service: &'a Service,
    unit: &'a HostUnit,
}

impl Watched<'_> {
    fn down(&self) -> Alert {
        let (name, unit) = (&self.service.name, &self.unit.name);
        let (summary, description) = self.input.pick(
            (format!("{name} is down"), format!("systemd says that {unit}.service does not run.")),
            (format!("{name}: 중지됨"), format!("systemd에 따르면 {unit}.service가 실행 중이 아닙니다.")),
        );
        Alert {
            severity: Severity::Critical,
            expr: format!("{} == 0", self.metric("ondol_unit_active")),
            hold: Duration::from_minutes(1),
            test: self.test("ondol_unit_active", "0x10", "1x10"),
            ..self.alert("Down", summary, description)
        }
    }

    /// Not while it is down, which is told already.
    fn unhealthy(&self) -> Alert {
        let name = &self.service.name;
        let (summary, description) = self.input.pick(
            (
                format!("{name} does not answer"),
                format!("{name} runs, and has not answered on this host for 2 minutes."),
            ),
            (
                format!("{name}: 응답 없음"),
                format!("{name} 프로세스는 실행 중이지만 2분 동안 응답하지 않았습니다."),
            ),
        );
        let running = |values: &str| self.series("ondol_unit_active", values);
        let answering = |values: &str| self.series("ondol_unit_healthy", values);
        Alert {
            severity: Severity::Critical,
            expr: format!(
                "{} == 0 and {} == 1",
                self.metric("ondol_unit_healthy"),
                self.metric("ondol_unit_active")
            ),
            hold: Duration::from_minutes(2),
            test: AlertTest {
                fires: vec![running("1x10"), answering("0x10")],
                silent: vec![running("0x10"), answering("0x10")],
                ..self.test("ondol_unit_healthy", "", "")
            },
            ..self.alert("Unhealthy", summary, description)
        }
    }

    fn restarts(&self) -> Alert {
        let name = &self.service.name;
        let (summary, description) = self.input.pick(
            (
                format!("{name} starts again and again"),
                format!("systemd has restarted {name} more than twice within 15 minutes."),
            ),
            (
                format!("{name}: 반복 재시작"),
                format!("15분 안에 systemd가 {name}을(를) 두 번 넘게 다시 시작했습니다."),
            ),
        );
        Alert {
            severity: Severity::Warning,
            expr: format!("increase({}[15m]) > 2", self.metric("ondol_unit_restarts_total")),
            hold: Duration::ZERO,
            test: AlertTest {
                at: Duration::from_minutes(15),
                ..self.test("ondol_unit_restarts_total", "0+1x20", "3x20")
            },
            ..self.alert("Restarting", summary, description)
        }
    }

    /// What the alerts have in common; the expression and its proof are left to say.
    fn alert(&self, suffix: &str, summary: String, description: String) -> Alert {
        Alert {
            name: format!("{}{suffix}", camel(self.service.name.as_str())),
            from: self.input.addresses(self.service),
            group: "units".to_owned(),
            expr: String::new(),
            hold: Duration::ZERO,
            severity: Severity::Critical,
            labels: Labels::from([("service".to_owned(), self.service.name.to_string())]),
            summary: summary.into(),
            description: description.into(),
            steps: self.service.looks(),
            test: self.test("", "", ""),
            bound: None,
            origin: Origin::Derived {
                because: "it runs on the host itself".into(),
                from: self.service.origin.span(),
            },
        }
    }

    /// The labels of what the host's own script tells of the service.
    fn labels(&self) -> Labels {
        let model = self.input.model;
        [
            ("host", model.host.name.as_str()),
            ("service", self.service.name.as_str()),
            ("system", model.system.as_str()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    fn metric(&self, metric: &str) -> String {
        series(metric, &self.labels())
    }

    fn series(&self, metric: &str, values: &str) -> Series {
        Series { series: self.metric(metric), values: values.to_owned() }
    }

    fn test(&self, metric: &str, fires: &str, silent: &str) -> AlertTest {
        let one =
            |values: &str| if metric.is_empty() { Vec::new() } else { vec![self.series(metric, values)] };
        AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(5),
            fires: one(fires),
            also: Vec::new(),
            silent: one(silent),
            still: Vec::new(),
            labels: self.labels(),
            value: None,
        }
    }
}
