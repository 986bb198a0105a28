//! Alerts about what runs by the clock: jobs that fail or stop, backups that age or shrink, certificates that expire.

use std::collections::BTreeSet;

use super::{Input, proof::series, recovery};
use crate::{
    model::{
        Alert, AlertTest, Backup, DataLog, Dump, Ingress, Job, Kept, Message, Origin, Series, Severity, Tls,
        Unit,
    },
    source::{Located, Span},
    values::{Decimal, Duration, Labels, Name},
};

/// Every alert of that sort.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let clock = Clock { input };
    let model = input.model;
    let mut alerts = Vec::new();
    if !model.jobs.is_empty() {
        alerts.push(clock.job_failed());
    }
    // The age of a backup and of a drill is told by the backup's own alerts, within shorter limits.
    let dumps = model.backups.iter().map(|backup| format!("backup-{}", backup.name));
    let drilled = model.backups.iter().filter(|backup| backup.drill.is_some());
    let mut told: BTreeSet<String> =
        dumps.chain(drilled.map(|backup| format!("verify-{}", backup.name))).collect();
    let logs = model.backups.iter().filter_map(|backup| match &backup.kept {
        Kept::Data(Dump { log: Some(log), service, .. }) => Some((backup, service, log)),
        _ => None,
    });
    told.extend(logs.clone().map(|(_, service, _)| format!("archive-{service}")));
    let untold = model.jobs.iter().filter(|job| !told.contains(job.name.as_str()));
    // When a machine starts is not known beforehand.
    let untold = untold.filter(|job| job.schedule.is_by_the_clock());
    alerts.extend(untold.map(|job| clock.not_run(job)));
    for backup in &model.backups {
        alerts.push(clock.backup_too_old(backup));
        alerts.push(clock.backup_shrank(backup));
        alerts.extend(clock.drill_too_old(backup));
    }
    alerts.extend(recovery::alert(input));
    alerts.extend(logs.map(|(backup, service, log)| clock.log_too_old(backup, service, log)));
    if let Some(ingress) = &model.ingress
        && matches!(ingress.tls, Tls::LetsEncrypt { .. } | Tls::Given { .. })
    {
        alerts.push(clock.certificate(ingress));
    }
    alerts
}

pub(super) struct Clock<'a> {
    pub(super) input: &'a Input<'a>,
}

/// Something that must have succeeded lately.
struct Due<'a> {
    name: String,
    group: &'static str,
    severity: Severity,
    /// The metric that holds the time of its last success, and the labels of its series.
    metric: &'static str,
    labels: (&'static str, &'a str),
    /// The job that makes it succeed.
    job: String,
    limit: Duration,
    summary: (String, String),
    steps: Vec<String>,
    /// What states it, and where.
    address: String,
    from: Span,
}

/// How long it must be overdue: longer than Prometheus needs to learn of the metrics after it was restarted.
const HOLD: Duration = Duration::from_minutes(15);
/// When its tests look.
const LOOK: Duration = Duration::from_minutes(30);
const DAY: u64 = 86_400;

