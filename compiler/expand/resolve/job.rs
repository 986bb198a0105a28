//! What runs by the clock: backups, drills, certificate renewal, the security check, and what is stated.

use super::{context::Context, place};
use crate::{
    diagnostic::Diagnostic,
    expand::read::backup::JobSpec,
    model::{
        Backup, Command, Dump, Files, Host, Ingress, Job, Kept, Log, Origin, Scheduler, Services, Timer, Tls,
    },
    source::Span,
    values::{Duration, Name, RunAs, Schedule, Time, Value as _},
};

/// Every job: backups, drills, certificate renewal, the security check, and the stated ones.
pub fn jobs(
    context: &Context,
    host: &Host,
    backups: &[Backup],
    ingress: Option<&Ingress>,
    services: &Services,
    logs: &[Log],
) -> Vec<Job> {
    let mut jobs = Vec::new();
    for backup in backups {
        let name = &backup.name;
        let (dumps, restores) = match &backup.kept {
            Kept::Data(Dump { log: Some(_), service, .. }) => (
                context.language.pick(
                    format!("copies the data of {service} whole, verifies the copy and prunes old ones and their log"),
                    format!("{service} 데이터 전체 복사, 복사본 검증, 오래된 복사본과 로그 정리"),
                ),
                context.language.pick(
                    format!("brings the newest base of {service} and its log back in a scratch container"),
                    format!("가장 새 {service} 전체 복사본과 로그를 임시 컨테이너에 복구해 봄"),
                ),
            ),
            Kept::Data(_) => (
                context.language.pick(
                    format!("dumps {name}, verifies the dump and prunes old ones"),
                    format!("{name} 덤프, 덤프 검증, 오래된 덤프 정리"),
                ),
                context.language.pick(
                    format!("restores the newest dump of {name} into a scratch container"),
                    format!("가장 새 {name} 덤프를 임시 컨테이너에 복구해 봄"),
                ),
            ),
            Kept::Objects(_) => (
                context.language.pick(
                    format!("has the copy of {name} follow it, and keeps what was replaced"),
                    format!("{name} 사본 갱신, 바뀌거나 지워진 것 따로 보관"),
                ),
                context.language.pick(
                    format!("brings {name} back from the copy into a scratch folder"),
                    format!("{name} 사본을 임시 폴더에 복구해 봄"),
                ),
            ),
            Kept::Files(Files { incremental: true, .. }) => (
                context.language.pick(
                    format!("keeps a snapshot of {name}, compares it and prunes old ones"),
                    format!("{name} 스냅숏 생성, 비교, 오래된 것 정리"),
                ),
                context.language.pick(
                    format!("restores the newest snapshot of {name} into a scratch folder"),
                    format!("가장 새 {name} 스냅숏을 임시 폴더에 복구해 봄"),
                ),
            ),
            Kept::Files(_) => (
                context.language.pick(
                    format!("archives {name}, verifies the archive and prunes old ones"),
                    format!("{name} 보관 파일 생성, 검증, 오래된 것 정리"),
                ),
                context.language.pick(
                    format!("restores the newest archive of {name} into a scratch folder"),
                    format!("가장 새 {name} 보관 파일을 임시 폴더에 복구해 봄"),
                ),
            ),
        };
        jobs.extend(derived(
            &format!("backup-{name}"),
            backup.schedule,
            &format!("scripts/backup-{name}.sh"),
            &[],
            backup.timeout,
            dumps,
            "its backup is stated",
            backup.origin.span(),
        ));
        if let Kept::Data(Dump { log: Some(log), service, .. }) = &backup.kept {
            jobs.extend(derived(
                &format!("archive-{service}"),
                log.every,
                &format!("scripts/archive-{service}.sh"),
                &[],
                // The first time it makes a base.
                backup.timeout,
                context.language.pick(
                    format!("archives the log of {service} up to now"),
                    format!("{service} 로그를 지금까지 보관"),
                ),
                "every second is to come back",
                backup.origin.span(),
            ));
        }
        if let Some(drill) = &backup.drill {
            jobs.extend(derived(
                &format!("verify-{name}"),
                *drill,
                &format!("scripts/verify-{name}.sh"),
                &[],
                backup.timeout,
                restores,
                "a backup that was never restored is a hope",
                backup.origin.span(),
            ));
        }
    }
    if let Some(ingress) = ingress {
        jobs.extend(renewal(context, ingress));
    }
    if let Some(monitor) = &context.spec.monitor
        && let Ok(minute) = Schedule::new("minute", None, None)
    {
        let about = context.language.pick(
            "looks whether the services are up and answer, what they use, and at the traffic of the network",
            "서비스의 상태와 응답, 자원 사용량, 네트워크 트래픽 확인",
        );
        jobs.extend(derived(
            "watch-host",
            minute,
            "scripts/watch-host.sh",
            &[],
            Duration::from_seconds(50),
            about.into(),
            "exporters do not see it from their containers",
            monitor.span,
        ));
    }
    jobs.extend(drawing(context, logs));
    // Whoever states a job of that name has it checked at another time.
    let stated = context.spec.jobs.iter().any(|job| job.name.value.as_str() == "security-check");
    if !stated && let Ok(weekly) = Schedule::new("monday", Time::parse("06:30").ok(), None) {
        jobs.extend(derived(
            "security-check",
            weekly,
            "scripts/security-check.sh",
            &[],
            Duration::from_minutes(15),
            context
                .language
                .pick(
                    "checks updates, logins, certificate, firewall and secrets",
                    "업데이트, 로그인, 인증서, 방화벽, 비밀 값 점검",
                )
                .into(),
            "every host is checked once a week",
            context.spec.name.span,
        ));
    }
    if scheduler(context) == Scheduler::Systemd {
        jobs.iter_mut().for_each(|job| job.timer = Some(Timer::default()));
    }
    for spec in context.spec.jobs.iter().filter(|spec| place::is_on(host, &spec.on)) {
        let command = match &spec.in_service {
            Some(name) => {
                if context.reference(&name.value, name.span).is_none()
                    || services.named(&name.value).is_none()
                {
                    continue;
                }
                Command::InService(name.value.clone(), spec.run.value.to_string())
            }
            None => Command::OnHost(spec.run.value.to_string()),
        };
        if jobs.iter().any(|job: &Job| job.name == spec.name.value) {
            context.sink.report(
                Diagnostic::error("duplicate", format!("a job `{}` is derived already", spec.name.value))
                    .at(spec.name.span, "stated here")
                    .help("choose another name"),
            );
            continue;
        }
        jobs.push(Job {
            name: spec.name.value.clone(),
            schedule: spec.every.value,
            command,
            user: user(context, spec, services),
            timeout: spec.timeout.value,
            timer: timer(context, spec),
            about: spec.about.as_ref().map(|about| about.value.to_string()).unwrap_or_default(),
            origin: Origin::Stated(spec.span),
        });
    }
    jobs
}

