//! What a container may use, and what is kept free for it.

use super::container::{Kernel, kernel};
use crate::{
    expand::read::from::{Late, Or, known},
    source::Located,
    syntax::Reader,
    values::{Size, Value},
};

/// Stated `limits` or `reserve`.
#[derive(Clone, Debug)]
pub struct ResourceSpec {
    /// Processors.
    pub cpus: Option<Located<Cpus>>,
    /// Memory.
    pub memory: Option<Located<Size>>,
    /// Those of which compose fills in the value.
    pub late: Vec<Late>,
}

/// A number of processors such as `0.5` or `2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpus(pub String);

impl Value for Cpus {
    const WHAT: &'static str = "a number of processors";
    const EXAMPLES: &'static [&'static str] = &["0.5", "2"];

    fn parse(text: &str) -> Result<Self, String> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 4) || !digits(fraction, 3) || text.chars().all(|c| c == '0' || c == '.') {
            return Err("write a number above 0 with at most three decimals, such as 0.5".into());
        }
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        Ok(Cpus(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }))
    }
}

/// Asks for `limits`: what a container may use, and what the kernel allows it.
pub(super) fn limits(r: &mut Reader) -> Option<(ResourceSpec, Kernel)> {
    Some((resources(r, ["limits.cpus", "limits.memory"])?, kernel(r)))
}

/// Asks for `reserve`.
pub(super) fn reserve(r: &mut Reader) -> Option<ResourceSpec> {
    resources(r, ["reservations.cpus", "reservations.memory"])
}

fn resources(r: &mut Reader, [for_cpus, for_memory]: [&'static str; 2]) -> Option<ResourceSpec> {
    let mut late = Vec::new();
    let cpus = known(r.prop::<Or<Cpus>>("cpus", "processors").optional(), for_cpus, &mut late);
    let memory = known(r.prop::<Or<Size>>("memory", "memory").above_zero().optional(), for_memory, &mut late);
    Some(ResourceSpec { cpus, memory, late })
}
