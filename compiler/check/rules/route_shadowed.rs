//! A route that no request can reach says something that does not hold.

use std::collections::BTreeMap;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Site},
    values::Name,
};

/// The rule.
pub const RULE: Rule = Rule { code: "route-shadowed", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for site in model.ingress.iter().flat_map(|ingress| &ingress.sites) {
        shadowed(site, diagnostics);
    }
}

fn shadowed(site: &Site, diagnostics: &mut Diagnostics) {
    let closed: BTreeMap<String, Name> = site
        .closed()
        .into_iter()
        .map(|(path, by)| (path.as_str().trim_end_matches('/').to_owned(), by))
        .collect();
    for route in &site.routes {
        if let Some(first) = site.route_to(&route.path).filter(|first| first.path != route.path) {
            diagnostics.add(
                Diagnostic::error(
                    "route-shadowed",
                    format!("no request can reach the route `{}`", route.path),
                )
                .at(route.origin.span(), "a slash at the end makes no difference")
                .at(first.origin.span(), format!("`{}` takes them all", first.path))
                .help("remove one of them: a route is its path and all that is below"),
            );
        }
        if let Some((path, by)) = route.path.covering().find_map(|path| closed.get_key_value(&path)) {
            diagnostics.add(
                Diagnostic::warning(
                    "route-shadowed",
                    format!("outsiders get 404 from the route `{}`", route.path),
                )
                .at(route.origin.span(), format!("`{path}` tells what `{by}` does inside, and is closed"))
                .help("remove the route, or let the service answer under another path: metrics and detailed health are read within the private network"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(routes: &str) -> Vec<String> {
        let api = "service \"api\" kind=\"go-http\" { build \".\"; metrics \"/metrics\" }";
        let web = "service \"web\" kind=\"static-site\" { build \".\" }";
        raised("route-shadowed", &format!("{api}\n{web}\ningress {{ tls \"self-signed\"\n{routes} }}"))
    }

    #[test]
    fn one_path_in_two_spellings() {
        let two = "route \"/api\" to=\"api\"\nroute \"/api/\" to=\"web\"";
        assert_eq!(messages(two), ["no request can reach the route `/api`"]);
        assert!(messages("route \"/api\" to=\"api\"\nroute \"/api/v2\" to=\"web\"").is_empty());
        assert!(messages("route \"/\" to=\"api\"\nroute \"/apis\" to=\"web\"").is_empty());
    }

    #[test]
    fn what_is_closed() {
        let own = "route \"/\" to=\"api\"\nroute \"/metrics\" to=\"api\"";
        assert_eq!(messages(own), ["outsiders get 404 from the route `/metrics`"]);
        let below = "route \"/\" to=\"api\"\nroute \"/metrics/web\" to=\"web\"";
        assert_eq!(messages(below), ["outsiders get 404 from the route `/metrics/web`"]);
        // Led to another service, the path is none of the private ones.
        assert!(messages("route \"/\" to=\"api\"\nroute \"/metrics\" to=\"web\"").is_empty());
        assert!(messages("route \"/\" to=\"api\"").is_empty());
    }
}
