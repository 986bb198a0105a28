//! Prometheus and Alertmanager know no variables, and plain text of the language has none: what looks like one is taken
//! as it stands there.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, ReadBy},
    syntax::{Entry, Node},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unexpanded-variable", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    plain_text(model, diagnostics);
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

/// Names of declared variables behind a dollar sign in text that containers get as it is.
fn plain_text(model: &Model, diagnostics: &mut Diagnostics) {
    for literal in &model.literals {
        if literal.read_by == ReadBy::Another {
            continue;
        }
        let found = references(&literal.value).into_iter().find_map(|(written, name)| {
            let variable = model.variables.iter().find(|variable| variable.name.as_str() == name)?;
            Some((written, name, if variable.secret { "secret" } else { "variable" }))
        });
        let Some((written, name, word)) = found else { continue };
        // `--host=…` of a command is one word.
        let whole = match literal.name.starts_with('-') {
            true => format!("{}={}", literal.name, literal.value),
            false => literal.value.clone(),
        };
        let meant =
            if whole == written { format!("({word}){name:?}") } else { format!("(template){whole:?}") };
        diagnostics.add(
            Diagnostic::warning(
                "unexpanded-variable",
                format!("`{written}` is plain text here, not the {word}"),
            )
            .at(literal.span, "the container gets these characters")
            .help(format!("did you mean `{meant}`?")),
        );
    }
}

/// `$NAME` and `${NAME…}` in a text, as written and by name.
fn references(text: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        let behind = &text[at + 1..];
        let (inner, braced) = behind.strip_prefix('{').map_or((behind, false), |inner| (inner, true));
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
        let closed = inner.find('}').map(|close| at + 3 + close);
        match (braced, closed) {
            _ if end == 0 || text[..at].ends_with('$') => {}
            (true, Some(close)) => found.push((text[at..close].to_owned(), &inner[..end])),
            (true, None) => {}
            (false, _) => found.push((format!("${}", &inner[..end]), &inner[..end])),
        }
    }
    found
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
    fn names_in_plain_text() {
        let app = |words: &str| {
            raised(
                "unexpanded-variable",
                &format!(
                    "variable \"HOST\" default=\"a.example.com\"\nsecret \"PW\"\nservice \"app\" kind=\"worker\" {{ build \".\"; env {{ H (variable)\"HOST\"; P (secret)\"PW\" }}; {words} }}"
                ),
            )
        };
        assert_eq!(
            app("env { URL \"https://${HOST}/x\" }"),
            ["`${HOST}` is plain text here, not the variable"]
        );
        assert_eq!(app("env { A \"$PW\" }"), ["`$PW` is plain text here, not the secret"]);
        assert_eq!(app("env { A \"${HOST:-x}\" }").len(), 1);
        assert_eq!(app("command \"serve\" \"--host=${HOST}\"").len(), 1);
        assert_eq!(app("labels { rule \"Host(`${HOST}`)\" }").len(), 1);
        for right in [
            "env { URL (template)\"https://${HOST}/x\" }",
            "env { A \"${OTHER}\"; B \"cost $5\"; C \"$$HOST\" }",
            "command \"sh\" \"-c\" \"serve --host=$HOST\"",
            "entrypoint \"sh\" \"-c\"; command \"serve --host=$HOST\"",
            "health { shell \"curl ${HOST}\" }",
        ] {
            assert!(app(right).is_empty(), "{right}");
        }
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
