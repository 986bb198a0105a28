//! Requests are spread over what can take the place of one another, in a way that nginx knows.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Balance, Model, Route, Target},
    values::Directive,
};

/// The rule.
pub const RULE: Rule = Rule { code: "spread-unfit", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for route in model.routes() {
        for (why, help) in obstacles(model, route) {
            diagnostics.add(
                Diagnostic::error("spread-unfit", why).at(route.origin.span(), "spread here").help(help),
            );
        }
    }
}

/// What keeps requests of a route from being spread as it says, and what to do.
fn obstacles(model: &Model, route: &Route) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let targets: Vec<&Target> = route.targets().collect();
    for (index, target) in targets.iter().enumerate() {
        let name = &target.service;
        if targets[..index].iter().any(|other| other.service == *name) {
            found.push((
                format!("`{name}` answers `{}` twice", route.path),
                "name it once; `weight` says how many of the requests it gets".to_owned(),
            ));
        }
        if target.outside.as_ref().is_some_and(|outside| outside.https) && targets.len() > 1 {
            found.push((
                format!("`{name}` is asked over TLS by its own name, so nobody else can answer in its place"),
                "lead the route to it alone, or to something that speaks http".to_owned(),
            ));
        }
        let said = |route: &Route, target: &Target| {
            (target.weight, target.spare, route.max_fails, route.fail_timeout)
        };
        let elsewhere = model.routes().flat_map(|other| other.targets().map(move |one| (other, one)));
        let released = model.service(name).is_some_and(|service| service.beside.is_some());
        if released
            && elsewhere
                .filter(|(_, one)| one.service == *name)
                .any(|(other, one)| said(other, one) != said(route, target))
        {
            found.push((
                format!("releases of `{name}` stand side by side, and all routes ask them alike"),
                "say the same `weight`, `spare`, `max-fails` and `fail-timeout` in each of its routes, or leave its `release` away".to_owned(),
            ));
        }
    }
    // ngx_http_upstream_module: `backup` cannot be used along with these.
    let decides = |directive: &Directive| matches!(directive.name(), "hash" | "ip_hash" | "random");
    let stated = route.raw_upstream.iter().flat_map(|text| text.value.stated()).any(decides);
    if (stated || route.balance == Balance::IpHash) && targets.iter().any(|target| target.spare) {
        found.push((
            "nginx has no spare where the client, a key or chance decides who answers".to_owned(),
            "leave `spare` away, or what decides: `balance=\"ip-hash\"`, or `hash`, `ip_hash` and `random` in `nginx-upstream`".to_owned(),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(routes: &str) -> Vec<String> {
        let service = |name: &str| format!("service \"{name}\" kind=\"static-site\" {{ build \".\" }}\n");
        let services = ["web", "old"].map(service).concat();
        let outside = "external \"cdn\" url=\"https://cdn.example.com\"";
        raised("spread-unfit", &format!("{services}\n{outside}\ningress {{ tls \"self-signed\"; {routes} }}"))
    }

    #[test]
    fn what_cannot_be_spread_so() {
        assert_eq!(messages("route \"/\" to=\"web\" { also \"web\" weight=2 }"), ["`web` answers `/` twice"]);
        assert_eq!(
            messages("route \"/\" to=\"web\" balance=\"ip-hash\" { also \"old\" spare=#true }"),
            ["nginx has no spare where the client, a key or chance decides who answers"]
        );
        let stated = "also \"old\" spare=#true; nginx-upstream \"hash $uri consistent;\"";
        assert_eq!(messages(&format!("route \"/\" to=\"web\" {{ {stated} }}")).len(), 1);
        assert_eq!(
            messages("route \"/\" to=\"web\" { also \"cdn\" }"),
            ["`cdn` is asked over TLS by its own name, so nobody else can answer in its place"]
        );
    }

    #[test]
    fn releases_side_by_side() {
        let web =
            "service \"web\" kind=\"go-http\" { build \".\"; port 80; health \"/\"; release \"blue-green\" }";
        let routes = |more: &str| {
            raised(
                "spread-unfit",
                &format!("{web}\ningress {{ tls \"self-signed\"; route \"/\" to=\"web\" max-fails=1; route \"/a\" to=\"web\" {more} }}"),
            )
            .len()
        };
        assert_eq!((routes("weight=2"), routes("max-fails=1")), (2, 0));
    }

    #[test]
    fn what_can() {
        assert!(messages("route \"/\" to=\"web\" weight=3 { also \"old\" spare=#true }").is_empty());
        assert!(messages("route \"/\" to=\"cdn\"").is_empty());
        assert!(messages("route \"/\" to=\"web\"; route \"/a\" to=\"web\" weight=3").is_empty());
    }
}
