//! Scrape targets, and the alerts that one does not answer, or nothing of a whole host.

use super::{Input, subject::Subject};
use crate::{
    model::{Alert, AlertTest, Message, Origin, Scrape, ScrapeTarget, Series, Service, Severity},
    values::{Address, Duration, Labels, Name, Port},
};

/// Everything on this host that exports metrics, to be scraped by the Prometheus on the host `scraper`.
pub fn scrapes(input: &Input, scraper: Option<&Name>) -> Vec<Scrape> {
    let (host, several) = (&input.model.host, !input.model.peers.is_empty());
    let scrape = |service: &Service| {
        let subject = Subject::of(input, service);
        let port = service.metrics_port?;
        let address = match host.internal.filter(|_| several && scraper != Some(&host.name)) {
            Some(ip) => Address::Ip(ip).with_port(at(service, port)),
            None => format!("{}:{port}", service.name),
        };
        let labelled = several || matches!(subject, Subject::Host(_));
        Some(Scrape {
            job: service.name.clone(),
            port,
            targets: vec![ScrapeTarget { address, host: labelled.then(|| host.name.clone()) }],
            path: service.metrics_path.clone()?,
            service: subject.name().clone(),
            host: matches!(subject, Subject::Host(_)),
            by_dns: service.replicas.get() > 1,
            origin: Origin::Derived {
                because: format!("{} exports metrics", service.name),
                from: service.origin.span(),
            },
        })
    };
    input.model.services.iter().filter_map(scrape).collect()
}

/// The port at which other hosts reach that one.
fn at(service: &Service, port: Port) -> Port {
    service.published.iter().find_map(|published| published.leading_to(port)).unwrap_or(port)
}

/// The alerts of a target: it does not answer; of several replicas, some do not.
pub fn alerts(input: &Input, scrape: &Scrape) -> Vec<Alert> {
    let Some(service) = input.model.service(&scrape.job) else { return Vec::new() };
    let target = Target { input, scrape, service, subject: Subject::of(input, service) };
    if scrape.by_dns { vec![target.all_missing(), target.some_missing()] } else { vec![target.unreachable()] }
}

/// What the alert is called that a host is away, behind the name of the host.
pub const GONE: &str = "HostUnreachable";

/// The alert that nothing on the host answers, for a Prometheus on another one.
pub fn host_unreachable(input: &Input, scraper: Option<&Name>, scrapes: &[Scrape]) -> Option<Alert> {
    let host = &input.model.host;
    if input.model.peers.is_empty() || scraper == Some(&host.name) || scrapes.is_empty() {
        return None;
    }
    let subject = Subject::Host(host.name.clone());
    let up = |first: &str, rest: &str| {
        let one = |(number, scrape): (usize, &Scrape)| {
            let labels = [("job", scrape.job.as_str()), ("host", host.name.as_str())];
            let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            let values = if number == 0 { first } else { rest };
            Series { series: super::proof::series("up", &labels), values: values.to_owned() }
        };
        scrapes.iter().enumerate().map(one).collect()
    };
    let (summary, description) = input.pick(
        (
            format!("{}: the host does not answer", host.name),
            format!("Nothing on {} has answered Prometheus for a minute: it is down, or the network to it. Look from the host that runs Prometheus.", host.name),
        ),
        (
            format!("{}: 서버 응답 없음", host.name),
            format!("1분 동안 {}에서 아무것도 Prometheus에 응답하지 않았습니다. 서버나 그곳까지의 네트워크가 중단되었습니다. Prometheus가 있는 서버에서 확인합니다.", host.name),
        ),
    );
    Some(Alert {
        name: GONE.to_owned(),
        from: vec![format!("host/{}", host.name)],
        group: "targets".to_owned(),
        expr: format!("max by (host) (up{{{}}}) == 0", subject.matcher()),
        // Before what runs on it is missed.
        hold: Duration::from_minutes(1),
        severity: Severity::Critical,
        labels: subject.labels(),
        summary: summary.into(),
        description: description.into(),
        steps: reached(input),
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(5),
            fires: up("0x10", "0x10"),
            also: Vec::new(),
            still: Vec::new(),
            // As long as something answers, the host is there.
            silent: up("1x10", "0x10"),
            labels: Labels::new(),
            value: None,
        },
        bound: None,
        origin: Origin::Derived { because: "another host watches it".to_owned(), from: host.origin.span() },
    })
}

/// How to see whether the host is there.
fn reached(input: &Input) -> Vec<String> {
    let host = &input.model.host;
    let address = host.internal.map_or_else(|| host.name.to_string(), |ip| ip.to_string());
    vec![format!("ping -c 3 {address}"), format!("ssh {address} uptime")]
}

struct Target<'a> {
    input: &'a Input<'a>,
    scrape: &'a Scrape,
    service: &'a Service,
    subject: Subject,
}

/// How long a target may be away: a restart is no alarm.
const HOLD: Duration = Duration::from_minutes(2);

