//! What the guide says of a variable: what its value is, and what is started anew when that has changed.

use crate::{
    model::{Model, Variable},
    values::{Language, Name},
};

/// What the value of a variable is; a dash when it may be anything.
pub fn asked(variable: &Variable, language: Language) -> String {
    let mut words = variable.constraint.words(language);
    if variable.min_length > 1 {
        let least = variable.min_length;
        words.push(language.pick(format!("at least {least} characters"), format!("{least}자 이상")));
    }
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}

/// What brings a new value of it into use, one command after the other.
pub fn taken_up(model: &Model, variable: &Variable) -> Vec<String> {
    if !variable.rotations.is_empty() {
        return vec![format!("sudo scripts/rotate-{}.sh", variable.name)];
    }
    let (containers, units) = (containers(model, variable), units(model, variable));
    let compose = (!containers.is_empty()).then(|| format!("docker compose up -d {}", containers.join(" ")));
    let systemd = (!units.is_empty())
        .then(|| format!("sudo scripts/unit-environment.sh && sudo systemctl restart {}", units.join(" ")));
    compose.into_iter().chain(systemd).collect()
}

/// The arguments of `docker compose up -d` after which the services have a new value of the variable. Compose does not
/// see that a value has changed which it hands over as a file.
pub fn containers(model: &Model, variable: &Variable) -> Vec<String> {
    let as_file = |name: &Name| {
        model
            .service(name)
            .is_some_and(|service| service.secret_files.iter().any(|(known, _)| *known == variable.name))
    };
    let containers = variable.used_by.iter().filter(|name| unit_of(model, name).is_none());
    let names: Vec<String> = containers.map(ToString::to_string).collect();
    if names.is_empty() || !variable.used_by.iter().any(as_file) {
        return names;
    }
    [vec!["--force-recreate".to_owned(), "--no-deps".to_owned()], names].concat()
}

/// The units that use the variable, for `systemctl restart`.
pub fn units(model: &Model, variable: &Variable) -> Vec<String> {
    variable.used_by.iter().filter_map(|name| unit_of(model, name)).collect()
}

/// The unit that runs the service; none when containers do.
fn unit_of(model: &Model, service: &Name) -> Option<String> {
    Some(model.service(service)?.unit()?.name.to_string())
}
