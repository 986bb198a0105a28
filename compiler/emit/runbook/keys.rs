//! The keys of backups that are encrypted, for the guide.

use serde::Serialize;

use crate::model::Model;

/// The file of a secret key, and the backups that it opens.
#[derive(Serialize)]
pub struct KeyView {
    identity: String,
    recipients: Vec<String>,
    backups: Vec<String>,
}

/// The keys of backups that are encrypted, each once.
pub fn keys(model: &Model) -> Vec<KeyView> {
    let mut keys: Vec<KeyView> = Vec::new();
    for (backup, encryption) in model.backups.iter().filter_map(|one| Some((one, one.encryption.as_ref()?))) {
        let identity = encryption.identity.to_string();
        let recipients: Vec<String> = encryption.recipients.iter().map(ToString::to_string).collect();
        match keys.iter_mut().find(|key| key.identity == identity && key.recipients == recipients) {
            Some(key) => key.backups.push(backup.name.to_string()),
            None => keys.push(KeyView { identity, recipients, backups: vec![backup.name.to_string()] }),
        }
    }
    keys
}
