//! Files to sources to trees: the description, and what it imports.
//!
//! The only place that reads a description's files; everything after it is pure, but for the files that a
//! description names, which are read through [`Project::reader`].

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    expand::kinds,
    source::{Sources, Span},
    stdlib,
    syntax::{Node, parse},
    values::RelPath,
};

/// So many files and folders may be in a folder that is imported: to look through the root of a machine takes minutes.
const MOST: usize = 10_000;

/// Everything that was read for one description.
pub struct Project {
    /// The description's file.
    pub path: PathBuf,
    /// All sources: the standard library, the description, its imports.
    pub sources: Sources,
    /// The nodes at the top of the description, imports resolved.
    pub nodes: Vec<Node>,
}

/// Finds the descriptions below `paths`: a file is one itself; a folder is searched for `system.kdl`, hidden and
/// generated folders left out. The order is that of `paths`, then by name.
pub fn find(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        for entry in walk(path) {
            match entry {
                Ok(entry) if entry.file_name() == "system.kdl" && !entry.file_type().is_dir() => {
                    found.push(clean(entry.path()))
                }
                Ok(_) => {}
                Err(error) => {
                    diagnostics.add(
                        Diagnostic::warning("unreadable-file", unsearched(&error, path))
                            .help("what is described in there is left out: name the folders to search, or mend its permissions"),
                    );
                }
            }
        }
        if found.len() == before {
            diagnostics.add(
                Diagnostic::error("no-description", format!("there is no system.kdl in {}", path.display()))
                    .help("name the file itself, or write one with `ondol init`"),
            );
        }
    }
    let mut named = BTreeSet::new();
    found.retain(|path| named.insert(path.clone()));
    found
}

/// What could not be searched below a folder, and why.
fn unsearched(error: &walkdir::Error, folder: &Path) -> String {
    let why = error.io_error().map_or_else(|| "it leads back into itself".to_owned(), reason);
    format!("{} cannot be searched: {why}", error.path().unwrap_or(folder).display())
}

/// Every KDL file that `paths` name: files as they are, folders searched; in a stable order.
pub fn kdl_files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let files = walk(path).flatten().filter(is_kdl);
        found.extend(files.map(|entry| clean(entry.path())));
    }
    found
}

/// Everything below a folder, by name, without folders that hold no descriptions of the user's.
fn walk(folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let ours = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let skipped = name.starts_with('.') || ["generated", "target", "node_modules"].contains(&&*name);
        entry.depth() == 0 || !(entry.file_type().is_dir() && skipped)
    };
    WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(ours)
}

fn is_kdl(entry: &DirEntry) -> bool {
    entry.file_type().is_file() && entry.path().extension().is_some_and(|its| its == "kdl")
}

/// The path as a person would type it: without a leading `./`.
fn clean(path: &Path) -> PathBuf {
    path.strip_prefix("./").unwrap_or(path).to_path_buf()
}

/// Reads a description and all that it imports.
pub fn load(path: &Path, diagnostics: &mut Diagnostics) -> Project {
    let mut loader = Loader { sources: stdlib::sources(), open: Vec::new(), done: BTreeSet::new() };
    let nodes = loader.file(path, None, diagnostics);
    // A misspelt `system` is told as that.
    if nodes.iter().all(|node| node.name.value == "kind") && !diagnostics.has_errors() {
        let diagnostic = Diagnostic::error("no-system", format!("{} describes no system", path.display()))
            .help("write `system \"name\" { … }`, or see `ondol init`; kinds alone are checked where a system imports them");
        // The sources of the standard library come first.
        let own = loader.sources.iter().nth(stdlib::ALL.len()).map(|(id, _)| id);
        diagnostics.add(match own {
            Some(id) => diagnostic.at(Span::start_of(id), "nothing here is a `system`"),
            None => diagnostic,
        });
    }
    Project { path: path.to_path_buf(), sources: loader.sources, nodes }
}

struct Loader {
    sources: Sources,
    /// Files that are being read, to see cycles.
    open: Vec<PathBuf>,
    /// Files that have been read: a second import of the same file brings nothing new.
    done: BTreeSet<PathBuf>,
}

impl Loader {
    fn file(&mut self, path: &Path, import: Option<Span>, diagnostics: &mut Diagnostics) -> Vec<Node> {
        let complain = |code, message: String, help: &str| {
            let diagnostic = Diagnostic::error(code, message).help(help);
            match import {
                Some(span) => diagnostic.at(span, "imported here"),
                None => diagnostic,
            }
        };
        let text = match read(path) {
            Ok(text) => text,
            Err(error) => {
                let help = match (&error, import) {
                    (Unreadable::Encoding(..), _) => "save the file as UTF-8",
                    (Unreadable::Io(_), Some(_)) => "the path is relative to the file that imports it",
                    (Unreadable::Io(_), None) => "check the path and its permissions",
                };
                diagnostics.add(complain(error.code(), error.told(path), help));
                return Vec::new();
            }
        };
        let identity = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if self.open.contains(&identity) {
            diagnostics.add(complain(
                "import-cycle",
                format!("{} imports itself", path.display()),
                "remove one of the imports",
            ));
            return Vec::new();
        }
        if !self.done.insert(identity.clone()) {
            return Vec::new();
        }
        let source = self.sources.add(path.display().to_string(), text);
        let text = &self.sources.get(source).text;
        let (nodes, ()) = rayon::join(|| parse(source, text, diagnostics), || kinds::read_ahead(text));
        self.open.push(identity);
        let nodes = self.imports(nodes, path, diagnostics);
        self.open.pop();
        nodes
    }

