//! Every value that the description writes out where a secret could have been written.

use super::context::Context;
use crate::{
    expand::{
        read::{
            document::FileSource,
            from::{LocatedSource, Source},
            service::ServiceSpec,
        },
        setting::Typed,
    },
    model::Literal,
    source::{Located, Span},
    syntax::{Entry, Node},
};

/// The literals of all services and jobs, in the order of the description.
pub fn literals(context: &Context) -> Vec<Literal> {
    let mut found = Vec::new();
    for spec in context.specs {
        service(context, spec, &mut found);
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
    let notify = context.spec.notify.iter().flat_map(|notify| &notify.raw.nodes);
    monitor.chain(notify).for_each(|node| tree("", node, &mut found));
    if let Some(ingress) = &context.spec.ingress {
        let routes = ingress.routes.iter().chain(ingress.sites.iter().flat_map(|site| &site.routes));
        let lines = ingress.raw_http.iter().chain(&ingress.raw_server).chain(routes.flat_map(|one| &one.raw));
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
    for word in spec.command.iter().chain(&spec.container.entrypoint) {
        let Source::Literal(word_text) = &word.value else { continue };
        // `--password=…` is a name with its value.
        let text = &*word_text.text();
        match text.split_once('=').filter(|(name, _)| name.starts_with('-')) {
            Some((name, value)) => add(found, name, value, word.span),
            None => add(found, "command", text, word.span),
        }
    }
    for config in &spec.configs {
        config.nodes.iter().for_each(|node| tree("", node, found));
    }
    spec.raw_compose.iter().for_each(|node| tree("", node, found));
    spec.unit.iter().flat_map(|unit| &unit.raw).for_each(|node| tree("", node, found));
}

fn environment<K: AsRef<str>>(variables: &[(Located<K>, LocatedSource)], found: &mut Vec<Literal>) {
    for (name, source) in variables {
        if let Source::Literal(scalar) = &source.value {
            add(found, name.value.as_ref(), &scalar.text(), source.span);
        }
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
    found.push(Literal { name: name.to_owned(), value: value.to_owned(), span });
}
