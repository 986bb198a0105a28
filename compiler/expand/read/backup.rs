//! `backup`, `job` and their schedules: what runs by the clock.

use super::{allow::allows, retention};
use crate::{
    diagnostic::Diagnostic,
    model::{Allow, Retention, Scheduler},
    source::{Located, Span},
    syntax::Reader,
    values::{
        AbsPath, AgeKey, Duration, HostPath, Line, Name, PartOfDay, Prose, RunAs, Schedule, Time, choice,
    },
};

/// A stated `backup`.
#[derive(Clone, Debug)]
pub struct BackupSpec {
    /// The service whose data it is, or what the files are called.
    pub name: Located<Name>,
    /// The volume that it keeps.
    pub volume: Option<VolumeOfSpec>,
    /// The files of the host that it keeps.
    pub files: Vec<Located<HostPath>>,
    /// What it keeps of an object store.
    pub objects: Option<Located<Line>>,
    /// The hosts whose files they are; all when empty.
    pub on: Vec<Located<Name>>,
    /// Whether each run keeps only what has changed.
    pub incremental: Option<Located<bool>>,
    /// Whether services that have the files mounted stop meanwhile.
    pub stopped: bool,
    /// Patterns of files that are left out.
    pub exclude: Vec<Located<Line>>,
    /// What tells whether what came back is whole.
    pub check: Option<Located<Prose>>,
    /// When.
    pub every: Located<Schedule>,
    /// Which stay.
    pub keep: Retention,
    /// How much of it may be lost.
    pub rpo: Option<Located<Duration>>,
    /// Where on the host.
    pub to: Option<Located<AbsPath>>,
    /// A copy elsewhere.
    pub offsite: Option<OffsiteSpec>,
    /// Who alone can read it, when it says so itself.
    pub encrypt: Option<EncryptSpec>,
    /// Whether it stays readable although the system's backups are encrypted.
    pub plain: Option<Located<bool>>,
    /// How any second comes back, and not only those of dumps.
    pub point_in_time: Option<PointInTimeSpec>,
    /// When a restore is drilled; none for never.
    pub drill: Option<Located<Schedule>>,
    /// Time after which it has failed.
    pub timeout: Located<Duration>,
    /// Warnings that are accepted for it.
    pub allows: Vec<Allow>,
    /// Where it is stated.
    pub span: Span,
}

/// A volume of a service.
#[derive(Clone, Debug)]
pub struct VolumeOfSpec {
    /// What the service calls it.
    pub name: Located<Name>,
    /// The service.
    pub of: Located<Name>,
}

