//! Alerts that follow: of scrape targets, jobs, backups, the certificate; and those that kinds bring.

use super::{Input, camel};
use crate::{
    expand::kind::{KindAlert, Role},
    model::{Alert, AlertTest, Origin, Scrape, Series, Service, Severity, Tls},
    source::Span,
    values::Duration,
};

/// Everything but the alerts of kinds.
pub fn alerts(input: &Input, scrapes: &[Scrape]) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = scrapes.iter().map(|scrape| target(input, scrape)).collect();
    if !input.model.jobs.is_empty() {
        alerts.push(job_failed(input));
    }
    alerts.extend(input.model.jobs.iter().map(|job| {
        let metric =
            |suffix: &str| format!("ondol_job_{suffix}_timestamp_seconds{{job_name=\"{}\"}}", job.name);
        let limit = Duration::from_seconds(job.schedule.period().whole_seconds() * 3 / 2).plus(job.timeout);
        let name = input.pick(
            format!("the job {} has not succeeded in time", job.name),
            format!("작업 {}이(가) 제때 성공하지 못함", job.name),
        );
        let steps = vec![
            format!("tail -n 50 /var/log/{}/{}.log", input.model.system, job.name),
            format!("grep '{}' /etc/cron.d/{}", job.name, input.model.system),
        ];
        stale(
            input,
            &format!("Job{}NotRun", camel(job.name.as_str())),
            "jobs",
            &metric("last_success"),
            &metric("expected_since"),
            limit,
            Severity::Warning,
            name,
            steps,
            job.origin.span(),
        )
    }));
    for backup in &input.model.backups {
        let service = &backup.service;
        let metric = |name: &str| format!("ondol_backup_{name}_timestamp_seconds{{backup=\"{service}\"}}");
        let expected = format!("ondol_job_expected_since_timestamp_seconds{{job_name=\"backup-{service}\"}}");
        let mut limit =
            Duration::from_seconds(backup.schedule.period().whole_seconds() * 3 / 2).plus(backup.timeout);
        if let Some(rpo) = input.model.objective.as_ref().and_then(|o| o.rpo) {
            // The objective is broken as soon as the newest dump is older than it, plus the time that a dump takes.
            limit = limit.min(rpo.plus(backup.timeout).plus(Duration::from_hours(1)));
        }
        let name = input.pick(
            format!("the newest verified backup of {service} is too old"),
            format!("{service}의 검증된 최신 백업이 너무 오래됨"),
        );
        let steps = vec![
            format!("sudo scripts/backup-{service}.sh"),
            format!("tail -n 50 /var/log/{}/backup-{service}.log", input.model.system),
        ];
        alerts.push(stale(
            input,
            &format!("{}BackupTooOld", camel(service.as_str())),
            "backups",
            &metric("last_success"),
            &expected,
            limit,
            Severity::Critical,
            name,
            steps,
            backup.origin.span(),
        ));
        if let Some(drill) = &backup.drill {
            let expected =
                format!("ondol_job_expected_since_timestamp_seconds{{job_name=\"verify-{service}\"}}");
            let limit = Duration::from_seconds(drill.period().whole_seconds() * 3 / 2).plus(backup.timeout);
            let name = input.pick(
                format!("no backup of {service} has been restored for proof in time"),
                format!("{service} 백업의 복구 훈련이 제때 이루어지지 않음"),
            );
            let steps = vec![format!("sudo scripts/verify-{service}.sh")];
            alerts.push(stale(
                input,
                &format!("{}RestoreDrillTooOld", camel(service.as_str())),
                "backups",
                &metric("drill"),
                &expected,
                limit,
                Severity::Warning,
                name,
                steps,
                backup.origin.span(),
            ));
        }
    }
    if let Some(ingress) = &input.model.ingress
        && matches!(ingress.tls, Tls::LetsEncrypt { .. } | Tls::Given { .. })
    {
        alerts.push(certificate(input, ingress.origin.span()));
    }
    alerts
}

