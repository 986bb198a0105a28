//! Every diagnostic has a page in `docs/diagnostics/`, and the examples on the pages do what the pages say.
//!
//! A page shows a description that raises its code (a fence `kdl fails`) and one that is mended (`kdl passes`). A fence
//! `text beside=PATH` is a file beside both. What no text can raise (an unreadable file, a lost manifest) stands in
//! [`UNSHOWN`], with the reason.

use std::{collections::BTreeSet, fs, path::Path};

use libtest_mimic::{Arguments, Failed, Trial};
use ondol::{diagnostic::Diagnostics, expand, explain, load, render};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use regex_lite::Regex;

/// Codes that no description can show, each with what it takes to raise it.
const UNSHOWN: &[(&str, &str)] = &[
    ("byte-order-mark", "a character that a page should not hold"),
    ("empty-import", "an empty folder"),
    ("env-missing", "an environment file"),
    ("env-open", "an environment file"),
    ("env-syntax", "an environment file"),
    ("env-unknown", "an environment file"),
    ("env-value", "an environment file"),
    ("file-too-large", "eight megabytes"),
    ("folder-too-large", "ten thousand files"),
    ("import-cycle", "two files that import each other"),
    ("internal-error", "a fault of ondol"),
    ("invalid-utf8", "a file that is no text"),
    ("log-missing-field", "a log"),
    ("log-not-json", "a log"),
    ("log-unknown-field", "a log"),
    ("log-wrong-value", "a log"),
    ("no-description", "an empty folder"),
    ("not-confirmed", "a run without a terminal"),
    ("nul-character", "a character that a page should not hold"),
    ("output-failed", "a full disk"),
    ("output-in-the-way", "a file where the output goes"),
    ("stale-plan", "a saved plan, and a change behind it"),
    ("too-deep", "more levels than a page should hold"),
    ("unknown-code", "an argument of `ondol explain`"),
    ("unknown-environment", "an option of the command line"),
    ("unreadable-manifest", "a target whose manifest is broken"),
    ("unreadable-plan", "a saved plan that is broken"),
    ("which-log", "a log, and several descriptions of logs"),
    ("which-system", "two descriptions, and an environment file"),
];

