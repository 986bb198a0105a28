//! A length of time, such as a timeout, an interval or how long something is kept.
//!
//! It refuses months and years, whose length varies, and decimal points, which every program reads differently.

use super::{Language, Value, character};

/// A length of time in whole milliseconds, at most 100 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    millis: u64,
}

type Unit = (&'static str, u64);

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const LONGEST: u64 = 36_500 * DAY;
const UNITS: [Unit; 6] = [("w", 7 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)];

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration { millis: 0 };

    /// `n` milliseconds, at most 100 years.
    pub const fn from_millis(n: u64) -> Duration {
        Duration { millis: if n > LONGEST { LONGEST } else { n } }
    }

    /// `n` seconds, at most 100 years.
    pub const fn from_seconds(n: u64) -> Duration {
        Self::from_millis(n.saturating_mul(SECOND))
    }

    /// `n` minutes, at most 100 years.
    pub const fn from_minutes(n: u64) -> Duration {
        Self::from_millis(n.saturating_mul(MINUTE))
    }

    /// `n` hours, at most 100 years.
    pub const fn from_hours(n: u64) -> Duration {
        Self::from_millis(n.saturating_mul(HOUR))
    }

    /// `n` days of 24 hours, at most 100 years.
    pub const fn from_days(n: u64) -> Duration {
        Self::from_millis(n.saturating_mul(DAY))
    }

    /// This many milliseconds.
    pub const fn millis(self) -> u64 {
        self.millis
    }

    /// Whether it is no time at all.
    pub const fn is_zero(self) -> bool {
        self.millis == 0
    }

    /// In seconds, rounded up, so that a limit is never cut to nothing.
    pub const fn whole_seconds(self) -> u64 {
        self.millis.div_ceil(SECOND)
    }

    /// In minutes, rounded up.
    pub const fn whole_minutes(self) -> u64 {
        self.millis.div_ceil(MINUTE)
    }

    /// In days, rounded up.
    pub const fn whole_days(self) -> u64 {
        self.millis.div_ceil(DAY)
    }

    /// In seconds, exactly, as a decimal number: `0.1`, `90`.
    pub fn seconds(self) -> String {
        match self.millis % SECOND {
            0 => (self.millis / SECOND).to_string(),
            rest => format!("{}.{}", self.millis / SECOND, format!("{rest:03}").trim_end_matches('0')),
        }
    }

    /// `n` times as long, at most 100 years.
    pub const fn times(self, n: u64) -> Duration {
        Self::from_millis(self.millis.saturating_mul(n))
    }

    /// Both together, at most 100 years.
    pub const fn plus(self, other: Duration) -> Duration {
        Self::from_millis(self.millis.saturating_add(other.millis))
    }

    /// As Prometheus and Alertmanager read it: `1d12h`, `1m30s`, `100ms`.
    pub fn prometheus(self) -> String {
        self.joined(&[("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)])
    }

    /// As compose and other Go programs read it, which know no days: `36h`, `1m30s`.
    pub fn compose(self) -> String {
        self.joined(&[("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)])
    }

    /// As systemd reads it: `1d12h`, `1min30s`.
    pub fn systemd(self) -> String {
        self.joined(&[("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1)])
    }

    /// As nginx reads it, one number with one unit: `36h`, `90s`, `100ms`.
    pub fn nginx(self) -> String {
        self.single(&[("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)])
    }

    /// As PostgreSQL settings read it, one number with one unit: `36h`, `5min`, `100ms`.
    pub fn postgres(self) -> String {
        self.single(&[("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1)])
    }

    /// For people: `1 hour 30 minutes`, `1시간 30분`.
    pub fn words(self, language: Language) -> String {
        let units = [
            (DAY, "day", "일"),
            (HOUR, "hour", "시간"),
            (MINUTE, "minute", "분"),
            (SECOND, "second", "초"),
            (1, "millisecond", "밀리초"),
        ];
        let mut rest = self.millis;
        let mut parts = Vec::new();
        for (scale, english, korean) in units {
            let n = rest / scale;
            rest %= scale;
            if n > 0 || (scale == SECOND && self.is_zero()) {
                let plural = if n == 1 { "" } else { "s" };
                parts.push(language.pick(format!("{n} {english}{plural}"), format!("{n}{korean}")));
            }
        }
        parts.join(" ")
    }

    fn joined(self, units: &[Unit]) -> String {
        let mut rest = self.millis;
        let mut text = String::new();
        for (unit, scale) in units {
            if rest >= *scale {
                text.push_str(&format!("{}{unit}", rest / scale));
                rest %= scale;
            }
        }
        if text.is_empty() { "0s".into() } else { text }
    }

    fn single(self, units: &[Unit]) -> String {
        let exact = |unit: &&Unit| self.millis >= unit.1 && self.millis.is_multiple_of(unit.1);
        units.iter().find(exact).map_or("0s".into(), |(unit, scale)| format!("{}{unit}", self.millis / scale))
    }
}

impl Value for Duration {
    const WHAT: &'static str = "a duration";
    const EXAMPLES: &'static [&'static str] = &["30s", "1m30s", "24h", "90d", "100ms", "2w"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a duration cannot be empty".into());
        }
        let (mut rest, mut millis, mut last) = (text, 0u64, u64::MAX);
        while let Some(first) = rest.chars().next() {
            if first == '-' {
                return Err("a duration cannot be negative".into());
            }
            if !first.is_ascii_digit() {
                return Err(format!(
                    "a duration is numbers with their units, as in `1m30s`, not {}",
                    character::named(first)
                ));
            }
            let (number, tail) =
                rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
            let (unit, tail) =
                tail.split_at(tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()));
            let scale = scale(number, unit, tail)?;
            if scale >= last {
                return Err("the units of a duration go from large to small, each once, as in `1h30m`".into());
            }
            millis = number
                .parse()
                .ok()
                .and_then(|n: u64| n.checked_mul(scale)?.checked_add(millis))
                .filter(|n| *n <= LONGEST)
                .ok_or("a duration is at most 100 years, which is `36500d`")?;
            (rest, last) = (tail, scale);
        }
        Ok(Duration { millis })
    }
}

/// The milliseconds of `unit`, which stands behind `number`; `tail` is what follows it.
fn scale(number: &str, unit: &str, tail: &str) -> Result<u64, String> {
    if let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*scale);
    }
    // A message has no room for any length of number.
    let number = if number.len() < 10 { number } else { "30" };
    Err(match (unit, tail.chars().next()) {
        ("", Some('.')) => {
            "a duration has no decimal point: write `1h30m` for one and a half hours, `1500ms` for \
                            one and a half seconds"
                .into()
        }
        ("", Some(' ')) => {
            "a duration has no spaces, and units of one letter or two: write `30d` for thirty days".into()
        }
        ("", Some(c)) => {
            format!("a duration is numbers with their units, as in `1m30s`, not {}", character::named(c))
        }
        ("", None) => format!("a duration needs a unit: write `{number}s`, `{number}m` or `{number}h`"),
        ("y" | "M" | "mo" | "month" | "months" | "year" | "years", _) => {
            "months and years vary in length: write days, as in `365d`".into()
        }
        ("us" | "ns", _) => "the smallest unit of a duration is `ms`".into(),
        _ => "the units of a duration are `ms`, `s`, `m`, `h`, `d` and `w`".into(),
    })
}

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.prometheus())
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Language, Value};

    fn duration(text: &str) -> Duration {
        Duration::parse(text).unwrap()
    }

    #[test]
    fn reads_and_prints() {
        for (text, millis, shown) in [
            ("30s", 30_000, "30s"),
            ("1m30s", 90_000, "1m30s"),
            ("90m", 5_400_000, "1h30m"),
            ("24h", 86_400_000, "1d"),
            ("2w", 1_209_600_000, "14d"),
            ("100ms", 100, "100ms"),
            ("0s", 0, "0s"),
            ("36500d", 3_153_600_000_000, "36500d"),
        ] {
            assert_eq!((duration(text).millis(), duration(text).to_string().as_str()), (millis, shown));
            assert_eq!(duration(shown), duration(text), "the canonical form reads back");
        }
    }

    #[test]
    fn prints_for_each_program() {
        let d = duration("36h");
        assert_eq!(
            [d.prometheus(), d.compose(), d.systemd(), d.nginx(), d.postgres()],
            ["1d12h", "36h", "1d12h", "36h", "36h"]
        );
        let d = duration("1m30s");
        assert_eq!([d.compose(), d.systemd(), d.nginx(), d.postgres()], ["1m30s", "1min30s", "90s", "90s"]);
        assert_eq!([duration("5m").postgres(), duration("1500ms").nginx()], ["5min", "1500ms"]);
        assert_eq!([duration("100ms").seconds(), duration("1050ms").seconds()], ["0.1", "1.05"]);
        assert_eq!((duration("100ms").whole_seconds(), duration("25h").whole_days()), (1, 2));
        assert_eq!(Duration::ZERO.nginx(), "0s");
    }

    #[test]
    fn speaks_to_people() {
        assert_eq!(duration("90m").words(Language::English), "1 hour 30 minutes");
        assert_eq!(duration("90m").words(Language::Korean), "1시간 30분");
        assert_eq!(Duration::ZERO.words(Language::English), "0 seconds");
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("30", "needs a unit"),
            ("1.5h", "no decimal point"),
            ("-1s", "negative"),
            ("1y", "vary in length"),
            ("30s1m", "large to small"),
            ("1m1m", "large to small"),
            ("5min", "the units"),
            ("5 s", "no spaces"),
            ("30초", "`초`"),
            ("s", "`s`"),
            ("1s\0", "NUL"),
            ("36501d", "100 years"),
            ("99999999999999999999999w", "100 years"),
        ] {
            assert!(Duration::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }

    #[test]
    fn arithmetic_stays_in_bounds() {
        assert_eq!(Duration::from_days(u64::MAX), duration("36500d"));
        assert_eq!(duration("36500d").times(u64::MAX).plus(duration("1s")), duration("36500d"));
    }
}
