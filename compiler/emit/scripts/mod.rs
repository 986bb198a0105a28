//! Scripts that the host runs, by the clock or by hand.

mod view;

use super::{
    artifact::{Artifact, OnChange},
    template::{Format, Template},
};
use crate::model::{Model, Tls};

static RUN_JOB: Template = Template::new(Format::Shell, include_str!("run-job.sh.tera"));
static BACKUP: Template = Template::new(Format::Shell, include_str!("backup.sh.tera"));
static RESTORE: Template = Template::new(Format::Shell, include_str!("restore.sh.tera"));
static VERIFY: Template = Template::new(Format::Shell, include_str!("verify.sh.tera"));
static CERTIFICATE: Template = Template::new(Format::Shell, include_str!("certificate.sh.tera"));
static SECURITY: Template = Template::new(Format::Shell, include_str!("security-check.sh.tera"));
static PREFLIGHT: Template = Template::new(Format::Shell, include_str!("preflight.sh.tera"));
static DEPLOY: Template = Template::new(Format::Shell, include_str!("deploy.sh.tera"));
static ROLLBACK: Template = Template::new(Format::Shell, include_str!("rollback.sh.tera"));
static INSTALL: Template = Template::new(Format::Shell, include_str!("install.sh.tera"));

/// Makes every script that the system needs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let system = view::system(model);
    let script = |name: String, contents: String, from: Vec<String>| Artifact {
        path: format!("scripts/{name}.sh"),
        contents,
        mode: 0o755,
        emitter: "scripts",
        from,
        on_change: OnChange::Nothing,
    };
    let of_system = || {
        let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
        from.extend(model.services.iter().map(|service| format!("service/{}", service.name)));
        from.extend(
            model
                .variables
                .iter()
                .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
        );
        from
    };
    let mut scripts = vec![
        script("security-check".into(), SECURITY.render(&system), of_system()),
        script("preflight".into(), PREFLIGHT.render(&system), of_system()),
        script("deploy".into(), DEPLOY.render(&system), of_system()),
        script("rollback".into(), ROLLBACK.render(&system), of_system()),
        script("install".into(), INSTALL.render(&system), of_system()),
    ];
    if !model.jobs.is_empty() {
        scripts.push(script("run-job".into(), RUN_JOB.render(&system), of_system()));
    }
    if model.ingress.as_ref().is_some_and(|ingress| !matches!(ingress.tls, Tls::None)) {
        scripts.push(script("certificate".into(), CERTIFICATE.render(&system), of_system()));
    }
    for backup in &model.backups {
        let Some(view) = view::backup(model, backup) else { continue };
        let from = || {
            vec![
                "system".to_owned(),
                format!("backup/{}", backup.service),
                format!("service/{}", backup.service),
                format!("kind/{}", view.kind),
                format!("host/{}", model.host.name),
            ]
        };
        scripts.push(script(format!("backup-{}", backup.service), BACKUP.render(&view), from()));
        scripts.push(script(format!("restore-{}", backup.service), RESTORE.render(&view), from()));
        if backup.drill.is_some() {
            scripts.push(script(format!("verify-{}", backup.service), VERIFY.render(&view), from()));
        }
    }
    scripts
}
