//! The standard library: the kinds under `stdlib/`, embedded as trees when ondol was built.
//!
//! It has no privileges: a user's kind is read by the same code, and may take the name of a built-in one.

use crate::{source::Sources, syntax::Node};

/// Version of the standard library: it is released with ondol, whose version it has.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One embedded kind. Its position in [`ALL`] is the identity of its source.
pub struct Embedded {
    /// The kind's name.
    pub kind: &'static str,
    /// The role that it states; none of an application.
    pub role: Option<&'static str>,
    /// The file, as messages show it: `stdlib/data/redis.kdl`.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    tree: &'static [u8],
}

/// Every embedded kind, sorted by file.
pub static ALL: &[Embedded] = &include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// Sources that hold the standard library already, so that diagnostics can point into it.
pub fn sources() -> Sources {
    let mut sources = Sources::default();
    for embedded in ALL {
        sources.embed(embedded.file, embedded.text);
    }
    sources
}

impl Embedded {
    /// The `kind` node.
    pub fn node(&self) -> Option<Node> {
        postcard::from_bytes(self.tree).ok()
    }
}
