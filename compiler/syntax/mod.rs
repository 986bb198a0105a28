//! KDL text to trees, and trees to typed facts.
//!
//! [`parse`] is the only door to the `kdl` crate; [`Reader`] is the only way to read a node. Neither knows what a
//! service is.

mod format;
mod node;
mod parse;
mod reader;
mod table;

pub use format::format;
pub use node::{Entry, Node, Scalar};
pub use parse::parse;
pub use reader::{Fact, FromEntry, Question, Reader, Sink, describe};
pub use table::{Ask, Default, Place, Table};
