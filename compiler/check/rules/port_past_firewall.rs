//! A port that compose publishes by a key of its own is one of which the firewall knows nothing.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Service},
    source::Span,
    syntax::{Entry, Node},
    values::Port,
};

/// The rule.
pub const RULE: Rule = Rule { code: "port-past-firewall", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut find = |name: &str, nodes: &[Node]| {
        let service = model.services.iter().find(|service| service.name.as_str() == name);
        for node in nodes.iter().filter(|node| node.annotation.as_deref() != Some("reset")) {
            let host = node.args().any(|entry| entry.scalar.text() == "host");
            match node.name.value.as_str() {
                "ports" if service.is_some_and(|service| only_says_more(service, node)) => {}
                "ports" => diagnostics.add(published(name, node)),
                "network_mode" if host => diagnostics.add(on_the_host(name, node.span)),
                _ => {}
            }
        }
    };
    for service in &model.services {
        find(service.name.as_str(), &service.raw_compose);
    }
    for node in model.raw_compose.iter().filter(|node| node.name.value == "services") {
        node.children.iter().for_each(|service| find(&service.name.value, &service.children));
    }
}

/// Whether every port in it is one that the service publishes anyway: then more is said of that one.
fn only_says_more(service: &Service, node: &Node) -> bool {
    let number = |item: &Node, key: &str| {
        let named = |entry: &&Entry| entry.name.as_ref().is_some_and(|name| name.value == key);
        item.entries.iter().find(named)?.scalar.text().parse::<u16>().ok()
    };
    let known = |item: &Node| {
        let (host, inside) = (number(item, "published"), number(item, "target"));
        service.published.iter().any(|one| {
            inside.and_then(Port::new).and_then(|inside| one.leading_to(inside)).map(Port::get) == host
        })
    };
    node.args().next().is_none() && !node.children.is_empty() && node.children.iter().all(known)
}

fn published(service: &str, node: &Node) -> Diagnostic {
    let example = node.args().find_map(|entry| publish(&entry.scalar.text()));
    let example = example.unwrap_or_else(|| "publish 8080 to=80".to_owned());
    Diagnostic::warning(
        "port-past-firewall",
        format!("the firewall does not know the ports that `{service}` publishes here"),
    )
    .at(node.span, "published by compose alone")
    .help(format!("write `{example}` in the service, with `from=\"10.0.0.0/8\"` or `public=#true` when others than the host reach it: then the firewall lets them in, and nothing else gets the port"))
}

/// `8080:80` in the words of the language.
fn publish(ports: &str) -> Option<String> {
    let (host, container) = ports.split_once(':')?;
    let (host, container) = (host.parse::<u16>().ok()?, container.parse::<u16>().ok()?);
    Some(format!("publish {host} to={container}"))
}

fn on_the_host(service: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("port-past-firewall", format!("`{service}` leaves the private network"))
        .at(span, "listens on the host itself, and is found by no other service")
        .help("publish its port instead: `publish 8080 to=80`; if it has to see the host's network, open its port with `open` and say why: `allow \"port-past-firewall\" because=\"…\"`")
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(compose: &str) -> Vec<String> {
        let web = format!("service \"web\" kind=\"static-site\" {{ build \".\"; compose {{ {compose} }} }}");
        raised("port-past-firewall", &web)
    }

    #[test]
    fn by_keys_of_compose() {
        assert_eq!(messages("ports \"8080:80\"").len(), 1);
        assert_eq!(messages("network_mode \"host\"").len(), 1);
        assert!(messages("(reset)ports").is_empty());
        let of = |port: u16| {
            format!(
                "ports {{ - target=80 published=\"{port}\" mode=\"host\"; }} }}; publish 8080 to=80; labels {{"
            )
        };
        assert!(messages(&of(8080)).is_empty());
        assert_eq!(messages(&of(8081)).len(), 1);
        assert!(messages("shm_size \"64m\"").is_empty());
    }

    #[test]
    fn by_keys_of_the_whole_file() {
        let web = "service \"web\" kind=\"static-site\" { build \".\" }";
        let ports = "compose { services { web { ports \"8080:80\" } } }";
        assert_eq!(raised("port-past-firewall", &format!("{web}\n{ports}")).len(), 1);
    }
}
