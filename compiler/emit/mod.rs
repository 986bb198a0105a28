//! Models to artifacts. An emitter is a folder; it sees the model and nothing else, and cannot fail: what it could
//! dislike is a rule of `check`.

mod alertmanager;
mod aligned;
mod artifact;
mod blackbox;
mod calendar;
mod ci;
mod compose;
mod config;
mod cron;
mod env;
mod files;
mod grafana;
mod header;
#[cfg(test)]
#[path = "../../golden-tests/texts.rs"]
pub(crate) mod hostile;
mod inventory;
mod logrotate;
mod logs;
mod nginx;
#[cfg(test)]
mod places;
mod prometheus;
pub mod quote;
mod raw;
mod runbook;
mod scripts;
mod systemd;
mod taken;
pub mod template;
mod timers;
mod ufw;
pub mod yaml;

pub use alertmanager::undefined as undefined_receivers;
pub use artifact::{Artifact, OnChange};
pub use logs::schema as log_schema;
pub use taken::taken;
pub use template::fault;

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::{model::Model, values::Language};
use template::Template;

/// An emitter: a name and a function from the model to files.
pub struct Emitter {
    /// Its name, which the manifest gives as producer.
    pub name: &'static str,
    /// What it makes.
    pub about: &'static str,
    /// Makes it.
    pub emit: fn(&Model) -> Vec<Artifact>,
}

/// Every emitter, those that take longest first: a core that is done takes over what is left.
pub const ALL: &[Emitter] = &[
    Emitter { name: "runbook", about: "the operations guide", emit: runbook::emit },
    Emitter { name: "prometheus", about: "scraping, rules and their unit tests", emit: prometheus::emit },
    Emitter { name: "scripts", about: "what the host runs, by the clock or by hand", emit: scripts::emit },
    Emitter { name: "grafana", about: "data source and dashboard", emit: grafana::emit },
    Emitter { name: "nginx", about: "the reverse proxy", emit: nginx::emit },
    Emitter { name: CI, about: "what tests and delivers", emit: ci::emit },
    Emitter { name: "compose", about: "the services, for Docker Compose v2", emit: compose::emit },
    Emitter { name: "systemd", about: "what runs on the host itself", emit: systemd::emit },
    Emitter { name: "ufw", about: "the firewall", emit: ufw::emit },
    Emitter { name: "env", about: "the variables that the host supplies", emit: env::emit },
    Emitter { name: "cron", about: "everything that runs by the clock", emit: cron::emit },
    Emitter { name: "timers", about: "jobs that systemd starts", emit: timers::emit },
    Emitter { name: "logrotate", about: "rotation of logs on the host", emit: logrotate::emit },
    Emitter { name: "alertmanager", about: "whom alerts reach", emit: alertmanager::emit },
    Emitter {
        name: "blackbox",
        about: "how what lies outside is asked whether it works",
        emit: blackbox::emit,
    },
    Emitter { name: CALENDAR, about: "what people do again and again", emit: calendar::emit },
    Emitter { name: "config", about: "configuration files of your own services", emit: config::emit },
    Emitter { name: "logs", about: "what the lines of logs hold", emit: logs::emit },
    Emitter { name: "file", about: "files of your own, passed through", emit: files::emit },
];

/// The templates that nearly every system needs.
static USUAL: &[&[&Template]] = &[
    &[&cron::TABLE, &logrotate::STANZAS, &ufw::APPLY],
    env::TEMPLATES,
    nginx::TEMPLATES,
    scripts::TEMPLATES,
];

/// Has the usual templates compiled on cores that are idle, as most are while a system is expanded. It will probably
/// have its guide in that `language`.
pub fn prepare(language: Language) {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    if rayon::current_num_threads() > 1 && !BEGUN.swap(true, Ordering::Relaxed) {
        rayon::spawn(move || {
            let usual = USUAL.par_iter().flat_map(|some| *some).copied();
            usual.chain([runbook::template(language)]).for_each(Template::prepare);
        });
    }
}

/// Every file of the tree of these hosts, sorted by path. Of several hosts each has a folder of its own.
pub fn emit(models: &[Model]) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> = match models {
        [model] => emitted(model, |_| true),
        models => {
            models.par_iter().flat_map(on_host).chain(models.par_iter().take(1).flat_map(of_all)).collect()
        }
    };
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    artifacts
}

fn emitted(model: &Model, wanted: fn(&Emitter) -> bool) -> Vec<Artifact> {
    let emitters = ALL.par_iter().with_max_len(1).filter(|emitter| wanted(emitter));
    emitters.flat_map(|emitter| (emitter.emit)(model)).collect()
}

/// The emitters whose files are those of the environment, not of a host.
const CI: &str = "ci";
const CALENDAR: &str = "calendar";

fn is_of_all(emitter: &Emitter) -> bool {
    matches!(emitter.name, CI | CALENDAR)
}

/// The files that all hosts have together.
fn of_all(model: &Model) -> Vec<Artifact> {
    emitted(model, is_of_all)
}

/// The files of one host of several, with a list of them.
fn on_host(model: &Model) -> Vec<Artifact> {
    let mut artifacts = emitted(model, |emitter| !is_of_all(emitter));
    artifacts.push(inventory::inventory(model, &artifacts));
    artifacts.iter_mut().for_each(|artifact| artifact.move_to(&model.host.name));
    artifacts
}
