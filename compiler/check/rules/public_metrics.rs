//! Metrics tell who uses a system and where it is weak, to whoever asks.

use std::collections::BTreeSet;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Reach, Route},
    values::{Cidr, Name},
};

/// The rule.
pub const RULE: Rule = Rule { code: "public-metrics", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let silent = without_login(model);
    for service in &model.services {
        let open = silent.contains(&service.name);
        for published in service.published.iter().filter(|published| everyone(&published.reach)) {
            let own = service
                .metrics_path
                .as_ref()
                .filter(|_| service.metrics_port.is_some_and(|port| published.container.contains(port)));
            let label = match own {
                _ if open => "has no login of its own".to_owned(),
                Some(path) => format!("answers `{path}` there"),
                None => continue,
            };
            diagnostics.add(
                Diagnostic::warning(
                    "public-metrics",
                    format!("everyone can read the metrics of `{}`", service.name),
                )
                .at(published.origin.span(), "published to everyone")
                .at(service.origin.span(), label)
                .help(format!(
                    "say from where: `publish {} from=\"10.0.0.0/8\"`, or leave `from` away and use a tunnel: `ssh -L {0}:127.0.0.1:{0} …`",
                    published.host
                )),
            );
        }
    }
    // Something that asks for a password before it lets anybody through.
    let asks = |route: &Route| {
        route.raw.iter().flat_map(|text| text.stated()).any(|one| one.name().starts_with("auth_"))
    };
    // Or lets in some networks only.
    let few = |networks: &[Cidr]| {
        !networks.is_empty() && !networks.iter().any(|network| Cidr::is_everything(*network))
    };
    let open = model.ingress.iter().flat_map(|ingress| &ingress.sites).filter(|site| !few(&site.allow_from));
    let routes = open.flat_map(|site| &site.routes).filter(|route| !few(&route.allow_from) && !asks(route));
    let targets = routes
        .filter(|route| route.auth_basic.is_none())
        .flat_map(|route| route.targets().map(move |one| (route, one)));
    for (route, target) in targets.filter(|(_, target)| silent.contains(&target.service)) {
        let name = &target.service;
        diagnostics.add(
            Diagnostic::warning("public-metrics", format!("everyone can use `{name}`"))
                .at(route.origin.span(), "the ingress leads everyone there")
                .help(format!(
                    "`{name}` has no login of its own: remove the route and use a tunnel, let in some networks only (`allow-from \"10.0.0.0/8\"`), or ask for a password in the route: `auth-basic=\"/etc/{name}-users\"`"
                )),
        );
    }
}

/// The parts of the monitoring that ask nobody who they are.
fn without_login(model: &Model) -> BTreeSet<&Name> {
    let exporters = model.services.iter().filter(|service| service.observes.is_some());
    let mut names: BTreeSet<&Name> = exporters.map(|service| &service.name).collect();
    if let Some(monitoring) = &model.monitoring {
        names.insert(&monitoring.prometheus.0);
        names.extend(monitoring.alertmanager.iter().map(|(name, _)| name));
        names.extend(monitoring.scrapes.iter().filter(|scrape| scrape.host).map(|scrape| &scrape.job));
    }
    names
}

fn everyone(reach: &Reach) -> bool {
    match reach {
        Reach::Public => true,
        Reach::Loopback | Reach::Address(..) => false,
        Reach::Networks(networks) => networks.iter().any(|network| Cidr::is_everything(*network)),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(content: &str) -> usize {
        raised("public-metrics", &format!("monitor\n{content}")).len()
    }

    #[test]
    fn what_asks_nobody_who_they_are() {
        let prometheus = |publish: &str| format!("service \"metrics\" kind=\"prometheus\" {{ {publish} }}");
        assert_eq!(raises(&prometheus("publish 9090 public=#true")), 1);
        assert_eq!(raises(&prometheus("publish 9090 from=\"0.0.0.0/0\"")), 1);
        assert_eq!(raises(&prometheus("publish 9090 from=\"10.0.0.0/8\"")), 0);
        assert_eq!(raises(&prometheus("publish 9090")), 0);
    }

    #[test]
    fn metrics_beside_what_is_served() {
        let api = |publish: &str| {
            format!("service \"api\" kind=\"go-http\" {{ build \".\"; metrics \"/metrics\"; {publish} }}")
        };
        assert_eq!(raises(&api("publish 80 to=8080 public=#true")), 1);
        assert_eq!(raises(&api("publish 9000 to=9000 public=#true")), 0);
    }

    #[test]
    fn a_route_to_it() {
        let ingress = |route: &str| {
            format!("ingress {{ tls \"self-signed\"; route \"/prometheus\" to=\"prometheus\" {route} }}")
        };
        assert_eq!(raises(&ingress("")), 1);
        let asked = "{ nginx \"auth_basic ops;\" \"auth_basic_user_file /etc/nginx/users;\" }";
        assert_eq!(raises(&ingress(asked)), 0);
        assert_eq!(raises(&ingress("{ allow-from \"10.0.0.0/8\" }")), 0);
        assert_eq!(raises(&ingress("{ allow-from \"10.0.0.0/8\" \"::/0\" }")), 1);
        let site = "site \"metrics\" { allow-from \"10.0.0.0/8\"; route \"/\" to=\"prometheus\" }";
        let web = "service \"web\" kind=\"static-site\" { build \".\" }";
        assert_eq!(
            raises(&format!("{web}\ningress {{ tls \"self-signed\"; route \"/\" to=\"web\"; {site} }}")),
            0
        );
    }
}
