//! What is no longer described goes, but for what somebody edited.

use std::fs;

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::run::{SMALL, expect, ondol, small, text, tree};

pub fn leftover() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    fs::create_dir(folder.path().join(".git"))?;
    let (spec, out) = (folder.path().join("system.kdl"), folder.path().join("generated"));
    let two =
        SMALL.replace("ingress {", "environment \"dev\" {}\n    environment \"prod\" {}\n    ingress {");
    let apply = |more: &[&str]| ondol(&[&["apply", text(folder.path()), "--yes"][..], more].concat());
    fs::write(&spec, &two)?;
    expect(&apply(&[]), 0)?;
    let edited = out.join("small/dev/compose.yaml");
    fs::write(&edited, "# by hand\n")?;
    fs::write(&spec, two.replace("\"dev\"", "\"test\""))?;
    // Whoever asks for one environment does not ask about others.
    expect(&apply(&["--env", "prod"]), 0)?;
    if tree(&out.join("small/dev")).len() < 5 {
        return Err("another environment was touched".into());
    }
    expect(&apply(&[]), 0)?;
    if tree(&out.join("small/dev")).len() != 2 || fs::read_to_string(&edited)? != "# by hand\n" {
        return Err("only the edited file and the manifest should be left".into());
    }
    expect(&ondol(&["plan", text(folder.path()), "--detailed-exitcode"]), 0)?;
    expect(&apply(&["--overwrite-edited"]), 0)?;
    if out.join("small/dev").exists() || !out.join("small/test").exists() {
        return Err("the tree of the old environment is still there".into());
    }
    // Another name of the system is another compose project; a file that only one run in many reads is not described.
    fs::write(folder.path().join("other.kdl"), SMALL.replace("\"small\"", "\"other\""))?;
    expect(&ondol(&["apply", text(&folder.path().join("other.kdl")), "--yes"]), 0)?;
    fs::write(&spec, two.replace("\"small\"", "\"large\""))?;
    let plan = ondol(&["plan", text(folder.path()), "--detailed-exitcode"]);
    expect(&plan, 2)?;
    if !String::from_utf8_lossy(&plan.stdout).contains("no longer described") {
        return Err("the plan does not say that trees go".into());
    }
    expect(&apply(&[]), 0)?;
    if out.join("small").exists() || !out.join("large").exists() || !out.join("other").exists() {
        return Err("the tree of the old system is still there, or that of another one is gone".into());
    }
    expect(&ondol(&["plan", text(folder.path()), "--detailed-exitcode"]), 0)
}

pub fn unforgotten() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    let apply =
        |more: &[&str]| ondol(&[&["apply", text(&spec), "--out", text(&out), "--yes"][..], more].concat());
    let plan = || ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]);
    let with_job = SMALL
        .replace("ingress {", "job \"clean\" { every \"day\" at=\"03:00\"; run \"true\" }\n    ingress {");
    fs::write(&spec, with_job)?;
    expect(&apply(&[]), 0)?;
    let file = tree(&out).into_keys().find(|path| text(path).contains("job-clean")).ok_or("no script")?;
    let file = out.join(file);
    fs::write(&file, fs::read_to_string(&file)? + "# by hand\n")?;
    fs::write(&spec, SMALL)?;
    for _ in 0..2 {
        expect(&apply(&[]), 0)?;
        let output = plan();
        expect(&output, 0)?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !file.exists() || !said.contains("kept, though it should change because of") {
            return Err(format!("the edited file is forgotten:\n{said}").into());
        }
    }
    expect(&apply(&["--overwrite-edited"]), 0)?;
    if file.exists() { Err("it is still there".into()) } else { expect(&plan(), 0) }
}
