//! How often something may happen in a time: requests of a client.
//!
//! It refuses fractions; `1/2s` is `30/m`.

use super::Value;

/// A number of times in a second, minute, hour or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    count: u32,
    per: Per,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Per {
    Second,
    Minute,
    Hour,
    Day,
}

const LARGEST: u32 = 1_000_000;

impl Per {
    const fn unit(self) -> &'static str {
        match self {
            Per::Second => "s",
            Per::Minute => "m",
            Per::Hour => "h",
            Per::Day => "d",
        }
    }

    const fn minutes(self) -> u32 {
        match self {
            Per::Second | Per::Minute => 1,
            Per::Hour => 60,
            Per::Day => 24 * 60,
        }
    }
}

impl Rate {
    /// As nginx limits it, which counts by second and minute only: `100r/s`, `10r/m`. What is counted by hour or day
    /// and is not a whole number by minute is rounded up, so that nobody within the limit is turned away.
    pub fn nginx(self) -> String {
        match self.per {
            Per::Second => format!("{}r/s", self.count),
            _ => format!("{}r/m", self.count.div_ceil(self.per.minutes())),
        }
    }
}

impl Value for Rate {
    const WHAT: &'static str = "a rate";
    const EXAMPLES: &'static [&'static str] = &["100/s", "10/m", "1000/h"];

    fn parse(text: &str) -> Result<Self, String> {
        let (count, per) = text.split_once('/').ok_or("a rate is a number in a time, as in `100/s`")?;
        let per = match per {
            "s" => Per::Second,
            "m" => Per::Minute,
            "h" => Per::Hour,
            "d" => Per::Day,
            _ => return Err("a rate is by `s`, `m`, `h` or `d`, as in `100/s`".into()),
        };
        if count.is_empty() || !count.bytes().all(|b| b.is_ascii_digit()) {
            return Err("a rate begins with a whole number, as in `100/s`".into());
        }
        match count.parse() {
            Ok(0) => Err("a rate of nothing would refuse everything: the least is 1".into()),
            Ok(count @ 1..=LARGEST) => Ok(Rate { count, per }),
            _ => Err(format!("a rate is at most {LARGEST}")),
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}/{}", self.count, self.per.unit()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, Value};

    #[test]
    fn prints_for_nginx() {
        for (text, nginx) in
            [("100/s", "100r/s"), ("10/m", "10r/m"), ("600/h", "10r/m"), ("1000/h", "17r/m"), ("1/d", "1r/m")]
        {
            let rate = Rate::parse(text).unwrap();
            assert_eq!((rate.to_string().as_str(), rate.nginx().as_str()), (text, nginx));
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "/",
            "100",
            "100/",
            "/s",
            "0/s",
            "-1/s",
            "1.5/s",
            "100/sec",
            "100r/s",
            "100 /s",
            "1/s/s",
            "9999999/s",
            "1/s\0",
        ] {
            assert!(Rate::parse(text).is_err(), "{text:?}");
        }
    }
}
