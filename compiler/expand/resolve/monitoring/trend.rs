//! The alert on the trend of a system with a plan of growth: disks that at the pace of a week are full in a month.

use super::{Input, proof::series, subject::Subject};
use crate::{
    model::{Alert, AlertTest, Message, Origin, Series, Severity},
    values::{Duration, Labels},
};

/// What is no disk.
const NO_DISK: &str = "fstype!~\"tmpfs|overlay|squashfs\"";

/// The alert; none without a plan, or when samples of a week are not kept.
pub fn alerts(input: &Input) -> Vec<Alert> {
    let Some(capacity) = &input.context.spec.capacity else { return Vec::new() };
    let week = Duration::from_days(7);
    if input.host_exporter().is_none() || input.monitor.retention.value < week {
        return Vec::new();
    }
    let subject = Subject::Host(input.model.host.name.clone());
    let month = Duration::from_days(30).whole_seconds();
    let free = |values: &str| {
        let disk = [("fstype", "ext4"), ("mountpoint", "/")];
        let mut labels: Labels = disk.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        labels.extend(subject.labels());
        vec![Series { series: series("node_filesystem_avail_bytes", &labels), values: values.to_owned() }]
    };
    let pick = |english: &str, korean: &str| input.pick(english.to_owned(), korean.to_owned());
    vec![Alert {
        name: format!("{}DiskFillsIn30Days", subject.prefix()),
        from: vec!["capacity".to_owned()],
        group: subject.group(),
        // What the first days write, images and dumps, is no pace: a week has to be known.
        expr: format!(
            "min(predict_linear({disks}[{week}], {month}) and {disks} offset {week}) < 0",
            disks = format_args!("node_filesystem_avail_bytes{{{NO_DISK},{}}}", subject.matcher()),
            week = week.prometheus()
        ),
        hold: Duration::from_hours(1),
        severity: Severity::Warning,
        labels: subject.labels(),
        summary: Message::from(format!(
            "{}: {}",
            subject.name(),
            pick("a disk will be full within 30 days", "디스크가 30일 안에 가득 참")
        )),
        description: Message::from(pick(
            "At the pace of the last week no space is left in 30 days: compare the capacity plan.",
            "지난 한 주의 속도라면 30일 뒤 남는 공간이 없습니다. 용량 계획과 비교하십시오.",
        )),
        steps: vec![
            "df -h".to_owned(),
            "docker system df".to_owned(),
            "du -xsh /var/lib/docker/volumes/*".to_owned(),
        ],
        test: AlertTest {
            interval: Duration::from_hours(1),
            at: Duration::from_days(8),
            // 400 GB are left of a terabyte, and 72 go each day; or 1 goes.
            fires: free("1000000000000-3000000000x200"),
            also: Vec::new(),
            silent: free("1000000000000-41000000x200"),
            still: Vec::new(),
            labels: Labels::new(),
            value: None,
        },
        bound: None,
        origin: Origin::Derived { because: "growth is planned".to_owned(), from: capacity.span },
    }]
}
