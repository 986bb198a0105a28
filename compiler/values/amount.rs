//! Amounts, of which there may be none: time, memory, numbers of things.

use super::{Count, Duration, Size};

/// A value that may be nothing at all.
pub trait Amount {
    /// Whether it is: `0s`, `0B`, `0`.
    fn is_nothing(&self) -> bool;
}

impl Amount for Count {
    fn is_nothing(&self) -> bool {
        self.is_zero()
    }
}

impl Amount for Duration {
    fn is_nothing(&self) -> bool {
        self.is_zero()
    }
}

impl Amount for Size {
    fn is_nothing(&self) -> bool {
        self.is_zero()
    }
}
