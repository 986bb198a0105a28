//! Every value that the description writes out where a secret could have been written.

use super::context::Context;
use crate::{
    expand::{
        read::{
            document::FileSource,
            from::{LocatedSource, Source},
            service::ServiceSpec,
            template::Piece,
        },
        setting::Typed,
    },
    model::{Literal, ReadBy, option},
    source::{Located, Span},
    syntax::{Entry, Node},
};

/// The literals of all services and jobs, in the order of the description.
pub fn literals(context: &Context) -> Vec<Literal> {
    let mut found = Vec::new();
    for spec in context.specs {
        service(context, spec, &mut found);
    }
    for volume in &context.spec.volumes {
        environment(&volume.made.options, &mut found);
    }
    for network in &context.spec.networks {
        environment(&network.made.options, &mut found);
    }
    for node in &context.spec.raw_compose {
        tree("", node, &mut found);
    }
    for file in &context.spec.files {
        match &file.contents {
            Some(FileSource::Yaml(nodes)) => nodes.iter().for_each(|node| tree("", node, &mut found)),
            Some(FileSource::Nginx(nodes)) => nodes.iter().for_each(|node| directive(node, &mut found)),
            _ => {}
        }
    }
    let monitor = context.spec.monitor.iter().flat_map(|monitor| &monitor.raw_prometheus.nodes);
    let notify = context.spec.notify.iter();
    let notify = notify.flat_map(|notify| notify.receivers.iter().map(|one| &one.raw).chain([&notify.raw]));
    let notify = notify.flat_map(|raw| &raw.nodes);
    monitor.chain(notify).for_each(|node| tree("", node, &mut found));
    if let Some(ingress) = &context.spec.ingress {
        let routes = ingress.routes.iter().chain(ingress.sites.iter().flat_map(|site| &site.routes));
        let lines = [
            &ingress.raw_main,
            &ingress.raw_events,
            &ingress.raw_http,
            &ingress.raw_server,
            &ingress.raw_own,
        ]
        .into_iter()
        .chain(ingress.sites.iter().map(|site| &site.raw))
        .chain(routes.flat_map(|one| [&one.raw_upstream, &one.raw]))
        .flatten();
        lines.for_each(|text| add(&mut found, "nginx", text.value.as_str(), text.span));
    }
    for job in &context.spec.jobs {
        add(&mut found, "run", job.run.value.as_str(), job.run.span);
    }
    found
}

fn service(context: &Context, spec: &ServiceSpec, found: &mut Vec<Literal>) {
    environment(&spec.env, found);
    environment(&spec.container.odd_env, found);
    if let Some(build) = &spec.build {
        environment(&build.args, found);
    }
    if let Some(kind) = context.kind(spec) {
        for (name, value) in &kind.environment {
            let replaced = spec.env.iter().any(|(stated, _)| stated.value == name.value);
            if !replaced && !value.value.as_str().contains('{') {
                add(found, name.value.as_str(), value.value.as_str(), value.span);
            }
        }
    }
    for (name, values, stated, span) in &spec.settings {
        for value in values {
            if let (Typed::Text(text), true) = (value, stated) {
                add(found, name.as_str(), text, *span);
            }
        }
    }
    // The entrypoint `sh -c` takes one word, which is a line.
    let shell = spec.container.entrypoint.iter().any(hands_to_a_shell);
    words("command", &spec.command, shell, found);
    words("arguments", &spec.arguments, shell, found);
    words("entrypoint", &spec.container.entrypoint, false, found);
    if let Some(health) = &spec.health {
        words("health", &health.command, false, found);
        if let Some(line) = &health.shell {
            add_written("shell", line, ReadBy::Another, found);
        }
    }
    environment(&spec.container.labels, found);
    if let Some(logging) = &spec.container.logging {
        environment(&logging.options, found);
    }
    for config in &spec.configs {
        config.nodes.iter().for_each(|node| tree("", node, found));
    }
    spec.raw_compose.iter().for_each(|node| tree("", node, found));
    spec.unit.iter().flat_map(|unit| &unit.raw).for_each(|node| tree("", node, found));
}

fn environment<K: AsRef<str>>(variables: &[(Located<K>, LocatedSource)], found: &mut Vec<Literal>) {
    for (name, source) in variables {
        value(name.value.as_ref(), source, found);
    }
}

