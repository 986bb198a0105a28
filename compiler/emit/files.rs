//! Files of the user's that are placed into the tree as they are: nothing is added, not even a header.

use super::artifact::{Artifact, OnChange};
use crate::model::Model;

/// Passes them through.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let file = |file: &crate::model::ExtraFile| Artifact {
        path: file.path.clone(),
        contents: file.contents.clone(),
        mode: file.mode,
        emitter: "file",
        from: vec![format!("file/{}", file.path)],
        on_change: OnChange::Nothing,
    };
    model.files.iter().map(file).collect()
}
