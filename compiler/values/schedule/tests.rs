//! Schedules against a calendar of their own, and their guards in a real shell.

use super::Schedule;
use crate::values::{Duration, Language, PartOfDay, Time, Value};

fn schedule(every: &str, on: &str, at: &str) -> Schedule {
    let at = (!at.is_empty()).then(|| Time::parse(at).unwrap());
    Schedule::new(every, at, (!on.is_empty()).then_some(on)).unwrap()
}

/// Each schedule with its crontab fields, its calendar line, its longest gap and its words.
#[expect(clippy::type_complexity, reason = "a table that is read by its columns")]
const CASES: &[(&str, &str, &str, &str, &str, &str, &str, &str)] = &[
    ("1m", "", "", "* * * * *", "*-*-* *:*:00", "1m", "every minute", "매분"),
    ("15m", "", "", "*/15 * * * *", "*-*-* *:00/15:00", "15m", "every 15 minutes", "15분마다"),
    ("60m", "", "", "0 * * * *", "*-*-* *:00:00", "1h", "every hour", "1시간마다"),
    (
        "6h",
        "",
        "01:30",
        "30 1,7,13,19 * * *",
        "*-*-* 01,07,13,19:30:00",
        "6h",
        "every 6 hours from 01:30",
        "01:30부터 6시간마다",
    ),
    ("6h", "", "", "0 0,6,12,18 * * *", "*-*-* 00,06,12,18:00:00", "6h", "every 6 hours", "6시간마다"),
    ("day", "", "02:00", "0 2 * * *", "*-*-* 02:00:00", "1d", "every day at 02:00", "매일 02:00"),
    ("24h", "", "", "0 0 * * *", "*-*-* 00:00:00", "1d", "every day", "매일"),
    (
        "weekday",
        "",
        "09:00",
        "0 9 * * 1-5",
        "Mon..Fri *-*-* 09:00:00",
        "3d",
        "every weekday at 09:00",
        "평일마다 09:00",
    ),
    (
        "sunday",
        "",
        "03:00",
        "0 3 * * 0",
        "Sun *-*-* 03:00:00",
        "7d",
        "every Sunday at 03:00",
        "매주 일요일 03:00",
    ),
    ("week", "friday", "", "0 0 * * 5", "Fri *-*-* 00:00:00", "7d", "every Friday", "매주 금요일"),
    ("week", "", "", "0 0 * * 1", "Mon *-*-* 00:00:00", "7d", "every week", "매주"),
    (
        "month",
        "1",
        "05:00",
        "0 5 1 * *",
        "*-*-01 05:00:00",
        "31d",
        "on the 1st of every month at 05:00",
        "매월 1일 05:00",
    ),
    (
        "month",
        "last",
        "",
        "0 0 28-31 * *",
        "*-*~01 00:00:00",
        "31d",
        "on the last day of every month",
        "매월 말일",
    ),
    (
        "month",
        "first tuesday",
        "02:00",
        "0 2 1-7 * *",
        "Tue *-*-01..07 02:00:00",
        "35d",
        "on the first Tuesday of every month at 02:00",
        "매월 첫째 화요일 02:00",
    ),
    (
        "month",
        "last friday",
        "",
        "0 0 22-31 * *",
        "Fri *-*~07/1 00:00:00",
        "35d",
        "on the last Friday of every month",
        "매월 마지막 금요일",
    ),
    ("quarter", "", "", "0 0 1 1,4,7,10 *", "*-01,04,07,10-01 00:00:00", "92d", "every quarter", "매 분기"),
    (
        "quarter",
        "15",
        "",
        "0 0 15 1,4,7,10 *",
        "*-01,04,07,10-15 00:00:00",
        "92d",
        "on the 15th day of every quarter",
        "매 분기 첫 달 15일",
    ),
    (
        "quarter",
        "last",
        "",
        "0 0 28-31 3,6,9,12 *",
        "*-03,06,09,12~01 00:00:00",
        "92d",
        "on the last day of every quarter",
        "매 분기 말일",
    ),
    (
        "quarter",
        "second monday",
        "",
        "0 0 8-14 1,4,7,10 *",
        "Mon *-01,04,07,10-08..14 00:00:00",
        "98d",
        "on the second Monday of every quarter",
        "매 분기 둘째 월요일",
    ),
    ("year", "03-01", "", "0 0 1 3 *", "*-03-01 00:00:00", "366d", "every year on 1 March", "매년 3월 1일"),
    ("year", "", "", "0 0 1 1 *", "*-01-01 00:00:00", "366d", "every year", "매년"),
];

