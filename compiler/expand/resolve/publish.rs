//! Ports that the host offers for a service.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::{
        read::{
            from::Or,
            service::{PublishSpec, ServiceSpec},
        },
        resolve::container,
    },
    model::{LoosePort, Origin, Published, Reach, Text},
    source::Located,
    values::{Address, Cidr, Port, Ports, Value},
};

/// Ports that are known, one by one, and those that only compose or the environment file knows.
pub fn published(
    context: &Context,
    spec: &ServiceSpec,
    port: Option<Port>,
) -> (Vec<Published>, Vec<LoosePort>) {
    let (mut known, mut loose) = (Vec::new(), Vec::new());
    for publish in &spec.publish {
        let span = publish.span;
        let Some(container) = publish.container.clone().or_else(|| own(publish, port)) else {
            context.sink.report(
                Diagnostic::error("no-port", format!("`{}` has no port", spec.name.value))
                    .at(span, "published here")
                    .help(inside(publish)),
            );
            continue;
        };
        let Some(protocol) = protocol(context, publish) else { continue };
        let late = loosely(context, publish, &container, protocol);
        match numbers(context, publish, &container) {
            Some((host, inside, reach)) if host.count() == inside.count() => known.push(Published {
                host: host.plain(),
                container: inside.plain(),
                protocol,
                reach,
                late: late.filter(|_| is_late(publish, &container)),
                origin: origin(publish),
            }),
            Some((host, inside, _)) if !is_late(publish, &container) => {
                uneven(context, publish, host, inside)
            }
            _ if leads_out(publish) && (publish.host.is_some() || !publish.from.is_empty()) => {
                unknown(context, publish)
            }
            _ => loose.extend(late),
        }
    }
    (known, loose)
}

/// What to write where it is not known to which port of the container a port leads.
fn inside(publish: &PublishSpec) -> String {
    let host = match publish.host.as_ref().map(|host| &host.value) {
        Some(Or::Value(host)) => host.to_string(),
        _ => "8080".to_owned(),
    };
    let host = if host.parse::<u16>().is_ok() { host } else { format!("{host:?}") };
    format!(
        "say which port in the container, for example the same: `publish {host} to={}`",
        host.split('/').next().unwrap_or_default().trim_matches('"')
    )
}

/// Where it is stated, or why it follows.
fn origin(publish: &PublishSpec) -> Origin {
    match &publish.because {
        None => Origin::Stated(publish.span),
        Some(because) => Origin::Derived { because: because.clone(), from: publish.span },
    }
}

/// Where a port leads of which only one side is stated: to the service's own, or, of no number that is known, to the
/// same.
fn own(publish: &PublishSpec, port: Option<Port>) -> Option<Located<Or<Ports>>> {
    match (port, &publish.host) {
        (Some(port), _) => Some(Located::new(Or::Value(Ports::one(port)), publish.span)),
        (None, Some(host)) if matches!(host.value, Or::Value(ports) if ports.count() == 1) => None,
        (None, host) => host.clone(),
    }
}

/// The protocol, which stands behind the port or by its name.
fn protocol(context: &Context, publish: &PublishSpec) -> Option<&'static str> {
    let behind =
        [&publish.host, &publish.container].into_iter().flatten().find_map(|ports| match &ports.value {
            Or::Value(value) => value.protocol(),
            Or::From(_) => None,
        });
    match (behind, publish.protocol) {
        (Some(behind), Some(stated)) if behind != stated.value.as_str() => {
            context.sink.report(
                Diagnostic::error(
                    "two-protocols",
                    format!("a port of {behind} and of {}", stated.value.as_str()),
                )
                .at(publish.span, format!("{behind} stands behind the port"))
                .at(stated.span, "another one is stated")
                .help("keep one of them; a port of both is published twice"),
            );
            None
        }
        (Some(behind), _) => Some(behind),
        (None, stated) => Some(stated.map_or("tcp", |stated| stated.value.as_str())),
    }
}

