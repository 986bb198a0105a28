//! A volume lies on one host: a service on several of them has as many, each with other data.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, MountSource},
};

/// The rule.
pub const RULE: Rule = Rule { code: "volume-apart", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| service.hosts.len() > 1) {
        let kept = service.mounts.iter().find(|mount| {
            let volume = matches!(mount.source, MountSource::Volume(_)) && !mount.read_only;
            volume && (service.datastore || mount.stated.is_some())
        });
        let Some(kept) = kept else { continue };
        diagnostics.add(
            Diagnostic::warning(
                "volume-apart",
                format!("`{}` keeps other data on each of {} hosts", service.name, service.hosts.len()),
            )
            .at(
                kept.stated.unwrap_or(service.origin.span()),
                format!("what is at `{}` is not shared", kept.target),
            )
            .help("keep it on one host or in something `external`; if each is to have its own, allow this"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    const HOSTS: &str = "host \"a\" internal=\"10.0.0.1\"\nhost \"b\" internal=\"10.0.0.2\"\n";

    fn app(on: &str) -> usize {
        let app = format!(
            "{HOSTS}service \"app\" kind=\"worker\" {{ on {on}; build \".\"; volume \"uploads\" at=\"/uploads\" }}"
        );
        raised("volume-apart", &app).len()
    }

    #[test]
    fn stated_volumes() {
        assert_eq!(app("\"a\" \"b\""), 1);
        assert_eq!(app("\"b\""), 0);
    }

    #[test]
    fn datastores() {
        let redis = format!(
            "{HOSTS}secret \"P\"\nservice \"redis\" kind=\"redis\" {{ on \"a\" \"b\"; password secret=\"P\" }}"
        );
        assert_eq!(raised("volume-apart", &redis).len(), 1);
    }
}
