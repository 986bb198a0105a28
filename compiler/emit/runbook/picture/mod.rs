//! The picture of a host: what runs on it, what lies around it, and who may reach what.
//!
//! From left to right: who is outside, the way in, services in the order in which they need each other, data, and what
//! others run. What only operates the rest (exporters, dashboards) stands below, without lines: those would cross
//! everything and say what the name says.

mod compact;
mod graph;
mod layout;
mod svg;
mod text;

pub use graph::picture;

use text::Text;

/// The parts of the picture, as they follow each other from left to right; tools stand below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Zone {
    Outside,
    Entry,
    Services,
    Data,
    Beyond,
    Tools,
}

/// A box.
#[derive(Debug)]
struct Node {
    zone: Zone,
    /// How many services of its zone stand between it and the way in.
    depth: usize,
    name: Text,
    /// What is said below the name.
    lines: Vec<Text>,
    /// Whether it runs on the host itself, not in containers.
    bare: bool,
    /// Whether Prometheus reads metrics of it.
    measured: bool,
}

/// Somebody who may reach something.
#[derive(Debug)]
struct Edge {
    from: usize,
    to: usize,
    /// The ports; empty where the box says it.
    label: String,
}