/// Lines that a page may have: its reader has an error to mend.
const LONGEST: usize = 90;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("every code has a page and every page has a code", complete)];
    for code in explain::codes() {
        let page = Page::read(code, explain::page(code).unwrap_or_default());
        let form = page.form();
        trials.push(Trial::test(format!("{code}: form"), move || form.map_err(Failed::from)));
        for (number, example) in page.examples.into_iter().enumerate() {
            let word = if example.passes { "passes" } else { "fails" };
            let files = page.beside.clone();
            trials.push(Trial::test(format!("{code}: {word}, example {}", number + 1), move || {
                example.hold(code, &files)
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A page, taken apart.
struct Page {
    code: &'static str,
    title: String,
    lines: usize,
    words: usize,
    examples: Vec<Example>,
    /// Files beside the descriptions: path and text.
    beside: Vec<(String, String)>,
    /// Fences of KDL that say neither `fails` nor `passes`.
    idle: usize,
}

struct Example {
    passes: bool,
    text: String,
}

impl Page {
    fn read(code: &'static str, markdown: &str) -> Page {
        let (title, lines) = (String::new(), markdown.lines().count());
        let (examples, beside) = (Vec::new(), Vec::new());
        let mut page = Page { code, title, lines, words: 0, examples, beside, idle: 0 };
        let mut heading = false;
        let mut fence: Option<(String, String)> = None;
        for event in Parser::new(markdown) {
            match event {
                Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => heading = true,
                Event::End(TagEnd::Heading(HeadingLevel::H1)) => heading = false,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    fence = Some((info.to_string(), String::new()));
                }
                Event::End(TagEnd::CodeBlock) => page.fence(fence.take().unwrap_or_default()),
                Event::Text(text) => match &mut fence {
                    Some((_, inside)) => inside.push_str(&text),
                    None if heading => page.title.push_str(&text),
                    None => page.words += text.split_whitespace().count(),
                },
                _ => {}
            }
        }
        page
    }

    fn fence(&mut self, (info, text): (String, String)) {
        let mut words = info.split_whitespace();
        match (words.next(), words.next()) {
            (Some("kdl"), Some("fails")) => self.examples.push(Example { passes: false, text }),
            (Some("kdl"), Some("passes")) => self.examples.push(Example { passes: true, text }),
            (Some("kdl"), _) => self.idle += 1,
            (_, Some(word)) => {
                if let Some(path) = word.strip_prefix("beside=") {
                    self.beside.push((path.to_owned(), text));
                }
            }
            _ => {}
        }
    }

    fn form(&self) -> Result<(), String> {
        let must = |holds: bool, message: String| if holds { Ok(()) } else { Err(message) };
        let code = self.code;
        must(self.title == code, format!("the page must begin with `# {code}`"))?;
        must(self.words >= 20, "the page must say what the code means and why it is refused".to_owned())?;
        must(self.lines <= LONGEST, format!("at most {LONGEST} lines: the reader has an error to mend"))?;
        must(self.idle == 0, "mark each fence of KDL `kdl fails` or `kdl passes`".to_owned())?;
        let unshown = UNSHOWN.iter().any(|(known, _)| *known == code);
        let (passing, failing): (Vec<_>, Vec<_>) = self.examples.iter().partition(|example| example.passes);
        if unshown {
            must(self.examples.is_empty(), format!("`{code}` can be shown: take it out of UNSHOWN"))
        } else {
            must(
                !failing.is_empty(),
                "show a description that raises the code: a fence `kdl fails`".to_owned(),
            )?;
            must(!passing.is_empty(), "show the mended description: a fence `kdl passes`".to_owned())
        }
    }
}

impl Example {
    /// Compiles the example as `ondol plan` would, all environments, and looks at the codes.
    fn hold(&self, code: &str, beside: &[(String, String)]) -> Result<(), Failed> {
        let folder = tempfile::tempdir()?;
        for (path, text) in beside {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, text)?;
        }
        let path = folder.path().join("system.kdl");
        fs::write(&path, &self.text)?;
        let mut diagnostics = Diagnostics::default();
        let project = load::load(&path, &mut diagnostics);
        ondol::compile(&project, &[], &mut diagnostics);
        let found = diagnostics.into_sorted();
        let codes: BTreeSet<&str> = found.iter().map(|diagnostic| diagnostic.code).collect();
        let wanted: BTreeSet<&str> = if self.passes { BTreeSet::new() } else { BTreeSet::from([code]) };
        if codes == wanted {
            return Ok(());
        }
        let style = render::Style { color: false, width: 100 };
        let story = render::text(&found, &project.sources, style);
        let help = "mend the example on the page; what it is not about may be allowed in it: `allow \"code\" because=\"…\"`";
        Err(format!("raises {codes:?}, should raise {wanted:?}: {help}\n\n{}\n\n{story}", self.text).into())
    }
}

/// Compares the pages with the codes that stand in the source.
fn complete() -> Result<(), Failed> {
    let mut codes = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("compiler");
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            // The folder that the project lies in says nothing, whatever it is called.
            let inside = entry.path().strip_prefix(&root)?;
            codes.extend(raised(inside, &fs::read_to_string(entry.path())?)?);
        }
    }
    let pages: BTreeSet<String> = explain::codes().map(str::to_owned).collect();
    let without_page: Vec<&String> = codes.difference(&pages).collect();
    let without_code: Vec<&String> = pages.difference(&codes).collect();
    if !without_page.is_empty() {
        return Err(format!("write docs/diagnostics/<code>.md for {without_page:?}").into());
    }
    if !without_code.is_empty() {
        return Err(format!("no code raises these any more, remove the pages: {without_code:?}").into());
    }
    let gone: Vec<&&str> =
        UNSHOWN.iter().map(|(code, _)| code).filter(|code| !codes.contains(**code)).collect();
    if !gone.is_empty() {
        return Err(format!("no code raises these any more, take them out of UNSHOWN: {gone:?}").into());
    }
    let proofs = explain::page("unknown-proof").unwrap_or_default();
    match expand::proof::ALL.iter().find(|proof| !proofs.contains(&format!("`{}`", proof.name))) {
        Some(proof) => {
            Err(format!("docs/diagnostics/unknown-proof.md does not list `{}`", proof.name).into())
        }
        None => Ok(()),
    }
}

/// The codes that a file of the compiler raises, literals where a code is given; `path` is below `compiler/`.
fn raised(path: &Path, source: &str) -> Result<BTreeSet<String>, Failed> {
    let mut places = vec![
        r#"Diagnostic::(?:error|warning)\(\s*"([a-z0-9-]+)""#,
        r#"Diagnostic::new\(\s*[\w:.]+,\s*"([a-z0-9-]+)""#,
        // Helpers of a file that put a code, a message and more together.
        r#"\b(?:complain|report|wrong)\(\s*"([a-z0-9-]+)""#,
        r#"\bcode: "([a-z0-9-]+)""#,
        // A pair of code and message.
        r#"\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)",\s*format!"#,
    ];
    if path.starts_with("check") {
        places.push(r#"\bconst \w+: &str = "([a-z0-9-]+)""#);
    }
    let tests = source.find("#[cfg(test)]\nmod ").unwrap_or(source.len());
    let mut found = BTreeSet::new();
    for place in places {
        for captures in Regex::new(place)?.captures_iter(&source[..tests]) {
            found.extend(captures.get(1).map(|code| code.as_str().to_owned()));
        }
    }
    Ok(found)
}
