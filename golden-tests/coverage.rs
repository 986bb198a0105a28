//! What operations guides ask for, and where it is: `coverage.kdl` is the table, `docs/coverage.md` is made of it.
//!
//! Each row says in which words a description asks for it, in which artifact it then is, and which test shows that it
//! works. All three are looked up here, so that the table cannot promise what is not there.

use std::{collections::BTreeMap, env, fs, path::Path, sync::LazyLock};

use kdl::{KdlDocument, KdlNode};
use libtest_mimic::{Failed, Trial};
use regex_lite::Regex;

use crate::trials::{CHECKS, every_tree};

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");
const TABLE: &str = "golden-tests/coverage.kdl";
const PAGE: &str = "docs/coverage.md";

/// How many rows a table must have: none can be lost by mistake.
const ROWS: &[(&str, usize)] = &[("M", 18), ("P", 18), ("A", 16), ("E", 15), ("K", 10), ("T", 38)];

/// A trial for each row, and one for the page.
pub fn trials() -> Vec<Trial> {
    let tables = match tables() {
        Ok(tables) => tables,
        Err(error) => return vec![Trial::test(TABLE, move || Err(Failed::from(error)))],
    };
    let page = page(&tables);
    let ids: Vec<String> = tables.iter().flat_map(|table| &table.rows).map(|row| row.id.clone()).collect();
    let mut trials = vec![
        Trial::test("coverage: every row is there, once", move || complete(&ids)),
        Trial::test("coverage: the page is up to date", move || fresh(&page)),
    ];
    for row in tables.into_iter().flat_map(|table| table.rows) {
        trials.push(Trial::test(format!("coverage: {}", row.id), move || row.hold().map_err(Failed::from)));
    }
    trials
}

/// The rows that one guide gives.
struct Table {
    letter: String,
    title: String,
    rows: Vec<Row>,
}

/// One thing that a guide asks for, or one mistake in it.
struct Row {
    id: String,
    about: String,
    /// A mistake has no place in a description: it is impossible, or it is reported.
    trap: bool,
    /// Why the mistake cannot be made.
    impossible: Option<String>,
    says: Vec<Place>,
    carried: Vec<Place>,
    /// Codes of diagnostics.
    reported: Vec<String>,
    shown: Vec<Shown>,
    /// What is missing.
    open: Option<String>,
}

/// Texts that stand in a file, in this order.
struct Place {
    file: String,
    texts: Vec<String>,
}

/// A test.
enum Shown {
    /// A check of `golden-tests/real/` on a tree, and the function in its script that looks at this.
    Real { check: String, tree: String, function: String },
    /// A folder of `golden-tests/cases/`.
    Case(String),
    /// A trial of another test binary, by its name.
    Trial { test: String, name: String },
    /// A unit test: its file and its function.
    Unit { file: String, function: String },
}

fn tables() -> Result<Vec<Table>, String> {
    let text = read(TABLE)?;
    let document: KdlDocument = text.parse().map_err(|error: kdl::KdlError| {
        let places =
            error.diagnostics.iter().map(|one| format!("{TABLE}: {one}, byte {}", one.span.offset()));
        places.collect::<Vec<_>>().join("\n")
    })?;
    document.nodes().iter().map(table).collect()
}

fn table(node: &KdlNode) -> Result<Table, String> {
    let [letter, title] = words(node).try_into().map_err(|_| format!("{node}: a letter and a title"))?;
    let example = node.get("example").and_then(|value| value.as_string());
    let rows = node.iter_children().map(|child| row(child, &letter, example)).collect::<Result<_, _>>()?;
    Ok(Table { letter, title, rows })
}

