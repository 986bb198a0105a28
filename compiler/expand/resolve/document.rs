//! What is for people: runbook, checklists with their proofs, files that pass through.

use super::{super::proof, context::Context};
use crate::{
    diagnostic::{Diagnostic, meant},
    expand::read::{document::FileSource, system::SystemSpec},
    model::{Checklist, ExtraFile, FileContents, Item, Model, Origin, Proof, Runbook, Section},
    syntax::Sink,
};

/// The runbook's own part.
pub fn runbook(context: &Context, spec: &SystemSpec) -> Runbook {
    let Some(stated) = &spec.runbook else { return Runbook::default() };
    let mut sections = Vec::new();
    for section in &stated.sections {
        let body = match (&section.body, &section.file) {
            (Some(text), None) => Some(text.clone()),
            (None, Some(file)) => match (context.read)(file.span, &file.value)
                .and_then(|text| crate::values::Value::parse(&text))
            {
                Ok(text) => Some(text),
                Err(error) => {
                    context.sink.report(
                        Diagnostic::error("unreadable-file", format!("`{}` cannot be read", file.value))
                            .at(file.span, error)
                            .help("the path is relative to the file in which it stands"),
                    );
                    None
                }
            },
            _ => {
                context.sink.report(
                    Diagnostic::error("missing-property", "`section` needs one of `text` and `file`")
                        .at(section.span, "it has no text")
                        .help("write for example `section \"Onboarding\" file=\"docs/onboarding.md\"`"),
                );
                None
            }
        };
        sections.extend(body.map(|body| Section { title: section.title.clone(), body }));
    }
    Runbook {
        url: stated.url.clone(),
        troubles: stated.troubles.clone(),
        sections,
        links: stated.links.clone(),
    }
}

/// Files that pass through.
pub fn files(context: &Context, spec: &SystemSpec) -> Vec<ExtraFile> {
    let mut files = Vec::new();
    for file in &spec.files {
        let contents = match &file.contents {
            Some(FileSource::Text(text)) => FileContents::Text(text.to_string()),
            Some(FileSource::Yaml(nodes)) => FileContents::Yaml(nodes.clone()),
            Some(FileSource::Nginx(nodes)) => FileContents::Nginx(nodes.clone()),
            Some(FileSource::Beside(from)) => match (context.read)(from.span, &from.value) {
                Ok(contents) => FileContents::Text(contents),
                Err(error) => {
                    context.sink.report(
                        Diagnostic::error("unreadable-file", format!("`{}` cannot be read", from.value))
                            .at(from.span, error)
                            .help("the path is relative to the file in which it stands"),
                    );
                    continue;
                }
            },
            None => continue,
        };
        files.push(ExtraFile {
            path: file.path.value.bare().to_owned(),
            contents,
            mode: if file.executable { 0o755 } else { 0o644 },
            origin: Origin::Stated(file.span),
        });
    }
    files
}

/// The checklists, whose proofs look at the whole of the model.
pub fn checklists(model: &Model, spec: &SystemSpec, sink: &Sink) -> Vec<Checklist> {
    let mut checklists = Vec::new();
    for list in &spec.checklists {
        let mut items = Vec::new();
        for item in &list.items {
            let mut proof = None;
            if let Some(name) = &item.proved_by {
                match proof::ALL.iter().find(|proof| proof.name == name.value.as_str()) {
                    Some(known) => match (known.prove)(model) {
                        Ok(evidence) => proof = Some(Proof { name: known.name, evidence }),
                        Err(why) => sink.report(
                            Diagnostic::error("unproved-item", format!("`{}` cannot be proved", item.text.value)).at(name.span, why).help("make it true, or leave the item to people with `every=\"week\"` in place of `proved-by`"),
                        ),
                    },
                    None => {
                        let names: Vec<&str> = proof::ALL.iter().map(|proof| proof.name).collect();
                        let diagnostic = Diagnostic::error("unknown-proof", format!("there is no proof `{}`", name.value)).at(name.span, "not known");
                        sink.report(diagnostic.help(meant(name.value.as_str(), names.iter().copied(), || {
                            format!("proofs: {}", names.join(", "))
                        })));
                    }
                }
            }
            items.push(Item {
                text: item.text.value.clone(),
                // What is proved is not done by the list's clock.
                every: item.every.or(list.every.filter(|_| item.proved_by.is_none())),
                run: item.run.clone(),
                proof,
            });
        }
        checklists.push(Checklist { name: list.name.value.clone(), items });
    }
    checklists
}
