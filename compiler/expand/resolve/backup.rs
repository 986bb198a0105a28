//! Backups and jobs, stated and derived.

use std::collections::BTreeSet;

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::read::backup::BackupSpec,
    model::{Backup, Command, Ingress, Job, Offsite, Origin, Restore, Services, Tls},
    source::{Located, Span},
    values::{AbsPath, Duration, Name, Prose, Schedule, Time, Value as _},
};

/// Resolves all backups.
pub fn backups(context: &Context, services: &Services) -> Vec<Backup> {
    let specs = context.spec.backups.iter().zip(drills(context));
    specs.filter_map(|(spec, drill)| backup(context, spec, drill, services)).collect()
}

/// When each backup is drilled: as stated, else on Sunday at the first half hour from 04:00 at which nothing else that
/// is heavy starts, so that two never load the same disk.
fn drills(context: &Context) -> Vec<Option<Schedule>> {
    let backups = &context.spec.backups;
    let daily = |schedule: &Schedule| schedule.period() >= Duration::from_days(1);
    let mut taken: BTreeSet<Schedule> = backups.iter().map(|spec| spec.every.value).collect();
    taken.extend(backups.iter().filter_map(|spec| spec.drill.as_ref()).map(|drill| drill.value));
    taken.extend(context.spec.jobs.iter().map(|job| job.every.value).filter(daily));
    let mut free = slots().filter(|slot| !taken.iter().any(|other| other.coincides_with(*slot)));
    let drill = |spec: &BackupSpec| match &spec.drill {
        Some(drill) => Some(drill.value),
        None => free.next().or_else(|| slots().next()),
    };
    backups.iter().map(drill).collect()
}

/// The half hours of Sunday from 04:00.
fn slots() -> impl Iterator<Item = Schedule> {
    (8..48).filter_map(|half| {
        let time = format!("{:02}:{:02}", half / 2, half % 2 * 30);
        Schedule::new("sunday", Time::parse(&time).ok(), None).ok()
    })
}

fn backup(
    context: &Context,
    spec: &BackupSpec,
    drill: Option<Schedule>,
    services: &Services,
) -> Option<Backup> {
    let service = context.reference(&spec.service.value, spec.service.span)?;
    let kind = context.kind(service)?;
    let Some(method) = &kind.backup else {
        context.sink.report(
            Diagnostic::error(
                "no-backup-method",
                format!("the kind `{}` does not say how its data is dumped", kind.name.value),
            )
            .at(spec.service.span, "asked for here")
            .help("give the kind a `backup` block, in a kind of your own if it is a built-in one"),
        );
        return None;
    };
    services.named(&service.name.value)?;
    let scope = context.scope(&service.name.value)?;
    let shell = |text: &Located<Prose>| context.filled(scope.fill_shell(text.value.as_str()), text.span);
    let restore = shell(&method.restore)?;
    let drill_environment = method
        .drill_environment
        .iter()
        .filter_map(|(name, value)| {
            Some((name.value.to_string(), context.fill(scope, value, 0)?.as_literal()?.to_owned()))
        })
        .collect();
    let directory = match &spec.to {
        Some(to) => to.value.clone(),
        None => AbsPath::parse(&format!("/var/backups/{}", context.spec.name.value)).ok()?,
    };
    Some(Backup {
        service: service.name.value.clone(),
        schedule: spec.every.value,
        keep: spec.keep.value,
        directory,
        extension: method.extension.value.to_string(),
        dump: shell(&method.dump)?,
        verify: shell(&method.verify)?,
        restore: if method.offline { Restore::Offline(restore) } else { Restore::Online(restore) },
        check: shell(&method.check)?,
        restore_part: match &method.part {
            Some((title, run)) => {
                Some((crate::values::Line::parse(title.get(context.language)).ok()?, shell(run)?))
            }
            None => None,
        },
        offsite: offsite(context, spec),
        drill,
        drill_environment,
        timeout: spec.timeout.value,
        origin: Origin::Stated(spec.span),
    })
}

fn offsite(context: &Context, spec: &BackupSpec) -> Option<Offsite> {
    let offsite = spec.offsite.as_ref()?;
    match (&offsite.rsync, &offsite.rclone) {
        (Some(target), None) => Some(Offsite::Rsync(target.value.clone())),
        (None, Some(target)) => Some(Offsite::Rclone(target.value.clone())),
        _ => {
            context.sink.report(
                Diagnostic::error("missing-property", "`offsite` needs one of `rsync` and `rclone`")
                    .at(offsite.span, "it is not said where to")
                    .help("write for example `offsite rsync=\"backup@backup.example.com:/srv/backups\"`"),
            );
            None
        }
    }
}

/// Every job: backups, drills, certificate renewal, the security check, and the stated ones.
pub fn jobs(
    context: &Context,
    backups: &[Backup],
    ingress: Option<&Ingress>,
    services: &Services,
) -> Vec<Job> {
    let mut jobs = Vec::new();
    for backup in backups {
        let service = &backup.service;
        jobs.extend(derived(
            &format!("backup-{service}"),
            backup.schedule,
            &format!("scripts/backup-{service}.sh"),
            &[],
            backup.timeout,
            context.language.pick(
                format!("dumps {service}, verifies the dump and prunes old ones"),
                format!("{service} 덤프, 덤프 검증, 오래된 덤프 정리"),
            ),
            "its backup is stated",
            backup.origin.span(),
        ));
        if let Some(drill) = &backup.drill {
            jobs.extend(derived(
                &format!("verify-{service}"),
                *drill,
                &format!("scripts/verify-{service}.sh"),
                &[],
                backup.timeout,
                context.language.pick(
                    format!("restores the newest dump of {service} into a scratch container"),
                    format!("가장 새 {service} 덤프를 임시 컨테이너에 복구해 봄"),
                ),
                "a backup that was never restored is a hope",
                backup.origin.span(),
            ));
        }
    }
    if let Some(ingress) = ingress {
        jobs.extend(renewal(context, ingress));
    }
    if let Ok(weekly) = Schedule::new("monday", Time::parse("06:30").ok(), None) {
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
    for spec in &context.spec.jobs {
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
            timeout: spec.timeout.value,
            about: spec.about.as_ref().map(|about| about.value.to_string()).unwrap_or_default(),
            origin: Origin::Stated(spec.span),
        });
    }
    jobs
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
        timeout,
        about,
        origin: Origin::Derived { because: because.to_owned(), from },
    })
}