    /// The nodes with every `import`, at the top or within a `system`, replaced by what it brings.
    fn imports(&mut self, nodes: Vec<Node>, path: &Path, diagnostics: &mut Diagnostics) -> Vec<Node> {
        let mut result = Vec::with_capacity(nodes.len());
        for mut node in nodes {
            match node.name.value.as_str() {
                "import" => result.extend(self.import(&node, path, diagnostics)),
                "system" => {
                    // What one system imports another one may import, too.
                    let before = self.done.clone();
                    node.children = self.imports(std::mem::take(&mut node.children), path, diagnostics);
                    self.done = before;
                    result.push(node);
                }
                _ => result.push(node),
            }
        }
        result
    }

    fn import(&mut self, node: &Node, path: &Path, diagnostics: &mut Diagnostics) -> Vec<Node> {
        let Some(target) = node.key().filter(|_| node.entries.len() == 1 && node.children.is_empty()) else {
            diagnostics.add(
                Diagnostic::error("missing-argument", "`import` needs one path")
                    .at(node.span, "of a file or a folder")
                    .help("write for example `import \"kinds\"`"),
            );
            return Vec::new();
        };
        let target = path.parent().unwrap_or(Path::new("")).join(&*target);
        if !target.is_dir() {
            return self.file(&target, Some(node.span), diagnostics);
        }
        let entries: walkdir::Result<Vec<DirEntry>> =
            WalkDir::new(&target).into_iter().take(MOST + 1).collect();
        let inside = match entries {
            Ok(inside) => inside,
            Err(error) => {
                diagnostics.add(
                    Diagnostic::error("unreadable-file", unsearched(&error, &target))
                        .at(node.span, "imported here")
                        .help("mend its permissions, or import the files themselves"),
                );
                return Vec::new();
            }
        };
        if inside.len() > MOST {
            let message = format!("{} holds more than {MOST} files and folders", target.display());
            diagnostics.add(
                Diagnostic::error("folder-too-large", message)
                    .at(node.span, "imported here")
                    .help("import the folder that holds the descriptions, or the files themselves"),
            );
            return Vec::new();
        }
        let mut files: Vec<PathBuf> = inside.into_iter().filter(is_kdl).map(DirEntry::into_path).collect();
        files.sort();
        if files.is_empty() {
            diagnostics.add(
                Diagnostic::error("empty-import", format!("there is no .kdl file in {}", target.display()))
                    .at(node.span, "imported here")
                    .help("put one there, or remove the import"),
            );
        }
        files.iter().flat_map(|file| self.file(file, Some(node.span), diagnostics)).collect()
    }
}

/// Why a text cannot be read.
pub enum Unreadable {
    /// What the system says.
    Io(io::Error),
    /// The offset of the first byte that belongs to no character, and its line.
    Encoding(usize, usize),
}

impl Unreadable {
    /// The code of the diagnostic.
    pub fn code(&self) -> &'static str {
        match self {
            Unreadable::Io(_) => "unreadable-file",
            Unreadable::Encoding(..) => "invalid-utf8",
        }
    }

    /// That the file cannot be read, and why.
    pub fn told(&self, path: &Path) -> String {
        match self {
            Unreadable::Io(error) => format!("{} cannot be read: {}", path.display(), reason(error)),
            Unreadable::Encoding(at, line) => {
                format!("{} is not UTF-8: byte {at}, in line {line}, belongs to no character", path.display())
            }
        }
    }

    /// Why, in a few words.
    pub fn reason(&self) -> String {
        match self {
            Unreadable::Io(error) => reason(error),
            Unreadable::Encoding(at, line) => {
                format!("it is not UTF-8: byte {at}, in line {line}, belongs to no character")
            }
        }
    }
}

/// Reads one text file.
pub fn read(path: &Path) -> Result<String, Unreadable> {
    let meta = fs::metadata(path).map_err(Unreadable::Io)?;
    if meta.is_dir() {
        return Err(Unreadable::Io(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    if !meta.is_file() {
        return Err(Unreadable::Io(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")));
    }
    let bytes = fs::read(path).map_err(Unreadable::Io)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Unreadable::Encoding(at, line)
    })
}

/// The system's words for a failure, without the number behind.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

impl Project {
    /// Whether the description says this anywhere.
    pub fn says(&self, words: &str) -> bool {
        self.sources.iter().skip(stdlib::ALL.len()).any(|(_, source)| source.text.contains(words))
    }

    /// Its systems, each with the names of its environments.
    pub fn systems(&self) -> Vec<(String, Vec<String>)> {
        let systems = self.nodes.iter().filter(|node| node.name.value == "system");
        systems
            .filter_map(|system| {
                let stated = system.children.iter().filter(|child| child.name.value == "environment");
                let mut names: Vec<String> = stated.filter_map(|child| child.key()).map(Into::into).collect();
                if names.is_empty() {
                    names.push(crate::expand::DEFAULT_ENVIRONMENT.to_owned());
                }
                Some((system.key()?.into_owned(), names))
            })
            .collect()
    }

    /// The names of all environments of its systems.
    pub fn environments(&self) -> Vec<String> {
        self.systems().into_iter().flat_map(|(_, environments)| environments).collect()
    }

    /// Reads files that the description names, relative to the file in which they are named.
    pub fn reader(&self) -> impl Fn(Span, &RelPath) -> Result<String, String> + Sync + '_ {
        |span, path| {
            let beside = Path::new(&*self.sources.get(span.source).name).parent().unwrap_or(Path::new(""));
            read(&beside.join(path.bare())).map_err(|error| error.reason())
        }
    }
}
