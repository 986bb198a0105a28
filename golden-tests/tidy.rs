//! The house rules, and the table of what operations guides ask for: what a reviewer would otherwise have to look for.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::{Arguments, Failed, Trial};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use regex_lite::Regex;

mod coverage;
mod trials;

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");

/// Lines that a file of Rust may have: it is named for the one thing in it.
const LONGEST: usize = 500;

/// What stops a program where it should report.
const STOPPING: &[&str] =
    &[".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "dbg!("];

fn main() {
    let mut trials = vec![
        Trial::test("every file of Rust says what it is", || each("rs", opening)),
        Trial::test("no file of Rust is long", || each("rs", short)),
        Trial::test("product code does not stop", || each("rs", steady)),
        Trial::test("a module uses only what stands above it", order),
        Trial::test("no file names a place of one machine", places),
        Trial::test("no script ends a pipe early", pipes),
        Trial::test("every check of the real programs is run", checks),
        Trial::test("links lead somewhere", || each("md", links)),
        Trial::test("the architecture names every folder", architecture),
        Trial::test("the kinds of the standard library are in their page", kinds),
        Trial::test("the real programs read every kind of the standard library", used),
        Trial::test("every page of the documentation is reached from the README", reached),
    ];
    trials.extend(coverage::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Every file of ours, as a path in the repository.
fn files() -> Vec<PathBuf> {
    let ours = |name: &str| !matches!(name, "target" | ".git");
    walkdir::WalkDir::new(HOUSE)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name().to_str().is_some_and(ours))
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| entry.path().strip_prefix(HOUSE).ok().map(Path::to_path_buf))
        .collect()
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(Path::new(HOUSE).join(path)).map_err(|error| format!("{}: {error}", path.display()))
}

/// Asks every file with the extension; all that is wrong is told at once.
fn each(extension: &str, wrong: fn(&Path, &str) -> Vec<String>) -> Result<(), Failed> {
    let mut found = Vec::new();
    let mut asked = 0;
    for path in files().iter().filter(|path| path.extension().is_some_and(|its| its == extension)) {
        asked += 1;
        let told = wrong(path, &read(path)?);
        found.extend(told.into_iter().map(|what| format!("{}: {what}", path.display())));
    }
    if asked == 0 { Err(format!("no file of .{extension}").into()) } else { verdict(&found) }
}

fn verdict(found: &[String]) -> Result<(), Failed> {
    if found.is_empty() { Ok(()) } else { Err(found.join("\n").into()) }
}

fn opening(_: &Path, text: &str) -> Vec<String> {
    if text.starts_with("//! ") { Vec::new() } else { vec!["begin with `//!`: what it is".to_owned()] }
}

fn short(_: &Path, text: &str) -> Vec<String> {
    match text.lines().count() {
        lines if lines > LONGEST => vec![format!("{lines} lines, at most {LONGEST}")],
        _ => Vec::new(),
    }
}

fn steady(path: &Path, text: &str) -> Vec<String> {
    if !path.starts_with("compiler") || is_test(path) {
        return Vec::new();
    }
    let lines = product(text).lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines
        .filter_map(|(number, line)| {
            let word = STOPPING.iter().find(|word| line.contains(**word))?;
            Some(format!("line {}: `{word}`", number + 1))
        })
        .collect()
}

/// A build that stops has reported; the others are compiled for tests only.
fn is_test(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    matches!(name, "build.rs" | "tests.rs" | "testing.rs" | "laws.rs" | "places.rs")
}

/// A file without its tests, which stand at its end.
fn product(text: &str) -> &str {
    Regex::new(r"#\[cfg\(test\)\]\n(pub(\(crate\))? )?mod \w+ \{")
        .ok()
        .and_then(|tests| tests.find(text))
        .map_or(text, |tests| &text[..tests.start()])
}

/// The order of the modules is that of the flow: what stands below in `lib.rs` is not known above.
fn order() -> Result<(), Failed> {
    let listed = Regex::new(r"(?m)^pub mod (\w+);")?;
    let library = read(Path::new("compiler/lib.rs"))?;
    let order: Vec<&str> =
        listed.captures_iter(&library).filter_map(|line| Some(line.get(1)?.as_str())).collect();
    let place = |module: &str| order.iter().position(|listed| *listed == module);
    let (mut found, mut asked) = (Vec::new(), 0);
    for path in files().iter().filter(|path| path.starts_with("compiler") && !is_test(path)) {
        let module = path.iter().nth(1).unwrap_or_default().to_string_lossy().replace(".rs", "");
        let Some(here) = place(&module).filter(|_| path.extension().is_some_and(|its| its == "rs")) else {
            continue;
        };
        asked += 1;
        let text = read(path)?;
        let below =
            modules(product(&text)).into_iter().filter(|other| place(other).is_some_and(|at| at > here));
        found.extend(below.map(|other| format!("{}: `{module}` stands above `{other}`", path.display())));
    }
    if asked == 0 { Err("compiler/lib.rs lists no module".into()) } else { verdict(&found) }
}

/// The modules that a text names behind `crate::`, alone or in braces.
fn modules(text: &str) -> BTreeSet<String> {
    let first = |path: &str| {
        path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let mut found = BTreeSet::new();
    for named in text.split("crate::").skip(1) {
        let Some(group) = named.strip_prefix('{') else {
            found.insert(first(named));
            continue;
        };
        let mut depth = 1;
        for piece in group.split_inclusive(['{', ',', '}']) {
            if depth == 1 {
                found.insert(first(piece));
            }
            depth += i32::from(piece.ends_with('{')) - i32::from(piece.ends_with('}'));
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn places() -> Result<(), Failed> {
    // In pieces, so that this file does not name them.
    let pattern = Regex::new(&format!(r#"(?m)(?:^|[\s"'`(=:])(/{}/|/tmp/{})"#, "work", "ondol"))?;
    let mut found = Vec::new();
    for path in files() {
        // What is no text names nothing.
        let text = fs::read(Path::new(HOUSE).join(&path)).map(String::from_utf8)?.unwrap_or_default();
        found.extend(pattern.find_iter(&text).map(|place| format!("{}: {}", path.display(), place.as_str())));
    }
    verdict(&found)
}

/// A quiet grep ends at its first find; who still writes to it then fails, now and then, and pipefail takes that for the
/// answer.
fn pipes() -> Result<(), Failed> {
    // Also where the line ends behind the bar.
    let early = Regex::new(r"(?m)^(?: *[^#\s].*)?\|\s*grep (?:.* )?(?:--quiet|-[a-zA-Z]*q)\b")?;
    let emitters = Path::new("compiler/emit");
    let mut found = Vec::new();
    for path in files()
        .iter()
        .filter(|path| path.starts_with(emitters) && path.extension().is_some_and(|it| it == "tera"))
    {
        let text = read(path)?;
        found.extend(early.find_iter(&text).map(|place| {
            format!("{}: `{}`: let grep read `<<<` instead", path.display(), place.as_str().trim())
        }));
    }
    verdict(&found)
}

/// A script that is not listed proves nothing, and nobody notices.
fn checks() -> Result<(), Failed> {
    let folder = Path::new("golden-tests/real");
    let listed = ["golden-tests/trials.rs", "golden-tests/real.rs"].map(|path| read(Path::new(path)));
    let listed = listed.into_iter().collect::<Result<String, _>>()?;
    let (mut found, mut asked) = (Vec::new(), 0);
    for path in files().iter().filter(|path| path.starts_with(folder)) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if read(path)?.lines().any(|line| line.starts_with("main(")) {
            asked += 1;
            let named = [format!("\"{name}\""), format!("{name}.py")];
            if !named.iter().any(|name| listed.contains(name)) {
                found.push(format!("{}: list it in `CHECKS` of golden-tests/trials.rs", path.display()));
            }
        }
    }
    if asked == 0 { Err(format!("no check in {}", folder.display()).into()) } else { verdict(&found) }
}

/// Links to files that are not there, and to headings that the page, or the one that is linked to, does not have.
fn links(path: &Path, text: &str) -> Vec<String> {
    let page = Page::read(text);
    let folder = path.parent().unwrap_or(Path::new(""));
    let outside = |link: &str| Regex::new("^[a-z]+:").is_ok_and(|scheme| scheme.is_match(link));
    let broken = |link: &&String| {
        let (file, heading) = link.split_once('#').unwrap_or((link.as_str(), ""));
        let there = file.is_empty() || Path::new(HOUSE).join(folder).join(file).exists();
        let headed = match file {
            _ if heading.is_empty() => true,
            "" => page.headings.contains(heading),
            file if file.ends_with(".md") => {
                read(&folder.join(file)).is_ok_and(|text| Page::read(&text).headings.contains(heading))
            }
            _ => true,
        };
        let leads = there && headed;
        !outside(link) && !leads
    };
    page.links.iter().filter(broken).map(|link| format!("nothing is at {link}")).collect()
}

/// What a page links to, and the names of its headings as sites make them.
struct Page {
    links: BTreeSet<String>,
    headings: BTreeSet<String>,
}

impl Page {
    fn read(text: &str) -> Page {
        let mut page = Page { links: BTreeSet::new(), headings: BTreeSet::new() };
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, link_type, .. }) if link_type != LinkType::Email => {
                    page.links.insert(dest_url.to_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    page.headings.extend(heading.take().map(|text| slug(&text)))
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn architecture() -> Result<(), Failed> {
    let page = read(Path::new("docs/architecture.md"))?;
    let mut missing = Vec::new();
    for folder in ["", "compiler"] {
        for entry in fs::read_dir(Path::new(HOUSE).join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = entry.file_type()?.is_dir() && !matches!(name.as_str(), "target" | ".git");
            if ours && !page.contains(&format!("`{name}/")) {
                missing.push(format!("docs/architecture.md does not say what `{name}/` holds"));
            }
        }
    }
    verdict(&missing)
}

fn kinds() -> Result<(), Failed> {
    let page = read(Path::new("docs/kinds.md"))?;
    let named = Regex::new(r#"(?m)^kind "([^"]+)""#)?;
    let (mut missing, mut kinds) = (Vec::new(), 0);
    for path in files().iter().filter(|path| path.starts_with("stdlib")) {
        for kind in named.captures_iter(&read(path)?) {
            kinds += 1;
            if !page.contains(&format!("`{}`", &kind[1])) {
                missing.push(format!("docs/kinds.md has no kind {}", &kind[1]));
            }
        }
    }
    if kinds == 0 { Err("stdlib/ has no kind".into()) } else { verdict(&missing) }
}

/// A kind that no example and no odd system uses has never met Compose, nor its alerts promtool.
fn used() -> Result<(), Failed> {
    let stated = Regex::new(r#"\bkind="([^"]+)""#)?;
    let compiled = Regex::new(r#""kind/([^/"]+)""#)?;
    let defined = Regex::new(r#"(?m)^kind "([^"]+)""#)?;
    let exporter = Regex::new(r#"(?m)^    exporter "([^"]+)""#)?;
    let mut used = BTreeSet::new();
    for path in files() {
        let found = match path.to_string_lossy().as_ref() {
            name if name.starts_with("golden-tests/systems/") && name.ends_with(".kdl") => &stated,
            name if name.starts_with("generated/") && name.ends_with("/manifest.json") => &compiled,
            _ => continue,
        };
        used.extend(found.captures_iter(&read(&path)?).map(|kind| kind[1].to_owned()));
    }
    let mut library = Vec::new();
    for path in files().into_iter().filter(|path| path.starts_with("stdlib")) {
        let text = read(&path)?;
        let kinds: Vec<String> = defined.captures_iter(&text).map(|kind| kind[1].to_owned()).collect();
        if kinds.iter().any(|kind| used.contains(kind)) {
            used.extend(exporter.captures_iter(&text).map(|kind| kind[1].to_owned()));
        }
        library.push((path, kinds));
    }
    let unread = library.iter().filter(|(_, kinds)| !kinds.iter().any(|kind| used.contains(kind)));
    let help = "use it in a system below golden-tests/systems/";
    verdict(&unread.map(|(path, _)| format!("{}: {help}", path.display())).collect::<Vec<_>>())
}

/// A page that nothing leads to is one that nobody reads. The diagnostics are reached by `ondol explain`.
fn reached() -> Result<(), Failed> {
    let mut reached = BTreeSet::from([PathBuf::from("README.md")]);
    let mut next = vec![PathBuf::from("README.md")];
    while let Some(path) = next.pop() {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        for link in Page::read(&read(&path)?).links {
            let file = normal(&folder.join(link.split('#').next().unwrap_or_default()));
            if file.extension().is_some_and(|its| its == "md")
                && Path::new(HOUSE).join(&file).exists()
                && reached.insert(file.clone())
            {
                next.push(file);
            }
        }
    }
    let pages = fs::read_dir(Path::new(HOUSE).join("docs"))?.flatten();
    let pages = pages.map(|entry| Path::new("docs").join(entry.file_name()));
    let lost =
        pages.filter(|path| path.extension().is_some_and(|its| its == "md") && !reached.contains(path));
    verdict(&lost.map(|path| format!("nothing leads to {}", path.display())).collect::<Vec<_>>())
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