fn value(name: &str, source: &LocatedSource, found: &mut Vec<Literal>) {
    let read_by =
        if matches!(source.value, Source::Template(_)) { ReadBy::Another } else { ReadBy::Container };
    add_written(name, source, read_by, found);
}

fn add_written(name: &str, source: &LocatedSource, read_by: ReadBy, found: &mut Vec<Literal>) {
    if let Some(value) = written(&source.value) {
        found.push(Literal { name: name.to_owned(), value, span: source.span, read_by });
    }
}

/// The words of a command. `--requirepass` has its value in the next one.
fn words(name: &str, command: &[LocatedSource], shell: bool, found: &mut Vec<Literal>) {
    let texts: Vec<String> = command.iter().map(|word| written(&word.value).unwrap_or_default()).collect();
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    let opened = option(&all);
    let shell = shell || command.iter().any(hands_to_a_shell);
    for (index, (word, text)) in command.iter().zip(&texts).enumerate() {
        let read_by = match &word.value {
            _ if shell => ReadBy::Another,
            Source::Template(_) => ReadBy::Another,
            _ if command.len() == 1 => ReadBy::Start,
            _ => ReadBy::Container,
        };
        // `--password=…` is a name with its value.
        let (name, value) = match text.split_once('=') {
            _ if opened == Some(index) => (name, all[..=index].join(" ")),
            _ if read_by == ReadBy::Start => (name, text.clone()),
            Some((name, value)) if name.starts_with('-') && !name.contains(' ') => (name, value.to_owned()),
            _ => (name, text.clone()),
        };
        found.push(Literal { name: name.to_owned(), value, span: word.span, read_by });
    }
}

/// Whether a word of a command tells a shell that the next one is a line: `-c`, `-ec`.
fn hands_to_a_shell(word: &LocatedSource) -> bool {
    written(&word.value).is_some_and(|text| {
        text.strip_prefix('-')
            .is_some_and(|letters| letters.ends_with('c') && letters.chars().all(|c| c.is_ascii_lowercase()))
    })
}

/// What is written out of a value, references in it as compose writes them; none of what is looked up.
fn written(source: &Source) -> Option<String> {
    match source {
        Source::Literal(scalar) => Some(scalar.text().into_owned()),
        Source::Template(template) => Some(
            template
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) | Piece::Reference { text, .. } => text.clone(),
                    Piece::Variable(name) => format!("${{{name}}}"),
                })
                .collect(),
        ),
        _ => None,
    }
}

/// The literals of a node that is a key, of its properties and of everything below.
fn tree(path: &str, node: &Node, found: &mut Vec<Literal>) {
    let name = match (path, node.name.value.as_str()) {
        ("", name) => name.to_owned(),
        (path, "-") => path.to_owned(),
        (path, name) => format!("{path}.{name}"),
    };
    for entry in node.entries.iter().filter(|entry| entry.annotation.is_none()) {
        match &entry.name {
            Some(key) => add(found, &format!("{name}.{}", key.value), &entry.scalar.text(), entry.span),
            None => argument(&name, entry, found),
        }
    }
    node.children.iter().for_each(|child| tree(&name, child, found));
}

/// The literals of a directive of nginx and of everything in its block. `fastcgi_pass` and its kin pass requests on and
/// open nothing.
fn directive(node: &Node, found: &mut Vec<Literal>) {
    let name = node.name.value.as_str();
    let stated = node.entries.iter().filter(|entry| entry.annotation.is_none());
    for entry in stated.filter(|_| !name.ends_with("_pass")) {
        match &entry.name {
            Some(key) => add(found, &format!("{name}.{}", key.value), &entry.scalar.text(), entry.span),
            None => add(found, name, &entry.scalar.text(), entry.span),
        }
    }
    node.children.iter().for_each(|child| directive(child, found));
}

/// `environment "NAME=value"` in compose is a name with its value.
fn argument(path: &str, entry: &Entry, found: &mut Vec<Literal>) {
    let text = entry.scalar.text();
    match text.split_once('=').filter(|_| path == "environment") {
        Some((name, value)) => add(found, name, value, entry.span),
        None => add(found, path, &text, entry.span),
    }
}

fn add(found: &mut Vec<Literal>, name: &str, value: &str, span: Span) {
    let (name, value) = (name.to_owned(), value.to_owned());
    found.push(Literal { name, value, span, read_by: ReadBy::Another });
}