/// The account of a stated job, where it has one to choose.
fn user(context: &Context, spec: &JobSpec, services: &Services) -> Option<RunAs> {
    let stated = spec.user.as_ref()?;
    let service = spec.in_service.as_ref().and_then(|name| services.named(&name.value));
    if let Some(unit) = service.and_then(|service| service.unit()) {
        context.sink.report(
            Diagnostic::error(
                "not-for-a-unit",
                format!("this job runs as `{}`, the account of its unit", unit.user),
            )
            .at(stated.span, "another one is stated here")
            .help("remove it, or let the job run on the host itself, without `in`"),
        );
    } else if service.is_none() && stated.value.user().is_none() {
        context.sink.report(
            Diagnostic::error("invalid-value", "a job of the host runs as an account that has a name")
                .at(stated.span, "this is a number")
                .help("write for example `user=\"www-data\"`"),
        );
    } else {
        return Some(stated.value.clone());
    }
    None
}

/// What starts jobs that do not say it themselves.
fn scheduler(context: &Context) -> Scheduler {
    context.spec.scheduler.as_ref().map_or(Scheduler::Cron, |stated| stated.value)
}

/// The timer of a stated job; none when cron starts it.
fn timer(context: &Context, spec: &JobSpec) -> Option<Timer> {
    let stated = spec.scheduler.as_ref().map(|stated| stated.value);
    if stated.unwrap_or_else(|| scheduler(context)) == Scheduler::Systemd {
        return Some(Timer { spread: spec.spread.as_ref().map(|spread| spread.value) });
    }
    if let Some(spread) = &spec.spread {
        context.sink.report(
            Diagnostic::error("spread-without-timer", "cron starts a job at its time and at no other")
                .at(spread.span, "this asks for a start that is put off by chance")
                .help("let a timer start it: `scheduler=\"systemd\"`"),
        );
    }
    None
}