fn row(node: &KdlNode, letter: &str, example: Option<&str>) -> Result<Row, String> {
    let number = node.get(0).and_then(|value| value.as_integer()).ok_or(format!("{node}: a number"))?;
    let mut row = Row {
        id: format!("{letter}{number}"),
        about: words(node).concat(),
        trap: example.is_none(),
        impossible: None,
        says: Vec::new(),
        carried: Vec::new(),
        reported: Vec::new(),
        shown: Vec::new(),
        open: None,
    };
    for child in node.iter_children() {
        let property = |name: &str| child.get(name).and_then(|value| value.as_string());
        let system = property("of").or(example);
        let system = || system.ok_or(format!("{}: of which example? `of=`", row.id));
        let environment = property("env").unwrap_or("prod");
        let mut texts = words(child);
        let name = child.name().value();
        if texts.is_empty() {
            return Err(format!("{}: `{name}` says nothing", row.id));
        }
        match name {
            "impossible" => row.impossible = Some(texts.concat()),
            "open" => row.open = Some(texts.concat()),
            "reported" => row.reported.append(&mut texts),
            "says" => {
                let file = format!("{}/{}", folder(system()?)?, property("in").unwrap_or("system.kdl"));
                row.says.push(Place { file, texts });
            }
            "carried" => {
                // Of a system that is no example, the artifact that a golden case expects.
                let tree = property("case").map_or_else(
                    || Ok(format!("generated/{}/{environment}", system()?)),
                    |case| {
                        Ok::<_, String>(format!("golden-tests/cases/{case}/expected/generated/shop/default"))
                    },
                )?;
                let file = format!("{tree}/{}", texts.remove(0));
                row.carried.push(Place { file, texts });
            }
            "real" => {
                let tree = format!("{}/{environment}", system()?);
                for pair in texts {
                    let (check, function) =
                        pair.split_once('.').ok_or(format!("{}: real \"check.function\"", row.id))?;
                    let (check, function) = (check.to_owned(), function.to_owned());
                    row.shown.push(Shown::Real { check, tree: tree.clone(), function });
                }
            }
            "case" => row.shown.extend(texts.into_iter().map(Shown::Case)),
            "unit" => {
                let [file, function] = texts.try_into().map_err(|_| format!("{child}: file and function"))?;
                row.shown.push(Shown::Unit { file, function });
            }
            test => {
                let test = test.to_owned();
                row.shown.extend(texts.into_iter().map(|name| Shown::Trial { test: test.clone(), name }));
            }
        }
    }
    Ok(row)
}

/// The folder with the description of a system: an example, or an odd one that only tests use.
fn folder(system: &str) -> Result<String, String> {
    ["examples", "golden-tests/systems"]
        .iter()
        .map(|place| format!("{place}/{system}"))
        .find(|folder| exists(folder).is_ok())
        .ok_or(format!("there is no system {system}"))
}

/// The arguments of a node that are texts.
fn words(node: &KdlNode) -> Vec<String> {
    let arguments = node.entries().iter().filter(|entry| entry.name().is_none());
    arguments.filter_map(|entry| entry.value().as_string().map(str::to_owned)).collect()
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(Path::new(HOUSE).join(path)).map_err(|error| format!("{path}: {error}"))
}

fn complete(found: &[String]) -> Result<(), Failed> {
    let wanted: Vec<String> = ROWS
        .iter()
        .flat_map(|(letter, rows)| (1..=*rows).map(move |number| format!("{letter}{number}")))
        .collect();
    if found == wanted { Ok(()) } else { Err(format!("the rows are {found:?}, not {wanted:?}").into()) }
}

fn fresh(page: &str) -> Result<(), Failed> {
    if env::var_os("BLESS").is_some() {
        fs::write(Path::new(HOUSE).join(PAGE), page)?;
    }
    if read(PAGE)? == *page { Ok(()) } else { Err(format!("{PAGE} is stale: run `cargo bless`").into()) }
}

impl Row {
    /// Every place and every test is there.
    fn hold(&self) -> Result<(), String> {
        self.whole()?;
        self.says.iter().chain(&self.carried).try_for_each(Place::hold)?;
        self.shown.iter().try_for_each(Shown::hold)?;
        for code in &self.reported {
            let page = read(&format!("docs/diagnostics/{code}.md"))?;
            // The test of the pages compiles it.
            if !page.contains("```kdl fails") {
                return Err(format!("docs/diagnostics/{code}.md shows no description that raises it"));
            }
        }
        Ok(())
    }

