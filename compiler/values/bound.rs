//! The bound of an alert: what a measured value must not pass.
//!
//! It refuses to be evaluated; it prints the number that a rule compares with, and samples for the rule's test.

use super::{Decimal, Duration, Language, Percent, Size, Value};

/// An operator and a quantity. The bound is *violated* by the values for which the comparison is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bound {
    operator: Operator,
    quantity: Quantity,
}

/// How a value is compared with the quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// What is compared with, in the unit that it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Measured in seconds.
    Duration(Duration),
    /// Measured in bytes.
    Size(Size),
    /// Measured as a ratio, where 1 is the whole.
    Percent(Percent),
    /// A plain number.
    Number(Decimal),
}

impl Operator {
    /// As PromQL and people write it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Operator::Above => ">",
            Operator::AtLeast => ">=",
            Operator::Below => "<",
            Operator::AtMost => "<=",
        }
    }

    /// Whether large values are the bad ones.
    pub const fn is_upward(self) -> bool {
        matches!(self, Operator::Above | Operator::AtLeast)
    }

    /// Whether the quantity itself is bad already.
    pub const fn includes_edge(self) -> bool {
        matches!(self, Operator::AtLeast | Operator::AtMost)
    }

    /// Whether `value` compared with `edge` is true.
    pub fn holds(self, value: Decimal, edge: Decimal) -> bool {
        match self {
            Operator::Above => value > edge,
            Operator::AtLeast => value >= edge,
            Operator::Below => value < edge,
            Operator::AtMost => value <= edge,
        }
    }
}

impl Quantity {
    /// In the base unit: seconds, bytes, a ratio, or the number itself.
    pub fn base(self) -> Decimal {
        match self {
            Quantity::Duration(d) => Decimal::millionths(i128::from(d.millis()) * 1_000),
            Quantity::Size(s) => Decimal::millionths(i128::from(s.bytes()) * WHOLE),
            Quantity::Percent(p) => p.ratio(),
            Quantity::Number(n) => n,
        }
    }

    /// What kind it is, for messages and for the unit of a graph: `duration`, `size`, `percentage`, `number`.
    pub const fn kind(self) -> &'static str {
        match self {
            Quantity::Duration(_) => "duration",
            Quantity::Size(_) => "size",
            Quantity::Percent(_) => "percentage",
            Quantity::Number(_) => "number",
        }
    }
}

const WHOLE: i128 = 1_000_000;

impl Bound {
    /// How values are compared.
    pub const fn operator(self) -> Operator {
        self.operator
    }

    /// What they are compared with, as it was written.
    pub const fn quantity(self) -> Quantity {
        self.quantity
    }

    /// What they are compared with, in seconds, bytes, as a ratio or a plain number. It prints as PromQL reads it.
    pub fn edge(self) -> Decimal {
        self.quantity.base()
    }

    /// Operator and number as PromQL reads them: `> 0.05`.
    pub fn promql(self) -> String {
        format!("{} {}", self.operator.symbol(), self.edge())
    }

    /// A value that just violates the bound.
    pub fn beyond(self) -> Decimal {
        self.sample(self.operator.is_upward(), self.operator.includes_edge())
    }

    /// A value that just keeps the bound.
    pub fn within(self) -> Decimal {
        self.sample(!self.operator.is_upward(), !self.operator.includes_edge())
    }

    /// Whether whatever violates this bound violates `other` too, as a critical bound should its warning.
    pub fn implies(self, other: Bound) -> bool {
        let same_way = self.operator.is_upward() == other.operator.is_upward();
        let further =
            if self.operator.is_upward() { self.edge() > other.edge() } else { self.edge() < other.edge() };
        let as_far = self.edge() == other.edge();
        same_way && (further || as_far && (other.operator.includes_edge() || !self.operator.includes_edge()))
    }

