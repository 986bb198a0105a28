//! Runs before the compiler is built. Nothing is generated yet.

fn main() {}