    fn whole(&self) -> Result<(), String> {
        if self.open.is_some() {
            return Ok(());
        }
        let told = if self.trap {
            !self.reported.is_empty() || self.impossible.is_some() && !self.shown.is_empty()
        } else {
            !self.says.is_empty() && !self.carried.is_empty() && !self.shown.is_empty()
        };
        if told { Ok(()) } else { Err("it says too little: see the head of the table".to_owned()) }
    }
}

impl Place {
    fn hold(&self) -> Result<(), String> {
        let text = read(&self.file)?;
        let mut rest = text.as_str();
        for wanted in &self.texts {
            let (_, after) = rest
                .split_once(wanted.as_str())
                .ok_or(format!("{}: no {wanted:?}, or not in this order", self.file))?;
            rest = after;
        }
        if self.texts.is_empty() { Err(format!("{}: which text?", self.file)) } else { Ok(()) }
    }
}

impl Shown {
    fn hold(&self) -> Result<(), String> {
        match self {
            Shown::Real { check, tree, function } => {
                tried(check, tree)?;
                let script = format!("golden-tests/real/{check}.py");
                let text = read(&script)?;
                let count = |pattern: String| -> Result<usize, String> {
                    let pattern = Regex::new(&pattern).map_err(|error| error.to_string())?;
                    Ok(pattern.find_iter(&text).count())
                };
                // Defined, and called.
                let defined = count(format!(r"(?m)^ *(?:def|class) {function}\b"))?;
                if defined == 0 || count(format!(r"\b{function}\b"))? == defined {
                    return Err(format!("{script} has no {function}, or does not call it"));
                }
                Ok(())
            }
            Shown::Case(name) => exists(&format!("golden-tests/cases/{name}/system.kdl")),
            Shown::Trial { test, name } => {
                let file = format!("golden-tests/{test}.rs");
                let named = format!("Trial::test(\"{name}\"");
                if read(&file)?.contains(&named) { Ok(()) } else { Err(format!("{file} has no {named}")) }
            }
            Shown::Unit { file, function } => {
                let named = Regex::new(&format!(r"#\[test\]\s+fn {function}\("));
                if named.map_err(|error| error.to_string())?.is_match(&read(file)?) {
                    Ok(())
                } else {
                    Err(format!("{file} has no test {function}"))
                }
            }
        }
    }

    /// What to look into, with a link, and what in there.
    fn cell(&self) -> (String, String) {
        match self {
            Shown::Real { check, tree, function } => {
                (format!("[`{check}::{tree}`](../golden-tests/real/{check}.py)"), format!("`{function}`"))
            }
            Shown::Case(name) => ("case".to_owned(), format!("[`{name}`](../golden-tests/cases/{name})")),
            Shown::Trial { test, name } => (format!("[`{test}`](../golden-tests/{test}.rs)"), name.clone()),
            Shown::Unit { file, function } => (format!("[{file}](../{file})"), format!("`{function}`")),
        }
    }
}

/// Whether there is such a trial: not every check is tried on every tree that it is for.
fn tried(check: &str, tree: &str) -> Result<(), String> {
    static TRIALS: LazyLock<Result<BTreeMap<String, Option<String>>, String>> = LazyLock::new(every_trial);
    let trial = format!("{check}::{tree}");
    match TRIALS.as_ref().map_err(Clone::clone)?.get(&trial) {
        Some(None) => Ok(()),
        Some(Some(other)) => {
            Err(format!("{trial} would see the same as {other}, which is tried instead: name that"))
        }
        None => Err(format!("there is no trial {trial}")),
    }
}