/// A stated `point-in-time`.
#[derive(Clone, Debug)]
pub struct PointInTimeSpec {
    /// When the data is copied whole, from which the log goes on.
    pub every: Located<Schedule>,
    /// How often the log is archived: what may be lost.
    pub log: Located<Schedule>,
    /// How far back every second comes back; as long as a dump is kept when absent.
    pub keep: Option<Located<Duration>>,
    /// When bringing it back is drilled.
    pub drill: Option<Located<Schedule>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `offsite`.
#[derive(Clone, Debug)]
pub struct OffsiteSpec {
    /// `user@host:/path`.
    pub rsync: Option<Located<Line>>,
    /// `remote:path`.
    pub rclone: Option<Located<Line>>,
    /// Which stay there; all when nothing says.
    pub keep: Option<Retention>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `encrypt`.
#[derive(Clone, Debug)]
pub struct EncryptSpec {
    /// Public keys of those who can read it.
    pub age: Vec<Located<AgeKey>>,
    /// The file on the host with a secret key.
    pub identity: Located<AbsPath>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `job`.
#[derive(Clone, Debug)]
pub struct JobSpec {
    /// Its name.
    pub name: Located<Name>,
    /// When.
    pub every: Located<Schedule>,
    /// Shell text.
    pub run: Located<Prose>,
    /// The service in whose container it runs; on the host when absent.
    pub in_service: Option<Located<Name>>,
    /// The account that it runs as; root on the host, and that of the container, when absent.
    pub user: Option<Located<RunAs>>,
    /// The hosts that it runs on; all, or that of the service, when empty.
    pub on: Vec<Located<Name>>,
    /// Time after which it has failed.
    pub timeout: Located<Duration>,
    /// What starts it, when not what starts the others.
    pub scheduler: Option<Located<Scheduler>>,
    /// Time within which its start is put off by chance.
    pub spread: Option<Located<Duration>>,
    /// What it is for.
    pub about: Option<Located<Line>>,
    /// Warnings that are accepted for it.
    pub allows: Vec<Allow>,
    /// Where it is stated.
    pub span: Span,
}

choice! { Scheduler, "a scheduler", { "cron" => Cron, "systemd" => Systemd, } }

/// Reads a schedule: `every "day" at="02:00"`.
pub fn schedule(r: &mut Reader) -> Option<Located<Schedule>> {
    let every = r
        .arg::<Line>(
            "every",
            "`15m`, `hour`, `day`, a weekday, `weekday`, `week`, `month`, `quarter`, `year`; of a job also `boot`, when the machine has started",
        )
        .required();
    let more = r.args::<Line>("and", "further weekdays");
    let at = r.one_or_more::<Time>(
        "at",
        "the time of day, in the system's time zone; several stand within: `{ at \"03:00\" \"15:00\" }`",
    );
    let on = r.one_or_more::<Line>(
        "on",
        "the day: of a week `monday`, of a month `1`, `last` or `first tuesday`, of an interval such as `15m` `weekday`; several stand within: `{ on 1 15 }`",
    );
    let between = r
        .prop::<PartOfDay>(
            "between",
            "of what runs several times a day, the part of the day; at its end nothing starts any more. Its weekdays, if not all, stand in `on`",
        )
        .optional();
    let (every, span) = (every?, r.span()?);
    let every: Vec<&str> = std::iter::once(&every).chain(&more).map(|one| one.value.as_str()).collect();
    let on: Vec<&str> = on.iter().map(|on| on.value.as_str()).collect();
    let at: Vec<Time> = at.iter().map(|at| at.value).collect();
    let schedule = match (every.as_slice(), between) {
        ([every], Some(part)) => Schedule::within(every, &at, &on, Some(part.value)),
        (_, Some(_)) => Err("`between` is for one interval such as `10m`: its days stand in `on`".to_owned()),
        ([every], None) if at.len() < 2 && on.len() < 2 => {
            Schedule::new(every, at.first().copied(), on.first().copied())
        }
        (every, None) => Schedule::several(every, &at, &on),
    };
    match schedule {
        Ok(schedule) => Some(Located::new(schedule, span)),
        Err(error) => {
            r.sink().report(
                Diagnostic::error("invalid-schedule", "this is no schedule")
                    .at(span, error)
                    .help("write for example `every \"day\" at=\"02:00\"` or `every \"month\" on=\"first tuesday\" at=\"02:00\"`"),
            );
            None
        }
    }
}

/// Reads a schedule that the clock has to tell.
fn by_the_clock(r: &mut Reader) -> Option<Located<Schedule>> {
    let stated = schedule(r)?;
    if stated.value.is_by_the_clock() {
        return Some(stated);
    }
    r.sink().report(
        Diagnostic::error("invalid-schedule", "nobody knows when a machine starts")
            .at(stated.span, "only a `job` can run then")
            .help("write for example `every \"day\" at=\"02:00\"`"),
    );
    None
}

fn required_schedule(
    r: &mut Reader,
    about: &'static str,
    read: fn(&mut Reader) -> Option<Located<Schedule>>,
) -> Option<Located<Schedule>> {
    let stated = r.node().is_some_and(|node| node.children.iter().any(|child| child.name.value == "every"));
    let every = r.block("every", about, read);
    if !stated && let (Some(node), Some(span)) = (r.node(), r.span()) {
        let missing = Diagnostic::error("missing-property", format!("`{}` needs `every`", node.name.value));
        r.sink().report(match node.prop("every") {
            Some(entry) => missing.at(entry.span, "it stands within the braces").help(format!(
                "write `{} … {{ every {:?} … }}`",
                node.name.value,
                entry.scalar.text()
            )),
            None => missing
                .at(span, "it is not said when this runs")
                .help("write for example `every \"day\" at=\"02:00\"` inside"),
        });
    }
    every
}

fn point_in_time(r: &mut Reader) -> Option<PointInTimeSpec> {
    r.example("point-in-time {\n    every \"sunday\" at=\"01:00\"\n    log \"5m\"\n    keep \"14d\"\n}");
    let every = required_schedule(
        r,
        "when the data is copied whole: the base from which the log goes on",
        by_the_clock,
    );
    let usual = || Schedule::new("5m", None, None).ok();
    let log = r.block(
        "log",
        "how often the log is archived up to that minute, and copied elsewhere: what may be lost; `5m` when absent",
        by_the_clock,
    );
    let keep = r
        .prop::<Duration>(
            "keep",
            "how far back every second comes back; the `keep` of the backup when absent",
        )
        .above_zero()
        .optional();
    let drill = r.block(
        "drill",
        "when the newest base and the log are brought back in a scratch container for proof; Sundays when absent",
        by_the_clock,
    );
    let span = r.span()?;
    Some(PointInTimeSpec {
        every: every?,
        log: log.or(Some(Located::new(usual()?, span)))?,
        keep,
        drill,
        span,
    })
}

/// Reads an `encrypt`.
pub fn encrypt(r: &mut Reader) -> Option<EncryptSpec> {
    r.example("encrypt age=\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"");
    let age = r.list::<AgeKey>(
        "age",
        "public keys of age, as `age-keygen` prints them: whoever has the secret key of one can read the backups",
    );
    let identity = r
        .prop::<AbsPath>(
            "identity",
            "the file on the host with the secret key of one, which restores and drills read; it is never in the tree",
        )
        .or("/root/.config/ondol/age.key");
    if age.is_empty()
        && !r.stated("age")
        && let (Some(span), false) = (r.span(), r.is_faulty())
    {
        r.sink().report(
            Diagnostic::error("missing-property", "`encrypt` needs `age`")
                .at(span, "it is not said to whom")
                .help("make a key with `age-keygen`, and write the public key that it prints: `encrypt age=\"age1…\"`"),
        );
    }
    Some(EncryptSpec { age, identity: identity?, span: r.span()? })
}

/// Reads a `backup`.
pub fn backup(r: &mut Reader) -> Option<BackupSpec> {
    r.example("backup \"postgres\" {\n    every \"day\" at=\"02:00\"\n    keep \"30d\"\n    offsite rsync=\"backup@backup.example.com:/srv/backups/shop\"\n}");
    let name = r
        .arg::<Name>(
            "backup",
            "the service whose data it is; a name of your choice for `volume`, `files` and `objects`",
        )
        .required();
    let volume =
        r.block("volume", "keeps the files of a volume, instead of a dump by the service's kind", |r| {
            r.example("volume \"models\" of=\"app\"");
            let name = r.arg::<Name>("volume", "what the service calls it").required();
            let of = r.prop::<Name>("of", "the service that has it mounted").required();
            Some(VolumeOfSpec { name: name?, of: of? })
        });
    let files = r.list::<HostPath>(
        "files",
        "files and folders of the host to keep; a relative one is in the system's directory",
    );
    let objects = r
        .prop::<Line>(
            "objects",
            "keeps what is in an object store, `remote:path` of rclone, such as `s3:documents`: the copy at `offsite` follows it, what a run replaces or deletes is kept beside it, and `to` has a list of each run",
        )
        .optional();
    let on = r.list::<Name>(
        "on",
        "the hosts whose `files` they are, or that copy `objects`, when there are several; all when absent",
    );
    let incremental = r
        .prop::<bool>(
            "incremental",
            "`#true` keeps the volume or the files as snapshots instead of archives: each run makes a folder with the whole tree, in which a file that has not changed is a hard link to the one of the last run and takes no room, and copies elsewhere are sent only what has changed. `rsync` keeps all that files have; a store of `rclone` keeps contents, times, owners, modes and ACLs, but neither hard links nor extended attributes",
        )
        .optional();
    let stopped = r.flag(
        "stopped",
        "whether services that have the volume or files mounted stop while they are read; without, a file that changes meanwhile, and is no log, fails the backup",
    );
    let exclude = r.list::<Line>(
        "exclude",
        "names of files and folders that are left out, `*` being anything: `*.tmp`, `cache`; after a restore they are not there",
    );
    let check = r
        .prop::<Prose>(
            "check",
            "shell text that fails unless what came back is whole, run in drills and before a restore changes anything: of files on the host, in the folder into which they were unpacked, and it must change nothing there; of data in the container, beside what its kind asks",
        )
        .optional();
    let every = required_schedule(r, "when it runs", by_the_clock);
    let keep = retention::here(r);
    let rpo = r
        .prop::<Duration>("rpo", "how much of it may be lost; that of the `objective` when absent")
        .above_zero()
        .optional();
    let to = r
        .prop::<AbsPath>("to", "the folder on the host; `/var/backups/` and the system's name when absent")
        .optional();
    let offsite = r.block("offsite", "a copy that does not share the host's fate", |r| {
        r.example("offsite rclone=\"s3:bucket/shop\"");
        let rsync = r.prop::<Line>("rsync", "`user@host:/path`, over ssh").optional();
        let rclone =
            r.prop::<Line>("rclone", "`remote:path` of rclone, which speaks S3 among others").optional();
        let keep = retention::elsewhere(r);
        Some(OffsiteSpec { rsync, rclone, keep, span: r.span()? })
    });
    let encrypt = r.block(
        "encrypt",
        "it is encrypted before it touches a disk, here and elsewhere; as the system's `encrypt` says when absent",
        encrypt,
    );
    let plain = r
        .prop::<bool>("plain", "`#true` leaves it readable for everybody who gets hold of it, although the system says `encrypt`")
        .optional();
    let point_in_time = r.block(
        "point-in-time",
        "the service's log is archived besides, and brings any second back that is kept, not only that of a dump",
        point_in_time,
    );
    let drill = r.block(
        "drill",
        "when the newest dump is restored into a scratch container for proof; Sundays from 04:00, one after the other, when absent",
        by_the_clock,
    );
    let timeout = r.prop::<Duration>("timeout", "time after which it has failed").above_zero().or("1h");
    let allows = allows(r);
    Some(BackupSpec {
        name: name?,
        volume,
        files,
        objects,
        on,
        incremental,
        stopped,
        exclude,
        check,
        every: every?,
        keep: keep?,
        rpo,
        to,
        offsite,
        encrypt,
        plain,
        point_in_time,
        drill,
        timeout: timeout?,
        allows,
        span: r.span()?,
    })
}

/// Reads a `job`.
pub fn job(r: &mut Reader) -> Option<JobSpec> {
    r.example(
        "job \"expire-sessions\" in=\"app\" {\n    every \"15m\"\n    run \"/app/manage expire-sessions\"\n}",
    );
    let name = r.arg::<Name>("name", "its name: of its lock, its log, its metrics").required();
    let every = required_schedule(r, "when it runs", schedule);
    let run = r
        .prop::<Prose>("run", "shell text; it ends with the first command that fails, and so the job fails")
        .required();
    let in_service =
        r.prop::<Name>("in", "the service in whose container it runs; on the host when absent").optional();
    let user = r
        .prop::<RunAs>(
            "user",
            "the account that it runs as, such as `www-data`; root on the host and that of the container when absent",
        )
        .optional();
    let on = r.list::<Name>(
        "on",
        "the hosts that it runs on, when there are several; all, or that of the service, when absent",
    );
    let timeout =
        r.prop::<Duration>("timeout", "time after which it is killed and has failed").above_zero().or("1h");
    let scheduler = r
        .prop::<Scheduler>("scheduler", "what starts it, when not what starts the system's other jobs")
        .optional();
    let spread = r
        .prop::<Duration>(
            "spread",
            "time within which a timer of systemd puts its start off by chance, so that not all hosts ask at once",
        )
        .above_zero()
        .optional();
    let about = r.prop::<Line>("about", "what it is for").optional();
    let allows = allows(r);
    Some(JobSpec {
        name: name?,
        every: every?,
        run: run?,
        in_service,
        user,
        on,
        timeout: timeout?,
        scheduler,
        spread,
        about,
        allows,
        span: r.span()?,
    })
}
