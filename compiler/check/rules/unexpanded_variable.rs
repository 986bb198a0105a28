//! Prometheus and Alertmanager know no variables: what looks like one is taken as it stands there.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    syntax::{Entry, Node},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unexpanded-variable", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut entries = Vec::new();
    model.notify.raw_alertmanager.iter().for_each(|node| collect(node, &mut entries));
    let alertmanager = entries.len();
    let prometheus = model.monitoring.iter().flat_map(|monitoring| &monitoring.raw_prometheus);
    prometheus.for_each(|node| collect(node, &mut entries));
    for (index, entry) in entries.into_iter().enumerate() {
        let text = entry.scalar.text();
        let Some(name) = reference(&text) else { continue };
        let program = if index < alertmanager { "Alertmanager" } else { "Prometheus" };
        diagnostics.add(
            Diagnostic::warning("unexpanded-variable", format!("{program} does not replace `${{{name}}}`"))
                .at(entry.span, "taken as it stands here")
                .help("write the value; for a secret use what reads it from a file (`…_file`), or state the receiver in words of the language: `slack \"#ops\" webhook=(secret)\"NAME\"`"),
        );
    }
}

fn collect<'a>(node: &'a Node, found: &mut Vec<&'a Entry>) {
    // The only place where Prometheus does.
    if node.name.value != "external_labels" {
        found.extend(&node.entries);
        node.children.iter().for_each(|child| collect(child, found));
    }
}

/// The name in the first `${NAME}` of a text. `${1}` is a group of a regular expression.
fn reference(text: &str) -> Option<&str> {
    text.match_indices("${").find_map(|(at, _)| {
        let name = text[at + 2..].split_once('}')?.0;
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        (starts && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(notify: &str, monitor: &str) -> usize {
        raised("unexpanded-variable", &format!("notify {{ {notify} }}\nmonitor {{ {monitor} }}")).len()
    }

    #[test]
    fn of_both_programs() {
        let receiver =
            "alertmanager { receivers { - name=\"ops\" { slack_configs { - api_url=\"${URL}\" } } } }";
        assert_eq!(raises(receiver, ""), 1);
        assert_eq!(raises("", "prometheus { remote_write { - url=\"https://${HOST}/write\" } }"), 1);
        assert_eq!(raises("", "prometheus { global { external_labels { region \"${REGION}\" } } }"), 0);
        assert_eq!(raises("", "prometheus { scrape_configs { - replacement=\"${1}:9100\" } }"), 0);
    }
}
