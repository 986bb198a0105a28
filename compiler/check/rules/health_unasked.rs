//! A path that nothing in the container asks is no health check.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Origin},
};

/// The rule.
pub const RULE: Rule = Rule { code: "health-unasked", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in model.services.iter().filter(|service| service.unit().is_none()) {
        let stated = matches!(service.origin, Origin::Stated(_));
        let (None, Some(path), true) = (&service.health, &service.health_path, stated) else { continue };
        if service.container.unchecked {
            continue;
        }
        let port = service.port.map_or_else(|| "PORT".to_owned(), |port| port.to_string());
        let url = format!("http://127.0.0.1:{port}{path}");
        diagnostics.add(
            Diagnostic::warning(
                "health-unasked",
                format!("nothing in the container of `{}` asks for `{path}`", service.name),
            )
            .at(service.origin.span(), format!("the kind `{}` has no health check", service.kind))
            .help(format!(
                "say how, with a program that its image has: `health \"{path}\" {{ command \"wget\" \"-q\" \"-O\" \"/dev/null\" \"{url}\" }}`, or `\"curl\" \"-fsS\" \"-o\" \"/dev/null\" \"{url}\"`"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn a_path_of_any_container() {
        let raises = |health: &str| {
            let web = format!("service \"web\" kind=\"container\" {{ image \"a/b:1\"; port 80; {health} }}");
            raised("health-unasked", &web)
        };
        assert_eq!(raises("health \"/ok\""), ["nothing in the container of `web` asks for `/ok`"]);
        assert!(raises("health \"/ok\" { command \"true\" }").is_empty());
        assert!(raises("health disabled=#true").is_empty());
        assert!(raises("health { interval \"5s\" }").is_empty());
    }
}