/// A scrape target that does not answer; of several replicas, one that is missing.
fn target(input: &Input, scrape: &Scrape) -> Alert {
    let job = &scrape.job;
    let (label, value) = if scrape.host {
        ("host", input.model.host.name.to_string())
    } else {
        ("service", scrape.service.to_string())
    };
    let series = |instance: &str, values: &str| Series {
        series: format!("up{{job=\"{job}\",instance=\"{instance}:{}\",{label}=\"{value}\"}}", scrape.port),
        values: values.to_owned(),
    };
    let labels = |mut labels: Vec<(String, String)>| {
        labels.push((label.to_owned(), value.clone()));
        labels.push(("severity".into(), "critical".into()));
        labels.sort();
        labels
    };
    let replicas = input.model.service(job.as_str()).map_or(1, |service| service.replicas.get());
    let steps = vec![format!("docker compose ps {job}"), format!("docker compose logs --tail 100 {job}")];
    let alert =
        |name: String, expr: String, summary: String, description: String, fires, silent, own| Alert {
            name,
            address: format!("service/{job}"),
            group: "targets".into(),
            expr,
            hold: Duration::from_minutes(2),
            severity: Severity::Critical,
            labels: vec![(label.to_owned(), value.clone())],
            summary,
            description,
            steps: steps.clone(),
            test: AlertTest {
                interval: Duration::from_minutes(1),
                at: Duration::from_minutes(5),
                fires,
                silent,
                labels: labels(own),
                value: None,
            },
            bound: None,
            origin: scrape.origin.clone(),
        };
    if scrape.by_dns {
        let up = |n: u32, of: u32| {
            (0..of)
                .map(|i| series(&format!("10.0.0.{}", i + 1), if i < n { "1x10" } else { "0x10" }))
                .collect::<Vec<_>>()
        };
        return alert(
            format!("{}ReplicaMissing", camel(job.as_str())),
            format!("(count(up{{job=\"{job}\"}} == 1) or vector(0)) < {replicas}"),
            input.pick(
                format!("{job}: fewer than {replicas} containers answer"),
                format!("{job}: 응답하는 컨테이너가 {replicas}개보다 적음"),
            ),
            input.pick(
                format!("Prometheus cannot scrape all {replicas} containers of {job}."),
                format!("Prometheus가 {job}의 컨테이너 {replicas}개를 모두 수집하지 못합니다."),
            ),
            up(replicas - 1, replicas),
            up(replicas, replicas),
            Vec::new(),
        );
    }
    alert(
        format!("{}Unreachable", camel(job.as_str())),
        format!("up{{job=\"{job}\"}} == 0"),
        input.pick(format!("{job} does not answer"), format!("{job}이(가) 응답하지 않음")),
        input.pick(
            format!("Prometheus has not been able to scrape {job} for two minutes."),
            format!("Prometheus가 2분 동안 {job}에서 메트릭을 수집하지 못했습니다."),
        ),
        vec![series(job.as_str(), "0x10")],
        vec![series(job.as_str(), "1x10")],
        vec![("job".into(), job.to_string()), ("instance".into(), format!("{job}:{}", scrape.port))],
    )
}

fn job_failed(input: &Input) -> Alert {
    let host = input.model.host.name.to_string();
    let series = |values: &str| {
        vec![Series {
            series: format!("ondol_job_last_exit_code{{job_name=\"example\",host=\"{host}\"}}"),
            values: values.into(),
        }]
    };
    Alert {
        name: "JobFailed".into(),
        address: "system".into(),
        group: "jobs".into(),
        expr: format!("ondol_job_last_exit_code{{host=\"{host}\"}} != 0"),
        hold: Duration::from_seconds(0),
        severity: Severity::Warning,
        labels: Vec::new(),
        summary: input
            .pick("the job {{ $labels.job_name }} failed".into(), "작업 {{ $labels.job_name }} 실패".into()),
        description: input.pick(
            "Its last run ended with status {{ $value }}; its log tells why.".into(),
            "마지막 실행이 상태 {{ $value }}(으)로 끝났습니다. 이유는 로그에 있습니다.".into(),
        ),
        steps: vec![format!("ls -lt /var/log/{}/", input.model.system)],
        test: AlertTest {
            interval: Duration::from_hours(1),
            at: Duration::from_hours(2),
            fires: series("1x10"),
            silent: series("0x10"),
            labels: vec![
                ("host".into(), host.clone()),
                ("job_name".into(), "example".into()),
                ("severity".into(), "warning".into()),
            ],
            value: Some("1".into()),
        },
        bound: None,
        origin: Origin::Derived { because: "every job has an alert".into(), from: input.monitor.span },
    }
}

/// A time stamp that is too old. Before the first success the time counts from the installation, and without an
/// installation there is nothing to be silent about.
#[expect(clippy::too_many_arguments, reason = "each is a fact of the alert")]
fn stale(
    input: &Input,
    name: &str,
    group: &str,
    metric: &str,
    expected: &str,
    limit: Duration,
    severity: Severity,
    summary: String,
    steps: Vec<String>,
    from: Span,
) -> Alert {
    let hold = Duration::from_hours(1);
    let hours = limit.whole_hours() + 3;
    let words = limit.words(input.model.language);
    Alert {
        name: name.to_owned(),
        address: "system".into(),
        group: group.to_owned(),
        expr: format!("time() - max({metric} or {expected}) > {} or absent(max({expected})) == 1", limit.whole_seconds()),
        hold,
        severity,
        labels: vec![("host".into(), input.model.host.name.to_string())],
        summary,
        description: input.pick(format!("The last success is more than {words} ago, or the host was never set up with scripts/install.sh."), format!("마지막 성공이 {words}보다 오래되었거나, 서버에서 scripts/install.sh를 실행한 적이 없습니다.")),
        steps,
        test: AlertTest {
            interval: Duration::from_hours(1),
            at: Duration::from_hours(hours),
            fires: vec![Series { series: expected.to_owned(), values: format!("0x{}", hours + 1) }, Series { series: metric.to_owned(), values: format!("0x{}", hours + 1) }],
            silent: vec![Series { series: expected.to_owned(), values: format!("0x{}", hours + 1) }, Series { series: metric.to_owned(), values: format!("0+3600x{}", hours + 1) }],
            labels: vec![("host".into(), input.model.host.name.to_string()), ("severity".into(), severity.as_str().into())],
            value: None,
        },
        bound: Some(input.pick(format!("older than {words}"), format!("{words}보다 오래됨"))),
        origin: Origin::Derived { because: "what runs by the clock must not stop unseen".into(), from },
    }
}

