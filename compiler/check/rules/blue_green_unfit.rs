//! Two releases can only stand side by side, with a switch before them, when nothing of them is there once.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Service},
    source::Span,
    values::{Value as _, Version},
};

/// The rule.
pub const RULE: Rule = Rule { code: "blue-green-unfit", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        let Some(beside) = &service.beside else { continue };
        for (span, why, help) in obstacles(model, service) {
            diagnostics.add(
                Diagnostic::error("blue-green-unfit", format!("two releases of `{}` {why}", service.name))
                    .at(beside.span, "asked for here")
                    .at(span, "because of this")
                    .help(help),
            );
        }
    }
}

/// What keeps two releases from standing side by side: where, what follows, and what to do.
fn obstacles(model: &Model, service: &Service) -> Vec<(Span, &'static str, String)> {
    let own = service.origin.span();
    let name = &service.name;
    if service.unit().is_some() {
        let help =
            "remove `release`: `current` of the application's folder is switched, and the unit restarted";
        return vec![(own, "cannot run as one unit", help.to_owned())];
    }
    let mut found = Vec::new();
    if service.datastore {
        let help = "leave `release` away: data stores are upgraded in place, after a backup";
        found.push((own, "cannot have the same data", help.to_owned()));
    }
    let routed = model.routes().find(|route| route.targets().any(|target| target.service == *name));
    match routed {
        None => found.push((
            own,
            "have nobody in front who switches requests over",
            format!(
                "route requests to it (`ingress {{ route \"/\" to=\"{name}\" }}`), or leave `release` away"
            ),
        )),
        Some(route) if !route.target.elsewhere.is_empty() => found.push((
            route.origin.span(),
            "are behind an nginx on another host, which knows one port of this one",
            "let nginx run on the same hosts, or take one host after the other out of the balancer"
                .to_owned(),
        )),
        Some(_) => {}
    }
    if service.health.is_none() {
        let help = "say how it shows that it works: `health \"/health\"`, or `health { command \"…\" }`";
        found.push((
            own,
            "cannot be told apart: the new one must be well before it is asked",
            help.to_owned(),
        ));
    }
    for published in &service.published {
        let help = "publish no port of it: requests come through nginx";
        found.push((published.origin.span(), "want the same port of the host", help.to_owned()));
    }
    if let Some(node) = service.raw_compose.iter().find(|node| node.name.value == "container_name") {
        found.push((node.name.span, "cannot have one name", "leave the name away".to_owned()));
    }
    if let Some(ingress) = &model.ingress
        && Version::parse(&ingress.version).ok().and_then(|v| v.is_at_least(&[1, 27, 3])) == Some(false)
    {
        let help =
            "use nginx 1.27.3 or later, such as `version \"1.28\"`: it follows the containers of an upstream";
        found.push((ingress.origin.span(), "cannot be told apart by this nginx", help.to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(web: &str, ingress: &str) -> Vec<String> {
        raised(
            "blue-green-unfit",
            &format!(
                "service \"web\" kind=\"fastapi\" {{ build \".\"; release \"blue-green\"; {web} }}\n\
                 service \"other\" kind=\"static-site\" {{ build \".\" }}\n\
                 ingress {{ tls \"self-signed\"; {ingress} }}"
            ),
        )
    }

    #[test]
    fn behind_nginx_and_with_a_check() {
        assert!(messages("health \"/health\"", "route \"/\" to=\"web\"").is_empty());
    }

    #[test]
    fn nobody_could_switch() {
        let found = messages("health \"/health\"", "route \"/\" to=\"other\"");
        assert_eq!(found, ["two releases of `web` have nobody in front who switches requests over"]);
        let found = messages("health \"/health\"", "version \"1.26\"; route \"/\" to=\"web\"");
        assert_eq!(found, ["two releases of `web` cannot be told apart by this nginx"]);
    }

    #[test]
    fn nobody_could_tell_whether_it_is_well() {
        let found = messages("", "route \"/\" to=\"web\"");
        assert_eq!(
            found,
            ["two releases of `web` cannot be told apart: the new one must be well before it is asked"]
        );
    }

    #[test]
    fn what_is_there_once() {
        let found = messages("health \"/health\"; publish 8000", "route \"/\" to=\"web\"");
        assert_eq!(found, ["two releases of `web` want the same port of the host"]);
        let found =
            messages("health \"/health\"; compose { container_name \"web\" }", "route \"/\" to=\"web\"");
        assert_eq!(found, ["two releases of `web` cannot have one name"]);
    }
}
