//! The command line from outside: `generated/` is what the examples compile to, whatever the threads; an apply is all
//! or nothing; what somebody edited is kept; hostile input is told, and nothing is written.

mod apply;
mod examples;
mod mistakes;
mod run;
mod saved;
mod unwanted;

use std::{env, path::Path};

use libtest_mimic::{Arguments, Trial};

use run::{HOUSE, ondol, text};

const UP_TO_DATE: &str = "generated is up to date";

fn main() {
    let arguments = Arguments::from_args();
    // Before the trials, which run side by side: more than one of them reads what this writes.
    let wanted = arguments.filter.as_ref().is_none_or(|filter| UP_TO_DATE.contains(filter.as_str()));
    if env::var_os("BLESS").is_some() && wanted {
        let (examples, out) = (Path::new(HOUSE).join("examples"), Path::new(HOUSE).join("generated"));
        let output = ondol(&["apply", text(&examples), "--out", text(&out), "--yes", "--overwrite-edited"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let trials = vec![
        Trial::test(UP_TO_DATE, examples::generated_is_up_to_date),
        Trial::test("one thread writes the same bytes", examples::one_thread),
        Trial::test("a second apply touches nothing", apply::second_apply),
        Trial::test("edited files are kept until told otherwise", apply::edited),
        Trial::test("a stale plan is refused", saved::stale_plan),
        Trial::test("killed at any moment, the tree is old or new", apply::killed),
        Trial::test("what is in the way is told once, by every command alike", apply::in_the_way),
        Trial::test("a run that is refused leaves no folder", apply::refused),
        Trial::test("several runs at once leave one whole tree", apply::at_once),
        Trial::test("where the disk fills, all of the old tree is left", apply::full),
        Trial::test("hostile input is told, nothing is written", mistakes::hostile),
        Trial::test("mistakes without end are told at once, and in few words", mistakes::endless),
        Trial::test("a tree that is no longer described goes", unwanted::leftover),
        Trial::test("an edited file that is unwanted is not forgotten", unwanted::unforgotten),
        Trial::test("a plan takes the place of a plan only", saved::saved_beside),
        Trial::test("a saved plan is done as it was made", saved::saved_as_made),
        Trial::test("a result that is lost is a failure", mistakes::lost),
        Trial::test("formatting changes no meaning", examples::formatting),
        Trial::test("exit codes", mistakes::exit_codes),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}
