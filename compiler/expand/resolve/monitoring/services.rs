//! Alerts on what the host itself sees of its services, in containers or under systemd: down, not answering, started
//! again and again.
//!
//! Where Prometheus collects metrics of a service it misses them itself, so of those only the rest is told.

use super::{Input, proof::series};
use crate::{
    model::{Alert, AlertTest, Message, Origin, Series, Service, Severity},
    values::{Duration, Labels},
};

/// How many containers of the service run, or 1 when its unit does.
const RUNNING: &str = "ondol_service_running";
/// How many of those answer.
const HEALTHY: &str = "ondol_service_healthy";
/// How often each was started again.
const RESTARTS: &str = "ondol_service_restarts_total";

/// Processor time that each has used.
pub const CPU: &str = "ondol_service_cpu_seconds_total";
/// Memory that each uses.
pub const MEMORY: &str = "ondol_service_memory_bytes";

/// The host looks once a minute: a restart that one look falls into is no alarm.
const HOLD: Duration = Duration::from_minutes(2);

/// The alerts of every service that always runs.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let constant = input.model.services.iter().filter(|service| service.profile.is_none());
    constant.flat_map(|service| Seen { input, service }.alerts()).collect()
}

struct Seen<'a> {
    input: &'a Input<'a>,
    service: &'a Service,
}

