//! A path that two locations of one server have, which nginx refuses.

use std::collections::BTreeMap;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Ingress, Model, Site},
    source::Span,
    values::Directive,
};

/// The rule.
pub const RULE: Rule = Rule { code: "duplicate-location", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(ingress) = &model.ingress else { return };
    for site in ingress.sites.iter().filter(|site| site.moved.is_none()) {
        let mut known = of_routes(site);
        for files in &site.files {
            let path = format!("{}/", files.path.as_str().trim_end_matches('/'));
            let Some(first) = known.insert(path, files.origin.span()) else { continue };
            diagnostics.add(
                Diagnostic::error("duplicate-location", format!("`{}` leads to two places", files.path))
                    .at(files.origin.span(), "to these files")
                    .at(first, "and here")
                    .help("give one of them another path"),
            );
        }
        for (place, span) in stated(ingress, site) {
            let Some(first) = known.insert(place.clone(), span) else { continue };
            diagnostics.add(
                Diagnostic::error("duplicate-location", format!("`location {place}` is there twice"))
                    .at(span, "stated here in nginx's words")
                    .at(first, "this leads there already")
                    .help("nginx takes one location for a path: put what this one says into the `route` (`route \"/\" to=\"web\" { nginx \"…\" }`), or remove one of them"),
            );
        }
    }
}

/// The locations that the routes of a site become.
fn of_routes(site: &Site) -> BTreeMap<String, Span> {
    let mut known = BTreeMap::new();
    for route in &site.routes {
        let upgraded = route
            .targets()
            .flat_map(|target| &target.websocket_paths)
            .filter_map(|path| site.seen_outside(route, path));
        for path in upgraded.chain([route.path.clone()]) {
            let path = path.as_str().trim_end_matches('/');
            known.insert(format!("{path}/"), route.origin.span());
            if !path.is_empty() {
                known.insert(format!("= {path}"), route.origin.span());
            }
        }
    }
    known
}

/// The locations that the description states for the server of a site. Of regular expressions the first that fits is
/// taken: they may repeat.
fn stated<'a>(ingress: &'a Ingress, site: &'a Site) -> impl Iterator<Item = (String, Span)> + 'a {
    let texts = ingress.raw_server.iter().chain(&site.raw);
    let all = texts.flat_map(|text| text.value.stated().iter().map(|one| (one, text.span)));
    all.filter_map(|(one, span)| Some((location(one)?, span)))
}

fn location(directive: &Directive) -> Option<String> {
    let words: Vec<&str> = directive.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["location", "^~", path] | ["location", path] if !path.starts_with(['~', '=']) => {
            Some((*path).to_owned())
        }
        ["location", "=", path] => Some(format!("= {path}")),
        ["location", exact] => exact.strip_prefix('=').map(|path| format!("= {path}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(nginx: &str) -> Vec<String> {
        let web = "service \"web\" kind=\"static-site\" { build \".\" }";
        let ingress = "tls \"self-signed\"; route \"/\" to=\"web\"; route \"/api\" to=\"web\"";
        raised("duplicate-location", &format!("{web}\ningress {{ {ingress}; nginx {nginx} }}"))
    }

    #[test]
    fn beside_a_route_and_beside_another() {
        assert_eq!(messages("\"location / { return 204; }\""), ["`location /` is there twice"]);
        assert_eq!(messages("\"location ^~ /api/ { return 204; }\""), ["`location /api/` is there twice"]);
        assert_eq!(messages("\"location =/api { return 204; }\""), ["`location = /api` is there twice"]);
        let twice = "\"location /x { return 204; }\" \"location /x { return 204; }\"";
        assert_eq!(messages(twice), ["`location /x` is there twice"]);
        assert!(
            messages("\"location = / { return 204; } location ~ ^/ { return 204; } location ~ ^/ {}\"")
                .is_empty()
        );
    }
}