fn certificate(input: &Input, from: Span) -> Alert {
    let metric =
        format!("ondol_certificate_not_after_timestamp_seconds{{domain=\"{}\"}}", input.model.domain);
    let days = |n: u64| (n * 86_400).to_string();
    Alert {
        name: "CertificateExpiresSoon".into(),
        address: "system".into(),
        group: "certificate".into(),
        // The last known time counts even when the metric has gone: an expired certificate must not fall silent.
        expr: format!("max(last_over_time({metric}[30d])) - time() < {}", days(14)),
        hold: Duration::from_hours(1),
        severity: Severity::Critical,
        labels: vec![("host".into(), input.model.host.name.to_string())],
        summary: input.pick(
            format!("the certificate of {} expires within 14 days", input.model.domain),
            format!("{}의 인증서가 14일 안에 만료됨", input.model.domain),
        ),
        description: input.pick(
            "Renewal has not worked for two weeks: certbot renews 30 days ahead.".into(),
            "certbot은 30일 전에 갱신하므로, 2주 동안 갱신이 되지 않은 것입니다.".into(),
        ),
        steps: vec!["sudo scripts/certificate.sh renew".into(), "docker compose logs --tail 50 nginx".into()],
        test: AlertTest {
            interval: Duration::from_hours(1),
            at: Duration::from_hours(3),
            fires: vec![Series { series: metric.clone(), values: format!("{}x5", days(10)) }],
            silent: vec![Series { series: metric, values: format!("{}x5", days(60)) }],
            labels: vec![
                ("host".into(), input.model.host.name.to_string()),
                ("severity".into(), "critical".into()),
            ],
            value: None,
        },
        bound: Some(input.pick("less than 14 days left", "14일 미만 남음").into()),
        origin: Origin::Derived { because: "TLS is asked for".into(), from },
    }
}

/// The alerts that kinds bring, for each service of the kind.
pub fn of_kinds(input: &Input) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for service in &input.model.services {
        let Some(kind) = input.kind(service) else { continue };
        // An application's alerts need its metrics; without a scrape they could never fire.
        let scraped = service.metrics_path.is_some() || service.exporter.is_some();
        if !scraped {
            continue;
        }
        let subject = service.observes.as_ref().unwrap_or(&service.name);
        let (label, value) = if kind.role == Role::HostExporter {
            ("host", input.model.host.name.to_string())
        } else {
            ("service", subject.to_string())
        };
        let prefix =
            if kind.role == Role::HostExporter { "Host".to_owned() } else { camel(subject.as_str()) };
        alerts.extend(kind.alerts.iter().map(|alert| of_kind(input, service, alert, &prefix, label, &value)));
    }
    alerts
}

fn of_kind(
    input: &Input,
    service: &Service,
    alert: &KindAlert,
    prefix: &str,
    label: &str,
    value: &str,
) -> Alert {
    let subject = format!("{label}=\"{value}\"");
    let filled = |text: &str| text.replace("$self", &subject).replace("{name}", value);
    let series = |list: &[(String, String)]| {
        list.iter()
            .map(|(series, values)| Series { series: filled(series), values: values.clone() })
            .collect()
    };
    let mut labels: Vec<(String, String)> =
        alert.labels.iter().map(|(name, text)| (name.clone(), filled(text))).collect();
    labels.push((label.to_owned(), value.to_owned()));
    labels.push(("severity".into(), alert.severity.as_str().into()));
    labels.sort();
    labels.dedup();
    let language = input.model.language;
    Alert {
        name: format!("{prefix}{}", alert.name.value),
        address: format!("kind/{}", service.kind),
        group: if label == "host" { "host".into() } else { value.to_owned() },
        expr: filled(alert.expr.value.as_str()),
        hold: alert.hold,
        severity: alert.severity,
        labels: vec![(label.to_owned(), value.to_owned())],
        summary: format!("{value}: {}", filled(alert.summary.get(language))),
        description: filled(alert.description.get(language)),
        steps: alert.steps.iter().map(|step| filled(step.value.as_str())).collect(),
        test: AlertTest {
            interval: Duration::from_minutes(1),
            at: alert.after,
            fires: series(&alert.fires),
            silent: series(&alert.silent),
            labels,
            value: None,
        },
        bound: None,
        origin: Origin::Derived {
            because: format!("the kind `{}` brings it", service.kind),
            from: alert.name.span,
        },
    }
}
