//! Configuration files of the user's own services: nodes to values.

use std::collections::BTreeMap;

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::read::{
        from::Source,
        service::{ConfigSpec, ServiceSpec},
    },
    model::{ConfigFile, ConfigFormat, ConfigValue, Mount, MountHow, MountSource, Service, Text},
    source::Located,
    syntax::{Entry, FromEntry as _, Node, Scalar, mixed, mixed_block},
    values::{EnvName, Name, Value as _},
};

/// Every configuration file; each is mounted into its service, which is given the variables that stand in it.
pub fn configs(context: &Context, specs: &[ServiceSpec], services: &mut [Service]) -> Vec<ConfigFile> {
    let mut files = Vec::new();
    let mut services: BTreeMap<Name, &mut Service> =
        services.iter_mut().rev().map(|service| (service.name.clone(), service)).collect();
    for spec in specs {
        let Some(service) = services.get_mut(&spec.name.value) else { continue };
        for config in &spec.configs {
            let name = config.target.value.as_str().rsplit('/').next().unwrap_or_default();
            let path = format!("config/{}/{name}", spec.name.value);
            let value = document(context, config);
            if matches!(config.format, ConfigFormat::Toml | ConfigFormat::Env) {
                unfit(context, config, &value);
            }
            let variables = variables(&value);
            if !variables.is_empty() {
                config.nodes.iter().for_each(|node| dollars(context, node));
            }
            for variable in variables {
                if !service.environment.iter().any(|(known, _)| *known == variable) {
                    service.environment.push((variable.clone(), Text::variable(variable)));
                }
            }
            service.mounts.push(Mount {
                source: MountSource::Tree(path.clone()),
                target: config.target.value.clone(),
                read_only: true,
                how: MountHow::default(),
                about: None,
                stated: Some(config.span),
            });
            files.push(ConfigFile {
                service: spec.name.value.clone(),
                path,
                target: config.target.value.clone(),
                format: config.format,
                value,
            });
        }
    }
    files
}

/// Reports what the format of a file has no way to write.
fn unfit(context: &Context, config: &ConfigSpec, value: &ConfigValue) {
    let ConfigValue::Map(entries) = value else {
        context.sink.report(
            Diagnostic::error("format-cannot-hold", format!("`{}` cannot be a list", config.target.value))
                .at(config.nodes.first().map_or(config.span, |node| node.span), "an item")
                .help("give the list a name: `key { - … }`; YAML and JSON can be one"),
        );
        return;
    };
    let place = |name: &str| {
        config.nodes.iter().find(|node| node.name.value == name).map_or(config.span, |node| node.span)
    };
    for (name, value) in entries {
        let why = match config.format {
            ConfigFormat::Env if EnvName::parse(name).is_err() => Some("this is no name of a variable"),
            ConfigFormat::Env
                if matches!(value, ConfigValue::Null | ConfigValue::List(_) | ConfigValue::Map(_)) =>
            {
                Some("a variable has one value")
            }
            ConfigFormat::Toml if holds(value, &|one| matches!(one, ConfigValue::Null)) => {
                Some("TOML knows no null")
            }
            ConfigFormat::Toml
                if holds(
                    value,
                    &|one| matches!(one, ConfigValue::Integer(n) if i64::try_from(*n).is_err()),
                ) =>
            {
                Some("a whole number of TOML has 64 bits")
            }
            _ => None,
        };
        if let Some(why) = why {
            context.sink.report(
                Diagnostic::error(
                    "format-cannot-hold",
                    format!("`{}` cannot hold `{name}`", config.target.value),
                )
                .at(place(name), why)
                .help("leave it out, or write it as text"),
            );
        }
    }
}

/// Whether a value, or one within it, is such.
fn holds(value: &ConfigValue, such: &dyn Fn(&ConfigValue) -> bool) -> bool {
    such(value)
        || match value {
            ConfigValue::List(items) => items.iter().any(|item| holds(item, such)),
            ConfigValue::Map(entries) => entries.iter().any(|(_, inner)| holds(inner, such)),
            _ => false,
        }
}

/// The whole file: keys of a map, or items of a list.
fn document(context: &Context, config: &ConfigSpec) -> ConfigValue {
    if !config.nodes.iter().any(Node::is_item) {
        return map(context, &config.nodes, &[]);
    }
    mixed_block(&config.nodes, true).into_iter().for_each(|problem| context.sink.report(problem));
    let items = config.nodes.iter().filter(|node| node.is_item());
    ConfigValue::List(items.map(|node| value(context, node)).collect())
}

