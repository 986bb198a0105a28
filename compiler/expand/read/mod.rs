//! What a description states, node by node: one file for each family of nodes.
//!
//! These types are what was typed, checked one by one; `expand::resolve` puts them together.

pub mod allow;
pub mod backup;
pub mod board;
pub mod capacity;
pub mod ci;
pub mod compose_words;
pub mod document;
pub mod engine;
pub mod external;
pub mod firewall;
pub mod from;
pub mod host;
pub mod ingress;
pub mod monitor;
pub mod notify;
pub mod response;
pub mod retention;
pub mod rotation;
pub mod secret_files;
pub mod service;
pub mod site;
pub mod slo;
pub mod system;
pub mod template;
pub mod variable;