impl Target<'_> {
    fn unreachable(&self) -> Alert {
        let job = &self.scrape.job;
        let severity = if self.service.observes.is_some() { Severity::Warning } else { Severity::Critical };
        let instance = self.scrape.targets[0].address.clone();
        // An exporter that is silent hides what it is about.
        let exporter = self.service.observes.is_some() || self.scrape.host;
        let (summary, description) = if exporter {
            self.input.pick(
                (
                    ": its metrics are missing",
                    format!("{job} has not answered Prometheus for 2 minutes; nothing is known about {} meanwhile.", self.subject.name()),
                ),
                (
                    ": 메트릭 없음",
                    format!("2분 동안 Prometheus가 {job}에서 응답을 받지 못했습니다. 그동안 {} 상태를 알 수 없습니다.", self.subject.name()),
                ),
            )
        } else {
            self.input.pick(
                (": does not answer", format!("{job} has not answered Prometheus for 2 minutes.")),
                (": 응답 없음", format!("2분 동안 Prometheus가 {job}에서 응답을 받지 못했습니다.")),
            )
        };
        let mut carried =
            Labels::from([("job".to_owned(), job.to_string()), ("instance".to_owned(), instance.clone())]);
        let mut labels = Labels::new();
        let mut subject = Message::from(self.subject.name().to_string());
        // Of what runs on several hosts it has to be said where.
        if self.service.hosts.len() > 1 && !self.scrape.host {
            subject = subject.text(" (").label("host").text(")");
            labels.insert("host".to_owned(), self.input.model.host.name.to_string());
            carried.extend(labels.clone());
        }
        let up = |values: &str| vec![self.up(&instance, labels.clone(), values)];
        Alert {
            severity,
            // What is about a host is there for each of them.
            expr: match (self.scrape.host && !self.input.model.peers.is_empty(), self.subject.matcher()) {
                (true, host) => format!("up{{job=\"{job}\",{host}}} == 0"),
                (false, _) => format!("up{{job=\"{job}\"}} == 0"),
            },
            test: AlertTest { labels: carried, ..self.test(up("0x10"), up("1x10")) },
            ..self.alert("Unreachable", subject.text(summary), description)
        }
    }

    fn all_missing(&self) -> Alert {
        let job = &self.scrape.job;
        let (summary, description) = self.input.pick(
            (
                format!("{job}: does not answer"),
                format!("No container of {job} has answered Prometheus for 2 minutes."),
            ),
            (
                format!("{job}: 응답 없음"),
                format!("2분 동안 {job}의 어느 컨테이너도 Prometheus에 응답하지 않았습니다."),
            ),
        );
        Alert {
            severity: Severity::Critical,
            expr: format!("(count(up{{job=\"{job}\"}} == 1) or vector(0)) == 0"),
            test: self.test(self.replicas(0), self.replicas(1)),
            ..self.alert("Unreachable", summary, description)
        }
    }

    fn some_missing(&self) -> Alert {
        let (job, all) = (&self.scrape.job, self.service.replicas.get());
        let (summary, description) = self.input.pick(
            (
                format!("{job}: fewer than {all} containers answer"),
                format!("Of {all} containers of {job} not all have answered Prometheus for 2 minutes."),
            ),
            (
                format!("{job}: 응답하는 컨테이너가 {all}개보다 적음"),
                format!("2분 동안 {job}의 컨테이너 {all}개 중 일부가 Prometheus에 응답하지 않았습니다."),
            ),
        );
        Alert {
            severity: Severity::Warning,
            expr: format!("(count(up{{job=\"{job}\"}} == 1) or vector(0)) < {all}"),
            test: self.test(self.replicas(all - 1), self.replicas(all)),
            ..self.alert("ReplicaMissing", summary, description)
        }
    }

    /// What the alerts have in common; the expression and its proof are left to say.
    fn alert(&self, suffix: &str, summary: impl Into<Message>, description: String) -> Alert {
        let job = &self.scrape.job;
        Alert {
            name: format!("{}{suffix}", job.camel()),
            from: self.input.addresses(self.service),
            group: "targets".to_owned(),
            expr: String::new(),
            hold: HOLD,
            severity: Severity::Critical,
            labels: self.subject.labels(),
            summary: summary.into(),
            description: description.into(),
            steps: self.service.looks_for_cause(self.input.model.language),
            test: self.test(Vec::new(), Vec::new()),
            bound: None,
            origin: self.scrape.origin.clone(),
        }
    }

    fn test(&self, fires: Vec<Series>, silent: Vec<Series>) -> AlertTest {
        AlertTest {
            interval: Duration::from_minutes(1),
            at: Duration::from_minutes(5),
            fires,
            also: Vec::new(),
            still: Vec::new(),
            silent,
            labels: Labels::new(),
            value: None,
        }
    }

    fn up(&self, instance: &str, mut labels: Labels, values: &str) -> Series {
        labels.extend(self.subject.labels());
        labels.insert("job".to_owned(), self.scrape.job.to_string());
        labels.insert("instance".to_owned(), instance.to_owned());
        Series { series: super::proof::series("up", &labels), values: values.to_owned() }
    }

    /// All replicas, `answering` of them up.
    fn replicas(&self, answering: u32) -> Vec<Series> {
        let address = |n: u32| format!("10.0.{}.{}:{}", n / 250, n % 250 + 1, self.scrape.port);
        let all = self.service.replicas.get();
        (0..all)
            .map(|n| self.up(&address(n), Labels::new(), if n < answering { "1x10" } else { "0x10" }))
            .collect()
    }
}
