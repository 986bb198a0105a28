//! KDL text to trees, and trees to typed facts.
//!
//! [`parse`](fn@parse) is the only door to the `kdl` crate; [`Reader`] is the only way to read a node. Neither knows what a
//! service is.

mod brief;
mod comments;
mod fact;
mod format;
mod from_entry;
mod mixed;
mod node;
mod parse;
mod pieces;
mod reader;
mod sink;
mod strings;
mod suspect;
mod table;

pub use fact::{Fact, Facts};
pub use format::format;
pub use from_entry::FromEntry;
pub use mixed::{mixed, mixed_block};
pub use node::{Apart, Entry, Node, Scalar};
pub use pieces::parse;
pub use reader::{Form, PassedOn, Question, Reader, describe, shown_entry};
pub use sink::Sink;
pub use table::{Ask, Default, Place, Table};
