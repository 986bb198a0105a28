//! How the logs are rotated that services write.

use super::{context::Context, log_schema};
use crate::{
    expand::read::service::{LogSpec, ServiceSpec},
    model::{Log, LogReport, Origin, Services},
};

/// The folder of the host in which the logs of a container are.
pub fn folder(context: &Context, spec: &ServiceSpec) -> String {
    format!("/var/log/{}/{}", context.spec.name.value, spec.name.value)
}

/// The rotation rules of all log files that these services write.
pub fn logs(context: &Context, services: &Services) -> Vec<Log> {
    let mut logs = Vec::new();
    for spec in context.specs {
        let Some(service) = services.named(&spec.name.value) else { continue };
        let unit = service.unit();
        for log in &spec.logs {
            let mut rule = rule(context, spec, log);
            if let Some(unit) = unit {
                let owner = format!("{} {}", unit.user, unit.group);
                rule.pattern = log.path.value.to_string();
                rule.reload = unit.reload.map(|_| unit.name.clone());
                rule.copytruncate &= rule.reload.is_none();
                rule.create = (!rule.copytruncate).then(|| format!("{} {owner}", log.mode.value));
                rule.owner = Some(owner);
                rule.writer = Some(spec.name.value.clone());
            }
            rule.schema = log_schema::schema(context.sink, spec, log, &rule.pattern);
            logs.push(rule);
        }
    }
    logs
}

fn rule(context: &Context, spec: &ServiceSpec, log: &LogSpec) -> Log {
    Log {
        pattern: format!("{}/{}", folder(context, spec), log.path.value.file_name()),
        rhythm: log.rhythm.as_str(),
        keep: log.keep.value.get(),
        copytruncate: !log.reopens,
        max_size: log.max_size.as_ref().map(|size| size.value),
        create: None,
        owner: None,
        writer: None,
        reload: None,
        schema: None,
        raw: log.raw.clone(),
        reports: log
            .reports
            .iter()
            .map(|report| LogReport {
                text: report.text.value.to_string(),
                by: report.by.as_ref().map(|field| field.value.to_string()),
                about: report
                    .about
                    .as_ref()
                    .map_or(report.text.value.as_str(), |about| about.get(context.language))
                    .to_owned(),
            })
            .collect(),
        origin: Origin::Stated(log.span),
    }
}
