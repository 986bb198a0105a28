//! Where variables stand: in URLs, and in text that is passed on.

use std::collections::BTreeSet;

use super::{Command, ConfigValue, ExtraFile, FileContents, Model, Part, Text};
use crate::{syntax::Node, values::EnvName};

impl Model {
    /// The variables whose value is put into a URL, where it is not quoted.
    pub fn in_urls(&self) -> BTreeSet<&EnvName> {
        let mut names = BTreeSet::new();
        for service in &self.services {
            let environment = service.environment.iter().map(|(_, text)| text);
            for text in environment.chain(&service.command) {
                in_url(text, &mut names);
            }
        }
        for config in &self.configs {
            in_config(&config.value, &mut names);
        }
        names
    }

    /// Whether text that is passed on has the name in it: what that means is for its program to say.
    pub fn mentions(&self, name: &str) -> bool {
        let raw = self.services.iter().flat_map(|service| &service.raw_compose);
        let raw = raw.chain(&self.raw_compose).chain(&self.notify.raw_alertmanager);
        let raw = raw.chain(self.notify.receivers.iter().flat_map(|receiver| &receiver.raw));
        let raw = raw.chain(self.monitoring.iter().flat_map(|monitoring| &monitoring.raw_prometheus));
        let commands = self.jobs.iter().filter_map(|job| match &job.command {
            Command::InService(_, text) | Command::OnHost(text) => Some(text),
            Command::Script(..) => None,
        });
        let in_file = |file: &ExtraFile| match &file.contents {
            FileContents::Text(text) => text.contains(name),
            FileContents::Yaml(nodes) | FileContents::Nginx(nodes) => {
                nodes.iter().any(|node| in_node(node, name))
            }
        };
        raw.into_iter().any(|node| in_node(node, name))
            || commands.into_iter().any(|text| text.contains(name))
            || self.files.iter().any(in_file)
            || self.shared.variables().any(|known| known.as_str() == name)
    }
}

fn in_node(node: &Node, name: &str) -> bool {
    node.name.value.contains(name)
        || node.entries.iter().any(|entry| entry.scalar.text().contains(name))
        || node.children.iter().any(|child| in_node(child, name))
}

fn in_config<'a>(value: &'a ConfigValue, names: &mut BTreeSet<&'a EnvName>) {
    match value {
        ConfigValue::Text(text) => in_url(text, names),
        ConfigValue::List(items) => items.iter().for_each(|item| in_config(item, names)),
        ConfigValue::Map(entries) => entries.iter().for_each(|(_, value)| in_config(value, names)),
        _ => {}
    }
}

fn in_url<'a>(text: &'a Text, names: &mut BTreeSet<&'a EnvName>) {
    let mut url = false;
    for part in &text.parts {
        match part {
            Part::Literal(literal) => url |= literal.contains("://"),
            Part::Variable(name) if url => {
                names.insert(name);
            }
            Part::Variable(_) | Part::Reference { .. } => {}
        }
    }
}