#[test]
fn says_each_schedule_in_each_form() {
    for (every, on, at, fields, calendar, period, english, korean) in CASES {
        let s = schedule(every, on, at);
        assert_eq!(s.cron().fields, [*fields]);
        assert_eq!(s.systemd_calendar(), *calendar);
        assert_eq!(s.period(), Duration::parse(period).unwrap(), "{s}");
        assert_eq!(
            (s.words(Language::English).as_str(), s.words(Language::Korean).as_str()),
            (*english, *korean)
        );
    }
    assert_eq!(
        schedule("month", "first tuesday", "02:00").to_string(),
        r#"every "month" on="first tuesday" at="02:00""#
    );
}

/// Days since 1 January 2024, a Monday, of that year and the next, as (year, month, day, ISO weekday, length of month).
fn calendar() -> Vec<(u32, u8, u8, u8, u8)> {
    let mut all = Vec::new();
    for year in 2024..2026 {
        for (month, length) in
            (1..).zip([31, if year == 2024 { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        {
            for day in 1..=length {
                all.push((year, month, day, (all.len() % 7 + 1) as u8, length));
            }
        }
    }
    all
}

/// Whether `value` matches a field of a crontab.
fn matches(field: &str, value: u8) -> bool {
    field.split(',').any(|part| {
        let number = |text: &str| text.parse::<u8>().unwrap();
        match part.split_once('-') {
            _ if part == "*" => true,
            Some((first, last)) => (number(first)..=number(last)).contains(&value),
            None => number(part) == value,
        }
    })
}

/// The days that the crontab fields of `s` let through and on which the guard is true in a real shell.
fn days_run(s: Schedule) -> Vec<usize> {
    let cron = s.cron();
    let fields: Vec<&str> = cron.fields[0].split(' ').collect();
    let let_through = |(month, day, weekday): (u8, u8, u8)| {
        assert!(fields[2] == "*" || fields[4] == "*", "cron would run when either matches");
        matches(fields[2], day) && matches(fields[3], month) && matches(fields[4], weekday % 7)
    };
    let all = calendar();
    let mut candidates: Vec<usize> =
        (0..all.len()).filter(|i| let_through((all[*i].1, all[*i].2, all[*i].3))).collect();
    if let Some(guard) = cron.guard {
        // `date` as the guard would see it on the day `$today`.
        let mut script = String::from(
            "date() { if [ \"$1\" = -d ]; then command date -d \"$today $2\" \"$3\"; else command date -d \"$today\" \"$1\"; fi; }\n",
        );
        for i in &candidates {
            let (year, month, day, ..) = all[*i];
            script.push_str(&format!("today={year}-{month:02}-{day:02}; if {guard}; then echo {i}; fi\n"));
        }
        let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        candidates = String::from_utf8(output.stdout).unwrap().lines().map(|l| l.parse().unwrap()).collect();
    }
    candidates
}

/// The days on which `right(month, day, weekday, length of month)`.
fn days_meant(right: impl Fn(u8, u8, u8, u8) -> bool) -> Vec<usize> {
    let all = calendar();
    (0..all.len()).filter(|i| right(all[*i].1, all[*i].2, all[*i].3, all[*i].4)).collect()
}

#[test]
fn cron_runs_on_the_days_meant() {
    let first_month = |m: u8| [1, 4, 7, 10].contains(&m);
    let cases = [
        (schedule("sunday", "", ""), days_meant(|_, _, w, _| w == 7)),
        (schedule("weekday", "", ""), days_meant(|_, _, w, _| w < 6)),
        (schedule("month", "last", ""), days_meant(|_, d, _, l| d == l)),
        (schedule("month", "first tuesday", ""), days_meant(|_, d, w, _| w == 2 && d <= 7)),
        (schedule("month", "third sunday", ""), days_meant(|_, d, w, _| w == 7 && d > 14 && d <= 21)),
        (schedule("month", "fourth monday", ""), days_meant(|_, d, w, _| w == 1 && d > 21 && d <= 28)),
        (schedule("month", "last friday", ""), days_meant(|_, d, w, l| w == 5 && d + 7 > l)),
        (schedule("quarter", "last", ""), days_meant(|m, d, _, l| m % 3 == 0 && d == l)),
        (schedule("quarter", "last sunday", ""), days_meant(|m, d, w, l| m % 3 == 0 && w == 7 && d + 7 > l)),
        (
            schedule("quarter", "first monday", ""),
            days_meant(|m, d, w, _| first_month(m) && w == 1 && d <= 7),
        ),
    ];
    for (s, meant) in cases {
        let run = days_run(s);
        assert_eq!(run, meant, "{s}");
        let longest = run.windows(2).map(|pair| (pair[1] - pair[0]) as u64).max().unwrap();
        assert!(Duration::from_days(longest) <= s.period(), "{s} has a gap of {longest} days");
    }
}

fn several(every: &[&str], on: &[&str], at: &[&str]) -> Schedule {
    let at: Vec<Time> = at.iter().map(|at| Time::parse(at).unwrap()).collect();
    Schedule::several(every, &at, on).unwrap()
}

#[test]
fn several_days_and_times() {
    let s = several(&["monday", "thursday"], &[], &["15:00", "03:00"]);
    assert_eq!(s.cron().fields, ["0 3,15 * * 1,4"]);
    assert_eq!(s.to_string(), r#"every "monday" "thursday" { at "03:00" "15:00" }"#);
    assert_eq!(s.words(Language::English), "every Monday and Thursday at 03:00 and 15:00");
    // From Thursday afternoon to Monday night.
    assert_eq!(s.period(), Duration::parse("3d12h").unwrap());
    assert_eq!(
        on_calendar(s, "Asia/Seoul"),
        ["Mon,Thu *-*-* 03:00:00 Asia/Seoul", "Mon,Thu *-*-* 15:00:00 Asia/Seoul"]
    );
    let s = several(&["month"], &["1", "15"], &["08:30", "17:45"]);
    assert_eq!(s.cron().fields, ["30 8 1,15 * *", "45 17 1,15 * *"]);
    assert_eq!(s.to_string(), r#"every "month" { on 1 15; at "08:30" "17:45" }"#);
    assert_eq!(s.words(Language::Korean), "매월 1일·15일 08:30, 17:45");
    assert_eq!(several(&["week"], &["sunday", "saturday"], &[]).cron().fields, ["0 0 * * 0,6"]);
    assert_eq!(several(&["day"], &[], &["02:00"]), schedule("day", "", "02:00"));
    assert!(several(&["day"], &[], &["02:00", "05:00"]).coincides_with(schedule("sunday", "", "05:00")));
    assert_eq!(days_run(several(&["sunday", "friday"], &[], &[])), days_meant(|_, _, w, _| w == 7 || w == 5));
    assert_eq!(
        days_run(several(&["month"], &["1", "15", "28"], &[])),
        days_meant(|_, d, _, _| [1, 15, 28].contains(&d))
    );
    for (every, on, at, reason) in [
        (&["monday", "monday"][..], &[][..], &[][..], "said twice"),
        (&["day"], &[], &["03:00", "03:00"], "said twice"),
        (&["year"], &["03-01", "04-01"], &[], "of a `week`, of a `month`"),
        (&["month"], &["1", "last"], &[], "numbers from 1 to 28"),
        (&["6h"], &[], &["01:00", "02:00"], "of which there is one"),
        (&["monday", "15:00"], &[], &[], "a day of the week"),
        (&["boot"], &[], &["01:00"], "no time of the day"),
    ] {
        let at: Vec<Time> = at.iter().map(|at| Time::parse(at).unwrap()).collect();
        let error = Schedule::several(every, &at, on);
        assert!(error.clone().unwrap_err().contains(reason), "{every:?}: {error:?}");
    }
}

/// The values of a timer in a zone.
fn on_calendar(schedule: Schedule, zone: &str) -> Vec<String> {
    let zone = crate::values::Timezone::parse(zone).unwrap();
    schedule.timer(&zone).into_iter().map(|one| one.value).collect()
}

#[test]
fn what_is_odd_about_a_timer_is_told() {
    use super::CalendarTimes::{Again, Apart, Late, Usual};
    let times = |schedule: Schedule| -> Vec<_> {
        let dublin = crate::values::Timezone::parse("Europe/Dublin").unwrap();
        schedule.timer(&dublin).into_iter().map(|one| one.times).collect()
    };
    assert_eq!(times(within("20m", &["sunday"], "01:00-04:00")), [Usual, Apart, Again]);
    assert_eq!(times(schedule("day", "", "01:30")), [Usual, Late]);
    assert_eq!(times(schedule("day", "", "03:00")), [Usual]);
}

fn within(every: &str, on: &[&str], between: &str) -> Schedule {
    let part = (!between.is_empty()).then(|| PartOfDay::parse(between).unwrap());
    Schedule::within(every, &[], on, part).unwrap()
}

#[test]
fn a_part_of_the_day() {
    let s = within("10m", &["weekday"], "09:00-18:00");
    assert_eq!(s.cron().fields, ["*/10 9-17 * * 1-5"]);
    assert_eq!(on_calendar(s, "Asia/Seoul"), ["Mon..Fri *-*-* 09..17:00,10,20,30,40,50:00 Asia/Seoul"]);
    assert_eq!(s.to_string(), r#"every "10m" between="09:00-18:00" on="weekday""#);
    assert_eq!(s.words(Language::English), "every 10 minutes from 09:00 to 17:50 on weekdays");
    assert_eq!(s.words(Language::Korean), "평일 09:00부터 17:50까지 10분마다");
    // From Friday evening to Monday morning.
    assert_eq!(s.period(), Duration::parse("2d15h10m").unwrap());
    let s = within("5m", &["monday", "sunday"], "08:30-12:20");
    assert_eq!(s.cron().fields, ["30-55/5 8 * * 0,1", "*/5 9-11 * * 0,1", "0-15/5 12 * * 0,1"]);
    assert_eq!(s.to_string(), r#"every "5m" between="08:30-12:20" { on "monday" "sunday" }"#);
    let s = within("hour", &[], "22:00-06:00");
    assert_eq!(s.cron().fields, ["0 0-5,22,23 * * *"]);
    assert_eq!(on_calendar(s, "Asia/Seoul"), ["*-*-* 00..05,22,23:00:00 Asia/Seoul"]);
    assert_eq!(s.words(Language::English), "every hour from 22:00 to 05:00");
    assert_eq!(s.period(), Duration::parse("17h").unwrap());
    assert_eq!(within("2h", &["sunday"], "").cron().fields, ["0 0-22/2 * * 0"]);
    assert_eq!(within("30m", &["sunday"], "").cron().fields, ["*/30 * * * 0"]);
    assert_eq!(schedule("6h", "weekday", "01:30").cron().fields, ["30 1-19/6 * * 1-5"]);
    assert_eq!(schedule("6h", "weekday", "01:30").to_string(), r#"every "6h" at="01:30" on="weekday""#);
    let day = |at| schedule("day", "", at);
    let s = within("10m", &["weekday"], "09:00-18:00");
    assert!(
        s.coincides_with(day("17:50")) && !s.coincides_with(day("18:00")) && !s.coincides_with(day("09:05"))
    );
    assert!(
        s.coincides_with(within("15m", &["friday"], "")) && !s.coincides_with(within("15m", &["sunday"], ""))
    );
    // The hour that is skipped has a value of its own, and the one that is told twice stands in UTC: in Sydney it is on the
    // day before.
    let values = |zone: &str, part: &str| on_calendar(within("20m", &["sunday"], part), zone);
    assert_eq!(
        values("Europe/Dublin", "01:00-04:00"),
        [
            "Sun *-*-* 02,03:00,20,40:00 Europe/Dublin",
            "Sun *-*-* 01:00,20,40:00 Europe/Dublin",
            "Sun *-10-25..31 01:00,20,40:00 UTC"
        ]
    );
    assert_eq!(
        values("Australia/Sydney", "01:00-05:00")[2..],
        ["Sat *-03~01 16:00,20,40:00 UTC", "Sat *-04-01..06 16:00,20,40:00 UTC"]
    );
    assert_eq!(values("Europe/Berlin", "04:00-06:00"), ["Sun *-*-* 04,05:00,20,40:00 Europe/Berlin"]);
    for (every, on, part, reason) in [
        ("day", &[][..], "09:00-18:00", "several times a day"),
        ("weekday", &[], "09:00-18:00", "its days stand in `on`"),
        ("10m", &["weekday"], "22:00-06:00", "past midnight"),
        ("6h", &[], "09:00-12:00", "runs once"),
        ("10m", &["first tuesday"], "09:00-18:00", "a day of the week"),
        ("45m", &[], "09:00-18:00", "write `30m` or `1h`"),
    ] {
        let error = Schedule::within(every, &[], on, PartOfDay::parse(part).ok());
        assert!(error.clone().unwrap_err().contains(reason), "{every:?}: {error:?}");
    }
    assert!(
        Schedule::within("hour", &[Time::MIDNIGHT], &[], PartOfDay::parse("09:00-12:00").ok())
            .unwrap_err()
            .contains("no `at`")
    );
}

#[test]
fn a_start_is_at_no_time() {
    let boot = schedule("boot", "", "");
    assert_eq!(boot.cron().fields, ["@reboot"]);
    assert!(on_calendar(boot, "Asia/Seoul").is_empty());
    assert!(!boot.coincides_with(schedule("minute", "", "")));
}

#[test]
fn knows_what_can_start_together() {
    let two = schedule("day", "", "02:00");
    assert!(two.coincides_with(schedule("sunday", "", "02:00")));
    assert!(two.coincides_with(schedule("15m", "", "")));
    assert!(two.coincides_with(schedule("6h", "", "02:00")));
    assert!(!two.coincides_with(schedule("day", "", "02:30")));
    assert!(!two.coincides_with(schedule("6h", "", "01:00")));
    assert!(!schedule("monday", "", "02:00").coincides_with(schedule("tuesday", "", "02:00")));
    assert!(!schedule("month", "1", "").coincides_with(schedule("month", "second monday", "")));
    assert!(schedule("month", "last", "").coincides_with(schedule("year", "12-31", "")));
    assert!(!schedule("quarter", "1", "").coincides_with(schedule("year", "02-01", "")));
}

#[test]
fn refuses_what_a_clock_cannot_do() {
    let midnight = Some(Time::MIDNIGHT);
    for (every, at, on, reason) in [
        ("45m", None, None, "write `30m` or `1h`"),
        ("5h", None, None, "write `4h` or `6h`"),
        ("90m", None, None, "write `1h` or `2h`"),
        ("23h", None, None, "write `12h` or `24h`"),
        ("30s", None, None, "whole minutes"),
        ("0m", None, None, "whole minutes"),
        ("2d", None, None, "more than a day"),
        ("1w", None, None, "more than a day"),
        ("15", None, None, "needs a unit"),
        ("15m", midnight, None, "`at` needs"),
        ("1h", Time::parse("01:00").ok(), None, "before `01:00`"),
        ("day", None, Some("1"), "`on` says"),
        ("sunday", None, Some("1"), "`on` says"),
        ("month", None, Some("31"), "not every month"),
        ("week", None, Some("1"), "a day of the week is"),
        ("year", None, Some("1"), "month and day"),
        ("daily", None, None, "write `day`"),
        ("Sunday", None, None, "write `sunday`"),
        ("0 2 * * *", None, None, "cron fields"),
        ("* * * * *", None, None, "cron fields"),
        ("", None, None, "a schedule is"),
        ("\0", None, None, "a schedule is"),
    ] {
        let error = Schedule::new(every, at, on);
        assert!(error.clone().unwrap_err().contains(reason), "{every:?}: {error:?}");
    }
}
