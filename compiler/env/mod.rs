//! Environment files held against what a system asks of them. What is found never holds a value.

mod file;
mod judge;

pub use file::{File, read};
pub use judge::{Finding, PLACEHOLDER, PLACEHOLDER_OF_SECRET, is_conventional, judge, takes_placeholders};
