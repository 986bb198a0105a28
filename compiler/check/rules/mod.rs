//! One file for each rule, named like its code.

pub mod backup_missing;
pub mod literal_secret;
pub mod port_clash;
pub mod public_datastore;
