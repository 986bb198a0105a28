//! Plans that are saved, and done later.

use std::{fs, path::Path};

use libtest_mimic::Failed;

use super::run::{SMALL, expect, ondol, same, small, text, tree};

pub fn stale_plan() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    let plan = folder.path().join("plan.json");
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(&plan)]), 0)?;
    fs::write(&spec, SMALL.replace("/\" to", "/x\" to"))?;
    expect(&ondol(&["apply", text(&plan)]), 1)?;
    if out.join("small").exists() {
        return Err("a stale plan wrote something".into());
    }
    fs::write(&spec, SMALL)?;
    expect(&ondol(&["apply", text(&plan)]), 0)?;
    // Done once, its target is no longer what it was made for.
    expect(&ondol(&["apply", text(&plan)]), 1)
}

pub fn saved_beside() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let save = |file: &Path| ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(file)]);
    let (note, plan) = (folder.path().join("note"), folder.path().join("ondol.plan"));
    fs::write(&note, "mine")?;
    let before = tree(folder.path());
    for refused in [&spec, &note, &out.join("small/default/x.plan"), &folder.path().join("a.kdl")] {
        expect(&save(refused), 1)?;
    }
    same(&tree(folder.path()), &before)?;
    fs::write(&plan, "")?;
    expect(&save(&plan), 0)?;
    expect(&save(&plan), 0)
}

pub fn saved_as_made() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    let plan = folder.path().join("ondol.plan");
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--save", text(&plan)]), 0)?;
    for other in
        [["--env", "prod"], ["--out", "elsewhere"], ["--overwrite-edited", "--yes"], ["--target", "host:a"]]
    {
        expect(&ondol(&[&["apply", text(&plan)][..], &other[..]].concat()), 1)?;
    }
    let written = fs::read_to_string(&plan)?;
    fs::write(&plan, &written[..written.len() / 2])?;
    let output = ondol(&["apply", text(&plan)]);
    expect(&output, 1)?;
    if !String::from_utf8_lossy(&output.stderr).contains("unreadable-plan") {
        return Err("a plan that was cut short is taken for something else".into());
    }
    fs::write(&plan, written)?;
    expect(&ondol(&["apply", text(&plan), "--out", text(&out)]), 0)
}
