//! What runs the golden cases.

pub mod case;
pub mod files;
pub mod law;
pub mod mutation;
pub mod ondol;
