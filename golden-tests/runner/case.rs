//! One case: a folder with an input, and what is expected of it.
//!
//! | in the folder | is |
//! | --- | --- |
//! | `command` | arguments of ondol, without quoting. The last line is what the case is about; lines before it set the stage and must succeed. Absent: `apply . --yes` when there is `expected/`, else `check .` |
//! | `before/` | files laid over the input for a first apply; then the input is as it was, and a plan shows a change |
//! | `by-hand/` | files laid over everything after that first apply (of the input itself when there is no `before/`) |
//! | `deleted` | paths that are removed then, one a line |
//! | `stdout`, `stderr`, `status` | what the command prints, and its exit status (absent: nothing, 0) |
//! | `plan.txt`, `plan.json`, `plan.md` | what `plan` says, before the command |
//! | `expected/…` | files as they are after the command; only those that are there are compared |
//! | `tree` | every file that is there after the command and was not before, one a line |
//! | anything else | the input |

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::{
    files::{self, Files},
    ondol,
};

/// Plans by the file that expects them.
const PLANS: [(&str, &[&str]); 3] = [
    ("plan.txt", &["plan", "."]),
    ("plan.json", &["plan", ".", "--format", "json"]),
    ("plan.md", &["plan", ".", "--format", "markdown"]),
];

/// A folder, read.
pub struct Case {
    folder: PathBuf,
    /// Its last name, and that of the folder that it runs in.
    name: String,
    /// What a user would have.
    pub input: Files,
    before: Files,
    by_hand: Files,
    deleted: Vec<PathBuf>,
    commands: Vec<String>,
    expected: Files,
}

/// What came out, in the shape of what is expected.
type Outcome = Files;

impl Case {
    /// Reads a case.
    pub fn read(folder: &Path) -> Result<Case, Failed> {
        let mut case = Case {
            folder: folder.to_path_buf(),
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            input: Files::new(),
            before: Files::new(),
            by_hand: Files::new(),
            deleted: Vec::new(),
            commands: Vec::new(),
            expected: Files::new(),
        };
        for (path, bytes) in files::read(folder) {
            let lines = || String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect::<Vec<_>>();
            let mut parts = path.components();
            let first = parts.next().map(|part| part.as_os_str().to_string_lossy().into_owned());
            let rest = parts.as_path().to_path_buf();
            match (first.as_deref().unwrap_or_default(), rest.as_os_str().is_empty()) {
                ("command", true) => case.commands = lines(),
                ("deleted", true) => case.deleted = lines().into_iter().map(PathBuf::from).collect(),
                ("before", false) => drop(case.before.insert(rest, bytes)),
                ("by-hand", false) => drop(case.by_hand.insert(rest, bytes)),
                ("expected", false)
                | ("stdout" | "stderr" | "status" | "tree" | "plan.txt" | "plan.json" | "plan.md", true) => {
                    drop(case.expected.insert(path, bytes));
                }
                _ => drop(case.input.insert(path, bytes)),
            }
        }
        Ok(case)
    }

    /// Whether there is one description, which can be asked for laws: they are asked with one output folder, where
    /// two descriptions could meet.
    pub fn describes(&self) -> bool {
        let is_description = |path: &&PathBuf| path.file_name().is_some_and(|name| name == "system.kdl");
        self.input.keys().filter(is_description).count() == 1
    }

    /// Compares what comes out with what is expected, or with `bless` makes it so.
    pub fn compare(&self, bless: bool) -> Result<(), Failed> {
        let outcome = self.outcome(None)?;
        if bless {
            return self.write(&outcome);
        }
        if self.expected.is_empty() {
            return Err(
                "nothing is expected of this case: `cargo bless` writes what comes out; read it".into()
            );
        }
        files::same("not as expected (if it is as you want it: `cargo bless`)", &self.expected, &outcome)?;
        self.all_is_read(&outcome)
    }

    /// A file that can be taken away without anybody noticing is there for nothing.
    fn all_is_read(&self, outcome: &Outcome) -> Result<(), Failed> {
        let all = [("", &self.input), ("before/", &self.before), ("by-hand/", &self.by_hand)];
        for (folder, path) in all.iter().flat_map(|(folder, files)| files.keys().map(move |p| (folder, p))) {
            let without = self.outcome(Some((folder, path)));
            if without.is_ok_and(|without| without == *outcome) {
                return Err(format!("nothing reads {folder}{}: remove it", path.display()).into());
            }
        }
        Ok(())
    }

