//! Whether a `file` of the description wants a place in the tree that another file has, or that is a folder.
//!
//! Which files a tree has is known when they are made, so this looks at artifacts; where each `file` stands is known
//! to the model.

use std::collections::HashMap;

use super::{Artifact, inventory};
use crate::{diagnostic::Diagnostic, model::Model, source::Span};

/// What stands at a path of the tree.
#[derive(Clone, Copy)]
enum Stands {
    /// A file that ondol makes.
    Generated,
    /// A `file` of the description.
    Stated(Span),
    /// A folder, because of the file of this path in it.
    Folder,
}

/// Every `file` that is in the way of another file, in the order of the description. `artifacts` are those of `models`.
pub fn taken(models: &[Model], artifacts: &[Artifact]) -> Vec<Diagnostic> {
    if models.iter().all(|model| model.files.is_empty()) {
        return Vec::new();
    }
    let several = models.len() > 1;
    let mut wanted: Vec<(String, &str, Span)> = Vec::new();
    for model in models {
        for file in &model.files {
            let path = if several { format!("{}/{}", model.host.name, file.path) } else { file.path.clone() };
            wanted.push((path, file.path.as_str(), file.origin.span()));
        }
    }
    let mut tree: HashMap<&str, Stands> = HashMap::with_capacity(artifacts.len() * 2);
    let generated = artifacts.iter().filter(|one| one.emitter != "file").map(|one| one.path.as_str());
    for path in generated.chain([inventory::MANIFEST]) {
        tree.insert(path, Stands::Generated);
        for folder in folders(path) {
            tree.entry(folder).or_insert(Stands::Folder);
        }
    }
    // Folders of stated files are entered behind all files, so that a file is known before what is below it.
    let mut found = Vec::new();
    for (path, said, span) in &wanted {
        match tree.get(path.as_str()) {
            Some(stands) => found.push(refused(said, said, *span, *stands)),
            None => {
                tree.insert(path, Stands::Stated(*span));
            }
        }
    }
    for (path, said, span) in &wanted {
        for folder in folders(path) {
            match tree.get(folder) {
                Some(Stands::Folder) => {}
                Some(stands) => {
                    // Without the folder of the host.
                    let place = folder.get(path.len() - said.len()..).unwrap_or(folder);
                    found.push(refused(said, place, *span, *stands));
                    break;
                }
                None => {
                    tree.insert(folder, Stands::Folder);
                }
            }
        }
    }
    found
}

/// The folders that a path lies in, the innermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(move |(end, _)| &path[..end])
}

fn refused(file: &str, place: &str, span: Span, stands: Stands) -> Diagnostic {
    let below = file != place;
    let what = match stands {
        Stands::Folder => format!("`{file}` is a folder of the tree"),
        _ if below => format!("`{place}` is a file, and no folder for `{file}`"),
        Stands::Generated => format!("`{file}` is generated"),
        Stands::Stated(_) => format!("`{file}` is stated twice"),
    };
    let diagnostic = Diagnostic::error("path-taken", what).at(
        span,
        match stands {
            Stands::Folder => "other files are in it",
            _ if below => "this one would be in it",
            _ => "this one would take its place",
        },
    );
    match stands {
        Stands::Stated(other) => diagnostic.at(other, "the other file").help("place one of them elsewhere"),
        _ => diagnostic.help(
            "choose another path; what a generated file lacks is said where it follows from, as docs/escape-hatches.md shows",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::taken;
    use crate::{check::testing, emit};

    fn messages(content: &str) -> Vec<String> {
        let models = [testing::model(content)];
        taken(&models, &emit::emit(&models)).into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn generated_files_and_folders_are_taken() {
        let web = "service \"web\" kind=\"static-site\" { build \".\"; }\n";
        for (path, message) in [
            ("compose.yaml", "`compose.yaml` is generated"),
            ("manifest.json", "`manifest.json` is generated"),
            ("compose.yaml/x", "`compose.yaml` is a file, and no folder for `compose.yaml/x`"),
            ("scripts", "`scripts` is a folder of the tree"),
        ] {
            assert_eq!(messages(&format!("{web}file \"{path}\" text=\"x\"")), [message]);
        }
        assert!(messages(&format!("{web}file \"scripts/own.sh\" text=\"x\"")).is_empty());
    }

    #[test]
    fn a_file_and_one_below_it() {
        let both = ["file \"a\" text=\"x\"\n", "file \"a/b\" text=\"x\"\n"];
        let message = "`a` is a file, and no folder for `a/b`";
        assert_eq!(messages(&both.concat()), [message]);
        assert_eq!(messages(&[both[1], both[0]].concat()), [message]);
    }
}
