//! Files of the user's own that are placed beside the generated ones: rules, their tests, dashboards.

use std::collections::BTreeMap;

use crate::{
    diagnostic::Diagnostic,
    expand::resolve::context::ReadFile,
    source::{Located, Span},
    syntax::Sink,
    values::RelPath,
};

/// How files are read, and where problems go.
pub struct Extra<'a> {
    /// Reads a file that the description names.
    pub read: &'a ReadFile<'a>,
    /// Where problems are reported.
    pub sink: &'a Sink,
}

impl Extra<'_> {
    /// Names and contents of the files at `paths`, all placed into one folder in which the names `taken` exist already.
    pub fn files(
        &self,
        paths: &[Located<RelPath>],
        endings: &[&str],
        taken: &[String],
    ) -> Vec<(String, String)> {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut files = Vec::new();
        for path in paths {
            let name = path.value.file_name();
            if !endings.iter().any(|ending| name.rsplit_once('.').is_some_and(|(_, own)| own == *ending)) {
                self.sink.report(
                    Diagnostic::error("wrong-file-type", format!("`{name}` would not be read there"))
                        .at(path.span, format!("its name does not end with `.{}`", endings.join("` or `.")))
                        .help("rename the file"),
                );
            } else if taken.iter().any(|known| known == name) {
                self.sink.report(
                    Diagnostic::error("duplicate", format!("a file `{name}` is generated"))
                        .at(path.span, "this one would take its place")
                        .help("rename the file"),
                );
            } else if let Some(first) = seen.insert(name, path.span) {
                self.sink.report(
                    Diagnostic::error("duplicate", format!("two files are called `{name}`"))
                        .at(path.span, "this one")
                        .at(first, "and this one")
                        .help("rename one of them: both are placed into one folder"),
                );
            } else {
                files.extend(self.file(path));
            }
        }
        files
    }

    fn file(&self, path: &Located<RelPath>) -> Option<(String, String)> {
        let report = |code, message: String, label: String, help| {
            self.sink.report(Diagnostic::error(code, message).at(path.span, label).help(help));
        };
        let text = match (self.read)(path.span, &path.value) {
            Ok(text) => text,
            Err(error) => {
                let help = "the path is relative to the file in which it stands";
                report("unreadable-file", format!("`{}` cannot be read", path.value), error, help);
                return None;
            }
        };
        let name = path.value.file_name();
        if name.ends_with(".json")
            && let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text)
        {
            let help = "export the dashboard from Grafana as JSON";
            report("wrong-file-type", format!("`{}` is no JSON object", path.value), error.to_string(), help);
            return None;
        }
        Some((name.to_owned(), text))
    }
}
