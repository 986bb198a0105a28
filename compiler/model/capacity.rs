//! How much is expected and when, and what it will not fit into.

use super::Origin;
use crate::values::{Decimal, Month, Size};

/// A plan of growth.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// The month that it counts from.
    pub start: Month,
    /// Months after it, one for each column; ascending.
    pub months: Vec<u32>,
    /// What grows.
    pub figures: Vec<Figure>,
}

/// Something that grows.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// One for each column: a number, or bytes.
    pub values: Vec<Decimal>,
    /// Whether they are bytes.
    pub bytes: bool,
    /// What it has to fit into.
    pub limits: Vec<Limit>,
    /// Where it is stated.
    pub origin: Origin,
}

/// The end of something.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What ends, in the system's language: `disk of app-1`.
    pub what: String,
    /// How much of it is used, one for each column, in the unit of `most`.
    pub used: Vec<Decimal>,
    /// How much there is.
    pub most: Decimal,
    /// Whether these are bytes.
    pub bytes: bool,
    /// The alert that follows its trend, where something measures it; behind the name of the host when there are several.
    pub alert: String,
    /// Where that is stated.
    pub origin: Origin,
}

impl Capacity {
    /// The first month, counted from the start, in which more of it is used than there is; growth between two columns
    /// is even. None when it lasts until the last of them.
    pub fn runs_out(&self, limit: &Limit) -> Option<u32> {
        let columns: Vec<(u32, Decimal)> =
            self.months.iter().copied().zip(limit.used.iter().copied()).collect();
        let (first, used) = columns.first()?;
        if *used > limit.most {
            return Some(*first);
        }
        columns.windows(2).find_map(|pair| {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            (from + 1..=to).find(|month| {
                let grown = (high.as_millionths() - low.as_millionths()) * i128::from(month - from);
                low.as_millionths() + grown / i128::from(to - from) > limit.most.as_millionths()
            })
        })
    }
}

impl Figure {
    /// A value of it as people write it.
    pub fn words(&self, value: Decimal) -> String {
        if self.bytes { size(value) } else { value.to_string() }
    }
}

/// Bytes in the largest unit of which there is one, to one place behind the point.
pub fn size(bytes: Decimal) -> String {
    let whole = u64::try_from(bytes.as_millionths() / 1_000_000).unwrap_or(u64::MAX);
    let units = [("TiB", 1u64 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.iter().find(|(_, unit)| whole >= *unit) {
        Some((name, unit)) => {
            let tenths = u128::from(whole) * 10 / u128::from(*unit);
            match (tenths / 10, tenths % 10) {
                (n, 0) => format!("{n}{name}"),
                (n, rest) => format!("{n}.{rest}{name}"),
            }
        }
        None => Size::from_bytes(whole).to_string(),
    }
}
