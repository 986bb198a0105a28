//! The only place that writes: a plan for the target `generated`, done all or nothing.
//!
//! A tree is written beside the old one and then exchanged with it in one step, so that whoever looks sees either
//! all of the old or all of the new, also when the process is killed or the disk fills half-way. Files that do not
//! change are hard links to the old ones: their bytes are not written again and their times stay. Files that are
//! not ours move along untouched.

pub mod leftover;
mod lock;
mod target;
mod write;

pub use lock::Lock;
pub use target::{Target, TargetError, is_output};
pub use write::{Staged, stage};
