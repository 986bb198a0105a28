//! How often promtool evaluates the rules in a unit test: as seldom as shows the same, since that is most of its work.

use crate::values::Duration;

/// What lasts longer looks at days.
pub const HOURS: Duration = Duration::from_hours(3);

/// The least number of evaluations in a test.
const LEAST: u64 = 3;

/// Those that people read at a glance, the longest first.
const PACES: [Duration; 5] = [
    Duration::from_hours(1),
    Duration::from_minutes(30),
    Duration::from_minutes(15),
    Duration::from_minutes(5),
    Duration::from_minutes(1),
];

/// The longest pace for a test of this length that falls on each of the `moments`; to one that looks at days, single
/// minutes do not matter.
pub fn of(length: Duration, moments: impl AsRef<[Duration]>) -> Duration {
    let least = if length > HOURS { Duration::from_minutes(5) } else { Duration::from_minutes(1) };
    let fits = |pace: &Duration| {
        let falls_on = |moment: &Duration| *pace == least || moment.millis().is_multiple_of(pace.millis());
        pace.times(LEAST) <= length && moments.as_ref().iter().all(falls_on)
    };
    PACES.into_iter().find(fits).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_as_long_as_the_moments_allow() {
        let minutes = Duration::from_minutes;
        assert_eq!(of(minutes(30), [minutes(30), minutes(5)]), minutes(5));
        assert_eq!(of(minutes(30), [minutes(30), minutes(2)]), minutes(1));
        assert_eq!(of(minutes(5), [minutes(5)]), minutes(1));
        assert_eq!(of(Duration::from_days(8), [Duration::from_days(8)]), Duration::from_hours(1));
        assert_eq!(of(minutes(30), [Duration::from_seconds(90)]), minutes(1));
        assert_eq!(of(Duration::from_days(3), [minutes(2)]), minutes(5));
    }
}
