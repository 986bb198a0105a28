//! Files of the user's own: those that are placed into the tree as they are, to which nothing is added, not even a
//! header; and those that the description says in KDL, written in the notation of the program that reads them.

mod nginx;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    raw,
};
use crate::model::{ExtraFile, FileContents, Model};

/// Makes them.
pub fn emit(model: &Model) -> Vec<Artifact> {
    model.files.iter().map(|file| artifact(model, file)).collect()
}

fn artifact(model: &Model, file: &ExtraFile) -> Artifact {
    let contents = match &file.contents {
        FileContents::Text(text) => text.clone(),
        FileContents::Yaml(nodes) => raw::document(nodes).document(&header(model)),
        FileContents::Nginx(nodes) => nginx::document(&header(model), nodes),
    };
    Artifact {
        path: file.path.clone(),
        contents: contents.into(),
        mode: file.mode,
        emitter: "file",
        from: vec![format!("file/{}", file.path)],
        on_change: OnChange::Nothing,
    }
}
