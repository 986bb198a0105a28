//! Secrets in what is passed on to a program that expands no variables: it reads each from a file, which is named by a
//! key of its own. `password (secret)"NAME"` becomes `password_file "/run/secrets/NAME"`.

use crate::{
    diagnostic::Diagnostic,
    source::{Located, Span},
    syntax::{Form, Node, PassedOn, Reader, Scalar, Sink},
    values::{EnvName, Value as _},
};

/// Where compose puts secrets in a container.
const FOLDER: &str = "/run/secrets";

/// What is passed on: keys, of which some are secrets.
const HOW: PassedOn = PassedOn {
    form: Form::Keys,
    followed: &["secret"],
    instead: "here only `(secret)\"NAME\"` is, at a key that has one with `_file` behind it",
};

/// What is passed on, and the secrets that it reads from files.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// The nodes, with keys of files in place of keys of secrets.
    pub nodes: Vec<Node>,
    /// Their secrets.
    pub secrets: Vec<Located<EnvName>>,
}

/// Reads a block of keys for a program; `keys` are those that have a twin with `_file` behind it.
pub fn passed(r: &mut Reader, name: &'static str, about: &'static str, keys: &[&str]) -> Passed {
    let mut passed = Passed::default();
    let nodes: Vec<Node> = r.raw(name, about, HOW).into_iter().cloned().collect();
    let mut place = Place { keys, sink: r.sink(), secrets: &mut passed.secrets };
    passed.nodes = nodes.into_iter().map(|node| place.node(node)).collect();
    passed
}

struct Place<'a> {
    keys: &'a [&'a str],
    sink: &'a Sink,
    secrets: &'a mut Vec<Located<EnvName>>,
}

impl Place<'_> {
    fn node(&mut self, mut node: Node) -> Node {
        // `password secret="NAME"`, as elsewhere in the language.
        if let [only] = node.entries.as_mut_slice()
            && node.children.is_empty()
            && only.annotation.is_none()
            && only.name.as_ref().is_some_and(|name| name.value == "secret")
            && self.keys.contains(&node.name.value.as_str())
        {
            (only.name, only.annotation) = (None, Some("secret".to_owned()));
        }
        for entry in &mut node.entries {
            if entry.annotation.as_deref() != Some("secret") {
                continue;
            }
            let key = entry.name.as_mut().unwrap_or(&mut node.name);
            // Of what is refused nothing else is to be said.
            entry.scalar =
                self.file(&mut key.value, &entry.scalar, entry.span).map_or(Scalar::Null, Scalar::Text);
            entry.annotation = None;
        }
        node.children =
            std::mem::take(&mut node.children).into_iter().map(|child| self.node(child)).collect();
        node
    }

    /// The file that holds the secret, with the key renamed to the one that names a file.
    fn file(&mut self, key: &mut String, name: &Scalar, span: Span) -> Option<String> {
        let name = match EnvName::parse(&name.text()) {
            Ok(name) => name,
            Err(error) => {
                let wrong = Diagnostic::error("invalid-value", "a secret is named here").at(span, error);
                self.sink.report(wrong.help("write for example `(secret)\"API_TOKEN\"`"));
                return None;
            }
        };
        if !self.keys.contains(&key.as_str()) {
            let help = match key.strip_suffix("_file").filter(|plain| self.keys.contains(plain)) {
                Some(plain) => format!("write `{plain} (secret)\"{name}\"`: the file follows from it"),
                None => format!("known are {}", self.keys.join(", ")),
            };
            self.sink.report(
                Diagnostic::error("secret-without-file", format!("`{key}` cannot be read from a file"))
                    .at(span, "this program expands no variables: it takes secrets from files only")
                    .help(help),
            );
            return None;
        }
        key.push_str("_file");
        let path = format!("{FOLDER}/{name}");
        self.secrets.push(Located::new(name, span));
        Some(path)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing;

    #[test]
    fn a_secret_becomes_the_file_that_holds_it() {
        for written in ["password (secret)\"RW\"", "password secret=\"RW\""] {
            let model = testing::model(&format!(
                "secret \"RW\"\nservice \"web\" kind=\"static-site\" {{ build \".\"; }}\nmonitor {{ prometheus {{ remote_write {{ - url=\"https://m\" {{ basic_auth username=\"1\" {{ {written}; }}; }}; }}; }} }}"
            ));
            let raw = format!("{:?}", model.monitoring.as_ref().unwrap().raw_prometheus);
            assert!(raw.contains("password_file") && raw.contains("/run/secrets/RW"), "{raw}");
            let prometheus = model.services.iter().find(|one| one.name.as_str() == "prometheus").unwrap();
            assert_eq!(prometheus.secret_files.len(), 1);
        }
    }

    #[test]
    fn a_key_without_a_file_is_refused() {
        let (found, _) = testing::compiled(
            "system \"shop\" { secret \"RW\"; service \"web\" kind=\"static-site\" { build \".\"; }; monitor { prometheus { global { external_labels { region (secret)\"RW\"; }; }; } } }",
        );
        assert!(found.iter().any(|one| one.code == "secret-without-file"));
    }
}
