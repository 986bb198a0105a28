//! An apply is all or nothing, and touches only what is its own.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, symlink},
    process::Command,
    thread,
    time::Duration,
};

use libtest_mimic::Failed;

use super::run::{SMALL, expect, ondol, same, small, text, tree};

pub fn second_apply() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let file = out.join("small/default/compose.yaml");
    let before = fs::metadata(&file)?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]), 0)?;
    // A change elsewhere leaves this file as it is, too: the same inode, the same times.
    fs::write(&spec, SMALL.replace("route", "hsts \"1d\"\n        route"))?;
    expect(&ondol(&["plan", text(&spec), "--out", text(&out), "--detailed-exitcode"]), 2)?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let after = fs::metadata(&file)?;
    if (before.ino(), before.mtime_nsec()) == (after.ino(), after.mtime_nsec()) {
        Ok(())
    } else {
        Err("an unchanged file was written again".into())
    }
}

pub fn edited() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let file = out.join("small/default/compose.yaml");
    let theirs = out.join("small/default/notes.txt");
    let written = fs::read_to_string(&file)?;
    fs::write(&file, written.clone() + "# by hand\n")?;
    fs::write(&theirs, "mine")?;
    fs::write(&spec, SMALL.replace("\"/\"", "\"/site\""))?;
    let output = ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]);
    expect(&output, 0)?;
    if !String::from_utf8_lossy(&output.stderr).contains("edited by hand")
        || !fs::read_to_string(&file)?.ends_with("# by hand\n")
    {
        return Err("an edited file was not kept, or not told".into());
    }
    if fs::read_to_string(&theirs)? != "mine" {
        return Err("a file of somebody else's was lost".into());
    }
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes", "--overwrite-edited"]), 0)?;
    if fs::read_to_string(&file)?.ends_with("# by hand\n") {
        Err("it was not overwritten when told so".into())
    } else {
        Ok(())
    }
}

pub fn killed() -> Result<(), Failed> {
    let (_folder, spec, out) = small()?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
    let old = tree(&out.join("small/default"));
    let changed = SMALL.replace("\"self-signed\"", "\"none\"");
    fs::write(&spec, &changed)?;
    let elsewhere = out.with_extension("new");
    expect(&ondol(&["apply", text(&spec), "--out", text(&elsewhere), "--yes"]), 0)?;
    let new = tree(&elsewhere.join("small/default"));
    for step in 0..60u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ondol"))
            .args(["apply", text(&spec), "--out", text(&out), "--yes", "--quiet"])
            .spawn()?;
        thread::sleep(Duration::from_micros(300 * step));
        child.kill()?;
        child.wait()?;
        let now = tree(&out.join("small/default"));
        if now != old && now != new {
            return Err(format!("killed after {} µs the tree is neither old nor new", 300 * step).into());
        }
        if now == new {
            // Back to the old one, for the next try.
            fs::write(&spec, SMALL)?;
            expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 0)?;
            same(&tree(&out.join("small/default")), &old)?;
            fs::write(&spec, &changed)?;
        }
    }
    Ok(())
}

pub fn in_the_way() -> Result<(), Failed> {
    let (folder, spec, out) = small()?;
    fs::write(&out, "a file")?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 1)?;
    fs::remove_file(&out)?;
    let outside = folder.path().join("outside");
    fs::create_dir_all(&outside)?;
    fs::create_dir_all(&out)?;
    symlink(&outside, out.join("small"))?;
    expect(&ondol(&["apply", text(&spec), "--out", text(&out), "--yes"]), 1)?;
    if fs::read_dir(&outside)?.next().is_some() {
        Err("something was written through a link".into())
    } else {
        Ok(())
    }
}