impl Clock<'_> {
    fn job_failed(&self) -> Alert {
        let codes =
            |values: &str| vec![self.series("ondol_job_last_exit_code", ("job_name", "example"), values)];
        let (before, behind) = self.input.pick(("the job ", " failed"), ("작업 ", " 실패"));
        let (ended, log) = self.input.pick(
            ("Its last run ended with status ", "; its log tells why."),
            ("마지막 실행의 종료 코드: ", ". 이유는 로그에 있습니다."),
        );
        Alert {
            expr: format!("max by (job_name) ({}) != 0", self.selected("ondol_job_last_exit_code", None)),
            hold: Duration::ZERO,
            summary: Message::default().text(before).label("job_name").text(behind),
            description: Message::default().text(ended).value(Unit::Number).text(log),
            steps: vec![format!("ls -lt /var/log/{}/", self.input.model.system)],
            test: AlertTest {
                at: Duration::from_minutes(5),
                fires: codes("1x10"),
                silent: codes("0x10"),
                labels: Labels::from([("job_name".to_owned(), "example".to_owned())]),
                value: Some(Decimal::whole(1)),
                ..self.test()
            },
            ..self.alert(
                "JobFailed".into(),
                "jobs",
                Severity::Warning,
                "every job is watched",
                self.input.monitor.span,
            )
        }
    }

    fn not_run(&self, job: &Job) -> Alert {
        let name = &job.name;
        self.due(Due {
            name: format!("Job{}NotRun", name.camel()),
            group: "jobs",
            severity: Severity::Warning,
            metric: "ondol_job_last_success_timestamp_seconds",
            labels: ("job_name", name.as_str()),
            job: name.to_string(),
            limit: patience(job.schedule.period(), job.timeout),
            summary: (
                format!("the job {name} has not succeeded in time"),
                format!("작업 {name}: 제때 성공하지 못함"),
            ),
            steps: vec![
                format!("sudo tail -n 50 /var/log/{}/{name}.log", self.input.model.system),
                match &job.timer {
                    Some(_) => format!("systemctl list-timers {}.timer", job.unit(&self.input.model.system)),
                    None => format!("grep {name} /etc/cron.d/{}", self.input.model.system),
                },
            ],
            address: format!("job/{name}"),
            from: job.origin.span(),
        })
    }

    fn backup_too_old(&self, backup: &Backup) -> Alert {
        let service = &backup.name;
        let mut limit = patience(backup.schedule.period(), backup.timeout);
        if let (None, Some(Located { value: rpo, .. })) = (backup.log(), backup.rpo) {
            // The objective is broken as soon as the newest dump is older, but for the time that a dump takes.
            limit = limit.min(rpo.plus(backup.timeout).plus(Duration::from_hours(1)));
        }
        self.due(Due {
            name: format!("{}BackupTooOld", service.camel()),
            group: "backups",
            severity: Severity::Critical,
            metric: "ondol_backup_last_success_timestamp_seconds",
            labels: ("backup", service.as_str()),
            job: format!("backup-{service}"),
            limit,
            summary: (
                format!("{service}: the newest verified backup is too old"),
                format!("{service}: 검증된 최신 백업이 너무 오래됨"),
            ),
            steps: vec![
                format!("sudo tail -n 50 /var/log/{}/backup-{service}.log", self.input.model.system),
                format!("sudo scripts/backup-{service}.sh"),
            ],
            address: format!("backup/{}", backup.stated_as()),
            from: backup.origin.span(),
        })
    }

    /// What was written since is on this machine alone: the archive is broken, or what copies it elsewhere.
    fn log_too_old(&self, backup: &Backup, service: &Name, log: &DataLog) -> Alert {
        // Three in a row are no accident; and the objective is broken at its own time.
        let three = Duration::from_seconds(log.every.period().whole_seconds() * 3);
        self.due(Due {
            name: format!("{}LogTooOld", service.camel()),
            group: "backups",
            severity: Severity::Critical,
            metric: "ondol_backup_log_timestamp_seconds",
            labels: ("backup", backup.name.as_str()),
            job: format!("archive-{service}"),
            limit: backup.rpo.map_or(three, |rpo| three.min(rpo.value).max(log.every.period())),
            summary: (
                format!("{service}: the transaction log is not archived"),
                format!("{service}: 트랜잭션 로그가 보관되지 않음"),
            ),
            steps: vec![
                format!("sudo tail -n 50 /var/log/{}/archive-{service}.log", self.input.model.system),
                format!("sudo scripts/archive-{service}.sh"),
                format!("docker compose logs --tail 50 {service}"),
            ],
            address: format!("backup/{}", backup.stated_as()),
            from: backup.origin.span(),
        })
    }

    fn drill_too_old(&self, backup: &Backup) -> Option<Alert> {
        let service = &backup.name;
        Some(self.due(Due {
            name: format!("{}RestoreDrillTooOld", service.camel()),
            group: "backups",
            severity: Severity::Warning,
            metric: "ondol_backup_drill_timestamp_seconds",
            labels: ("backup", service.as_str()),
            job: format!("verify-{service}"),
            limit: patience(backup.drill?.period(), backup.timeout),
            summary: (
                format!("{service}: no backup has been restored for proof in time"),
                format!("{service}: 백업 복구 훈련이 제때 이루어지지 않음"),
            ),
            steps: vec![
                format!("sudo tail -n 50 /var/log/{}/verify-{service}.log", self.input.model.system),
                format!("sudo scripts/verify-{service}.sh"),
            ],
            address: format!("backup/{}", backup.stated_as()),
            from: backup.origin.span(),
        }))
    }

    /// The last `days`, or as many as samples are kept; a day at least, so that there is something to compare with.
    fn past(&self, days: u64) -> Duration {
        Duration::from_days(days).min(self.input.monitor.retention.value).max(Duration::from_days(1))
    }

    /// A dump that is whole can still be nearly empty: half of what is usual is suspicious.
    fn backup_shrank(&self, backup: &Backup) -> Alert {
        let service = &backup.name;
        let metric = "ondol_backup_size_bytes";
        let size = self.selected(metric, Some(("backup", service.as_str())));
        let past = self.past(14).prometheus();
        let sizes = |now: u32| {
            vec![self.series(metric, ("backup", service.as_str()), &format!("1000000x60 {now}x20"))]
        };
        let (summary, before, behind) = self.input.pick(
            (
                format!("{service}: the newest backup is suspiciously small"),
                "It has ",
                ", less than half of what was usual lately. Has data been lost?",
            ),
            (
                format!("{service}: 최신 백업이 비정상적으로 작음"),
                "크기가 ",
                "로, 최근 평소 크기의 절반도 되지 않습니다. 데이터가 사라지지 않았는지 확인하십시오.",
            ),
        );
        Alert {
            expr: format!("max({size}) < 0.5 * max(quantile_over_time(0.5, {size}[{past}]))"),
            hold: Duration::from_minutes(5),
            summary: summary.into(),
            description: Message::default().text(before).value(Unit::Bytes).text(behind),
            steps: vec![format!("sudo ls -l {}", backup.directory)],
            test: AlertTest {
                at: Duration::from_minutes(75),
                fires: sizes(490_000),
                silent: sizes(510_000),
                value: Some(Decimal::whole(490_000)),
                ..self.test()
            },
            bound: Some(
                self.input.pick("below half of the median of two weeks", "2주 중앙값의 절반 미만").into(),
            ),
            ..self.alert(
                format!("{}BackupShrank", service.camel()),
                "backups",
                Severity::Warning,
                "a backup is stated",
                backup.origin.span(),
            )
        }
    }

    fn certificate(&self, ingress: &Ingress) -> Alert {
        let domain = &self.input.model.domain;
        let metric = "ondol_certificate_not_after_timestamp_seconds";
        let label = ("domain", domain.as_str());
        let past = self.past(30).prometheus();
        let until = |seconds: u64| {
            vec![self.series(metric, label, &format!("{seconds}x{}", LOOK.whole_minutes() + 5))]
        };
        let summary = self.input.pick(
            format!("the certificate of {domain} expires within 14 days"),
            format!("{domain}의 인증서가 14일 안에 만료됨"),
        );
        let description = if matches!(ingress.tls, Tls::LetsEncrypt { .. }) {
            self.input.pick(
                "It should have been renewed before: certbot renews 30 days ahead.",
                "이미 갱신되었어야 합니다. certbot은 만료 30일 전에 갱신합니다.",
            )
        } else {
            self.input
                .pick("A new certificate has to be put in its place.", "새 인증서를 그 자리에 두어야 합니다.")
        };
        Alert {
            // The last known time counts even when the metric has gone: an expired certificate must not fall silent.
            expr: format!(
                "max(last_over_time({}[{past}])) - time() < {}",
                self.selected(metric, Some(label)),
                14 * DAY
            ),
            summary: summary.into(),
            description: description.into(),
            steps: vec![
                "sudo scripts/certificate.sh status".into(),
                format!("sudo tail -n 50 /var/log/{}/*-certificate.log", self.input.model.system),
            ],
            test: AlertTest {
                fires: until(14 * DAY - 1),
                silent: until(14 * DAY + LOOK.whole_seconds() + 1),
                ..self.test()
            },
            bound: Some(self.input.pick("less than 14 days left", "14일 미만 남음").into()),
            ..self.alert(
                "CertificateExpiresSoon".into(),
                "certificate",
                Severity::Critical,
                "TLS is asked for",
                ingress.origin.span(),
            )
        }
    }

    /// The time of a last success that is too old. Before the first success the time counts from the installation;
    /// when nothing is known at all, that is told too.
    fn due(&self, due: Due) -> Alert {
        const EXPECTED: &str = "ondol_job_expected_since_timestamp_seconds";
        let job = ("job_name", due.job.as_str());
        let (success, expected) =
            (self.selected(due.metric, Some(due.labels)), self.selected(EXPECTED, Some(job)));
        let seconds = due.limit.whole_seconds();
        let words = due.limit.words(self.input.model.language);
        let samples = LOOK.whole_minutes() + 5;
        let long_ago = format!("-{}x{samples}", seconds + 90 * DAY);
        let since = self.series(EXPECTED, job, &long_ago);
        let last = |values: String| self.series(due.metric, due.labels, &values);
        // Tests begin at the time 0, so what happened before is negative.
        let just_over = format!("-{seconds}x{samples}");
        let just_under = i128::from(LOOK.whole_seconds()) + 60 - i128::from(seconds);
        Alert {
            expr: format!(
                "time() - max(\n  {success}\n  or {expected}\n) > {seconds}\nor absent(max({expected}))\n"
            ),
            hold: HOLD,
            summary: self.input.pick(due.summary.0, due.summary.1).into(),
            description: self
                .input
                .pick(
                    format!("The last success is more than {words} ago, or the host was never set up with scripts/install.sh."),
                    format!("마지막 성공이 {words}보다 오래되었거나, 서버에서 scripts/install.sh를 실행한 적이 없습니다."),
                )
                .into(),
            steps: due.steps,
            test: AlertTest {
                fires: vec![since.clone(), last(just_over.clone())],
                also: vec![
                    ("never succeeded", vec![self.series(EXPECTED, job, &just_over)]),
                    ("nothing known", Vec::new()),
                ],
                silent: vec![since, last(format!("{just_under}x{samples}"))],
                ..self.test()
            },
            bound: Some(self.input.pick(format!("older than {words}"), format!("{words}보다 오래됨"))),
            from: vec![due.address],
            ..self.alert(due.name, due.group, due.severity, "what runs by the clock must not stop unseen", due.from)
        }
    }

    /// What all have in common.
    pub(super) fn alert(
        &self,
        name: String,
        group: &str,
        severity: Severity,
        because: &str,
        from: Span,
    ) -> Alert {
        Alert {
            name,
            from: Vec::new(),
            group: group.to_owned(),
            expr: String::new(),
            hold: HOLD,
            severity,
            labels: Labels::from([("host".to_owned(), self.input.model.host.name.to_string())]),
            summary: Message::default(),
            description: Message::default(),
            steps: Vec::new(),
            test: self.test(),
            bound: None,
            origin: Origin::Derived { because: because.to_owned(), from },
        }
    }

    pub(super) fn test(&self) -> AlertTest {
        AlertTest {
            interval: Duration::from_minutes(1),
            at: LOOK,
            fires: Vec::new(),
            also: Vec::new(),
            still: Vec::new(),
            silent: Vec::new(),
            labels: Labels::new(),
            value: None,
        }
    }

    /// The labels of every metric that scripts write.
    fn own(&self, label: Option<(&str, &str)>) -> Labels {
        let model = self.input.model;
        let common = [("host", model.host.name.as_str()), ("system", model.system.as_str())];
        common.into_iter().chain(label).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub(super) fn selected(&self, metric: &str, label: Option<(&str, &str)>) -> String {
        series(metric, &self.own(label))
    }

    pub(super) fn series(&self, metric: &str, label: (&str, &str), values: &str) -> Series {
        Series { series: series(metric, &self.own(Some(label))), values: values.to_owned() }
    }
}

/// How long after its last success a job is overdue: half a period late, and the time that it may take.
fn patience(period: Duration, timeout: Duration) -> Duration {
    Duration::from_seconds(period.whole_seconds() * 3 / 2).plus(timeout)
}