fn uneven(context: &Context, publish: &PublishSpec, host: Ports, inside: Ports) {
    context.sink.report(
        Diagnostic::error("uneven-ports", format!("{} ports lead to {}", host.count(), inside.count()))
            .at(publish.span, "published here")
            .help("each port of the host leads to one of the container: `publish \"8000-8010\" to=\"9000-9010\"`"),
    );
}

/// Whether variables say what holds.
fn is_late(publish: &PublishSpec, container: &Located<Or<Ports>>) -> bool {
    let ports = publish.host.iter().chain([container]);
    ports.into_iter().any(|ports| matches!(ports.value, Or::From(_)))
        || publish.on.as_ref().is_some_and(|on| matches!(on.value, Or::From(_)))
}

/// The ports on both sides and from where they are reached, by the defaults of variables where those say it.
fn numbers(
    context: &Context,
    publish: &PublishSpec,
    container: &Located<Or<Ports>>,
) -> Option<(Ports, Ports, Reach)> {
    let host = by_default(context, &publish.host.as_ref()?.value)?;
    let inside = by_default(context, &container.value)?;
    let on = match &publish.on {
        Some(on) => Some(by_default(context, &on.value)?),
        None => None,
    };
    Some((host, inside, reach(publish, on)))
}

fn by_default<T: Value + Clone>(context: &Context, value: &Or<T>) -> Option<T> {
    match value {
        Or::Value(value) => Some(value.clone()),
        Or::From(source) => T::parse(&context.by_default(source)?).ok(),
    }
}

/// Whether it is meant for others than the host itself: the firewall has to let them in, then.
fn leads_out(publish: &PublishSpec) -> bool {
    let elsewhere = |on: &Located<Or<Address>>| match &on.value {
        Or::Value(address) => address.in_url() != "127.0.0.1",
        Or::From(_) => false,
    };
    publish.public || !publish.from.is_empty() || publish.on.as_ref().is_some_and(elsewhere)
}

/// Reports a port that the firewall would have to open, and cannot name.
fn unknown(context: &Context, publish: &PublishSpec) {
    let found = Diagnostic::error("port-unknown", "the firewall cannot know this port")
        .at(publish.span, "neither a number nor a variable with a default");
    let found = match publish.from.first() {
        Some(from) => found.at(from.span, "the firewall would have to let only these in"),
        None => found,
    };
    context.sink.report(found.help(
        "write the number, or give the variable a default, which is opened: `variable \"PORT\" default=\"8080\"`",
    ));
}

fn reach(publish: &PublishSpec, on: Option<Address>) -> Reach {
    let from: Vec<Cidr> = publish.from.iter().map(|cidr| cidr.value).collect();
    match on.map(|on| on.in_url()) {
        Some(address) if !matches!(address.as_str(), "0.0.0.0" | "127.0.0.1") => {
            Reach::Address(address, from)
        }
        Some(address) if address == "0.0.0.0" && from.is_empty() => Reach::Public,
        // What listens there only is reached from there only.
        Some(address) if address == "127.0.0.1" => Reach::Loopback,
        _ if publish.public => Reach::Public,
        _ if from.is_empty() => Reach::Loopback,
        _ => Reach::Networks(from),
    }
}

/// A port as compose is told of it, with variables.
fn loosely(
    context: &Context,
    publish: &PublishSpec,
    container: &Located<Or<Ports>>,
    protocol: &'static str,
) -> Option<LoosePort> {
    let number = |ports: &Located<Or<Ports>>| match &ports.value {
        // The protocol is written behind the port of the container only.
        Or::Value(value) => {
            let text = value.to_string();
            Some(Text::literal(text.split('/').next().unwrap_or_default()))
        }
        Or::From(_) => container::or_text(context, ports),
    };
    let address = match &publish.on {
        Some(on) => container::or_text(context, on),
        None if publish.public || !publish.from.is_empty() => None,
        None => Some(Text::literal("127.0.0.1")),
    };
    Some(LoosePort {
        address,
        host: match &publish.host {
            Some(host) => Some(number(host)?),
            None => None,
        },
        container: number(container)?,
        protocol,
        origin: Origin::Stated(publish.span),
    })
}