/// Every check on every tree that it is for, with the trial that takes its place where that sees the same.
fn every_trial() -> Result<BTreeMap<String, Option<String>>, String> {
    let compiled = tempfile::tempdir().map_err(|error| error.to_string())?;
    let trees = every_tree(Path::new(HOUSE), compiled.path())?;
    let mut trials = BTreeMap::new();
    for check in CHECKS {
        for tree in trees.iter().filter(|tree| tree.is_for(check)) {
            trials.insert(check.on(tree), check.instead(tree, &trees).map(|other| check.on(other)));
        }
    }
    Ok(trials)
}

fn exists(path: &str) -> Result<(), String> {
    if Path::new(HOUSE).join(path).exists() { Ok(()) } else { Err(format!("there is no {path}")) }
}

const HEAD: &str = "# What operations guides ask for, and where it is

<!-- Made by `cargo bless` from golden-tests/coverage.kdl: edit that. -->

People have run systems by guides that were written by hand. Tables say what such guides ask for, or get wrong, and where ondol has it: in which words a description asks for it, in which artifact it then is, and which test shows that it works. The tests look all of it up, so what stands here is there.

`check::system/environment` is a trial of `cargo test --test real`: it runs the real programs on the artifacts of an example. Behind it stands the function in its script that looks at this row. A diagnostic is shown by its page, whose descriptions are compiled by `cargo test --test explain`.
";

fn page(tables: &[Table]) -> String {
    let mut page = String::from(HEAD);
    let open: Vec<&str> = tables
        .iter()
        .flat_map(|table| &table.rows)
        .filter(|row| row.open.is_some())
        .map(|row| row.id.as_str())
        .collect();
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    page += &match open.len() {
        0 => format!("\nAll {rows} rows are covered.\n"),
        number => format!("\nOf {rows} rows {number} are open: {}.\n", open.join(", ")),
    };
    for table in tables {
        page += &format!("\n## {}: {}\n\n", table.letter, table.title);
        let traps = table.rows.iter().all(|row| row.trap);
        page += if traps {
            "| | the mistake | what becomes of it | where | shown by |\n|---|---|---|---|---|\n"
        } else {
            "| | what is asked for | the description | the artifacts | shown by |\n|---|---|---|---|---|\n"
        };
        for row in &table.rows {
            page += &row.line();
        }
    }
    page
}

impl Row {
    fn line(&self) -> String {
        let mut first = grouped(self.says.iter().map(Place::cell));
        first.extend(self.impossible.iter().map(|why| format!("Impossible: {why}")));
        if !self.reported.is_empty() {
            let codes = self.reported.iter().map(|code| format!("[`{code}`](diagnostics/{code}.md)"));
            first.push(format!("Reported as {}", codes.collect::<Vec<_>>().join(", ")));
        }
        first.extend(self.open.iter().map(|what| format!("**Open**: {what}")));
        let carried = grouped(self.carried.iter().map(Place::cell));
        let pages = self.reported.iter().map(|code| ("`explain`".to_owned(), code.clone()));
        let shown = grouped(self.shown.iter().map(Shown::cell).chain(pages));
        let cells = [first, carried, shown].map(|cell| cell.join("<br>"));
        format!("| {} | {} | {} |\n", self.id, self.about, cells.join(" | "))
    }
}

/// Lines of a cell: what stands in one place stands in one line.
fn grouped(cells: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (place, text) in cells {
        match groups.iter_mut().find(|(known, _)| *known == place) {
            Some((_, texts)) => texts.push(text),
            None => groups.push((place, vec![text])),
        }
    }
    groups.into_iter().map(|(place, texts)| format!("{place}: {}", texts.join(", "))).collect()
}

impl Place {
    /// The file, with a link, and the texts in it.
    fn cell(&self) -> (String, String) {
        let mut parts = self.file.split('/');
        let short: Vec<&str> = match parts.next() {
            Some("examples") => parts.skip(1).collect(),
            _ => parts.skip(2).collect(),
        };
        let texts: Vec<String> = self.texts.iter().map(|text| code(text)).collect();
        (format!("[{}](../{})", short.join("/"), self.file), texts.join(" … "))
    }
}

/// A text as code in a cell of a table, on one line.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
