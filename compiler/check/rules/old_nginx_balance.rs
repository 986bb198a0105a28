//! Before 1.27.3, nginx follows containers through a variable, where it spreads requests in one way only.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Balance, Model, Route},
    values::{Value as _, Version},
};

/// The rule.
pub const RULE: Rule = Rule { code: "old-nginx-balance", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(ingress) = &model.ingress else { return };
    let version = Version::parse(&ingress.version).ok();
    if version.and_then(|version| version.is_at_least(&[1, 27, 3])) != Some(false) {
        return;
    }
    for route in ingress.routes().filter(|route| is_spread(route)) {
        diagnostics.add(
            Diagnostic::error(
                "old-nginx-balance",
                format!("nginx {} cannot spread requests so", ingress.version),
            )
            .at(route.origin.span(), "balanced here")
            .at(ingress.origin.span(), "by this nginx")
            .help(
                "use nginx 1.27.3 or later, such as `version \"1.28\"`, or leave `balance`, `also` and what else says how away",
            ),
        );
    }
}

/// Whether requests are spread in a way that is stated.
fn is_spread(route: &Route) -> bool {
    route.balance != Balance::RoundRobin
        || !route.others.is_empty()
        || route.max_fails.is_some()
        || route.fail_timeout.is_some()
        || !route.raw_upstream.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn an_nginx_that_cannot_resolve_in_upstreams() {
        let raises = |version: &str, balance: &str| {
            let web = "service \"web\" kind=\"static-site\" { build \".\" }";
            let ingress =
                format!("ingress {{ {version}; tls \"self-signed\"; route \"/\" to=\"web\" {balance} }}");
            raised("old-nginx-balance", &format!("{web}\n{ingress}")).len()
        };
        assert_eq!(raises("version \"1.26\"", "balance=\"least-conn\""), 1);
        assert_eq!(raises("version \"1.26\"", ""), 0);
        assert_eq!(raises("version \"1.28\"", "balance=\"least-conn\""), 0);
    }
}
