//! `runbook.md`: the operations guide, derived from the same facts as everything else, so that it cannot lie; and
//! `runbook.html`, the same as a page with the system's picture.

mod accepted;
mod alerts;
mod capacity;
mod external;
mod firewall;
mod host;
mod keys;
mod page;
mod picture;
mod recovery;
mod response;
mod scale;
mod service;
mod variables;
mod view;
mod way;

pub use variables::{containers, units};

use super::{
    artifact::{Artifact, OnChange},
    template::{Format, Template},
};
use crate::{model::Model, values::Language};

static ENGLISH: Template = Template::new(Format::Markdown, include_str!("english.md.tera"));
static KOREAN: Template = Template::new(Format::Markdown, include_str!("korean.md.tera"));

/// The template of a guide in that language.
pub fn template(language: Language) -> &'static Template {
    match language {
        Language::English => &ENGLISH,
        Language::Korean => &KOREAN,
    }
}

/// Makes the guide in the system's language.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let mut from = vec!["system".to_owned()];
    from.extend(model.services.iter().map(|service| format!("service/{}", service.name)));
    from.extend(model.firewall.stated_as());
    from.extend(model.externals.iter().map(|external| format!("external/{}", external.name)));
    from.extend(model.backups.iter().map(|backup| format!("backup/{}", backup.stated_as())));
    from.extend(model.allows.iter().map(|allow| format!("allow/{}", allow.code)));
    from.extend(model.capacity.iter().map(|_| "capacity".to_owned()));
    from.extend(model.priorities.iter().map(|one| format!("priority/{}", one.name)));
    from.extend(model.notify.escalations.iter().map(|one| format!("escalation/{}", one.name)));
    from.extend(model.teams.iter().map(|team| format!("team/{}", team.name)));
    from.extend(
        model
            .variables
            .iter()
            .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
    );
    from.extend(model.routes().map(|route| format!("route/{}", route.path)));
    from.extend(model.checklists.iter().map(|list| format!("checklist/{}", list.name)));
    from.extend(model.runbook.troubles.iter().map(|trouble| format!("trouble/{}", trouble.title)));
    from.push(format!("host/{}", model.host.name));
    from.extend(model.monitoring.iter().flat_map(|m| &m.alerts).flat_map(|alert| alert.from.iter().cloned()));
    from.extend(model.jobs.iter().map(|job| format!("job/{}", job.name)));
    from.sort();
    from.dedup();
    let contents = template(model.language).render(&view::view(model));
    let title = format!("{} ({})", model.title, model.variant());
    let page = page::page(&contents, &title, picture::picture(model), model.language);
    let artifact = |path: &str, contents: String, from| Artifact {
        path: path.to_owned(),
        contents: contents.into(),
        mode: 0o644,
        emitter: "runbook",
        from,
        on_change: OnChange::Nothing,
    };
    vec![artifact("runbook.html", page, from.clone()), artifact("runbook.md", contents, from)]
}