/// The job that draws metrics from logs; none when no log is described, or nobody would collect them.
fn drawing(context: &Context, logs: &[Log]) -> Option<Job> {
    let schema = logs.iter().find_map(|log| log.schema.as_ref())?;
    context.spec.monitor.as_ref()?;
    let about = context.language.pick(
        "draws metrics from the new lines of logs, and holds these against their description",
        "로그의 새 줄에서 메트릭을 뽑고, 줄이 기술된 대로인지 확인",
    );
    derived(
        "log-metrics",
        Schedule::new("minute", None, None).ok()?,
        "scripts/log-metrics.sh",
        &[],
        Duration::from_seconds(50),
        about.into(),
        "the lines of a log are described",
        schema.origin.span(),
    )
}

/// The job that keeps the certificate valid; none without TLS.
fn renewal(context: &Context, ingress: &Ingress) -> Option<Job> {
    let at = |every: &str, at: &str| Schedule::new(every, Time::parse(at).ok(), None).ok();
    let (schedule, about, because) = match ingress.tls {
        // Off the full hour, when everybody else asks the authority.
        Tls::LetsEncrypt { .. } => (
            at("12h", "05:47")?,
            context.language.pick(
                "renews the certificate when it is due and has nginx take it up",
                "인증서를 때가 되면 갱신하고 nginx가 읽게 함",
            ),
            "certificates of Let's Encrypt last 90 days",
        ),
        Tls::Given { .. } => (
            at("day", "05:47")?,
            context.language.pick(
                "has nginx take up a certificate that was replaced, and tells when it ends",
                "교체된 인증서를 nginx가 읽게 하고 만료일을 기록",
            ),
            "nginx reads a given certificate only when it is told to",
        ),
        Tls::SelfSigned => (
            at("sunday", "05:47")?,
            context.language.pick(
                "makes a new self-signed certificate when the old one ends",
                "자체 서명 인증서가 만료되기 전에 새로 만듦",
            ),
            "a self-signed certificate ends after a year",
        ),
        Tls::None => return None,
    };
    let timeout = Duration::from_minutes(15);
    let script = "scripts/certificate.sh";
    derived(
        "renew-certificate",
        schedule,
        script,
        &["renew"],
        timeout,
        about.into(),
        because,
        ingress.origin.span(),
    )
}

#[expect(clippy::too_many_arguments, reason = "each is a fact of the job; a builder would only rename them")]
fn derived(
    name: &str,
    schedule: Schedule,
    script: &str,
    args: &[&str],
    timeout: Duration,
    about: String,
    because: &str,
    from: Span,
) -> Option<Job> {
    Some(Job {
        name: Name::parse(name).ok()?,
        schedule,
        command: Command::Script(script.to_owned(), args.iter().map(|arg| (*arg).to_owned()).collect()),
        user: None,
        timeout,
        timer: None,
        about,
        origin: Origin::Derived { because: because.to_owned(), from },
    })
}
