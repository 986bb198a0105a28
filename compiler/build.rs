//! Parses the standard library when ondol is built and embeds it as trees; a new file needs no edit anywhere.
//!
//! It uses the compiler's own parser, so a stdlib file means to a user's error message what it means here.

#![allow(dead_code, reason = "the parser's modules are shared with the library, which uses all of them")]

use std::{env, fs, path::Path};

#[path = "syntax/brief.rs"]
mod brief;
mod diagnostic;
#[path = "syntax/node.rs"]
pub mod node;
#[path = "syntax/parse.rs"]
pub mod parse;
mod source;
#[path = "syntax/strings.rs"]
mod strings;

fn main() {
    println!("cargo::rerun-if-changed=stdlib");
    println!("cargo::rerun-if-changed=compiler/syntax");
    println!("cargo::rerun-if-changed=docs/diagnostics");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets this");
    let out = env::var("OUT_DIR").expect("cargo sets this");
    pages(&root, &out);
    let mut paths = Vec::new();
    collect(&Path::new(&root).join("stdlib"), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|e| e == "kdl"));
    paths.sort();
    let mut sources = source::Sources::default();
    let mut diagnostics = diagnostic::Diagnostics::default();
    let mut listing = String::from("[\n");
    for path in paths {
        let text = fs::read_to_string(&path).expect("a stdlib file is readable UTF-8");
        let name = path.strip_prefix(&root).expect("it lies below the root").to_string_lossy().into_owned();
        let id = sources.add(name.clone(), text.as_str());
        for node in parse::parse(id, &text, &mut diagnostics) {
            assert!(node.name.value == "kind", "{name}: only `kind` nodes stand in the stdlib");
            let kind = node.key().unwrap_or_default().into_owned();
            assert!(
                !listing.contains(&format!("kind: {kind:?}")),
                "{name}: the kind {kind} is defined twice"
            );
            let role =
                node.children.iter().find(|child| child.name.value == "role").and_then(node::Node::key);
            let file = format!("{kind}.kind");
            fs::write(Path::new(&out).join(&file), postcard::to_allocvec(&node).expect("a tree serialises"))
                .expect("OUT_DIR is writable");
            listing.push_str(&format!(
                "Embedded {{ kind: {kind:?}, role: {role:?}, file: {name:?}, text: include_str!({:?}), tree: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")) }},\n",
                path.display().to_string()
            ));
        }
    }
    let problems: Vec<String> = diagnostics
        .iter()
        .map(|p| {
            format!(
                "{}: {}",
                p.labels.first().map(|l| sources.place(l.span).to_string()).unwrap_or_default(),
                p.message
            )
        })
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    listing.push(']');
    fs::write(Path::new(&out).join("stdlib.rs"), listing).expect("OUT_DIR is writable");
}

/// Embeds the page of every diagnostic, for `ondol explain`.
fn pages(root: &str, out: &str) {
    let mut paths = Vec::new();
    collect(&Path::new(root).join("docs/diagnostics"), &mut paths);
    paths.sort();
    let rows: Vec<String> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| {
            format!(
                "({:?}, include_str!({:?}))",
                path.file_stem().unwrap_or_default().to_string_lossy(),
                path.display().to_string()
            )
        })
        .collect();
    fs::write(Path::new(out).join("explain.rs"), format!("[{}]", rows.join(",\n")))
        .expect("OUT_DIR is writable");
}

fn collect(folder: &Path, paths: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}