    /// Makes what comes out the expectation; what does not come any more goes.
    fn write(&self, outcome: &Outcome) -> Result<(), Failed> {
        for (path, bytes) in self.expected.iter().filter(|(path, _)| !outcome.contains_key(*path)) {
            let printed = ["stdout", "stderr", "status"].iter().any(|name| path == Path::new(name));
            if bytes.is_empty() && !printed {
                let help = "mend its path, or remove it; an empty file `tree` tells what is written";
                return Err(format!("nothing writes {}: {help}", path.display()).into());
            }
            fs::remove_file(self.folder.join(path))?;
        }
        Ok(files::write(&self.folder, outcome)?)
    }

    /// Does what the folder says, without one of its files when that is wanted.
    fn outcome(&self, without: Option<(&str, &Path)>) -> Result<Outcome, Failed> {
        let some = |folder: &str, files: &Files| -> Files {
            let kept = files.iter().filter(|(path, _)| without != Some((folder, path.as_path())));
            kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
        };
        let (input, before) = (some("", &self.input), some("before/", &self.before));
        let sandbox = Sandbox::new(&self.name, &input)?;
        let here = sandbox.path();
        if !(self.before.is_empty() && self.by_hand.is_empty() && self.deleted.is_empty()) {
            files::write(here, &before)?;
            ondol::expect(here, &["apply", ".", "--yes", "--quiet"], 0)?;
            for path in before.keys().filter(|path| !input.contains_key(*path)) {
                fs::remove_file(here.join(path))?;
            }
            files::write(here, &input)?;
            files::write(here, &some("by-hand/", &self.by_hand))?;
            for path in &self.deleted {
                fs::remove_file(here.join(path))?;
            }
        }
        let mut outcome = Outcome::new();
        for (name, arguments) in PLANS {
            if self.expected.contains_key(Path::new(name)) {
                let plan = ondol::expect(here, arguments, 0)?;
                outcome.insert(name.into(), plan.stdout.into_bytes());
            }
        }
        if self.runs_a_command() {
            self.command(here, &mut outcome)?;
        }
        Ok(outcome)
    }

    /// Plans alone are no reason to run a command.
    fn runs_a_command(&self) -> bool {
        !self.commands.is_empty()
            || !self.expected.keys().any(|path| PLANS.iter().any(|(name, _)| path == Path::new(name)))
            || self.expected.keys().any(|path| !PLANS.iter().any(|(name, _)| path == Path::new(name)))
    }

    fn command(&self, here: &Path, outcome: &mut Outcome) -> Result<(), Failed> {
        let found: BTreeSet<PathBuf> = files::read(here).into_keys().collect();
        let wants = |name: &str| self.expected.keys().any(|path| path.starts_with(name));
        let default = if wants("expected") || wants("tree") { "apply . --yes" } else { "check ." };
        let (stage, last) = match self.commands.split_last() {
            Some((last, stage)) => (stage, last.as_str()),
            None => (&[][..], default),
        };
        for line in stage {
            ondol::expect(here, &words(line), 0)?;
        }
        let run = ondol::run(here, &words(last))?;
        // Whoever asks for files alone does not care what was said when all went well.
        if !self.commands.is_empty() || default == "check ." || run.status != 0 {
            for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
                if !text.is_empty() {
                    outcome.insert(name.into(), text.as_bytes().to_vec());
                }
            }
        }
        if run.status != 0 {
            outcome.insert("status".into(), format!("{}\n", run.status).into_bytes());
        }
        let after = files::read(here);
        for path in self.expected.keys() {
            if let Ok(file) = path.strip_prefix("expected")
                && let Some(bytes) = after.get(file)
            {
                outcome.insert(path.clone(), bytes.clone());
            }
        }
        if wants("tree") {
            let new = after.keys().filter(|path| !found.contains(*path));
            let list: String = new.map(|path| format!("{}\n", path.display())).collect();
            outcome.insert("tree".into(), list.into_bytes());
        }
        Ok(())
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// A folder with an input in it, named like the case; gone when dropped.
pub struct Sandbox {
    path: PathBuf,
    _folder: TempDir,
}

impl Sandbox {
    /// A new one.
    pub fn new(name: &str, input: &Files) -> Result<Sandbox, Failed> {
        let folder = TempDir::new()?;
        let path = folder.path().canonicalize()?.join(name);
        files::write(&path, input)?;
        Ok(Sandbox { path, _folder: folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
