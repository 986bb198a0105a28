//! Texts of alerts: as Go templates in the rule, and filled in as Prometheus does, for the rule's test.

use crate::{
    emit::quote,
    model::{Alert, Message, Piece, Unit},
    values::Decimal,
};

/// The message as a template. What stands in it as text stays text.
pub fn template(alert: &Alert, message: &Message) -> String {
    message
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => quote::go_template(text),
            Piece::Label(name) => format!("{{{{ $labels.{name} }}}}"),
            Piece::Value(unit) => match unit {
                Unit::Seconds => "{{ humanizeDuration $value }}".to_owned(),
                Unit::Ratio => "{{ humanizePercentage $value }}".to_owned(),
                Unit::Bytes | Unit::BytesPerSecond => "{{ humanize1024 $value }}B".to_owned(),
                _ if is_small(alert) => "{{ printf \"%.4g\" $value }}".to_owned(),
                _ => "{{ humanize $value }}".to_owned(),
            },
        })
        .collect()
}

/// The message as it is when the alert fires in its test.
pub fn filled(alert: &Alert, message: &Message) -> String {
    let value = alert.test.value.unwrap_or(Decimal::whole(0)).as_millionths();
    let labels =
        |name: &str| alert.labels.get(name).or(alert.test.labels.get(name)).cloned().unwrap_or_default();
    message
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Label(name) => labels(name),
            Piece::Value(unit) => match unit {
                Unit::Seconds => duration(value),
                Unit::Ratio => format!("{}%", four_digits(value, 10_000)),
                Unit::Bytes | Unit::BytesPerSecond => {
                    format!("{}B", scaled(value, 1024, &["ki", "Mi", "Gi", "Ti", "Pi", "Ei"]))
                }
                _ if is_small(alert) => four_digits(value, ONE),
                _ => scaled(value, 1000, &["k", "M", "G", "T", "P", "E"]),
            },
        })
        .collect()
}

const ONE: i128 = 1_000_000;

/// Whether values around the bound are below 1, where `humanize` would write `500m`.
fn is_small(alert: &Alert) -> bool {
    alert.test.value.is_none_or(|value| value.as_millionths().abs() < ONE)
}

/// A number of millionths as `humanize` and `humanize1024` write it.
fn scaled(value: i128, base: i128, prefixes: &[&str]) -> String {
    let (mut unit, mut prefix) = (ONE, "");
    for next in prefixes {
        if value.abs() < unit * base {
            break;
        }
        (unit, prefix) = (unit * base, next);
    }
    format!("{}{prefix}", four_digits(value, unit))
}

/// A number of millionths of a second as `humanizeDuration` writes it.
fn duration(value: i128) -> String {
    if value == 0 {
        return "0s".to_owned();
    }
    if value.abs() < ONE {
        let (unit, prefix) = if value.abs() >= 1_000 { (1_000, "m") } else { (1, "u") };
        return format!("{}{prefix}s", four_digits(value, unit));
    }
    let sign = if value < 0 { "-" } else { "" };
    let whole = value.abs() / ONE;
    let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{sign}{}s", four_digits(value.abs(), ONE)),
        (0, 0, _) => format!("{sign}{minutes}m {seconds}s"),
        (0, ..) => format!("{sign}{hours}h {minutes}m {seconds}s"),
        _ => format!("{sign}{days}d {hours}h {minutes}m {seconds}s"),
    }
}

/// The fraction as Go's `%.4g` writes the float that is nearest to it. Exact where that float is: whole numbers over
/// powers of two, and numbers of at most four digits.
fn four_digits(numerator: i128, denominator: i128) -> String {
    if numerator == 0 {
        return "0".to_owned();
    }
    let sign = if numerator < 0 { "-" } else { "" };
    let n = numerator.abs();
    // The exponent of the first digit: n / denominator is at least 10^exponent.
    let reaches = |exponent: i32| n * power(exponent).1 >= denominator * power(exponent).0;
    let mut exponent = 0i32;
    while reaches(exponent + 1) {
        exponent += 1;
    }
    while !reaches(exponent) {
        exponent -= 1;
    }
    // Four digits before the point of n / denominator × 10^(3 - exponent), rounded half to even.
    let (up, down) = (power(3 - exponent).0, power(3 - exponent).1);
    let (n, d) = (n * up, denominator * down);
    let (mut mantissa, rest) = (n / d, n % d);
    if rest * 2 > d || (rest * 2 == d && mantissa % 2 == 1) {
        mantissa += 1;
    }
    if mantissa == 10_000 {
        (mantissa, exponent) = (1_000, exponent + 1);
    }
    let digits = mantissa.to_string();
    let point = |whole: &str, fraction: &str| {
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    };
    match exponent {
        0..=3 => point(&digits[..exponent as usize + 1], &digits[exponent as usize + 1..]),
        -4..=-1 => point("0", &format!("{}{digits}", "0".repeat((-exponent - 1) as usize))),
        _ => format!(
            "{}e{}{:02}",
            point(&digits[..1], &digits[1..]),
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        ),
    }
}

/// A power of ten as numerator and denominator.
fn power(exponent: i32) -> (i128, i128) {
    let n = 10i128.pow(exponent.unsigned_abs());
    if exponent < 0 { (1, n) } else { (n, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Value as _;

    fn millionths(text: &str) -> i128 {
        Decimal::parse(text).expect("a number").as_millionths()
    }

    #[test]
    fn prints_as_go_does() {
        for (text, printed) in [
            ("1.9", "1.9"),
            ("0.05", "0.05"),
            ("7500", "7500"),
            ("12345", "1.234e+04"),
            ("12355", "1.236e+04"),
            ("150000", "1.5e+05"),
            ("0.00005", "5e-05"),
            ("0.00015", "0.00015"),
            ("-3", "-3"),
            ("0", "0"),
            ("99999", "1e+05"),
            ("9999.9", "1e+04"),
            ("1.425", "1.425"),
            ("101", "101"),
        ] {
            assert_eq!(four_digits(millionths(text), ONE), printed, "{text}");
        }
    }

    #[test]
    fn humanizes_as_prometheus_does() {
        for (text, printed) in [
            ("0", "0s"),
            ("0.505", "505ms"),
            ("0.00005", "50us"),
            ("1.01", "1.01s"),
            ("59.9", "59.9s"),
            ("303.5", "5m 3s"),
            ("3636.5", "1h 0m 36s"),
            ("-90", "-1m 30s"),
            ("90061", "1d 1h 1m 1s"),
        ] {
            assert_eq!(duration(millionths(text)), printed, "{text}");
        }
        let bytes = |text: &str| scaled(millionths(text), 1024, &["ki", "Mi", "Gi"]);
        assert_eq!([bytes("490000"), bytes("542300000"), bytes("1")], ["478.5ki", "517.2Mi", "1"]);
        let number = |text: &str| scaled(millionths(text), 1000, &["k", "M"]);
        assert_eq!([number("5050"), number("101"), number("-1500000")], ["5.05k", "101", "-1.5M"]);
    }
}
