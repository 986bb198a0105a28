//! ondol: one description of a system becomes every artifact that operates it.

pub mod source;

pub mod diagnostic;

pub mod values;

pub mod syntax;
