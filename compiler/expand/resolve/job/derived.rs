//! Jobs that nobody states: backups and drills, the look at the host, metrics of logs, certificate renewal, the security
//! check.

use crate::{
    expand::resolve::{context::Context, made_name::made_name},
    model::{Backup, Command, Dump, Files, Ingress, Job, Kept, Log, Origin, Tls},
    source::Span,
    values::{Duration, Schedule, Time, Value as _},
};

/// A job that follows from something, and runs a script of its tree.
struct Derived {
    name: String,
    schedule: Schedule,
    timeout: Duration,
    about: String,
    /// It is there because of this, which is stated at that place.
    because: &'static str,
    from: Span,
}

impl Derived {
    /// The job; it runs the script of its own name.
    fn job(self, context: &Context) -> Option<Job> {
        let script = format!("scripts/{}.sh", self.name);
        self.running(&script, &[], context)
    }

    /// The job, of which another script is a part.
    fn running(self, script: &str, args: &[&str], context: &Context) -> Option<Job> {
        Some(Job {
            name: made_name(&self.name, self.from, context.sink)?,
            schedule: self.schedule,
            command: Command::Script(script.to_owned(), args.iter().map(|arg| (*arg).to_owned()).collect()),
            user: None,
            timeout: self.timeout,
            timer: None,
            about: self.about,
            origin: Origin::Derived { because: self.because.to_owned(), from: self.from },
        })
    }
}

/// All of them, in the order in which the guide tells them.
pub fn jobs(context: &Context, backups: &[Backup], ingress: Option<&Ingress>, logs: &[Log]) -> Vec<Job> {
    let mut jobs: Vec<Job> = backups.iter().flat_map(|backup| of_backup(context, backup)).collect();
    jobs.extend(ingress.and_then(|ingress| renewal(context, ingress)));
    jobs.extend(look(context));
    jobs.extend(drawing(context, logs));
    jobs.extend(security_check(context));
    jobs
}

/// What makes a backup, what archives its log, and what proves that it comes back.
fn of_backup(context: &Context, backup: &Backup) -> impl Iterator<Item = Job> {
    let (dumps, restores) = of_kind(context, backup);
    let derived = |name: String, schedule: Schedule, about: String, because: &'static str| Derived {
        name,
        schedule,
        timeout: backup.timeout,
        about,
        because,
        from: backup.origin.span(),
    };
    let made = derived(format!("backup-{}", backup.name), backup.schedule, dumps, "its backup is stated");
    let archived = match &backup.kept {
        // It may take as long as a whole backup: the first time it makes a base.
        Kept::Data(Dump { log: Some(log), service, .. }) => Some(derived(
            format!("archive-{service}"),
            log.every,
            context.language.pick(
                format!("archives the transaction log of {service} up to now"),
                format!("{service} 트랜잭션 로그를 지금까지 보관"),
            ),
            "every second is to come back",
        )),
        _ => None,
    };
    let proved = backup.drill.map(|drill| {
        let because = "a backup that was never restored is a hope";
        derived(format!("verify-{}", backup.name), drill, restores, because)
    });
    [Some(made), archived, proved].into_iter().flatten().filter_map(|derived| derived.job(context))
}

/// What making a backup is, and what its drill is, in words.
fn of_kind(context: &Context, backup: &Backup) -> (String, String) {
    let name = &backup.name;
    match &backup.kept {
        Kept::Data(Dump { log: Some(_), service, .. }) => (
            context.language.pick(
                format!(
                    "copies the data of {service} whole, verifies the copy and prunes old ones and their transaction log"
                ),
                format!("{service} 데이터 전체 복사, 복사본 검증, 오래된 복사본과 트랜잭션 로그 정리"),
            ),
            context.language.pick(
                format!("brings the newest base of {service} and its transaction log back in a scratch container"),
                format!("최신 {service} 전체 복사본과 트랜잭션 로그를 임시 컨테이너에 복구해 봄"),
            ),
        ),
        Kept::Data(_) => (
            context.language.pick(
                format!("dumps {name}, verifies the dump and prunes old ones"),
                format!("{name} 덤프, 덤프 검증, 오래된 덤프 정리"),
            ),
            context.language.pick(
                format!("restores the newest dump of {name} into a scratch container"),
                format!("최신 {name} 덤프를 임시 컨테이너에 복구해 봄"),
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
                format!("최신 {name} 스냅숏을 임시 폴더에 복구해 봄"),
            ),
        ),
        Kept::Files(_) => (
            context.language.pick(
                format!("archives {name}, verifies the archive and prunes old ones"),
                format!("{name} 보관 파일 생성, 검증, 오래된 것 정리"),
            ),
            context.language.pick(
                format!("restores the newest archive of {name} into a scratch folder"),
                format!("최신 {name} 보관 파일을 임시 폴더에 복구해 봄"),
            ),
        ),
    }
}

/// The job that looks at what exporters cannot see; none when nothing is monitored.
fn look(context: &Context) -> Option<Job> {
    let monitor = context.spec.monitor.as_ref()?;
    let about = context.language.pick(
        "looks whether the services are up and answer, what they use, and at the traffic of the network",
        "서비스의 상태와 응답, 자원 사용량, 네트워크 트래픽 확인",
    );
    Derived {
        name: "watch-host".to_owned(),
        schedule: Schedule::new("minute", None, None).ok()?,
        timeout: Duration::from_seconds(50),
        about: about.to_owned(),
        because: "exporters do not see it from their containers",
        from: monitor.span,
    }
    .job(context)
}

/// The job that draws metrics from logs; none when no log is described, or nobody would collect them.
fn drawing(context: &Context, logs: &[Log]) -> Option<Job> {
    let schema = logs.iter().find_map(|log| log.schema.as_ref())?;
    context.spec.monitor.as_ref()?;
    let about = context.language.pick(
        "draws metrics from the new lines of logs, and holds these against their description",
        "로그의 새 줄에서 메트릭을 뽑고, 줄이 기술된 대로인지 확인",
    );
    Derived {
        name: "log-metrics".to_owned(),
        schedule: Schedule::new("minute", None, None).ok()?,
        timeout: Duration::from_seconds(50),
        about: about.to_owned(),
        because: "the lines of a log are described",
        from: schema.origin.span(),
    }
    .job(context)
}

/// The job that looks for what should not be; none where one of that name is stated, which may run at another time.
fn security_check(context: &Context) -> Option<Job> {
    let name = "security-check";
    if context.spec.jobs.iter().any(|job| job.name.value.as_str() == name) {
        return None;
    }
    let about = context.language.pick(
        "looks for updates that wait, failed logins, open ports, old secrets and the like",
        "업데이트, 실패한 로그인, 열린 포트, 오래된 비밀 값 등 점검",
    );
    Derived {
        name: name.to_owned(),
        schedule: Schedule::new("monday", Time::parse("06:30").ok(), None).ok()?,
        timeout: Duration::from_minutes(15),
        about: about.to_owned(),
        because: "every host is checked once a week",
        from: context.spec.name.span,
    }
    .job(context)
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
    Derived {
        name: "renew-certificate".to_owned(),
        schedule,
        timeout: Duration::from_minutes(15),
        about: about.to_owned(),
        because,
        from: ingress.origin.span(),
    }
    .running("scripts/certificate.sh", &["renew"], context)
}
