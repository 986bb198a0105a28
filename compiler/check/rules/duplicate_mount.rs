//! A path in a container holds one thing.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    source::Span,
};

/// The rule.
pub const RULE: Rule = Rule { code: "duplicate-mount", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        let whole = service.origin.span();
        let in_memory =
            service.tmpfs.iter().map(|one| (one.place.split(':').next().unwrap_or_default(), None));
        let mounted = service.mounts.iter().map(|mount| (mount.target.as_str(), mount.stated));
        let mut taken: Vec<(&str, Option<Span>)> = Vec::new();
        for (target, stated) in in_memory.chain(mounted) {
            if let Some((_, first)) = taken.iter().find(|(known, _)| *known == target) {
                let by =
                    if first.is_some() { "mounted there first" } else { "its kind mounts something there" };
                diagnostics.add(
                    Diagnostic::error(
                        "duplicate-mount",
                        format!("two things are mounted at `{target}` of `{}`", service.name),
                    )
                    .at(stated.unwrap_or(whole), "mounted there too")
                    .at(first.unwrap_or(whole), by)
                    .help("mount one of them somewhere else; a path below another one's is fine"),
                );
            }
            taken.push((target, stated));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn the_same_path_twice() {
        let raises = |second: &str| {
            let app = format!(
                "service \"app\" kind=\"worker\" {{ build \".\"; volume \"a\" at=\"/data\"; volume \"b\" at=\"{second}\" }}"
            );
            raised("duplicate-mount", &app).len()
        };
        assert_eq!(raises("/data"), 1);
        assert_eq!(raises("/data/b"), 0);
    }

    #[test]
    fn where_the_kind_mounts_its_data() {
        // The service's own takes the place of the kind's.
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\"; volume \"mine\" at=\"/data\" }";
        assert!(raised("duplicate-mount", redis).is_empty());
        let twice = redis.replace(" }", "; volume \"more\" at=\"/data\" }");
        assert_eq!(raised("duplicate-mount", &twice).len(), 1);
    }
}
