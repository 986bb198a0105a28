//! What a service gets whose every second is to come back: the folder of its archived log, and the placeholders with
//! which its kind starts archiving.

use super::Derive;
use crate::{
    expand::{resolve::backup::log_folder, setting::Typed},
    model::{Mount, MountHow, MountSource},
};

impl Derive<'_> {
    pub(super) fn point_in_time(&mut self) {
        for backup in &self.spec.backups {
            let Some(stated) = &backup.point_in_time else { continue };
            let Some(service) = self.services.iter_mut().find(|spec| spec.name.value == backup.name.value)
            else {
                continue;
            };
            let kind = self.kinds.get(service.kind.value.as_str()).map(|defined| &defined.kind);
            let Some(method) = kind.and_then(|kind| kind.backup.as_ref()?.point_in_time.as_ref()) else {
                continue;
            };
            let Some(folder) = log_folder(self.spec, backup) else { continue };
            service.derived.settings.extend([
                ("log", vec![Typed::Text(method.at.value.to_string())]),
                ("log-every", vec![Typed::Duration(stated.log.value.period())]),
            ]);
            service.derived.mounts.push(Mount {
                source: MountSource::Host(folder),
                target: method.at.value.clone(),
                read_only: false,
                how: MountHow::default(),
                about: Some("Its archived log: what was written since the last base.".to_owned()),
                stated: None,
            });
        }
    }
}
