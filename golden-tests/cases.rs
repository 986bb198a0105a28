//! Golden cases: a folder a case, `golden-tests/cases/<area>/<case>/`, one trial each.
//!
//! A trial does what the folder says and compares with what the folder expects; then it asks of the folder's
//! description everything that must hold of any description (`runner/laws.rs`, `runner/mutation.rs`), so that each
//! new case tests more than it states. How to add one: `docs/contributing.md`.
//!
//! `BLESS=1 cargo test --test cases` writes the expectations.

mod runner;

use std::{env, path::Path};

use libtest_mimic::{Arguments, Trial};
use runner::{case::Case, law};

fn main() {
    let arguments = Arguments::from_args();
    let bless = env::var_os("BLESS").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden-tests/cases");
    let mut trials = Vec::new();
    for area in runner::files::folders(&root) {
        for case in runner::files::folders(&root.join(&area)) {
            let folder = root.join(&area).join(&case);
            trials.push(Trial::test(format!("{area}/{case}"), move || {
                let case = Case::read(&folder)?;
                case.compare(bless)?;
                law::hold(&case)
            }));
        }
    }
    assert!(!trials.is_empty(), "there is no case in {}", root.display());
    libtest_mimic::run(&arguments, trials).exit();
}
