//! Whether all data comes back in time, as the drills have measured it: the time that was promised is held against the
//! time that it takes.

use super::{Input, TEXTFILES, clock::Clock};
use crate::{
    model::{
        Alert, AlertTest, Backup, Message, Panel, PanelRow, RECOVERY_TOO_LONG, Series, Severity, Shape, Unit,
    },
    values::{Bound, Decimal, Duration, Value as _},
};

const DRILL: &str = "ondol_backup_drill_duration_seconds";
const COPY: &str = "ondol_backup_copy_duration_seconds";

/// What a recovery of everything on a host does, one after the other: it fetches copies and restores them.
struct Recovery<'a> {
    clock: Clock<'a>,
    drilled: Vec<&'a Backup>,
    copied: Vec<&'a Backup>,
}

impl<'a> Recovery<'a> {
    /// None where nothing is restored for proof.
    fn of(input: &'a Input<'a>) -> Option<Recovery<'a>> {
        let recovered = input.model.recovered();
        let of =
            |which: fn(&Backup) -> bool| recovered.iter().copied().filter(|backup| which(backup)).collect();
        let drilled: Vec<&Backup> = of(|backup| backup.drill.is_some());
        let copied = of(|backup| backup.offsite.is_some());
        (!drilled.is_empty()).then_some(Recovery { clock: Clock { input }, drilled, copied })
    }

    /// The time that it takes: each restore as its last drill took, and fetching as long as copying there.
    fn takes(&self) -> String {
        let restores = format!("sum({})", self.selected(DRILL, &self.drilled));
        match self.copied.as_slice() {
            [] => restores,
            copied => format!("{restores} + (sum({}) or vector(0))", self.selected(COPY, copied)),
        }
    }

    fn selected(&self, metric: &str, backups: &[&Backup]) -> String {
        let all = self.clock.selected(metric, None);
        let names: Vec<&str> = backups.iter().map(|backup| backup.name.as_str()).collect();
        format!("{},backup=~\"{}\"}}", all.trim_end_matches('}'), names.join("|"))
    }

    fn series(&self, metric: &str, backup: &Backup, seconds: u64) -> Series {
        self.clock.series(metric, ("backup", backup.name.as_str()), &format!("{seconds}x35"))
    }
}

/// The alert on a recovery that would take longer than the objective allows.
pub fn alert(input: &Input) -> Option<Alert> {
    let recovery = Recovery::of(input)?;
    let objective = input.model.objective.as_ref()?;
    let rto = objective.rto?;
    let (clock, first) = (&recovery.clock, *recovery.drilled.first()?);
    let words = rto.words(input.model.language);
    let seconds = rto.whole_seconds();
    let (summary, before, behind) = input.pick(
        (
            "a recovery of everything would take longer than the objective allows".to_owned(),
            "By the last drills, and the time that copies take to another place and back, it takes ".to_owned(),
            format!("; {words} are allowed. What has grown? Restore in parallel, or by a faster way, or change the objective."),
        ),
        (
            "전체 복구가 목표보다 오래 걸릴 것으로 예상됨".to_owned(),
            "최근 복구 훈련과 외부 사본을 옮기는 시간으로 계산한 예상 복구 시간: ".to_owned(),
            format!(". 목표는 {words}입니다. 무엇이 커졌는지 확인하고, 나누어 복구하거나 더 빠른 방법을 쓰거나 목표를 바꾸십시오."),
        ),
    );
    let mut long = vec![recovery.series(DRILL, first, seconds)];
    match recovery.copied.first() {
        Some(copied) => long.push(recovery.series(COPY, copied, 1)),
        None => long = vec![recovery.series(DRILL, first, seconds + 1)],
    }
    Some(Alert {
        expr: format!("{} > {seconds}", recovery.takes()),
        summary: summary.into(),
        description: Message::default().text(before).value(Unit::Seconds).text(behind),
        steps: vec![format!("grep -hE '^ondol_backup_(drill|copy)_duration_seconds' {TEXTFILES}/*.prom")],
        test: AlertTest {
            fires: long,
            silent: vec![recovery.series(DRILL, first, seconds)],
            value: i64::try_from(seconds).ok().map(|seconds| Decimal::whole(seconds + 1)),
            ..clock.test()
        },
        bound: Some(input.pick(format!("longer than {words}"), format!("{words} 초과"))),
        ..clock.alert(
            RECOVERY_TOO_LONG.to_owned(),
            "backups",
            Severity::Warning,
            "a time is promised in which everything is back",
            objective.origin.span(),
        )
    })
}

/// The row of the dashboard about backups; none where nothing is restored for proof.
pub fn row(input: &Input) -> Option<PanelRow> {
    let recovery = Recovery::of(input)?;
    let rto = input.model.objective.as_ref().and_then(|objective| objective.rto);
    let bound = |limit: Duration| Bound::parse(&format!(">{}s", limit.whole_seconds())).ok();
    let all = recovery.clock.selected("ondol_backup_last_success_timestamp_seconds", None);
    let each = recovery.clock.selected(DRILL, None);
    let panel = |title: &str, queries: Vec<(String, String)>| Panel {
        title: title.to_owned(),
        queries,
        unit: Unit::Seconds,
        bounds: Vec::new(),
        shape: Shape::Graph,
        alerts: Vec::new(),
    };
    let takes = input.pick("time that a recovery of everything takes", "전체 복구에 걸리는 시간");
    let drills = input.pick("time that the last drills took", "최근 복구 훈련에 걸린 시간");
    let age = input.pick("age of the newest backups", "최신 백업의 경과 시간");
    Some(PanelRow {
        title: input.pick("Backups and recovery", "백업과 복구").to_owned(),
        panels: vec![
            Panel {
                bounds: rto.and_then(bound).map(|bound| (bound, Severity::Warning)).into_iter().collect(),
                alerts: rto
                    .map(|rto| (input.named(RECOVERY_TOO_LONG), rto.words(input.model.language)))
                    .into_iter()
                    .collect(),
                ..panel(takes, vec![(recovery.takes(), takes.to_owned())])
            },
            panel(drills, vec![(each, "{{backup}}".to_owned())]),
            panel(age, vec![(format!("time() - {all}"), "{{backup}}".to_owned())]),
        ],
    })
}