/// Properties and children of one node as a map.
fn map(context: &Context, nodes: &[Node], properties: &[&Entry]) -> ConfigValue {
    let mut entries: Vec<(String, ConfigValue, crate::source::Span)> = Vec::new();
    let stated = properties.iter().filter_map(|entry| {
        let name = entry.name.as_ref()?;
        Some((name.value.clone(), scalar(context, entry), name.span))
    });
    for (key, value, span) in
        stated.chain(nodes.iter().map(|n| (n.name.value.clone(), value(context, n), n.span)))
    {
        if let Some((_, _, first)) = entries.iter().find(|(known, _, _)| *known == key) {
            context.sink.report(
                Diagnostic::error("duplicate", format!("`{key}` is stated twice"))
                    .at(span, "stated again here")
                    .at(*first, "first stated here")
                    .help("keep one of them; a list is one node with several arguments"),
            );
            continue;
        }
        entries.push((key, value, span));
    }
    ConfigValue::Map(entries.into_iter().map(|(key, value, _)| (key, value)).collect())
}

fn value(context: &Context, node: &Node) -> ConfigValue {
    let args: Vec<&Entry> = node.args().collect();
    let properties: Vec<&Entry> = node.entries.iter().filter(|e| e.name.is_some()).collect();
    if let Some(annotation) = node.annotation.as_deref().filter(|annotation| *annotation != "list") {
        context.sink.report(Diagnostic::error("invalid-value", format!("`({annotation})` has no meaning before a node")).at(node.span, "here").help("before a node only `(list)` is known; references stand before a value: `password (secret)\"NAME\"`"));
    }
    mixed(node).into_iter().for_each(|problem| context.sink.report(problem));
    if node.is_list() {
        let items = args.iter().map(|entry| scalar(context, entry));
        return ConfigValue::List(
            items.chain(node.children.iter().map(|child| value(context, child))).collect(),
        );
    }
    match (args.as_slice(), properties.is_empty() && node.children.is_empty()) {
        ([one], true) => scalar(context, one),
        _ => map(context, &node.children, &properties),
    }
}

fn scalar(context: &Context, entry: &Entry) -> ConfigValue {
    if entry.annotation.is_none() {
        return match &entry.scalar {
            Scalar::Integer(number) => ConfigValue::Integer(*number),
            Scalar::Decimal(number) if !number.contains('.') => {
                number.parse().map_or_else(|_| ConfigValue::Text(Text::literal(number)), ConfigValue::Integer)
            }
            Scalar::Decimal(number) => decimal(context, entry, number),
            Scalar::Bool(value) => ConfigValue::Bool(*value),
            Scalar::Null => ConfigValue::Null,
            Scalar::Text(text) => ConfigValue::Text(Text::literal(text.clone())),
        };
    }
    match Source::from_entry(entry) {
        Ok(source) => {
            let is_port = matches!(source, Source::PortOf(_));
            match context.value(&Located::new(source, entry.span)) {
                Some(text) => {
                    match text.as_literal().and_then(|text| text.parse().ok()).filter(|_| is_port) {
                        Some(number) => ConfigValue::Integer(number),
                        None => ConfigValue::Text(text),
                    }
                }
                None => ConfigValue::Null,
            }
        }
        Err(error) => {
            context
                .sink
                .report(Diagnostic::error("invalid-value", "this is no value").at(entry.span, error).help(
                "write the value itself, or where it comes from: `(secret)\"NAME\"`, `(url-of)\"service\"`",
            ));
            ConfigValue::Null
        }
    }
}

/// Reports dollar signs in the texts of a file that the service expands: it would expand those too, each program in
/// its own way.
fn dollars(context: &Context, node: &Node) {
    for entry in &node.entries {
        if let (None, Scalar::Text(text)) = (&entry.annotation, &entry.scalar)
            && text.contains('$')
        {
            context.sink.report(
                Diagnostic::error("ambiguous-dollar", "this file refers to variables, so the service would expand this `$` too")
                    .at(entry.span, "the text has a dollar sign")
                    .help("give it the text as a variable: `variable \"NAME\" default=\"…\"` and `(variable)\"NAME\"` here"),
            );
        }
    }
    node.children.iter().for_each(|child| dollars(context, child));
}

/// A number with a fraction, which stays one for readers that know types: `1.0` is not `1`.
fn decimal(context: &Context, entry: &Entry, number: &str) -> ConfigValue {
    if number.contains(|c: char| c.is_ascii_alphabetic()) {
        context.sink.report(
            Diagnostic::error("invalid-value", format!("`{number}` is no number that a file can hold"))
                .at(entry.span, "stated here")
                .help("write it as the string that the service understands"),
        );
        return ConfigValue::Null;
    }
    let point = if number.contains('.') { "" } else { ".0" };
    ConfigValue::Decimal(format!("{number}{point}"))
}

fn variables(value: &ConfigValue) -> Vec<crate::values::EnvName> {
    match value {
        ConfigValue::Text(text) => text.variables().cloned().collect(),
        ConfigValue::List(items) => items.iter().flat_map(variables).collect(),
        ConfigValue::Map(entries) => entries.iter().flat_map(|(_, value)| variables(value)).collect(),
        _ => Vec::new(),
    }
}
