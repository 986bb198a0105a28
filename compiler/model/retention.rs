//! Which backups stay: those that are young, the last few, and one of each of the last days, weeks, months and years.

use crate::values::{Duration, Language};

/// What stays: a backup that any of it asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// All that are younger.
    pub within: Option<Duration>,
    /// So many of the newest.
    pub last: u32,
    /// The newest of each of so many days on which there is one.
    pub daily: u32,
    /// The newest of each of so many weeks.
    pub weekly: u32,
    /// The newest of each of so many months.
    pub monthly: u32,
    /// The newest of each of so many years.
    pub yearly: u32,
}

impl Retention {
    /// All that are younger, and nothing else.
    pub fn within(age: Duration) -> Retention {
        Retention { within: Some(age), ..Retention::default() }
    }

    /// The age alone, when nothing else is asked for.
    pub fn only_within(&self) -> Option<Duration> {
        self.within.filter(|age| *self == Retention::within(*age))
    }

    /// How many lie there at most, of backups that are made so often.
    pub fn copies(&self, period: Duration) -> u64 {
        let young = self.within.map_or(0, |age| age.whole_seconds().div_ceil(period.whole_seconds().max(1)));
        // The newest of a day is also one of the last, and of a week: an upper bound will do.
        let counted =
            [self.last, self.daily, self.weekly, self.monthly, self.yearly].into_iter().map(u64::from).sum();
        young.max(counted).max(1)
    }

    /// What stays, in words: `30 days`; `7 daily, 4 weekly, 12 monthly`.
    pub fn words(&self, language: Language) -> String {
        let count = |n: u32, english: &str, korean: &str| {
            (n > 0).then(|| language.pick(format!("{n} {english}"), format!("{korean} {n}개")))
        };
        let all = [
            self.within.map(|age| age.words(language)),
            count(self.last, "newest", "최근"),
            count(self.daily, "daily", "일별"),
            count(self.weekly, "weekly", "주별"),
            count(self.monthly, "monthly", "월별"),
            count(self.yearly, "yearly", "연별"),
        ];
        all.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_copies() {
        let month = Retention::within(Duration::from_days(30));
        assert_eq!(month.words(Language::English), "30 days");
        assert_eq!(month.only_within(), Some(Duration::from_days(30)));
        assert_eq!(month.copies(Duration::from_days(1)), 30);
        let tiers = Retention { daily: 7, weekly: 4, monthly: 12, yearly: 5, ..Retention::default() };
        assert_eq!(tiers.words(Language::English), "7 daily, 4 weekly, 12 monthly, 5 yearly");
        assert_eq!(tiers.words(Language::Korean), "일별 7개, 주별 4개, 월별 12개, 연별 5개");
        assert_eq!(tiers.only_within(), None);
        assert_eq!(tiers.copies(Duration::from_days(1)), 28);
    }
}
