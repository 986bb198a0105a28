//! Without a health check, waiting for a service means waiting for its start, not for its answer.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Condition, Model, Origin},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unhealthy-dependency", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        let stated = service.needs.iter().filter(|need| matches!(need.origin, Origin::Stated(_)));
        for need in stated.filter(|need| need.condition == Condition::Started) {
            let Some(needed) = model.service(&need.service) else { continue };
            diagnostics.add(
                Diagnostic::warning(
                    "unhealthy-dependency",
                    format!("`{}` starts before `{}` works", service.name, needed.name),
                )
                .at(need.origin.span(), "waits for its start only")
                .at(needed.origin.span(), "has no health check")
                .help(format!("tell how it shows that it works, inside `{}`: `health \"/health\"`, or `health {{ command \"…\" }}`, or `health of-image=#true` when its image has a check", needed.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{codes, raised};

    #[test]
    fn what_is_needed_does_not_tell_when_it_works() {
        let raises = |health: &str, kind: &str| {
            let app = "service \"app\" kind=\"worker\" { build \".\"; needs \"api\" }";
            let api = format!("service \"api\" kind=\"{kind}\" {{ build \".\"; {health} }}");
            raised("unhealthy-dependency", &format!("{app}\n{api}")).len()
        };
        assert_eq!(raises("", "worker"), 1);
        assert_eq!(raises("health { command \"true\" }", "worker"), 0);
        // The kind has a test, which needs a path that nobody states.
        assert_eq!(raises("", "fastapi"), 1);
        assert_eq!(raises("health \"/health\"", "fastapi"), 0);
    }

    #[test]
    fn an_address_is_not_yet_a_need() {
        let raises = |env: &str, needs: &str| {
            let kind = "kind \"mail\" { about \"Mail\"; port 25; url \"smtp://{name}:{port}\" }";
            let app = format!("service \"app\" kind=\"worker\" {{ build \".\"; {needs} env {{ {env} }} }}");
            let mail = "service \"mail\" kind=\"mail\" { image \"axllent/mailpit:v1.21\" }";
            codes(&format!("{kind}\nsystem \"shop\" {{\n{app}\n{mail}\n}}"))
        };
        assert_eq!(raises("MAIL address-of=\"mail\"", ""), Vec::<&str>::new());
        assert_eq!(raises("MAIL host-of=\"mail\"", ""), Vec::<&str>::new());
        assert_eq!(raises("MAIL url-of=\"mail\"", ""), ["unhealthy-dependency"]);
        assert_eq!(raises("HOST host-of=\"mail\"; MAIL url-of=\"mail\"", ""), ["unhealthy-dependency"]);
        assert_eq!(raises("MAIL address-of=\"mail\"", "needs \"mail\";"), ["unhealthy-dependency"]);
    }
}