    /// For people: `above 1 second`, `1초 초과`.
    pub fn words(self, language: Language) -> String {
        let quantity = match self.quantity {
            // As alerts say how long; what is shorter is measured, and shown, in milliseconds.
            Quantity::Duration(time) if time.millis() % 1_000 == 0 => time.words(language),
            other => other.to_string(),
        };
        let (english, korean) = match self.operator {
            Operator::Above => ("above", "초과"),
            Operator::AtLeast => ("at or above", "이상"),
            Operator::Below => ("below", "미만"),
            Operator::AtMost => ("at or below", "이하"),
        };
        language.pick(format!("{english} {quantity}"), format!("{quantity} {korean}"))
    }

    /// A value a hundredth above the edge, or below it: near enough to tell this bound from another one, far enough
    /// for the rounding of floats. A share stays from 0 to 1 and an amount above 0 while that is possible: what cannot
    /// be measured would test nothing. The edge itself serves if it is on that side. The value has four digits, so
    /// that programs which print as many print it exactly.
    fn sample(self, above: bool, edge_serves: bool) -> Decimal {
        let edge = self.edge().as_millionths();
        let whole_only = match self.quantity {
            Quantity::Number(n) => n.is_whole(),
            Quantity::Size(_) => true,
            Quantity::Duration(_) | Quantity::Percent(_) => false,
        };
        let is_share = matches!(self.quantity, Quantity::Percent(_)) && (0..=WHOLE).contains(&edge);
        let room = match (is_share, above) {
            (true, true) => WHOLE - edge,
            (_, false) if edge >= 0 => edge,
            _ => i128::MAX,
        };
        let least = if whole_only { WHOLE } else { 1 };
        let hundredth = if edge == 0 && !whole_only { WHOLE / 100 } else { edge.abs() / 100 };
        let mut step = (hundredth / least * least).max(least).min(room);
        if step == 0 {
            // Nothing measurable is on this side of 0 (or of 100 %).
            step = if edge_serves { 0 } else { least.max(WHOLE / 100) };
        }
        let value = if above { edge + step } else { edge - step };
        let unit = 10i128.pow(value.unsigned_abs().checked_ilog10().unwrap_or(0).saturating_sub(3));
        let rounded = (if above { value + unit - 1 } else { value }).div_euclid(unit) * unit;
        Decimal::millionths(if is_share && room > 0 { rounded.min(WHOLE) } else { rounded })
    }
}

impl Value for Bound {
    const WHAT: &'static str = "a bound";
    const EXAMPLES: &'static [&'static str] = &[">1s", "<99%", ">100", ">=512MiB", "<-5"];

    fn parse(text: &str) -> Result<Self, String> {
        let (operator, rest) = [
            (Operator::AtLeast, ">="),
            (Operator::AtMost, "<="),
            (Operator::Above, ">"),
            (Operator::Below, "<"),
        ]
        .into_iter()
        .find_map(|(operator, symbol)| Some((operator, text.strip_prefix(symbol)?)))
        .ok_or_else(|| match text.chars().next() {
            Some('≥' | '≤' | '=' | '!') => "a bound begins with `>`, `>=`, `<` or `<=`".to_string(),
            _ => {
                "a bound says on which side values are bad: write `>` or `<` before the quantity, as in `>1s`"
                    .into()
            }
        })?;
        let rest = rest.trim_matches(' ');
        if rest.is_empty() {
            return Err("a bound needs a quantity behind the sign, as in `>1s`".into());
        }
        Ok(Bound { operator, quantity: quantity(rest)? })
    }
}

