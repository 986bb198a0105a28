//! The reference pages are up to date, and every example in them and in the pages written by hand compiles.

use std::{env, fs, path::Path};

use libtest_mimic::{Arguments, Failed, Trial};
use ondol::{
    diagnostic::Diagnostics,
    expand::{self, overlay},
    reference,
    source::Sources,
    syntax::{Node, Table, parse},
};

/// A system that has one of every block, so that an example of any of them has a place to stand in.
const BASE: &str = include_str!("reference/base.kdl");

/// Pages that people write, with examples.
const WRITTEN: &[&str] = &[
    "README.md",
    "docs/contributing.md",
    "docs/escape-hatches.md",
    "docs/from-files.md",
    "docs/own-kinds.md",
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials =
        vec![page("docs/language.md", reference::language), page("docs/kinds.md", reference::kinds)];
    trials.push(Trial::test("the base system compiles", || compiles(BASE, None)));
    examples(overlay::table(), &[], &mut trials);
    for path in WRITTEN {
        trials.push(Trial::test(format!("examples in {path}"), move || written(path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn page(path: &'static str, make: fn() -> String) -> Trial {
    Trial::test(path, move || {
        let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let made = make();
        if env::var_os("BLESS").is_some() {
            fs::create_dir_all(full.parent().unwrap_or(&full)).map_err(|error| error.to_string())?;
            fs::write(&full, &made).map_err(|error| error.to_string())?;
        }
        if fs::read_to_string(&full).unwrap_or_default() == made {
            Ok(())
        } else {
            Err(Failed::from(format!("{path} is stale: run `cargo bless`")))
        }
    })
}

fn examples(table: &'static Table, path: &[&'static str], trials: &mut Vec<Trial>) {
    let path: Vec<&'static str> = path.iter().copied().chain([table.name]).collect();
    for example in &table.examples {
        let (here, many) = (path.clone(), table.many);
        trials.push(Trial::test(format!("example of {}", path.join(" / ")), move || {
            compiles(example, Some((&here, many)))
        }));
    }
    for block in &table.blocks {
        examples(block, &path, trials);
    }
}

/// Every example of a page: a part of a system stands in one of its own.
fn written(path: &str) -> Result<(), Failed> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?;
    let examples: Vec<&str> =
        page.split("```kdl\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    if examples.is_empty() {
        return Err(format!("{path} has no example").into());
    }
    for example in examples {
        let whole = example.starts_with("system ") || example.starts_with("kind ");
        let text = if whole { example.to_owned() } else { format!("system \"example\" {{\n{example}\n}}\n") };
        compiles(&text, None)?;
    }
    Ok(())
}

/// Compiles `text`: by itself, or put into the base system at `place`.
fn compiles(text: &str, place: Option<(&[&str], bool)>) -> Result<(), Failed> {
    let mut sources = Sources::default();
    for (_, source) in ondol::stdlib::sources().iter() {
        sources.add(source.name.clone(), source.text.clone());
    }
    let mut diagnostics = Diagnostics::default();
    let read = |name: &str, text: &str, sources: &mut Sources, diagnostics: &mut Diagnostics| {
        let id = sources.add(name, text);
        parse(id, text, diagnostics)
    };
    let mut nodes = read("example.kdl", text, &mut sources, &mut diagnostics);
    if let Some((path, many)) = place
        && path.len() > 1
    {
        let mut base = read("base.kdl", BASE, &mut sources, &mut diagnostics);
        let system =
            base.iter_mut().find(|node| node.name.value == "system").ok_or("no system in the base")?;
        insert(system, &path[1..], nodes, many)?;
        nodes = base;
    }
    expand::expand(&nodes, &[], &|_, _| Ok(String::from("text")), &mut diagnostics);
    if diagnostics.has_errors() {
        let style = ondol::render::Style { color: false, width: 100 };
        return Err(ondol::render::text(&diagnostics.into_sorted(), &sources, style).into());
    }
    Ok(())
}

/// Puts `nodes` where `path` leads: in place of the blocks of that name, or of that name and key where there are many.
fn insert(node: &mut Node, path: &[&str], nodes: Vec<Node>, many: bool) -> Result<(), Failed> {
    if let [name] = path {
        node.children.retain(|child| {
            child.name.value != *name || (many && nodes.iter().all(|new| new.key() != child.key()))
        });
        node.children.extend(nodes);
        return Ok(());
    }
    // Of several, the first that has such a part: not everything goes together.
    let has_part = |child: &Node| child.children.iter().any(|part| part.name.value == path[1]);
    let fits = |child: &Node| child.name.value == path[0];
    let position = (node.children.iter().position(|child| fits(child) && has_part(child)))
        .or_else(|| node.children.iter().position(fits))
        .ok_or(format!("the base has no {}", path[0]))?;
    insert(&mut node.children[position], &path[1..], nodes, many)
}