impl Seen<'_> {
    fn alerts(&self) -> Vec<Alert> {
        let (service, measured) = (self.service, self.input.is_measured(self.service));
        let unit = service.unit().is_some();
        if measured && service.tool {
            return Vec::new();
        }
        let mut alerts = vec![self.restarts()];
        if unit || !(measured || service.may_end()) {
            alerts.push(self.down());
            if service.replicas.get() > 1 {
                alerts.push(self.replica_missing());
            }
        }
        // Whatever exports its metrics asks more of it than a health check does.
        if unit || (service.health.is_some() && service.exporter.is_none()) {
            alerts.push(self.unhealthy());
        }
        alerts
    }

    fn down(&self) -> Alert {
        let told = match self.service.unit() {
            Some(unit) => self.input.pick(
                format!("systemd says that {}.service does not run.", unit.name),
                format!("systemd에 따르면 {}.service가 실행 중이 아닙니다.", unit.name),
            ),
            None => self
                .input
                .pick("No container of it runs.".to_owned(), "실행 중인 컨테이너가 없습니다.".to_owned()),
        };
        Alert {
            severity: self.severity(),
            expr: format!("{} == 0", self.now(RUNNING)),
            hold: HOLD,
            test: self.test(&[(RUNNING, "0x10")], &[(RUNNING, "1x10")]),
            ..self.alert("Down", self.input.pick("is down", "중지됨"), told)
        }
    }

    fn replica_missing(&self) -> Alert {
        let all = self.service.replicas.get();
        let told = self.input.pick(
            format!("Of {all} containers not all have worked for 2 minutes."),
            format!("2분 동안 컨테이너 {all}개 중 일부가 동작하지 않았습니다."),
        );
        let what = self.input.pick(
            format!("fewer than {all} containers work"),
            format!("동작하는 컨테이너가 {all}개보다 적음"),
        );
        let some = format!("{}x10", all - 1);
        Alert {
            // None at all is told as worse.
            expr: format!("0 < {} < {all}", self.now(HEALTHY)),
            hold: HOLD,
            test: self.test(&[(HEALTHY, &some)], &[(HEALTHY, &format!("{all}x10"))]),
            ..self.alert("ReplicaMissing", &what, told)
        }
    }

    /// Not while it is down, which is told already.
    fn unhealthy(&self) -> Alert {
        let told = match self.service.unit() {
            Some(_) => self.input.pick(
                "It runs, and has not answered on its host for 2 minutes.",
                "프로세스는 실행 중이지만 2분 동안 응답하지 않았습니다.",
            ),
            None => self.input.pick(
                "It runs, and its health check has failed for 2 minutes.",
                "컨테이너는 실행 중이지만 헬스체크가 2분 동안 실패했습니다.",
            ),
        };
        Alert {
            severity: self.severity(),
            expr: format!("{} == 0 and {} > 0", self.now(HEALTHY), self.now(RUNNING)),
            hold: HOLD,
            test: self.test(&[(RUNNING, "1x10"), (HEALTHY, "0x10")], &[(RUNNING, "0x10"), (HEALTHY, "0x10")]),
            ..self.alert("Unhealthy", self.input.pick("does not answer", "응답 없음"), told.to_owned())
        }
    }

    fn restarts(&self) -> Alert {
        let who = if self.service.unit().is_some() { "systemd" } else { "Docker" };
        let told = self.input.pick(
            format!("{who} has started it again more than twice within 15 minutes."),
            format!("15분 안에 {who}가 이 서비스를 두 번 넘게 다시 시작했습니다."),
        );
        Alert {
            expr: format!(
                "max by ({}) (increase({}[15m])) > 2",
                self.by(),
                series(RESTARTS, &self.labels(false))
            ),
            test: AlertTest {
                at: Duration::from_minutes(15),
                ..self.test(&[(RESTARTS, "0+1x20")], &[(RESTARTS, "3x20")])
            },
            ..self.alert("Restarting", self.input.pick("starts again and again", "반복 재시작"), told)
        }
    }

    /// What only helps to operate the others can wait until morning.
    fn severity(&self) -> Severity {
        if self.service.tool { Severity::Warning } else { Severity::Critical }
    }

    /// What the alerts have in common; the expression and its proof are left to say.
    fn alert(&self, suffix: &str, what: &str, told: String) -> Alert {
        let name = &self.service.name;
        let summary = Message::default().text(name.to_string());
        let summary = match self.several() {
            true => summary.text(" (").label("host").text(")"),
            false => summary,
        };
        Alert {
            name: format!("{}{suffix}", name.camel()),
            from: self.input.addresses(self.service),
            group: "services".to_owned(),
            expr: String::new(),
            hold: Duration::ZERO,
            severity: Severity::Warning,
            labels: Labels::from([("service".to_owned(), name.to_string())]),
            summary: summary.text(self.input.pick(" ", ": ")).text(what),
            description: told.into(),
            steps: self.service.looks_for_cause(self.input.model.language),
            test: self.test(&[], &[]),
            bound: None,
            origin: Origin::Derived {
                because: "it should always run".into(),
                from: self.service.origin.span(),
            },
        }
    }

    /// Whether there are other hosts, which the metrics tell apart.
    fn several(&self) -> bool {
        !self.input.model.peers.is_empty()
    }

    /// The labels by which its alerts are told apart.
    fn by(&self) -> &'static str {
        if self.several() { "host, service" } else { "service" }
    }

    /// The value of a metric of the service, with no more labels than its other alerts have.
    fn now(&self, metric: &str) -> String {
        format!("sum by ({}) ({})", self.by(), series(metric, &self.labels(false)))
    }

    /// The labels of what the script of its host tells of it.
    fn labels(&self, host: bool) -> Labels {
        let model = self.input.model;
        let host = host.then_some(("host", model.host.name.as_str()));
        [("service", self.service.name.as_str()), ("system", model.system.as_str())]
            .into_iter()
            .chain(host)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn test(&self, fires: &[(&str, &str)], silent: &[(&str, &str)]) -> AlertTest {
        let all = |list: &[(&str, &str)]| {
            let one = |(metric, values): &(&str, &str)| Series {
                series: series(metric, &self.labels(true)),
                values: (*values).to_owned(),
            };
            list.iter().map(one).collect()
        };
        let mut labels = self.labels(true);
        labels.retain(|name, _| name == "service" || (name == "host" && self.several()));
        AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(5),
            fires: all(fires),
            also: Vec::new(),
            silent: all(silent),
            still: Vec::new(),
            labels,
            value: None,
        }
    }
}