/// Reads a quantity by its unit.
fn quantity(text: &str) -> Result<Quantity, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    match unit.as_bytes() {
        [] => Decimal::parse(text).map(Quantity::Number),
        b"%" => Percent::parse(text).map(Quantity::Percent),
        [b'K' | b'M' | b'G' | b'T' | b'B' | b'k' | b'g' | b't' | b'b', ..] | [_, b'b' | b'B' | b'i', ..] => {
            Size::parse(text).map(Quantity::Size)
        }
        _ if unit.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Duration::parse(text).map(Quantity::Duration)
        }
        _ => Err(
            "a bound is a number, a percentage, a duration or a size, as in `>100`, `>5%`, `>1s` or `>1GiB`"
                .into(),
        ),
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Quantity::Duration(d) => d.fmt(f),
            Quantity::Size(s) => s.fmt(f),
            Quantity::Percent(p) => p.fmt(f),
            Quantity::Number(n) => n.fmt(f),
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}{}", self.operator.symbol(), self.quantity))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Value};
    use crate::values::Language;

    fn bound(text: &str) -> Bound {
        Bound::parse(text).unwrap()
    }

    #[test]
    fn prints_samples_and_the_number_in_the_base_unit() {
        for (text, promql, beyond, within) in [
            (">1s", "> 1", "1.01", "0.99"),
            (">500ms", "> 0.5", "0.505", "0.495"),
            ("<99%", "< 0.99", "0.9801", "0.9999"),
            ("<99.9%", "< 0.999", "0.989", "1"),
            (">85%", "> 0.85", "0.8585", "0.8415"),
            (">5000", "> 5000", "5050", "4950"),
            (">100", "> 100", "101", "99"),
            (">1", "> 1", "2", "0"),
            ("<5", "< 5", "4", "6"),
            ("<-5", "< -5", "-6", "-4"),
            (">0", "> 0", "1", "0"),
            (">=0", ">= 0", "1", "-1"),
            ("<=0", "<= 0", "0", "1"),
            ("<0", "< 0", "-1", "1"),
            (">0.3", "> 0.3", "0.303", "0.297"),
            (">=512MiB", ">= 536870912", "542300000", "531500000"),
            (">0%", "> 0", "0.01", "0"),
            ("<100%", "< 1", "0.99", "1"),
            (">=100%", ">= 1", "1", "0.99"),
            (">100%", "> 1", "1.01", "0.99"),
            (">150%", "> 1.5", "1.515", "1.485"),
        ] {
            let b = bound(text);
            let found = (b.promql(), b.beyond().to_string(), b.within().to_string());
            assert_eq!(found, (promql.into(), beyond.into(), within.into()), "{text}");
            assert!(
                b.operator().holds(b.beyond(), b.edge()) && !b.operator().holds(b.within(), b.edge()),
                "{text}"
            );
            assert_eq!(bound(&b.to_string()), b, "the canonical form reads back");
        }
    }

    #[test]
    fn samples_are_right_for_every_bound() {
        for operator in [">", ">=", "<", "<="] {
            for number in ["0", "1", "2", "3", "-1", "0.000001", "-0.5", "999999999999999999"] {
                for unit in ["", "%", "s", "B"] {
                    if let Ok(b) = Bound::parse(&format!("{operator}{number}{unit}")) {
                        assert!(b.operator().holds(b.beyond(), b.edge()), "{b}");
                        assert!(!b.operator().holds(b.within(), b.edge()), "{b}");
                    }
                }
            }
        }
    }

    #[test]
    fn compares_bounds() {
        assert!(bound(">2s").implies(bound(">1s")) && !bound(">1s").implies(bound(">2s")));
        assert!(bound("<90%").implies(bound("<99%")) && !bound("<90%").implies(bound(">1%")));
        assert!(bound(">1").implies(bound(">=1")) && !bound(">=1").implies(bound(">1")));
        assert!(bound(">1").implies(bound(">1")));
    }

    #[test]
    fn speaks_to_people() {
        assert_eq!(bound(">1s").words(Language::English), "above 1 second");
        assert_eq!(bound("<=99.9%").words(Language::Korean), "99.9% 이하");
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "on which side"),
            ("1s", "on which side"),
            ("≥1s", "begins with"),
            ("==1", "begins with"),
            (">", "needs a quantity"),
            (">256M", "write `256MiB`"),
            (">256mb", "write `256MiB`"),
            (">1.5s", "no decimal point"),
            (">-1s", "negative"),
            (">=-5%", "negative"),
            ("> 5 %", "a bound is"),
            (">5초", "a bound is"),
            (">1e3", "units of a duration"),
            (">>1", "a bound is"),
            (">1\0", "a bound is"),
        ] {
            let found = Bound::parse(text);
            assert!(found.clone().unwrap_err().contains(reason), "{text:?}: {found:?}");
        }
    }
}
