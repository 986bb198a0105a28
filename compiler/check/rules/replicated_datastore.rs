//! Containers of one service have one volume: two servers on it destroy each other's files.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, MountSource},
};

/// The rule.
pub const RULE: Rule = Rule { code: "replicated-datastore", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| service.datastore && service.replicas.get() > 1) {
        let data = service
            .mounts
            .iter()
            .find(|mount| !mount.read_only && !matches!(mount.source, MountSource::Tree(_)));
        let Some(data) = data else { continue };
        diagnostics.add(
            Diagnostic::error(
                "replicated-datastore",
                format!(
                    "{} servers of `{}` would write to the same files",
                    service.replicas.get(),
                    service.name
                ),
            )
            .at(service.replicas.span, format!("each mounts the same data at `{}`", data.target))
            .help("run one; what replicates between servers is several services, each with data of its own"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn one_volume_for_all() {
        let raises = |replicas: u32| {
            let redis = format!(
                "secret \"P\"\nservice \"redis\" kind=\"redis\" replicas={replicas} {{ password secret=\"P\" }}"
            );
            raised("replicated-datastore", &redis).len()
        };
        assert_eq!(raises(2), 1);
        assert_eq!(raises(1), 0);
    }
}
